package sim

import (
	"math/rand/v2"
	"slices"

	"cunju/sync/wire"
)

// forge lets somebody between two actors change a push: leave out a batch, edit a line, back-date a header or a stamp.
func forge(w *land, rng *rand.Rand) {
	from := pick(rng, w.towns).name
	if chance(rng, 40) {
		from = pick(rng, w.phones).name
	}
	how, which := rng.IntN(4), rng.IntN(3)
	w.net.forge[from] = func(s *wire.Sealed) bool {
		if which--; which >= 0 {
			return true
		}
		switch how {
		case 0:
			return false
		case 1:
			s.Lines[0].Bytes, s.Lines[0].Erased = append(slices.Clone(s.Lines[0].Bytes), ' '), false
		case 2:
			s.Header.At -= 3600_000
		case 3:
			if s.Via != nil {
				s.Via.Taus[0] -= 3600_000
			}
		}
		return true
	}
}

// erase takes the body of a change that has not gone up out of a township's log.
func erase(w *land, rng *rand.Rand) {
	n := pick(rng, w.towns)
	var ids []string
	err := n.look.NewQuery("SELECT c.id FROM sync_changes c JOIN sync_batches b ON b.n = c.batch WHERE b.up = 0 AND c.body IS NOT NULL").Column(&ids)
	if err != nil || len(ids) == 0 {
		return
	}
	id := pick(rng, ids)
	if _, err := n.look.NewQuery("UPDATE sync_changes SET body = NULL WHERE id = {:id}").Bind(map[string]any{"id": id}).Execute(); err != nil {
		w.problem("stuck", "erase: %v", err)
	}
	for _, p := range w.promises {
		if p.id == id {
			p.excused = "erased"
		}
	}
}

const (
	phoneCopied  = "phone copied"
	townRestored = "township restored"
	cityRestored = "city restored"
)

// disaster is which kind of copy of somebody's past a world may see. Two kinds at once are more than the engine
// promises: what README.md says about them.
func (w *land) disaster() string {
	return []string{phoneCopied, townRestored, cityRestored}[w.seed%3]
}

// restoreTown backs a township up, or puts its backup back. What only its disk held is gone with it: work at its desk
// that had not gone up, and that of phones that are no more.
func restoreTown(w *land, rng *rand.Rand, n *node) {
	if n.fuse.killed() {
		return
	}
	if n.kept == "" {
		n.kept = n.backup(w.t)
		return
	}
	w.excuse("restored township", 0, func(p *promise) bool { return p.node == n && !w.onPhone(p) && !w.arrived(p, w.city) })
	n.clock.skew, w.city.clock.skew = 0, 0
	w.net.faults[n.name] = nil
	backup := n.kept
	n.kept = ""
	announced := chance(rng, 60)
	if !announced { // what it sent and the city never got may be sent again under the same number
		w.forks[n.eng.Install()] = true
	}
	n.restore(w.t, backup, announced)
}

// onPhone tells whether the phone that made a change still has it.
func (w *land) onPhone(p *promise) bool {
	if p.phone == nil || p.phone.lost || p.phone.boot() != nil {
		return false
	}
	for _, c := range p.phone.p.Changes() {
		if c.Change.ID == p.id {
			return true
		}
	}
	return false
}

// restoreCity backs the city up, or puts its backup back. What it wrote itself since then is gone.
func restoreCity(w *land, rng *rand.Rand) {
	if w.city.fuse.killed() {
		return
	}
	if w.city.kept == "" {
		w.city.kept = w.city.backup(w.t)
		return
	}
	w.city.restore(w.t, w.city.kept, chance(rng, 50))
	w.city.kept = ""
	w.excuse("restored city", 0, func(p *promise) bool { return p.node == w.city && !w.arrived(p, w.city) })
}
