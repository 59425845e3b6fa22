package sim

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/cryptotest"
	"time"

	"github.com/stretchr/testify/require"

	"cunju/sync/change"
	"cunju/sync/feed"
	"cunju/sync/oplog"
	"cunju/sync/phone"
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

func TestIdentities(t *testing.T) {
	tellAll(t, []story{
		{"phone cloned: both branches are kept, each goes on as a new install", 1, 1, func(t *testing.T, w *land) {
			h := w.phones[0]
			h.writes(t, "common")
			h.syncs(t)
			clone(h)
			h.writes(t, "of the first")
			h.syncs(t)
			c := w.phones[1]
			c.writes(t, "of the clone")
			require.True(t, phone.Refused(c.sync(ctx), "fork"))
			require.Equal(t, 1, w.towns[0].quarantined(t, "fork"))
			require.NoError(t, c.renew())
			c.syncs(t)
			require.Equal(t, int64(3), w.towns[0].count(t, h.regions[village]))
		}},
		{"phone restored from its backup", 1, 1, func(t *testing.T, w *land) {
			h := w.phones[0]
			h.writes(t, "one")
			h.syncs(t)
			backUpOrRestore(h)
			h.writes(t, "two")
			h.syncs(t)
			backUpOrRestore(h)
			h.writes(t, "three")
			require.True(t, phone.Refused(h.sync(ctx), "fork"))
			require.NoError(t, h.renew())
			h.syncs(t)
			require.Len(t, h.p.Records("notes"), 3)
		}},
		{"the same unsent work offered by two copies is taken once", 1, 1, func(t *testing.T, w *land) {
			h := w.phones[0]
			id := h.writes(t, "unsent when cloned")
			clone(h)
			clone(h)
			for _, p := range w.phones {
				p.boot()
				require.NoError(t, p.renew())
				p.syncs(t)
			}
			require.Equal(t, "unsent when cloned", w.towns[0].value(t, id, "title"))
			require.Equal(t, int64(1), w.towns[0].count(t, h.regions[village]))
		}},
		{"device revoked with honest late work", 1, 1, func(t *testing.T, w *land) {
			h := w.phones[0]
			id := h.writes(t, "late and honest")
			revoke(w, h)
			require.True(t, phone.Refused(h.sync(ctx), "install_revoked"))
			require.NoError(t, h.renew())
			h.syncs(t)
			require.Equal(t, "late and honest", w.towns[0].value(t, id, "title"))
		}},
		{"device revoked with a thief's back-dated work", 1, 1, func(t *testing.T, w *land) {
			h := w.phones[0]
			h.writes(t, "by its owner")
			h.syncs(t)
			clone(h)
			thief := w.phones[1]
			revoke(w, h)
			thief.clock.skew = -24 * time.Hour
			id := thief.writes(t, "back-dated")
			require.True(t, phone.Refused(thief.sync(ctx), "install_revoked"))
			_, err := w.towns[0].app.FindRecordById("notes", id)
			require.Error(t, err, "not applied")
			thief.lost = true
			w.excuse("thief", 0, func(p *promise) bool { return p.phone == thief })
			require.NoError(t, h.renew())
		}},
		{"unknown device", 1, 1, func(t *testing.T, w *land) { stranger(w, w.net.rng) }},
	})
}

func TestScopes(t *testing.T) {
	lose := func(h *handset) { loseVillage(h, village); h.w.pass(time.Hour) }
	tellAll(t, []story{
		{"village moved with unsent edits", 1, 2, func(t *testing.T, w *land) {
			h := w.phones[0]
			h.writes(t, "sent")
			h.syncs(t)
			id := h.writes(t, "made in time, sent too late")
			w.pass(time.Hour)
			lose(h)
			late := h.sets(t, id, map[string]any{"text": "made too late"})
			h.syncs(t)
			require.Empty(t, h.p.Records("notes"), "purged")
			require.Equal(t, "made in time, sent too late", w.towns[0].value(t, id, "title"))
			require.Equal(t, "refused:rights", h.verdict(late))
			w.phones[1].syncs(t)
			require.Len(t, w.phones[1].p.Records("notes"), 2)
		}},
		{"village moved away and back", 1, 1, func(t *testing.T, w *land) {
			h := w.phones[0]
			h.writes(t, "one")
			h.syncs(t)
			lose(h)
			h.syncs(t)
			require.Empty(t, h.p.Records("notes"))
			giveBack(h)
			h.syncs(t)
			require.Len(t, h.p.Records("notes"), 1)
		}},
		{"moved away and back while offline", 1, 1, func(t *testing.T, w *land) {
			h := w.phones[0]
			h.writes(t, "one")
			h.syncs(t)
			lose(h)
			h.writes(t, "meanwhile")
			giveBack(h)
			h.syncs(t)
			require.Len(t, h.p.Records("notes"), 1, "what was written between is judged by its time")
		}},
		{"record moved between villages, one of them lost", 1, 2, func(t *testing.T, w *land) {
			a, b := w.phones[0], w.phones[1]
			id := a.writes(t, "moves")
			w.settle(t)
			loseVillage(b, 1)
			b.syncs(t)
			a.sets(t, id, map[string]any{"region": a.regions[1]})
			a.syncs(t)
			b.syncs(t)
			require.Empty(t, b.p.Records("notes"))
		}},
		{"rights shrink while pushing", 1, 1, func(t *testing.T, w *land) {
			h := w.phones[0]
			h.writes(t, "x")
			w.net.expect(h.name, lostAnswer)
			require.Error(t, h.sync(ctx))
			lose(h)
			h.syncs(t)
			require.Empty(t, h.p.Records("notes"))
			require.Equal(t, int64(1), w.towns[0].count(t, h.regions[village]))
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
