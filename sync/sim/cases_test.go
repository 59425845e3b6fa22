package sim

import (
	"context"
	"testing"
	"testing/cryptotest"

	"github.com/stretchr/testify/require"

	"cunju/sync/change"
	"cunju/sync/feed"
)

// story is one fault by its name in design/fault-cases.md or the seed that found it; the oracle has the last word.
type story struct {
	name   string
	towns  int
	phones int
	tell   func(t *testing.T, w *land)
}

func tellAll(t *testing.T, stories []story) {
	for i, s := range stories {
		t.Run(s.name, func(t *testing.T) {
			cryptotest.SetGlobalRandom(t, uint64(i)+1)
			w := newLand(t, uint64(i)+1, max(s.towns, 1), max(s.phones, 1), nil)
			s.tell(t, w)
			w.finish()
			for _, p := range w.problems {
				t.Errorf("%s: %s", p.kind, p.text)
			}
		})
	}
}

var ctx = context.Background()

const village = 0 // index of a phone's first village

// writes saves a new note in the phone's first village and returns its record id.
func (h *handset) writes(t *testing.T, title string) string {
	id := change.NewID()
	h.sets(t, id, map[string]any{"region": h.regions[village], "title": title})
	return id
}

// sets saves an edit; the person sees it as saved.
func (h *handset) sets(t *testing.T, record string, set map[string]any) string {
	require.NoError(t, h.boot())
	id := h.save(change.Edit{C: "notes", R: record, Set: set})
	require.NotEmpty(t, id)
	return id
}

func (h *handset) syncs(t *testing.T) { require.NoError(t, h.sync(ctx)) }

func (n *node) talks(t *testing.T) { require.NoError(t, n.run(ctx)) }

// settle lets everybody talk once with a good network.
func (w *land) settle(t *testing.T) {
	for range 2 {
		for _, h := range w.phones {
			h.syncs(t)
		}
		for _, n := range w.towns {
			n.talks(t)
		}
	}
}

// verdict is what a phone knows about one of its changes.
func (h *handset) verdict(id string) string {
	for _, c := range h.p.Changes() {
		if c.Change.ID == id {
			return c.Verdict
		}
	}
	return "unknown"
}

// value is a field of a note as a node holds it.
func (n *node) value(t *testing.T, record, field string) string {
	r, err := n.app.FindRecordById("notes", record)
	require.NoError(t, err)
	return r.GetString(field)
}

func (n *node) count(t *testing.T, region string) int64 {
	c, err := feed.Current(n.look, region)
	require.NoError(t, err)
	return c.Count
}

// quarantined counts what a node keeps aside for a reason.
func (n *node) quarantined(t *testing.T, reason string) (k int) {
	require.NoError(t, n.look.NewQuery("SELECT count(*) FROM sync_quarantine WHERE reason = {:r}").Bind(map[string]any{"r": reason}).Row(&k))
	return k
}

// clerk writes at a node's desk through the engine.
func (n *node) clerk(t *testing.T, record string, set map[string]any) {
	e := change.Edit{C: "notes", R: record, Set: set}
	if row, err := feed.Find(n.look, "notes", record); err == nil && row != nil {
		e.Base = row.Rev
	}
	_, err := n.eng.Fold(ctx, []change.Edit{e}, "")
	n.w.atDesk(n, err)
	require.NoError(t, err)
}
