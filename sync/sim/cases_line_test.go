package sim

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestLines(t *testing.T) {
	var stories []story
	for _, fault := range lineFaults {
		stories = append(stories,
			story{"phone to township: " + fault, 1, 2, func(t *testing.T, w *land) {
				h := w.phones[0]
				id := h.writes(t, "first")
				w.net.expect(h.name, fault, fault, fault)
				for range 3 {
					h.sync(ctx)
				}
				h.sets(t, id, map[string]any{"title": "second"})
				h.syncs(t)
				w.net.deliver()
				require.Equal(t, "second", w.towns[0].value(t, id, "title"))
			}},
			story{"township to city: " + fault, 1, 1, func(t *testing.T, w *land) {
				h, n := w.phones[0], w.towns[0]
				id := h.writes(t, "first")
				h.syncs(t)
				w.net.expect(n.name, fault, fault, fault)
				for range 3 {
					n.run(ctx)
				}
				h.sets(t, id, map[string]any{"title": "second"})
				h.syncs(t)
				n.talks(t)
				w.net.deliver()
				require.Equal(t, "second", w.city.value(t, id, "title"))
			}})
	}
	stories = append(stories,
		story{"reordered batches: update before create", 1, 1, func(t *testing.T, w *land) {
			h := w.phones[0]
			w.net.expect(h.name, reordered)
			id := h.writes(t, "created")
			require.Error(t, h.sync(ctx))
			h.sets(t, id, map[string]any{"text": "updated"})
			h.syncs(t)
			w.net.deliver()
			require.Equal(t, "updated", w.towns[0].value(t, id, "text"))
		}},
		story{"reconnect without a new write", 1, 1, func(t *testing.T, w *land) {
			h := w.phones[0]
			h.writes(t, "x")
			w.net.expect(h.name, offline)
			require.Error(t, h.sync(ctx))
			h.syncs(t)
			require.Zero(t, h.p.Unsent())
		}},
		story{"many townships reconnect after a week", 3, 6, func(t *testing.T, w *land) {
			for _, h := range w.phones {
				for i := range 20 {
					h.writes(t, fmt.Sprint(i))
				}
				h.syncs(t)
			}
			w.pass(7 * 24 * time.Hour)
			done := make(chan error)
			for _, n := range w.towns { // all at once
				go func() { done <- n.run(ctx) }()
			}
			for range w.towns {
				require.NoError(t, <-done)
			}
		}})
	tellAll(t, stories)
}
