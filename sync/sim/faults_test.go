package sim

import (
	"context"
	"math/rand/v2"
	"net/http"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/stretchr/testify/require"

	"cunju/sync/change"
	"cunju/sync/phone"
)

// faults are drawn at random beside the actions; cases_test.go has each of them once more by its name.
var faults = []action{
	{"phone's line", 30, func(w *land, rng *rand.Rand) { w.net.expect(pick(rng, w.phones).name, pick(rng, lineFaults)) }, ""},
	{"township's line", 12, func(w *land, rng *rand.Rand) { w.net.expect(pick(rng, w.towns).name, pick(rng, lineFaults)) }, ""},
	{"late mail", 6, func(w *land, rng *rand.Rand) { w.net.deliver() }, ""},
	{"app killed", 8, func(w *land, rng *rand.Rand) { pick(rng, w.phones).kill(rng.IntN(20)) }, ""},
	{"power cut", 8, func(w *land, rng *rand.Rand) { pick(rng, w.phones).cut(rng) }, ""},
	{"quota full", 4, func(w *land, rng *rand.Rand) { pick(rng, w.phones).flash.quota = between(rng, 1, 3) }, ""},
	{"node killed", 10, func(w *land, rng *rand.Rand) { pick(rng, w.nodes()).fuse.set(between(rng, 1, 120), chance(rng, 50)) }, ""},
	{"node restarted", 2, func(w *land, rng *rand.Rand) { restart(w, pick(rng, w.nodes())) }, ""},
	{"disk full", 3, func(w *land, rng *rand.Rand) { pick(rng, w.nodes()).fuse.fill(between(rng, 1, 3)) }, ""},
	{"phone's clock", 8, func(w *land, rng *rand.Rand) { pick(rng, w.phones).clock.skew = skew(rng) }, ""},
	{"node's clock", 3, func(w *land, rng *rand.Rand) { pick(rng, w.nodes()).clock.skew = skew(rng) }, ""},
	{"village lost", 5, func(w *land, rng *rand.Rand) { loseVillage(pick(rng, w.phones), rng.IntN(3)) }, ""},
	{"village given back", 5, func(w *land, rng *rand.Rand) { giveBack(pick(rng, w.phones)) }, ""},
	{"phone cloned", 4, func(w *land, rng *rand.Rand) { clone(pick(rng, w.phones)) }, phoneCopied},
	{"phone restored from backup", 6, func(w *land, rng *rand.Rand) { backUpOrRestore(pick(rng, w.phones)) }, phoneCopied},
	{"phone destroyed", 1, func(w *land, rng *rand.Rand) { destroy(pick(rng, w.phones)) }, ""},
	{"device revoked", 1, func(w *land, rng *rand.Rand) { revoke(w, pick(rng, w.phones)) }, ""},
	{"unknown device", 2, stranger, ""},
	{"push forged on the way", 5, forge, ""},
	{"body erased", 2, erase, ""},
	{"township restored", 8, func(w *land, rng *rand.Rand) { restoreTown(w, rng, pick(rng, w.towns)) }, townRestored},
	{"city restored", 6, restoreCity, cityRestored},
}

// skew is a clock that is wrong by a little, by much, or right again.
func skew(rng *rand.Rand) time.Duration {
	const year = 365 * 24 * time.Hour
	switch rng.IntN(6) {
	case 0:
		return 10 * year
	case 1:
		return -7 * year
	case 2:
		return 0
	case 3:
		return time.Duration(rng.IntN(8)-4) * time.Hour
	}
	return time.Duration(rng.IntN(600)-300) * time.Second
}

func restart(w *land, n *node) {
	if err := n.restart(); err != nil {
		w.problem("stuck", "%s does not start: %v", n.name, err)
	}
}

// loseVillage ends an assignment while the phone may have unsent work of that village.
func loseVillage(h *handset, i int) { h.w.rights.take(h.staff, h.regions[i], h.w.at.UnixMilli()) }

func giveBack(h *handset) {
	for _, r := range h.regions {
		h.w.rights.give(h.staff, r, h.w.at.UnixMilli())
	}
}

// clone is the same storage in a second phone; both are used.
func clone(h *handset) {
	w := h.w
	if h.lost || len(w.phones) > 6 || h.boot() != nil {
		return
	}
	c := *h
	c.name, c.clock, c.flash, c.p = h.name+"'", &clock{w: w}, h.flash.copied(), nil
	w.forks[h.p.Install()] = true
	w.phones = append(w.phones, &c)
}

// backups of phones by handset.
type saved struct {
	flash   *flash
	install string
	at      int // promises made before it
}

// backUpOrRestore takes a backup of a phone, or puts the one it has back.
func backUpOrRestore(h *handset) {
	w := h.w
	if h.lost || h.boot() != nil {
		return
	}
	if h.backup == nil {
		h.backup = &saved{h.flash.copied(), h.p.Install(), len(w.promises)}
		return
	}
	w.forks[h.backup.install] = true
	w.excuse("restored phone", h.backup.at, func(p *promise) bool { return p.phone == h && !w.arrived(p, h.home) })
	h.flash.files = h.backup.flash.copied().files
	h.flash.kill()
	h.backup = nil
}

// destroy takes a phone out of the world: what met no server is gone with it.
func destroy(h *handset) {
	w := h.w
	if h.lost || len(w.phones) < 2 || w.living() < 2 {
		return
	}
	h.home.alive(w.t)
	h.lost, h.p = true, nil
	h.flash.kill()
	w.excuse("destroyed phone", 0, func(p *promise) bool { return p.phone == h && !w.arrived(p, h.home) })
}

func (w *land) living() int {
	n := 0
	for _, h := range w.phones {
		if !h.lost {
			n++
		}
	}
	return n
}

// excuse marks promises from index on that nobody could keep.
func (w *land) excuse(why string, from int, gone func(*promise) bool) {
	for _, n := range w.nodes() {
		n.alive(w.t)
	}
	for _, p := range w.promises[from:] {
		if p.excused == "" && gone(p) {
			p.excused = why
		}
	}
}

// revoke is an officer who ends a device; its holder comes with honest late work and gets a new install.
func revoke(w *land, h *handset) {
	if h.lost || h.boot() != nil {
		return
	}
	h.home.alive(w.t)
	h.home.app.RunInTransaction(func(tx core.App) error { return h.home.eng.Revoke(tx, h.p.Install()) })
}

// release is an officer who lets everything stand that is held.
func release(t *testing.T, n *node) {
	var places []int64
	require.NoError(t, n.look.NewQuery("SELECT n FROM sync_changes WHERE verdict = 'held' ORDER BY n").Column(&places))
	require.NotEmpty(t, places)
	require.NoError(t, n.app.RunInTransaction(func(tx core.App) error {
		for _, at := range places {
			if _, err := n.eng.Release(tx, at); err != nil {
				return err
			}
		}
		return nil
	}))
	n.eng.Committed()
}

// stranger is a device that nobody enrolled; it learns and leaves nothing.
func stranger(w *land, rng *rand.Rand) {
	n := pick(rng, w.towns)
	p, err := phone.OpenOn(newFlash(), "journal", "http://"+n.name, &http.Client{Transport: &line{w.net, "stranger"}}, w.tick)
	if err != nil {
		w.problem("stuck", "a new store does not open: %v", err)
		return
	}
	id, err := p.Save([]change.Edit{{C: "notes", R: change.NewID(), Set: map[string]any{"region": villagesOf(n.region)[0], "title": "stranger"}}})
	if err != nil || p.Sync(context.Background()) == nil {
		w.problem("leaked", "a stranger was served: %v", err)
	}
	n.alive(w.t)
	if w.arrived(&promise{id: id}, n) {
		w.problem("leaked", "a stranger's change was stored")
	}
}
