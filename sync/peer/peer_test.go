package peer_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cunju/sync/change"
	"cunju/sync/dial"
	"cunju/sync/engine"
	"cunju/sync/feed"
	"cunju/sync/install"
	"cunju/sync/peer"
	"cunju/sync/phone"
	"cunju/sync/world"
)

const (
	cityCode = "500000000000"
	town     = "500238101000"
	village  = "500238101201"
	village2 = "500238101202"
)

type house struct {
	city, town *world.Node
	line       *peer.Peer
	dir        string
}

func build(t *testing.T) *house {
	h := &house{dir: t.TempDir()}
	h.city = world.New(t, install.City, cityCode, time.Now, world.Notes(nil))
	h.town = world.New(t, install.Township, town, time.Now, world.Notes(func(p engine.Proposed) string {
		if p.Set["title"] == "forbidden" {
			return "rule:title"
		}
		return ""
	}))
	world.JoinCity(t, h.town, h.city)
	h.line = peer.New(h.town.Engine, h.city.Server.URL, h.city.Server.Client(), nil)
	return h
}

func (h *house) phone(t *testing.T, staff string) *phone.Phone {
	return world.Pair(t, h.town, filepath.Join(h.dir, staff), staff, time.Now, village, village2, town)
}

func note(id, title string) []change.Edit {
	return []change.Edit{{C: "notes", R: id, Set: map[string]any{"region": village, "title": title, "count": 3.0, "tags": []any{"a", 1.0}}}}
}

func save(t *testing.T, p *phone.Phone, edits []change.Edit) string {
	id, err := p.Save(edits)
	require.NoError(t, err)
	return id
}

func levels(p *phone.Phone) map[string]int {
	m := map[string]int{}
	for _, c := range p.Changes() {
		m[c.Level]++
	}
	return m
}

func (h *house) equal(t *testing.T, name string) feed.Checkpoint {
	a, err := feed.Current(h.town.App.DB(), name)
	require.NoError(t, err)
	b, err := feed.Current(h.city.App.DB(), name)
	require.NoError(t, err)
	assert.Equal(t, a.Count, b.Count, name)
	assert.Equal(t, a.Hex(), b.Hex(), name)
	return a
}

func TestAChangeTravelsFromPhoneToCityAndReceiptsComeBack(t *testing.T) {
	h := build(t)
	ctx := context.Background()
	p := h.phone(t, "staff1")
	for i := range 120 {
		save(t, p, note(change.NewID(), fmt.Sprint("note ", i)))
	}
	require.Equal(t, map[string]int{"": 120}, levels(p), "saved here, nowhere else")
	require.NoError(t, p.Sync(ctx))
	require.Equal(t, map[string]int{"township": 120}, levels(p))
	require.NoError(t, h.line.Run(ctx))
	require.NoError(t, p.Sync(ctx))
	require.Equal(t, map[string]int{"city": 120}, levels(p))
	require.Len(t, p.Records("notes"), 120)
	cp := h.equal(t, village)
	require.Equal(t, int64(120), cp.Count)
	require.Equal(t, cp.Hex(), p.Checkpoint(village).Hex())
	row, err := h.city.App.FindFirstRecordByData("notes", "title", "note 7")
	require.NoError(t, err)
	require.Equal(t, 3, row.GetInt("count"))
	require.Equal(t, `["a",1]`, row.GetString("tags"))
}

func TestALineCutAnywhereLosesNothingAndDoublesNothing(t *testing.T) {
	h := build(t)
	ctx := context.Background()
	p := h.phone(t, "staff1")
	for i := range 60 {
		save(t, p, note(change.NewID(), fmt.Sprint(i)))
	}
	h.town.Link.CutRequests = 1
	require.Error(t, p.Sync(ctx), "the request was cut")
	h.town.Link.CutAnswers = 1
	require.Error(t, p.Sync(ctx), "the answer was lost after the commit")
	require.Equal(t, map[string]int{"": 60}, levels(p))
	h.town.Link.Portal = true
	require.ErrorIs(t, p.Sync(ctx), dial.ErrCut, "a captive portal is no answer")
	h.town.Link.Portal = false
	require.NoError(t, p.Sync(ctx))
	require.Equal(t, map[string]int{"township": 60}, levels(p))
	h.city.Link.CutAnswers = 1
	require.Error(t, h.line.Run(ctx))
	h.city.Link.CutRequests = 1
	require.Error(t, h.line.Run(ctx))
	require.NoError(t, h.line.Run(ctx))
	require.Equal(t, int64(60), h.equal(t, village).Count)
}

func TestAStoreIsReopenedAsItWas(t *testing.T) {
	h := build(t)
	path := filepath.Join(h.dir, "staff1")
	p := h.phone(t, "staff1")
	save(t, p, note("aaaaaaaaaaaaaa1", "before"))
	require.NoError(t, p.Close())
	again, err := phone.Open(path, h.town.Server.URL, h.town.Server.Client(), time.Now)
	require.NoError(t, err)
	defer again.Close()
	require.Equal(t, p.Install(), again.Install())
	require.Equal(t, 1, again.Unsent())
	require.NoError(t, again.Sync(context.Background()))
	require.Equal(t, 0, again.Unsent())
}

func TestTwoPhonesEditDifferentFieldsAndBothStand(t *testing.T) {
	h := build(t)
	ctx := context.Background()
	a, b := h.phone(t, "staff1"), h.phone(t, "staff2")
	save(t, a, note("aaaaaaaaaaaaaa1", "first"))
	require.NoError(t, a.Sync(ctx))
	require.NoError(t, b.Sync(ctx))
	save(t, a, []change.Edit{{C: "notes", R: "aaaaaaaaaaaaaa1", Set: map[string]any{"title": "by a"}}})
	save(t, b, []change.Edit{{C: "notes", R: "aaaaaaaaaaaaaa1", Set: map[string]any{"text": "by b"}}})
	require.NoError(t, a.Sync(ctx))
	require.NoError(t, b.Sync(ctx))
	require.NoError(t, a.Sync(ctx))
	require.Equal(t, "by a", a.Records("notes")[0].Set["title"])
	require.Equal(t, "by b", a.Records("notes")[0].Set["text"])
	require.Equal(t, "applied", b.Changes()[0].Verdict)
}

func TestAnUnseenOverwriteIsAConflictThatKeepsTheLoser(t *testing.T) {
	h := build(t)
	ctx := context.Background()
	a, b := h.phone(t, "staff1"), h.phone(t, "staff2")
	save(t, a, note("aaaaaaaaaaaaaa1", "first"))
	require.NoError(t, a.Sync(ctx))
	require.NoError(t, b.Sync(ctx))
	save(t, a, []change.Edit{{C: "notes", R: "aaaaaaaaaaaaaa1", Set: map[string]any{"title": "by a"}}})
	time.Sleep(500 * time.Millisecond) // far more than what two phones can be wrong about the clock here
	save(t, b, []change.Edit{{C: "notes", R: "aaaaaaaaaaaaaa1", Set: map[string]any{"title": "by b"}}})
	require.NoError(t, b.Sync(ctx))
	require.NoError(t, a.Sync(ctx), "arrives later, was made earlier: loses")
	require.Equal(t, "conflict", a.Changes()[1].Verdict)
	require.Equal(t, "by b", a.Records("notes")[0].Set["title"])
	var value string
	require.NoError(t, h.town.App.DB().NewQuery("SELECT value FROM sync_conflicts").Row(&value))
	require.Equal(t, `"by a"`, value)
	require.NoError(t, h.line.Run(ctx))
	h.equal(t, village)
}

func TestWhatBreaksARuleIsKeptShownAndBlocksNothing(t *testing.T) {
	h := build(t)
	ctx := context.Background()
	p := h.phone(t, "staff1")
	h.town.Rights.Denied["staff1 "+village2] = true
	cases := []struct {
		name    string
		edits   []change.Edit
		verdict string
	}{
		{"right", note("aaaaaaaaaaaaaa1", "ok"), "applied"},
		{"subject's rule", note("aaaaaaaaaaaaaa2", "forbidden"), "refused:rule:title"},
		{"village outside the interval", []change.Edit{{C: "notes", R: "aaaaaaaaaaaaaa3", Set: map[string]any{"region": village2}}}, "refused:rights"},
		{"village outside the certificate", []change.Edit{{C: "notes", R: "aaaaaaaaaaaaaa4", Set: map[string]any{"region": "500101001001"}}}, "refused:rights"},
		{"unknown field", []change.Edit{{C: "notes", R: "aaaaaaaaaaaaaa5", Set: map[string]any{"region": village, "hacked": 1.0}}}, "refused:schema"},
		{"wrong type", []change.Edit{{C: "notes", R: "aaaaaaaaaaaaaa6", Set: map[string]any{"region": village, "count": "3"}}}, "refused:schema"},
		{"half a field group", []change.Edit{{C: "notes", R: "aaaaaaaaaaaaaa1", Set: map[string]any{"state": "x"}}}, "refused:schema"},
		{"phone writes a board", []change.Edit{{C: "boards", R: "aaaaaaaaaaaaaa8", Set: map[string]any{"region": village, "title": "x"}}}, "refused:rights"},
		{"phone writes the office's lane", []change.Edit{{C: "votes", R: "aaaaaaaaaaaaaa9", Set: map[string]any{"region": village, "title": "x"}}}, "refused:rights"},
		{"one bad edit of two", append(note("aaaaaaaaaaaaab1", "ok"), note("aaaaaaaaaaaaab2", "forbidden")...), "refused:rule:title"},
		{"after all of them", note("aaaaaaaaaaaaac1", "last"), "applied"},
	}
	for _, c := range cases {
		save(t, p, c.edits)
	}
	require.NoError(t, p.Sync(ctx))
	for i, c := range cases {
		assert.Equal(t, c.verdict, p.Changes()[i].Verdict, c.name)
	}
	require.Len(t, p.Records("notes"), 2, "nothing refused is applied, not even half")
	var kept int
	require.NoError(t, h.town.App.DB().NewQuery("SELECT count(*) FROM sync_changes WHERE verdict LIKE 'refused:%' AND body IS NOT NULL").Row(&kept))
	require.Equal(t, 9, kept)
	require.NoError(t, h.line.Run(ctx))
	require.Equal(t, int64(2), h.equal(t, village).Count)
}

func TestAnOfficeEditBecomesAChangeOfTheNode(t *testing.T) {
	h := build(t)
	ctx := context.Background()
	p := h.phone(t, "staff1")
	col, err := h.town.App.FindCollectionByNameOrId("notes")
	require.NoError(t, err)
	r := core.NewRecord(col)
	r.Set("region", village)
	r.Set("title", "from the desk")
	require.NoError(t, h.town.App.Save(r))
	r.Set("title", "")
	r.Set("text", "emptied the title")
	require.NoError(t, h.town.App.Save(r))
	require.NoError(t, p.Sync(ctx))
	require.Equal(t, "emptied the title", p.Records("notes")[0].Set["text"])
	require.Equal(t, "", p.Records("notes")[0].Set["title"])
	require.NoError(t, h.line.Run(ctx))
	cp := h.equal(t, village)
	require.Equal(t, cp.Hex(), p.Checkpoint(village).Hex())
	require.Error(t, h.town.App.Delete(r), "records are voided, not deleted")
	bad := core.NewRecord(col)
	bad.Set("region", village)
	bad.Set("title", "forbidden")
	require.ErrorIs(t, h.town.App.Save(bad), engine.ErrRefused)
	require.Equal(t, int64(1), h.equal(t, village).Count)
}

func TestWhatTheCityWritesComesDown(t *testing.T) {
	h := build(t)
	ctx := context.Background()
	p := h.phone(t, "staff1")
	save(t, p, note("aaaaaaaaaaaaaa1", "from the phone"))
	require.NoError(t, p.Sync(ctx))
	require.NoError(t, h.line.Run(ctx))
	_, err := h.city.Engine.Fold(ctx, []change.Edit{{C: "votes", R: "aaaaaaaaaaaaaa2", Set: map[string]any{"region": town, "title": "rated at the city"}}}, "")
	require.NoError(t, err)
	_, err = h.city.Engine.Fold(ctx, []change.Edit{{C: "notes", R: "aaaaaaaaaaaaaa1", Set: map[string]any{"text": "seen by the city"}}}, "")
	require.NoError(t, err)
	require.NoError(t, h.line.Run(ctx))
	h.equal(t, village)
	require.Equal(t, int64(1), h.equal(t, feed.Name(town, feed.OfficeLane)).Count)
	require.NoError(t, p.Sync(ctx))
	require.Equal(t, "seen by the city", p.Records("notes")[0].Set["text"])
	require.Equal(t, "from the phone", p.Records("notes")[0].Set["title"])
	require.Empty(t, p.Records("votes"), "phones never read the office's lane")
}

func TestAMovedRecordLeavesItsFeed(t *testing.T) {
	h := build(t)
	ctx := context.Background()
	p := h.phone(t, "staff1")
	save(t, p, note("aaaaaaaaaaaaaa1", "moves"))
	require.NoError(t, p.Sync(ctx))
	save(t, p, []change.Edit{{C: "notes", R: "aaaaaaaaaaaaaa1", Set: map[string]any{"region": village2}}})
	require.NoError(t, p.Sync(ctx))
	require.Equal(t, int64(0), p.Checkpoint(village).Count)
	require.Equal(t, int64(1), p.Checkpoint(village2).Count)
	require.NoError(t, h.line.Run(ctx))
	require.Equal(t, int64(0), h.equal(t, village).Count)
	require.Equal(t, int64(1), h.equal(t, village2).Count)
}

func TestAPhoneWhoseClockIsTenYearsAheadIsBoundedAndHeard(t *testing.T) {
	h := build(t)
	ctx := context.Background()
	ahead := func() time.Time { return time.Now().AddDate(10, 0, 0) }
	p := world.Pair(t, h.town, filepath.Join(h.dir, "staff9"), "staff9", time.Now, village)
	require.NoError(t, p.Close())
	p, err := phone.Open(filepath.Join(h.dir, "staff9"), h.town.Server.URL, h.town.Server.Client(), ahead)
	require.NoError(t, err)
	defer p.Close()
	save(t, p, note("aaaaaaaaaaaaaa1", "from the future"))
	require.NoError(t, p.Sync(ctx))
	var tau int64
	require.NoError(t, h.town.App.DB().NewQuery("SELECT tau FROM sync_records").Row(&tau))
	require.LessOrEqual(t, tau, time.Now().UnixMilli())
	require.Len(t, p.Records("notes"), 1, "the offset was learned from the refusal")
}

func TestACloneForksAndBothBranchesAreKept(t *testing.T) {
	h := build(t)
	ctx := context.Background()
	p := h.phone(t, "staff1")
	save(t, p, note("aaaaaaaaaaaaaa1", "common"))
	require.NoError(t, p.Sync(ctx))
	copyFile(t, filepath.Join(h.dir, "staff1"), filepath.Join(h.dir, "clone"))
	clone, err := phone.Open(filepath.Join(h.dir, "clone"), h.town.Server.URL, h.town.Server.Client(), time.Now)
	require.NoError(t, err)
	defer clone.Close()
	save(t, p, note("aaaaaaaaaaaaaa2", "of the first"))
	require.NoError(t, p.Sync(ctx))
	save(t, clone, note("aaaaaaaaaaaaaa3", "of the clone"))
	err = clone.Sync(ctx)
	require.True(t, phone.Refused(err, "fork"), "%v", err)
	var bytes string
	require.NoError(t, h.town.App.DB().NewQuery("SELECT bytes FROM sync_quarantine WHERE reason = 'fork'").Row(&bytes))
	require.Contains(t, bytes, "of the clone")
	save(t, p, note("aaaaaaaaaaaaaa4", "after"))
	require.True(t, phone.Refused(p.Sync(ctx), "install_suspended"), "until an officer decides")
}

func TestStrangersAndForgersGetNothing(t *testing.T) {
	h := build(t)
	ctx := context.Background()
	other := build(t)
	p := other.phone(t, "staff1")
	require.NoError(t, p.Close())
	p, err := phone.Open(filepath.Join(other.dir, "staff1"), h.town.Server.URL, h.town.Server.Client(), time.Now)
	require.NoError(t, err)
	defer p.Close()
	save(t, p, note("aaaaaaaaaaaaaa1", "x"))
	require.True(t, phone.Refused(p.Sync(ctx), "unknown_install"))
	res, err := h.town.Server.Client().Get(h.town.Server.URL + "/api/sync/feed?f=" + village + ",,0")
	require.NoError(t, err)
	res.Body.Close()
	require.Equal(t, 401, res.StatusCode)
	q := h.phone(t, "staff2")
	res, err = h.town.Server.Client().Do(signedGet(t, h, filepath.Join(h.dir, "staff2"), "/api/sync/feed?f=500101001001,,0"))
	require.NoError(t, err)
	res.Body.Close()
	require.Equal(t, 403, res.StatusCode, "a feed that no certificate named")
	require.NoError(t, q.Sync(ctx))
}

func TestALostVillageIsLetGoAfterItsWorkWasHeard(t *testing.T) {
	h := build(t)
	ctx := context.Background()
	p := h.phone(t, "staff1")
	save(t, p, note("aaaaaaaaaaaaaa1", "before the move"))
	require.NoError(t, p.Sync(ctx))
	require.Len(t, p.Records("notes"), 1)
	save(t, p, note("aaaaaaaaaaaaaa2", "while moving"))
	h.town.Rights.Denied["staff1 "+village] = true
	require.NoError(t, p.Sync(ctx))
	require.Empty(t, p.Records("notes"), "purged")
	require.Equal(t, "refused:rights", p.Changes()[1].Verdict, "kept and shown, judged by the rights of its time")
}
