package sim

import (
	"fmt"
	"slices"
	"testing"
	"testing/cryptotest"

	"github.com/stretchr/testify/require"

	"cunju/sync/change"
	"cunju/sync/oplog"
)

func TestStores(t *testing.T) {
	tellAll(t, []story{
		{"app killed at every operation", 1, 1, func(t *testing.T, w *land) {
			h := w.phones[0]
			for k := 1; k < 40; k++ {
				h.boot()
				h.kill(k)
				h.save(change.Edit{C: "notes", R: change.NewID(), Set: map[string]any{"region": h.regions[0], "title": fmt.Sprint(k)}})
				h.sync(ctx)
			}
		}},
		{"power cut at every operation", 1, 1, func(t *testing.T, w *land) {
			h := w.phones[0]
			for k := 1; k < 40; k++ {
				h.boot()
				h.kill(k)
				h.save(change.Edit{C: "notes", R: change.NewID(), Set: map[string]any{"region": h.regions[0], "title": fmt.Sprint(k)}})
				h.sync(ctx)
				h.cut(w.net.rng)
			}
		}},
		{"killed before a sync, then sent, then power cut", 1, 1, func(t *testing.T, w *land) {
			h := w.phones[0]
			h.writes(t, "x")
			h.kill(2) // the batch is written and not synced
			require.Error(t, h.sync(ctx))
			w.net.expect(h.name, lostAnswer)
			require.Error(t, h.sync(ctx), "sent after a new start")
			h.cut(w.net.rng)
			h.writes(t, "y")
			h.syncs(t)
			require.Zero(t, w.towns[0].quarantined(t, "fork"))
		}},
		{"quota full: said so, and usable afterwards", 1, 1, func(t *testing.T, w *land) {
			h := w.phones[0]
			h.writes(t, "before")
			h.flash.quota = 1
			require.Empty(t, h.save(change.Edit{C: "notes", R: change.NewID(), Set: map[string]any{"region": h.regions[0]}}), "not seen as saved")
			h.writes(t, "after")
			h.kill(0)
			require.NoError(t, h.boot(), "half a line does not spoil the store")
			h.syncs(t)
			require.Len(t, h.p.Changes(), 2)
		}},
		{"storage evicted before a push", 1, 1, func(t *testing.T, w *land) {
			h := w.phones[0]
			h.writes(t, "sent")
			h.syncs(t)
			h.writes(t, "unsent")
			w.newPhone(w.towns[0], "staff2")
			destroy(h)
			again := w.newPhone(w.towns[0], h.staff)
			again.syncs(t)
			require.Len(t, again.p.Records("notes"), 1)
			require.Equal(t, 1, w.excused())
		}},
		{"storage evicted after a push", 1, 1, func(t *testing.T, w *land) {
			h := w.phones[0]
			h.writes(t, "sent")
			h.syncs(t)
			w.newPhone(w.towns[0], "staff2")
			destroy(h)
			require.Zero(t, w.excused())
		}},
		{"township killed at every statement of a push", 1, 1, func(t *testing.T, w *land) {
			for k := 1; k < 90; k++ {
				w.phones[0].writes(t, fmt.Sprint(k))
				w.towns[0].fuse.set(k, k%2 == 0)
				w.phones[0].sync(ctx)
				w.towns[0].alive(t)
			}
		}},
		{"township killed at every statement of an exchange with the city", 1, 1, func(t *testing.T, w *land) {
			for k := 1; k < 60; k++ {
				w.phones[0].writes(t, fmt.Sprint(k))
				w.phones[0].syncs(t)
				w.city.clerk(t, change.NewID(), map[string]any{"region": w.phones[0].regions[1], "title": fmt.Sprint(k)})
				w.towns[0].fuse.set(k, k%2 == 0)
				w.towns[0].run(ctx)
				w.towns[0].alive(t)
			}
		}},
		{"city killed at every statement of a push", 1, 1, func(t *testing.T, w *land) {
			for k := 1; k < 60; k++ {
				w.phones[0].writes(t, fmt.Sprint(k))
				w.phones[0].syncs(t)
				w.city.fuse.set(k, k%2 == 0)
				w.towns[0].run(ctx)
				w.city.alive(t)
			}
		}},
		{"disk full at the township: said so, nothing half stored", 1, 1, func(t *testing.T, w *land) {
			h, n := w.phones[0], w.towns[0]
			for k := 1; k < 8; k++ {
				h.writes(t, fmt.Sprint(k))
				n.fuse.fill(k)
				h.sync(ctx)
				n.fuse.fill(0)
			}
		}},
	})
}

// excused counts promises that nobody could keep.
func (w *land) excused() (k int) {
	for _, p := range w.promises {
		if p.excused != "" {
			k++
		}
	}
	return k
}

// Broken fakes would prove nothing.
func TestTheFakesFail(t *testing.T) {
	cryptotest.SetGlobalRandom(t, 1)
	w := newLand(t, 1, 1, 1, nil)
	h, n := w.phones[0], w.towns[0]
	h.writes(t, "x")
	n.fuse.set(5, false)
	require.Error(t, h.sync(ctx))
	require.True(t, n.fuse.killed())
	n.alive(t)
	h.syncs(t)
	h.writes(t, "y")
	j, err := h.flash.Open("journal", int64(len(h.flash.files["journal"].data)))
	require.NoError(t, err)
	_, err = j.Write(slices.Repeat([]byte("z"), 1000))
	require.NoError(t, err)
	h.cut(w.net.rng)
	require.Equal(t, h.flash.files["journal"].data, h.flash.files["journal"].durable)
	waiting, err := oplog.WaitingUp(n.look, 100)
	require.NoError(t, err)
	require.NotEmpty(t, waiting, "nothing went up yet")
	w.promises = append(w.promises, &promise{id: "never", node: n})
	w.checkPromises()
	require.Len(t, w.problems, 3, "one never arrived, one is not at the city, one was still on the phone")
}
