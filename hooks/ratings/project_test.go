package ratings

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cunju/hooks/codes"
	"cunju/sync/change"
)

func (n *node) joins() (out []string) {
	n.t.Helper()
	require.NoError(n.t, n.app.DB().NewQuery("SELECT state || ' ' || service FROM rating_joins ORDER BY rated_at").Column(&out))
	return out
}

func TestRatingBeforeItsRecord(t *testing.T) {
	n := start(t)
	path := pathOf(n.code(service))
	b := n.browser()
	page := b.get(path)
	assert.Contains(t, page.body, "还在路上")
	assert.Contains(t, page.body, "2026年11月24日")
	assert.Contains(t, page.body, "李明", "the alias names the counsel")
	assert.NotContains(t, page.body, "羊桥", "the village is known only from the record")
	b.rate(path, "4")
	n.settle()
	assert.Equal(t, []string{"waiting "}, n.joins())
	assert.Zero(t, n.count("SELECT count(*) FROM rating_services"))

	n.pass(9 * 24 * time.Hour)
	n.arrive(service, nil)
	assert.Equal(t, []string{"joined " + service}, n.joins())
	assert.Equal(t, 1, n.count("SELECT count(*) FROM rating_services WHERE grade = 4 AND region = '"+village+"' AND counsel = '"+staffID+"'"))
	assert.NotContains(t, b.get(path).body, "还在路上")
}

func TestRecordThatComesTooLateDoesNotJoin(t *testing.T) {
	n := start(t)
	n.browser().rate(pathOf(n.code(service)), "5")
	n.settle()
	n.pass(OrphanDays*24*time.Hour + time.Second)
	waiting, orphans, err := n.ratings.Unjoined(n.app.DB(), n.now().UnixMilli())
	require.NoError(t, err)
	assert.Equal(t, []int{0, 1}, []int{waiting, orphans})
	n.arrive(service, nil)
	assert.Equal(t, []string{"orphan " + service}, n.joins())
	assert.Zero(t, n.count("SELECT count(*) FROM rating_services"))
}

func TestWaitingOnTheSixtiethDay(t *testing.T) {
	n := start(t)
	n.browser().rate(pathOf(n.code(service)), "5")
	n.settle()
	n.pass(OrphanDays * 24 * time.Hour)
	waiting, orphans, err := n.ratings.Unjoined(n.app.DB(), n.now().UnixMilli())
	require.NoError(t, err)
	assert.Equal(t, []int{1, 0}, []int{waiting, orphans})
}

func TestCodeWithoutRecordNeverCounts(t *testing.T) {
	n := start(t)
	n.arrive(service, nil)
	n.browser().rate(pathOf(n.code("stolenkey000001")), "5")
	n.settle()
	assert.Zero(t, n.count("SELECT count(*) FROM rating_services"))
}

func TestStateOfTheServiceDecides(t *testing.T) {
	n := start(t)
	n.arrive(service, map[string]any{"state": "draft"})
	n.browser().rate(pathOf(n.code(service)), "3")
	n.settle()
	for _, step := range []struct {
		state string
		want  int
	}{{"draft", 0}, {"submitted", 1}, {"returned", 1}, {"submitted", 1}, {"verified", 1}, {"voided", 0}} {
		if step.state != "draft" {
			n.edit(service, map[string]any{"state": step.state})
		}
		assert.Equal(t, step.want, n.count("SELECT count(*) FROM rating_services"), step.state)
	}
}

func TestServiceThatMovesTakesItsRatingAlong(t *testing.T) {
	n := start(t)
	n.arrive(service, nil)
	n.browser().rate(pathOf(n.code(service)), "3")
	n.edit(service, map[string]any{"region": "500238101202", "counsel": "staff0000000002"})
	assert.Equal(t, 1, n.count("SELECT count(*) FROM rating_services WHERE region = '500238101202' AND counsel = 'staff0000000002'"))
}

func TestPhoneIsFoundWithoutItsNumber(t *testing.T) {
	n := start(t)
	n.arrive(service, map[string]any{"device_no": ""}) // the counsel's phones are tried
	n.browser().rate(pathOf(n.code(service)), "5")
	n.settle()
	assert.Equal(t, []string{"joined " + service}, n.joins())
}

func TestCodeOfTheNewYearForARecordOfTheOld(t *testing.T) {
	n := start(t)
	n.pass(time.Date(2027, 1, 2, 9, 0, 0, 0, zone).Sub(n.now()))
	n.arrive(service, map[string]any{"occurred_at": "2026-12-30T09:00:00.000+08:00"})
	for _, day := range []uint16{1094, 1097} { // 30 December, 2 January
		c := codes.Make(testKeyOf(phone, codes.Year(day)), n.code(service).Alias, day, service)
		n.browser().rate(pathOf(c), "5")
		n.pass(time.Minute)
	}
	n.settle()
	assert.Equal(t, []string{"joined " + service, "joined " + service}, n.joins())
	assert.Equal(t, 1, n.count("SELECT count(*) FROM rating_services WHERE records = 2"))
}

func TestRebuildEndsTheSame(t *testing.T) {
	n := start(t)
	n.browser().rate(pathOf(n.code(service)), "2")
	n.settle()
	n.pass(50 * 24 * time.Hour)
	n.arrive(service, nil)
	n.pass(30 * 24 * time.Hour)
	n.edit(service, map[string]any{"state": "verified"}) // the newest stamp is past the sixty days
	tables := func() (all string) {
		for _, table := range []string{"rating_tags", "rating_joins", "rating_services"} {
			var rows []dbx.NullStringMap
			require.NoError(t, n.app.DB().NewQuery("SELECT * FROM "+table).All(&rows))
			all += fmt.Sprint(rows)
		}
		return all
	}
	before := tables()
	require.Contains(t, before, "joined")
	require.NoError(t, n.eng.Rebuild(context.Background(), "ratings"))
	assert.Equal(t, before, tables())
}

// TestOrderOfArrivalDoesNotMatter sends the same services and ratings in random
// orders, cut at random places, and expects the same tables.
func TestOrderOfArrivalDoesNotMatter(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	var want string
	for round := range 6 {
		n := start(t)
		edits := n.mixture()
		random.Shuffle(len(edits), func(i, j int) { edits[i], edits[j] = edits[j], edits[i] })
		for _, edit := range edits {
			_, err := n.eng.Fold(context.Background(), []change.Edit{edit}, "")
			require.NoError(t, err)
			if random.IntN(3) == 0 {
				n.settle()
			}
		}
		n.settle()
		var rows []string
		require.NoError(t, n.app.DB().NewQuery(`SELECT service || rating || grade || voices || records FROM rating_services ORDER BY 1`).Column(&rows))
		got := strings.Join(rows, "\n")
		require.Len(t, rows, 3)
		if round == 0 {
			want = got
		}
		assert.Equal(t, want, got)
	}
}

// mixture is three services, ratings of four, some amended, some second voices.
func (n *node) mixture() (edits []change.Edit) {
	for s := range 4 {
		id := fmt.Sprintf("service0000000%d", s)
		key := keyOf(n.code(id))
		for i := range 5 {
			flags := Flags{Voice: fmt.Sprintf("%016x", i%2)}
			edits = append(edits, change.Edit{C: Collection, R: fmt.Sprintf("rating%d%d", s, i), Set: map[string]any{
				"region": "500238101000", "tag": key.Tag, "install_alias": key.Alias, "day": 1058, "grade": 1 + (s+i)%5,
				"flags": flags.List(), "origin": "township", "rated_at": n.now().Add(time.Duration(s)*time.Hour + time.Duration(i)*time.Second).Format(timeForm)}})
		}
		if s < 3 {
			edits = append(edits, change.Edit{C: "services", R: id, Set: map[string]any{"region": village, "counsel": staffID,
				"occurred_at": "2026-11-24T09:30:00.000+08:00", "state": "submitted", "device_no": "T-" + alias + "-1"}})
		}
	}
	return edits
}

func TestJoinIsTheRule(t *testing.T) {
	n := start(t)
	code := keyOf(n.code(service))
	rated := n.now().UnixMilli()
	for _, arrived := range []int64{1, rated, rated + OrphanDays*dayMS, rated + OrphanDays*dayMS + 1} {
		db := n.app.NonconcurrentDB()
		require.NoError(t, reset(db))
		_, err := db.NewQuery("DELETE FROM rating_tags").Execute()
		require.NoError(t, err)
		require.NoError(t, putJoin(db, Rating{ID: "r", Alias: code.Alias, Tag: code.Tag, Grade: 5, RatedAt: rated}))
		require.NoError(t, putTag(db, tagRow{codeKey: code, Service: service, Arrived: arrived, State: "submitted"}))
		_, err = join(db, code)
		require.NoError(t, err)
		assert.Equal(t, []string{JoinState(rated, arrived, arrived) + " " + service}, n.joins())
	}
}

func TestRatingURLIsTheCodeOfThePhone(t *testing.T) {
	n := start(t)
	n.arrive(service, nil)
	address, err := n.ratings.RatingURL(n.app.DB(), service)
	require.NoError(t, err)
	assert.Equal(t, n.code(service).URL("http://127.0.0.1:8091"), address)
	printed, typed, err := n.ratings.PrintedCode(n.app, service, phone, n.now())
	require.NoError(t, err)
	assert.Equal(t, address, printed)
	assert.Equal(t, codes.Grouped(n.code(service).Text()), typed)
	n.edit(service, map[string]any{"state": "verified"}) // now the node wrote last
	again, err := n.ratings.RatingURL(n.app.DB(), service)
	require.NoError(t, err)
	assert.Equal(t, address, again)
	n.browser().rate(strings.TrimPrefix(address, "HTTP://127.0.0.1:8091"), "5")
	n.settle()
	assert.Equal(t, []string{"joined " + service}, n.joins())
}

func TestRatingURLWithoutADate(t *testing.T) {
	n := start(t)
	n.arrive(service, map[string]any{"occurred_at": ""})
	_, err := n.ratings.RatingURL(n.app.DB(), service)
	assert.ErrorIs(t, err, ErrNoCode)
	address, typed, err := n.ratings.PrintedCode(n.app, service, phone, n.now())
	assert.NoError(t, err, "the sheet is printed without a code")
	assert.Empty(t, address+typed)
	_, err = n.ratings.RatingURL(n.app.DB(), "nosuchservice00")
	assert.Error(t, err)
}

func TestCounts(t *testing.T) {
	n := start(t)
	db := n.app.NonconcurrentDB()
	for i := range 30 {
		_, err := db.Insert("rating_services", dbx.Params{"service": fmt.Sprint(i), "region": fmt.Sprintf("5002381012%02d", i),
			"counsel": "c", "rating": "r", "grade": 1 + i%5, "voices": 1, "records": 1, "rated_at": 1}).Execute()
		require.NoError(t, err)
	}
	all, err := n.ratings.Counts(n.app.DB(), "500238101000", "500238101999")
	require.NoError(t, err)
	assert.Equal(t, Counts{ByGrade: [6]int{0, 6, 6, 6, 6, 6}, Rated: 30}, all)
	rate, ok := all.GoodRate()
	assert.True(t, ok)
	assert.InDelta(t, 0.6, rate, 1e-9)
	one, err := n.ratings.Counts(n.app.DB(), "500238101204", "500238101204")
	require.NoError(t, err)
	assert.Equal(t, 1, one.ByGrade[5])
	_, ok = one.GoodRate()
	assert.False(t, ok, "too few to publish")
}

func TestEveryQueryUsesAnIndex(t *testing.T) {
	n := start(t)
	for _, query := range []string{
		"SELECT service FROM rating_tags WHERE alias = 'a' AND tag = 't'",
		"SELECT service FROM rating_tags WHERE service = 's'",
		"SELECT rating FROM rating_joins WHERE alias = 'a' AND tag = 't'",
		"SELECT rating FROM rating_joins WHERE service = 's'",
		"SELECT sum(rated_at) FROM rating_joins WHERE state = 'waiting'",
		"SELECT rating FROM rating_services WHERE service = 's'",
		"SELECT grade, count(*) FROM rating_services WHERE region >= 'a' AND region <= 'b' GROUP BY grade",
		"SELECT count(*) FROM rating_browsers WHERE browser = 'b' AND alias = 'a' AND tag <> 't' AND at >= 1",
		"DELETE FROM rating_browsers WHERE at < 1",
		"SELECT id FROM ratings WHERE tag = 't' AND install_alias = 'a' LIMIT 51",
		"SELECT name FROM practitioners WHERE staff = 's'",
		"SELECT name FROM service_types WHERE id = 'CONSULT'",
		"SELECT region FROM sync_installs WHERE id = 'i'",
	} {
		var plan []struct{ Detail string }
		require.NoError(t, n.app.DB().NewQuery("EXPLAIN QUERY PLAN "+query).All(&plan))
		if !strings.Contains(plan[0].Detail, "rating_joins_waiting") { // holds the waiting alone
			assert.Regexp(t, "^SEARCH .* USING ", plan[0].Detail, query)
		}
	}
}
