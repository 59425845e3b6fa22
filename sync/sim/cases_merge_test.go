package sim

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const year = 365 * 24 * time.Hour

func TestClocks(t *testing.T) {
	skews := func(d time.Duration) func(*testing.T, *land) {
		return func(t *testing.T, w *land) {
			a, b := w.phones[0], w.phones[1]
			id := a.writes(t, "right")
			w.settle(t)
			a.clock.skew = d
			wrong := a.sets(t, id, map[string]any{"title": "by a wrong clock"})
			w.pass(time.Minute)
			b.sets(t, id, map[string]any{"title": "a minute later"})
			b.syncs(t)
			a.syncs(t)
			require.NotEqual(t, "refused:rights", a.verdict(wrong))
			b.syncs(t)
			after := b.sets(t, id, map[string]any{"title": "after both"})
			b.syncs(t)
			require.Equal(t, "applied", b.verdict(after))
			require.Equal(t, "after both", w.towns[0].value(t, id, "title"), "who has seen it is never beaten by it")
		}
	}
	tellAll(t, []story{
		{"a phone ten years ahead", 1, 2, skews(10 * year)},
		{"a phone seven years behind", 1, 2, skews(-7 * year)},
		{"a jump during an edit", 1, 1, func(t *testing.T, w *land) {
			h := w.phones[0]
			id := h.writes(t, "one")
			h.clock.skew = 10 * year
			h.sets(t, id, map[string]any{"title": "two"})
			h.clock.skew = -7 * year
			h.sets(t, id, map[string]any{"title": "three"})
			h.syncs(t)
			require.Equal(t, "three", w.towns[0].value(t, id, "title"), "the order of one author is that of the batch")
		}},
		{"all phones equally wrong", 1, 3, func(t *testing.T, w *land) {
			for _, h := range w.phones {
				h.clock.skew = -7 * year
				h.writes(t, h.name)
				h.syncs(t)
			}
		}},
		{"the township's clock ten years ahead", 1, 2, func(t *testing.T, w *land) {
			h, n := w.phones[0], w.towns[0]
			id := h.writes(t, "before")
			w.settle(t)
			n.clock.skew = 10 * year
			n.clerk(t, id, map[string]any{"title": "by a wrong server"})
			require.Error(t, h.enrol(), "a phone sees that the township's own certificate does not fit its time")
			n.clock.skew = 0
			n.talks(t)
			w.city.clerk(t, id, map[string]any{"title": "the city has seen it"})
			n.talks(t)
			require.Equal(t, "the city has seen it", n.value(t, id, "title"))
		}},
		{"a phone enrolled while the township's clock was hours ahead", 1, 1, func(t *testing.T, w *land) {
			n := w.towns[0]
			n.clock.skew = 5 * time.Hour
			late := w.newPhone(n, "staff9")
			late.writes(t, "x")
			late.syncs(t)
			n.clock.skew = 0
			n.talks(t)
			require.Equal(t, int64(1), w.city.count(t, late.regions[village]))
		}},
		{"an edit of a state that another node stamped in the future", 1, 1, func(t *testing.T, w *land) {
			h, n := w.phones[0], w.towns[0]
			id := h.writes(t, "before")
			w.settle(t)
			w.city.clock.skew = 10 * year
			w.city.clerk(t, id, map[string]any{"title": "by the city of 2036"})
			w.city.clock.skew = 0
			w.settle(t)
			mine := h.sets(t, id, map[string]any{"title": "I have seen it"})
			w.settle(t)
			require.Equal(t, "applied", h.verdict(mine))
			require.Equal(t, "I have seen it", w.city.value(t, id, "title"))
			require.Equal(t, "I have seen it", n.value(t, id, "title"))
		}},
	})
}

func TestMerges(t *testing.T) {
	tellAll(t, []story{
		{"the city's older edit of a record that a phone changed meanwhile comes down", 1, 1, func(t *testing.T, w *land) {
			h, n := w.phones[0], w.towns[0]
			id := h.writes(t, "one")
			w.settle(t)
			w.city.clerk(t, id, map[string]any{"title": "by the city"})
			w.pass(time.Minute)
			h.sets(t, id, map[string]any{"text": "by the phone"})
			h.syncs(t)
			n.talks(t)
			require.Equal(t, "by the city", n.value(t, id, "title"))
			require.Equal(t, "by the phone", n.value(t, id, "text"))
		}},
		{"a desk edit between two of a phone", 1, 1, func(t *testing.T, w *land) {
			h, n := w.phones[0], w.towns[0]
			id := h.writes(t, "one")
			h.syncs(t)
			h.sets(t, id, map[string]any{"title": "two"})
			w.pass(time.Minute)
			n.clerk(t, id, map[string]any{"title": "desk"})
			w.pass(time.Minute)
			last := h.sets(t, id, map[string]any{"title": "three"})
			h.syncs(t)
			require.Equal(t, "conflict", h.verdict(last))
			require.Equal(t, "three", n.value(t, id, "title"))
		}},
		{"what the city wrote and the phone has seen is no conflict", 1, 1, func(t *testing.T, w *land) {
			h := w.phones[0]
			id := h.writes(t, "one")
			w.settle(t)
			w.city.clerk(t, id, map[string]any{"text": "by the city"})
			w.settle(t)
			mine := h.sets(t, id, map[string]any{"title": "two"})
			h.syncs(t)
			require.Equal(t, "applied", h.verdict(mine))
		}},
		{"what the city wrote and the phone has not seen is a conflict", 1, 1, func(t *testing.T, w *land) {
			h := w.phones[0]
			id := h.writes(t, "one")
			w.settle(t)
			w.city.clerk(t, id, map[string]any{"title": "by the city"})
			w.towns[0].talks(t)
			w.pass(time.Minute)
			mine := h.sets(t, id, map[string]any{"title": "two"})
			h.syncs(t)
			require.Equal(t, "conflict", h.verdict(mine))
		}},
		{"an edit right after a push whose feed was never read", 1, 1, func(t *testing.T, w *land) {
			h := w.phones[0]
			id := h.writes(t, "one")
			w.net.expect(h.name, "", offline)
			require.Error(t, h.sync(ctx), "pushed, not pulled")
			again := h.sets(t, id, map[string]any{"title": "two"})
			h.syncs(t)
			require.Equal(t, "applied", h.verdict(again), "no conflict with oneself")
		}},
		{"two of one field group", 1, 2, func(t *testing.T, w *land) {
			a, b := w.phones[0], w.phones[1]
			id := a.writes(t, "one")
			w.settle(t)
			a.sets(t, id, map[string]any{"state": "open", "reason": "by a"})
			w.pass(time.Minute)
			b.sets(t, id, map[string]any{"state": "done", "reason": "by b"})
			b.syncs(t)
			a.syncs(t)
			require.Equal(t, "done by b", w.towns[0].value(t, id, "state")+" "+w.towns[0].value(t, id, "reason"))
		}},
	})
}
