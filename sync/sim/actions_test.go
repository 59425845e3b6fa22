package sim

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/stretchr/testify/require"

	"cunju/sync/change"
	"cunju/sync/feed"
)

// action is one thing that happens; weight is how often.
type action struct {
	name   string
	weight int
	do     func(w *land, rng *rand.Rand)
	only   string // in worlds of this disaster; "": in all
}

var actions = []action{
	{"create a note on a phone", 12, func(w *land, rng *rand.Rand) { onPhone(w, rng, createOnPhone) }, ""},
	{"edit a note on a phone", 12, func(w *land, rng *rand.Rand) { onPhone(w, rng, editOnPhone) }, ""},
	{"move a note between villages", 4, func(w *land, rng *rand.Rand) { onPhone(w, rng, moveOnPhone) }, ""},
	{"break a rule on a phone", 3, func(w *land, rng *rand.Rand) { onPhone(w, rng, breakRule) }, ""},
	{"edit at the office desk", 6, func(w *land, rng *rand.Rand) { deskSave(w, rng, pick(rng, w.towns)) }, ""},
	{"write in the office", 3, func(w *land, rng *rand.Rand) { fold(w, rng, pick(rng, w.towns)) }, ""},
	{"write at the city", 4, func(w *land, rng *rand.Rand) { fold(w, rng, w.city) }, ""},
	{"vote at the township", 2, func(w *land, rng *rand.Rand) { n := pick(rng, w.towns); vote(w, n, n) }, ""},
	{"vote at the city", 2, func(w *land, rng *rand.Rand) { vote(w, w.city, pick(rng, w.towns)) }, ""},
	{"write on the board", 1, board, ""},
	{"phone meets the network", 14, func(w *land, rng *rand.Rand) { onPhone(w, rng, meet) }, ""},
	{"township talks to the city", 8, func(w *land, rng *rand.Rand) { talk(w, pick(rng, w.towns)) }, ""},
}

// draw picks an action by weight, of those that this world may see.
func (w *land) draw(rng *rand.Rand, list []action) action {
	sum := 0
	for _, a := range list {
		if a.only == "" || a.only == w.disaster() {
			sum += a.weight
		}
	}
	at := rng.IntN(sum)
	for _, a := range list {
		if a.only != "" && a.only != w.disaster() {
			continue
		}
		if at -= a.weight; at < 0 {
			return a
		}
	}
	panic("weights")
}

func onPhone(w *land, rng *rand.Rand, do func(*rand.Rand, *handset)) {
	h := pick(rng, w.phones)
	if !h.lost && h.boot() == nil {
		do(rng, h)
	}
}

var words = []string{"land", "water", "road", "debt", "wage", "fence", "will", "loan"}

// fields is a random part of what a note can say.
func fields(rng *rand.Rand) map[string]any {
	set := map[string]any{}
	for len(set) == 0 {
		if chance(rng, 50) {
			set["title"] = fmt.Sprint(pick(rng, words), " ", rng.IntN(1000))
		}
		if chance(rng, 30) {
			set["text"] = fmt.Sprint("text ", rng.IntN(1000))
		}
		if chance(rng, 20) {
			set["count"] = float64(rng.IntN(3)) // 0 empties it
		}
		if chance(rng, 15) {
			set["tags"] = []any{pick(rng, words), float64(rng.IntN(9))}
		}
		if chance(rng, 20) {
			set["state"], set["reason"] = pick(rng, []string{"open", "done", ""}), pick(rng, words)
		}
	}
	return set
}

func createOnPhone(rng *rand.Rand, h *handset) {
	set := fields(rng)
	set["region"] = pick(rng, h.regions[:3])
	edits := []change.Edit{{C: "notes", R: change.NewID(), Set: set}}
	if chance(rng, 20) { // one action, two records
		edits = append(edits, change.Edit{C: "notes", R: change.NewID(), Set: map[string]any{"region": pick(rng, h.regions), "title": "second"}})
	}
	h.save(edits...)
}

// visible picks a note that the phone shows: one of the server's or one of its own.
func visible(rng *rand.Rand, h *handset) string {
	var ids []string
	for _, r := range h.p.Records("notes") {
		ids = append(ids, r.R)
	}
	for _, c := range h.p.Changes() {
		if c.Level == "" {
			ids = append(ids, c.Change.Edits[0].R)
		}
	}
	if len(ids) == 0 {
		return ""
	}
	return pick(rng, ids)
}

func editOnPhone(rng *rand.Rand, h *handset) {
	if id := visible(rng, h); id != "" {
		h.save(change.Edit{C: "notes", R: id, Set: fields(rng)})
	}
}

func moveOnPhone(rng *rand.Rand, h *handset) {
	if id := visible(rng, h); id != "" {
		h.save(change.Edit{C: "notes", R: id, Set: map[string]any{"region": pick(rng, h.regions)}})
	}
}

// breakRule does what will be refused, each time for another reason.
func breakRule(rng *rand.Rand, h *handset) {
	set := map[string]any{"region": h.regions[0], "title": "x"}
	e := change.Edit{C: "notes", R: change.NewID(), Set: set}
	switch rng.IntN(6) {
	case 0:
		set["title"] = "forbidden"
	case 1:
		e.C = "boards"
	case 2:
		e.C = "votes"
	case 3:
		set["region"] = "500101001001"
	case 4:
		set["hacked"] = 1.0
	case 5:
		set["count"] = "many"
	}
	h.save(e)
}

func meet(rng *rand.Rand, h *handset) {
	w := h.w
	err := h.sync(context.Background())
	w.say("  %s (%s) synced: %v", h.name, h.staff, err)
	if deadEnd(err) && chance(rng, 60) && !h.flash.off {
		h.renew()
	}
}

func talk(w *land, n *node) {
	n.alive(w.t)
	w.say("  %s talked: %v", n.name, n.run(context.Background()))
	n.alive(w.t)
	w.city.alive(w.t)
}

// notesAt lists the notes that a node holds.
func notesAt(w *land, n *node) []feed.Record {
	rows, err := feed.Order(n.look, 0, 5000)
	require.NoError(w.t, err)
	var list []feed.Record
	for _, r := range rows {
		if r.C == "notes" {
			list = append(list, r)
		}
	}
	return list
}

// deskSave saves through PocketBase, as its own API does.
func deskSave(w *land, rng *rand.Rand, n *node) {
	n.alive(w.t)
	col, err := n.app.FindCollectionByNameOrId("notes")
	if err != nil {
		return // killed meanwhile
	}
	r := core.NewRecord(col)
	if list := notesAt(w, n); len(list) > 0 && chance(rng, 60) {
		if r, err = n.app.FindRecordById("notes", pick(rng, list).R); err != nil {
			return // killed meanwhile
		}
	} else {
		r.Set("region", pick(rng, villagesOf(n.region)))
	}
	for name, v := range fields(rng) {
		r.Set(name, v)
	}
	w.atDesk(n, n.app.Save(r))
}

// fold writes through the engine, as routes of a subject do.
func fold(w *land, rng *rand.Rand, n *node) {
	n.alive(w.t)
	e := change.Edit{C: "notes", R: change.NewID(), Set: fields(rng)}
	if list := notesAt(w, n); len(list) > 0 && chance(rng, 70) {
		row := pick(rng, list)
		e.R, e.Base = row.R, row.Rev
		if chance(rng, 20) {
			e.Set["region"] = pick(rng, villagesOf((row.Region[:9] + "000")))
			if n == w.city && chance(rng, 30) {
				e.Set["region"] = pick(rng, villagesOf(pick(rng, w.towns).region))
			}
		}
	} else {
		e.Set["region"] = pick(rng, villagesOf(pick(rng, w.towns).region))
		if n != w.city {
			e.Set["region"] = pick(rng, villagesOf(n.region))
		}
	}
	_, err := n.eng.Fold(context.Background(), []change.Edit{e}, "")
	w.atDesk(n, err)
}

func vote(w *land, n, about *node) {
	n.alive(w.t)
	_, err := n.eng.Fold(context.Background(), []change.Edit{{C: "votes", R: change.NewID(), Set: map[string]any{"region": about.region, "title": "good"}}}, "")
	w.atDesk(n, err)
}

func board(w *land, rng *rand.Rand) {
	w.city.alive(w.t)
	_, err := w.city.eng.Fold(context.Background(), []change.Edit{{C: "boards", R: change.NewID(),
		Set: map[string]any{"region": pick(rng, []string{pick(rng, w.towns).region, "500238000000", cityCode}), "title": "notice"}}}, "")
	w.atDesk(w.city, err)
}

// atDesk notes what a clerk saw as saved.
func (w *land) atDesk(n *node, err error) {
	w.say("  %s saved: %v", n.name, err)
	defer n.alive(w.t)
	if err != nil {
		return
	}
	var id string
	if err := n.look.NewQuery("SELECT id FROM sync_changes WHERE install = {:i} ORDER BY n DESC LIMIT 1").Bind(map[string]any{"i": n.eng.Install()}).Row(&id); err == nil && !slices.ContainsFunc(w.promises, func(p *promise) bool { return p.id == id }) { // a save may change nothing
		w.changes++
		w.promises = append(w.promises, &promise{id: id, node: n})
	}
}

// steps lets a random history happen.
func (w *land) steps(n, faultPercent int) {
	for i := range n {
		rng := rand.New(rand.NewPCG(w.seed, uint64(i)+1000))
		w.pass(time.Duration(rng.IntN(4*3600)) * time.Second / time.Duration(between(rng, 1, 60)))
		if chance(rng, faultPercent) {
			f := w.draw(rng, faults)
			w.fault(f.name)
			w.say("FAULT %s", f.name)
			f.do(w, rng)
			continue
		}
		a := w.draw(rng, actions)
		w.say("%s", a.name)
		a.do(w, rng)
	}
}
