package board

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cunju/hooks/codes"
	_ "cunju/migrations"
	"cunju/sync/change"
)

const (
	town  = "500238101000"
	home  = "500238101201"
	other = "500238101202"
)

var key = []byte("0123456789abcdef0123456789abcdef")

// folder keeps what would be folded: the engine is tested elsewhere.
type folder struct {
	app  core.App
	sets []map[string]any
}

func (f *folder) Fold(_ context.Context, edits []change.Edit, _ string) (string, error) {
	for _, e := range edits {
		f.sets = append(f.sets, e.Set)
		cols := dbx.Params{"id": e.R}
		for k, v := range e.Set {
			cols[k] = v
		}
		if _, err := f.app.NonconcurrentDB().Insert(e.C, cols).Execute(); err != nil {
			return "", err
		}
	}
	return "applied", nil
}

type world struct {
	t      *testing.T
	app    *tests.TestApp
	server *httptest.Server
	folder *folder
}

func (w *world) insert(table string, cols dbx.Params) {
	w.t.Helper()
	_, err := w.app.NonconcurrentDB().Insert(table, cols).Execute()
	require.NoError(w.t, err, table)
}

func start(t *testing.T) *world {
	t.Helper()
	app, err := tests.NewTestApp(t.TempDir())
	require.NoError(t, err)
	t.Cleanup(app.Cleanup)
	w := &world{t: t, app: app, folder: &folder{app: app}}
	_, err = app.NonconcurrentDB().NewQuery("CREATE TABLE IF NOT EXISTS sync_records (c TEXT, r TEXT, rev TEXT)").Execute()
	require.NoError(t, err)
	now := func() time.Time { return time.Date(2026, 11, 24, 10, 0, 0, 0, zone) }
	Register(app, Deps{Folder: w.folder, Name: "凤凰镇司法所", Base: "https://code.example.cn", Now: now,
		PlateKeys: func(dbx.Builder, string, int) ([][]byte, error) { return [][]byte{key}, nil }})
	for _, r := range [][3]string{{"500238000000", "巫溪县", "county"}, {town, "凤凰镇", "township"}, {home, "双凤村", "village"}, {other, "大坪村", "village"}} {
		w.insert("regions", dbx.Params{"id": r[0], "name": r[1], "short_name": r[1], "level": r[2]})
	}
	w.insert("service_types", dbx.Params{"id": "CONSULT", "code": "CONSULT", "name": "法律咨询", "name_en": "legal consultation", "resident_rating": true})
	w.insert("service_types", dbx.Params{"id": "DUTY", "code": "DUTY", "name": "驻点", "resident_rating": false})
	for _, s := range []struct{ id, role, region string }{{"counsel00000001", "counsel", town}, {"officer00000001", "officer", town}, {"officer00000009", "officer", "500238102000"}} {
		staff, err := app.FindCollectionByNameOrId("staff")
		require.NoError(t, err)
		record := core.NewRecord(staff)
		record.Id = s.id
		record.Load(map[string]any{"email": s.id + "@example.cn", "name": "某" + s.id, "role": s.role, "region": s.region, "scope_from": s.region, "scope_to": s.region, "state": "active"})
		record.SetPassword("correct-horse-1")
		require.NoError(t, app.Save(record))
	}
	w.insert("practitioners", dbx.Params{"id": "practitioner001", "region": town, "staff": "counsel00000001", "name": "李明", "institution_name": "=大宁律师事务所", "licence_no": "15002201810000000", "phone": "13800000000", "state": "active"})
	w.insert("practitioners", dbx.Params{"id": "practitioner002", "region": town, "staff": "counselother001", "name": "前任", "institution_name": "x", "state": "active"})
	w.insert("assignments", dbx.Params{"id": "assignment00001", "region": home, "staff": "counsel00000001", "practitioner": "practitioner001", "valid_from": "2026-01-01T00:00:00+08:00"})
	w.insert("assignments", dbx.Params{"id": "assignment00002", "region": home, "staff": "", "practitioner": "practitioner002", "valid_from": "2025-01-01T00:00:00+08:00", "valid_until": "2026-01-01T00:00:00+08:00"})
	router, err := apis.NewRouter(app)
	require.NoError(t, err)
	require.NoError(t, app.OnServe().Trigger(&core.ServeEvent{App: app, Router: router}, func(e *core.ServeEvent) error {
		mux, err := e.Router.BuildMux()
		w.server = httptest.NewServer(mux)
		return err
	}))
	t.Cleanup(w.server.Close)
	return w
}

// serve gives n services of a kind, the first rated so many times, of them bad.
func (w *world) serve(village, kind string, n, rated, bad int) {
	for i := range n {
		id := fmt.Sprintf("%s%s%04d", strings.ToLower(kind)[:4], village[8:], i) + "xxx"
		w.insert("services", dbx.Params{"id": id, "region": village, "counsel": "counsel00000001", "kind": kind, "topic": "0101", "title": "卖房的事", "summary": "离婚时房子归谁",
			"client_name": "冉大娘", "client_phone": "13899990000", "client_id_no": "500238194001010007", "occurred_at": "2026-06-01T09:00:00+08:00", "state": "verified"})
		if i < rated {
			grade := 5
			if i < bad {
				grade = 2
			}
			w.insert("rating_services", dbx.Params{"service": id, "region": village, "counsel": "counsel00000001", "rating": id, "grade": grade, "voices": 1, "records": 1, "rated_at": 1})
		}
	}
}

func (w *world) ask(who, method, path, body string) (int, string, http.Header) {
	w.t.Helper()
	req, err := http.NewRequest(method, w.server.URL+path, strings.NewReader(body))
	require.NoError(w.t, err)
	if who != "" {
		record, err := w.app.FindRecordById("staff", who)
		require.NoError(w.t, err)
		token, err := record.NewAuthToken()
		require.NoError(w.t, err)
		req.Header.Set("Authorization", token)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	require.NoError(w.t, err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	require.NoError(w.t, err)
	return resp.StatusCode, string(raw), resp.Header
}

var secrets = []string{"冉大娘", "13899990000", "500238194001010007", "离婚", "卖房", "前任"}

func TestTheBoardOfAVillage(t *testing.T) {
	w := start(t)
	w.serve(home, "CONSULT", 40, 31, 2)
	w.serve(home, "DUTY", 6, 0, 0)
	for _, path := range []string{"/v/" + home, "/v/" + home + "?lang=en", "/v/" + home + ".csv", "/v/" + home + ".json"} {
		status, body, header := w.ask("", http.MethodGet, path, "")
		require.Equal(t, 200, status, path)
		for _, word := range []string{"李明", "大宁律师事务所", "15002201810000000", "13800000000", "12348", "31", "93.5"} {
			assert.Contains(t, body, word, path)
		}
		for _, word := range secrets {
			assert.NotContains(t, body, word, path)
		}
		assert.Less(t, len(body), 20_000)
		assert.NotContains(t, body, "<script")
		assert.Contains(t, header.Get("Content-Security-Policy"), "default-src 'none'")
		assert.Empty(t, header.Values("Set-Cookie"), "nobody is watched reading it")
	}
	_, raw, _ := w.ask("", http.MethodGet, "/v/"+home+".csv", "")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(raw, "\ufeff"))).ReadAll()
	require.NoError(t, err)
	for _, row := range rows {
		require.Len(t, row, 2)
		assert.False(t, row[1] != "" && strings.ContainsRune("=+-@", rune(row[1][0])), row)
	}
}

func TestTheJSONHoldsNothingButTheBoard(t *testing.T) {
	w := start(t)
	_, raw, _ := w.ask("", http.MethodGet, "/v/"+home+".json", "")
	var got map[string]any
	require.NoError(t, json.Unmarshal([]byte(raw), &got))
	var keys []string
	for k := range got {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	assert.Equal(t, []string{"as_of", "complaint", "counsel", "county", "duty_times", "format", "next_lecture", "rated", "rates", "region", "services",
		"services_in_the_year", "services_of_other_kinds", "township", "village", "year"}, keys)
}

func TestFewRatingsAreNotPublishedButTheOfficeSeesThem(t *testing.T) {
	w := start(t)
	w.serve(home, "CONSULT", 40, 29, 1)
	w.serve(other, "CONSULT", 10, 2, 2)
	_, page, _ := w.ask("", http.MethodGet, "/v/"+home, "")
	assert.Contains(t, page, "评价不足30件")
	assert.NotContains(t, page, "29")
	w.insert("rating_joins", dbx.Params{"rating": "heldrating00001", "alias": "a1b2c3d4", "tag": "00112233445566", "service": "cons1201" + "0000xxx", "state": "joined", "day": 1, "grade": 5, "flags": "[]", "origin": "township", "rated_at": 1})
	w.insert("rating_holds", dbx.Params{"rating": "heldrating00001", "rule": "burst"})
	w.insert("case_states", dbx.Params{"code": "a1b2c3d400112233445566", "region": town, "rating": "r", "grade": 2, "phone": 1, "state": "closed", "handler": "", "answer": "", "reopened": 0,
		"received_at": time.Date(2026, 6, 2, 0, 0, 0, 0, zone).UnixMilli(), "accepted_at": 1, "contact_at": 1, "settled_at": 1, "called_at": 1, "closed_at": 1, "told": "", "escalated": 0})
	w.insert("rating_tags", dbx.Params{"alias": "a1b2c3d4", "tag": "00112233445566", "service": "cons12010000xxx", "install": "i", "region": home, "counsel": "counsel00000001", "state": "verified", "arrived": 1})
	for by, n := range map[string]int{"village": 2, "counsel": 1, "office": 1, "county": 1} {
		status, raw, _ := w.ask("officer00000001", http.MethodGet, "/api/office/figures?year=2026&by="+by, "")
		require.Equal(t, 200, status)
		var got struct{ Items []Figure }
		require.NoError(t, json.Unmarshal([]byte(raw), &got))
		require.Len(t, got.Items, n, raw)
		var all Counts
		for _, f := range got.Items {
			assert.NotEmpty(t, f.Name, by)
			all.Services += f.Counts.Services
			all.Rated += f.Counts.Rated
			all.Bad += f.Counts.Bad
			all.Cases += f.Counts.Cases
			all.Settled += f.Counts.Settled
			all.Named += f.Counts.Named
			all.Called += f.Counts.Called
			all.Held += f.Counts.Held
		}
		assert.Equal(t, Counts{Services: 50, Rated: 31, Bad: 3, Held: 1, Cases: 1, Settled: 1, Named: 1, Called: 1}, all, by)
	}
	status, _, _ := w.ask("", http.MethodGet, "/api/office/figures", "")
	assert.Equal(t, 401, status)
	status, _, _ = w.ask("counsel00000001", http.MethodGet, "/api/office/figures", "")
	assert.Equal(t, 403, status)
	status, _, _ = w.ask("officer00000009", http.MethodGet, "/api/office/figures?region="+town, "")
	assert.Equal(t, 403, status)
}

func TestPlatesLeadToTheirVillageAndStickersNowhere(t *testing.T) {
	w := start(t)
	p, ok := codes.MakePlate(key, home, 1058)
	require.True(t, ok)
	for _, path := range []string{"/V/" + p.Text(), "/v/" + strings.ToLower(p.Text())} {
		status, _, header := w.ask("", http.MethodGet, path, "")
		assert.Equal(t, 303, status)
		assert.Equal(t, "/v/"+home, header.Get("Location"))
	}
	forged, _ := codes.MakePlate([]byte("another"), home, 1058)
	for _, path := range []string{"/V/" + forged.Text(), "/V/" + p.Text()[1:], "/v/500238101999", "/v/" + town, "/v/" + home + ".xml", "/v/x"} {
		status, body, _ := w.ask("", http.MethodGet, path, "")
		assert.Equal(t, 404, status, path)
		assert.Contains(t, body, "没有找到这个村", path)
	}
}

func TestTheOfficeWritesAndPrintsItsBoards(t *testing.T) {
	w := start(t)
	body := `{"duty_times":" 每周三\n上午 ","next_lecture":"","complaint_phone":"023-51520000","complaint_note":"司法所一楼"}`
	for _, each := range []struct {
		who  string
		path string
		want int
	}{{"", home, 401}, {"counsel00000001", home, 403}, {"officer00000009", home, 403}, {"officer00000001", town, 400}, {"officer00000001", home, 200}} {
		status, got, _ := w.ask(each.who, http.MethodPost, "/api/office/boards/"+each.path, body)
		assert.Equal(t, each.want, status, got)
	}
	require.Len(t, w.folder.sets, 1)
	_, page, _ := w.ask("", http.MethodGet, "/v/"+home, "")
	assert.Contains(t, page, "每周三 上午")
	assert.Contains(t, page, "023-51520000")
	status, _, _ := w.ask("officer00000001", http.MethodPost, "/api/office/boards/"+home, `{"duty_times":"`+strings.Repeat("长", 201)+`"}`)
	assert.Equal(t, 400, status)
	for _, name := range []string{"plate.pdf", "card.pdf"} {
		status, file, header := w.ask("officer00000001", http.MethodGet, "/api/office/boards/"+home+"/"+name, "")
		assert.Equal(t, 200, status)
		assert.Equal(t, "application/pdf", header.Get("Content-Type"))
		assert.True(t, strings.HasPrefix(file, "%PDF"))
	}
	status, _, _ = w.ask("officer00000001", http.MethodGet, "/api/office/boards/"+home+"/x.pdf", "")
	assert.Equal(t, 404, status)
}

func TestQueriesOfTheBoardUseTheirIndexes(t *testing.T) {
	w := start(t)
	for name, g := range groupings {
		query := strings.NewReplacer("{:from}", "'500238101201'", "{:to}", "'500238101201'", "{:town}", "'500238101000'", "{:low}", "'0'", "{:high}", "'9'",
			"{:start}", "'2026'", "{:end}", "'2027'", "{:since}", "1", "{:until}", "2").Replace(g.query())
		var plan []struct{ Detail string }
		require.NoError(t, w.app.DB().NewQuery("EXPLAIN QUERY PLAN "+query).All(&plan), name)
		for _, p := range plan {
			assert.False(t, strings.HasPrefix(p.Detail, "SCAN") && !strings.HasPrefix(p.Detail, "SCAN k"), "%s: %s", name, p.Detail)
		}
	}
}
