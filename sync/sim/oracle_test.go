package sim

import (
	"bytes"
	"context"
	"encoding/json/v2"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/stretchr/testify/require"

	"cunju/sync/change"
	"cunju/sync/feed"
	"cunju/sync/install"
	"cunju/sync/merge"
	"cunju/sync/oplog"
	"cunju/sync/stamp"
)

// rounds is how many exchanges everybody gets at the end to come to rest.
const rounds = 8

// finish ends all faults, lets everybody talk until nothing moves, and asks the oracle.
func (w *land) finish() {
	ctx := context.Background()
	w.net.deliver()
	clear(w.net.faults)
	for _, n := range w.nodes() {
		n.clock.skew = 0
		n.fuse.set(0, false)
		n.fuse.fill(0)
		n.alive(w.t)
	}
	for _, h := range w.phones {
		h.flash.left, h.flash.quota = 0, 0
	}
	var restless []string
	for calm, i := 0, 0; i < rounds && calm < 2; i++ { // once more after calm: what came down last is still to be read
		if restless = w.round(ctx); len(restless) == 0 {
			calm++
		}
	}
	for _, r := range restless {
		w.problem("stuck", "%s", r)
	}
	w.checkPromises()
	w.checkReplicas()
	w.checkFold()
	w.checkPhones()
	w.checkTotals()
}

// round lets everybody talk once and lists who has not come to rest.
func (w *land) round(ctx context.Context) (restless []string) {
	for _, h := range w.phones {
		if h.lost {
			continue
		}
		w.pass(5 * time.Minute)
		err := h.sync(ctx)
		if deadEnd(err) {
			if err = h.renew(); err == nil {
				err = h.sync(ctx)
			}
		}
		if err != nil {
			restless = append(restless, fmt.Sprintf("%s does not sync: %v", h.name, err))
		}
	}
	for _, n := range append(slices.Clone(w.towns), w.city) {
		w.pass(5 * time.Minute)
		if err := n.run(ctx); err != nil {
			restless = append(restless, fmt.Sprintf("%s does not sync: %v", n.name, err))
		}
	}
	for _, h := range w.phones {
		if !h.lost && h.p != nil {
			restless = append(restless, h.waiting()...)
		}
	}
	for _, n := range w.towns {
		waiting, err := oplog.WaitingUp(n.look, 1)
		require.NoError(w.t, err)
		if len(waiting) > 0 {
			restless = append(restless, fmt.Sprintf("%s: batch %d of %s waits", n.name, waiting[0].Sealed.Header.No, waiting[0].Install))
		}
		restless = append(restless, w.unequal(n)...)
	}
	return restless
}

// waiting lists own changes of a phone that have not reached the city.
func (h *handset) waiting() (list []string) {
	for _, c := range h.p.Changes() {
		if c.Level != "city" {
			list = append(list, fmt.Sprintf("%s: change %s is at level %q", h.name, c.Change.ID, c.Level))
		}
	}
	for _, r := range h.regions {
		if !h.w.rights.has(h.staff, r, h.w.at.UnixMilli()) {
			continue
		}
		want, err := feed.Current(h.home.look, r)
		require.NoError(h.w.t, err)
		got := h.p.Checkpoint(r)
		if got.Count != want.Count || got.Sum != want.Sum {
			list = append(list, fmt.Sprintf("%s: feed %s has %d records, %s has %d", h.name, r, got.Count, h.home.name, want.Count))
		}
	}
	return list
}

// unequal lists the feeds in which a township and the city differ.
func (w *land) unequal(n *node) (list []string) {
	names := []string{n.region, feed.Name(n.region, feed.OfficeLane), "500000000000", n.region[:6] + "000000"}
	for _, v := range villagesOf(n.region) {
		names = append(names, v, feed.Name(v, feed.OfficeLane))
	}
	for _, name := range names {
		a, err := feed.Current(n.look, name)
		require.NoError(w.t, err)
		b, err := feed.Current(w.city.look, name)
		require.NoError(w.t, err)
		if a.Count != b.Count || a.Sum != b.Sum {
			list = append(list, fmt.Sprintf("feed %s: %s has %d records, the city %d", name, n.name, a.Count, b.Count))
		}
	}
	return list
}

// arrived tells whether a node holds a change, in its log or in quarantine.
func (w *land) arrived(p *promise, n *node) bool {
	at, _, err := oplog.FindChange(n.look, p.id)
	require.NoError(w.t, err)
	if at != 0 {
		return true
	}
	var kept []struct {
		Bytes []byte `db:"bytes"`
	}
	require.NoError(w.t, n.look.NewQuery("SELECT bytes FROM sync_quarantine").All(&kept))
	return slices.ContainsFunc(kept, func(k struct {
		Bytes []byte `db:"bytes"`
	}) bool {
		return bytes.Contains(k.Bytes, []byte(p.id))
	})
}

// checkPromises: whatever somebody saw as saved is in the logs of its township and of the city, or in quarantine.
func (w *land) checkPromises() {
	for _, p := range w.promises {
		if p.excused != "" {
			continue
		}
		at := w.arrived(p, p.node)
		if !at && p.node.restored && w.arrived(p, w.city) {
			continue // the township lost it and has its effect from the city
		}
		if !at {
			w.problem("lost", "change %s is not at %s", p.id, p.node.name)
		}
		if at && !w.arrived(p, w.city) && !w.quarantined(p, p.node) {
			w.problem("lost", "change %s is at %s but not at the city", p.id, p.node.name)
		}
	}
}

func (w *land) quarantined(p *promise, n *node) bool {
	at, _, err := oplog.FindChange(n.look, p.id)
	require.NoError(w.t, err)
	return at == 0
}

// states reads every record of a node as its values, keyed by collection and id.
func (w *land) states(n *node) map[string]string {
	out := map[string]string{}
	rows, err := feed.Order(n.look, 0, 10000)
	require.NoError(w.t, err)
	for _, row := range rows {
		r, err := n.app.FindRecordById(row.C, row.R)
		if err != nil {
			w.problem("diverged", "%s: %s/%s is in the feed and not in its table", n.name, row.C, row.R)
			continue
		}
		set := map[string]any{}
		for _, c := range notes() {
			for _, f := range c.Fields {
				if c.Name == row.C {
					set[f.Name] = plainValue(r.Get(f.Name))
				}
			}
		}
		out[row.C+"/"+row.R] = row.Rev + " " + text(set)
	}
	return out
}

func plainValue(v any) any {
	if f, ok := v.(float64); ok && f == 0 {
		return nil
	}
	if v == "" {
		return nil
	}
	if s, ok := v.(fmt.Stringer); ok && s.String() == "null" {
		return nil
	}
	return v
}

// text writes values the same way wherever they come from; empty ones do not count.
func text(set map[string]any) string {
	full := map[string]any{}
	for k, v := range set {
		if v = plainValue(v); v != nil {
			full[k] = v
		}
	}
	b, err := json.Marshal(full, json.Deterministic(true))
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// checkReplicas: township and city hold the same values, and their checkpoints are what their records add up to.
func (w *land) checkReplicas() {
	city := w.states(w.city)
	for _, n := range w.nodes() {
		sums := map[string]feed.Checkpoint{}
		rows, err := feed.Order(n.look, 0, 10000)
		require.NoError(w.t, err)
		for _, row := range rows {
			c := sums[row.Feed]
			c.Count, c.Sum = c.Count+1, c.Sum+feed.Sum(row.C, row.R, row.Rev)
			sums[row.Feed] = c
			if n != w.city && !install.Covers(n.region, row.Region) && !install.Covers(row.Region, n.region) {
				w.problem("leaked", "%s holds %s/%s of %s", n.name, row.C, row.R, row.Region)
			}
		}
		for name, c := range sums {
			have, err := feed.Current(n.look, name)
			require.NoError(w.t, err)
			if have.Count != c.Count || have.Sum != c.Sum {
				w.problem("diverged", "%s: checkpoint of %s says %d, records are %d", n.name, name, have.Count, c.Count)
			}
		}
		if n == w.city {
			continue
		}
		for key, state := range w.states(n) {
			if city[key] != state {
				w.problem("diverged", "%s at %s is %s, at the city %s", key, n.name, state, city[key])
			}
		}
	}
}

// checkFold: the city's records are what its log says, whatever the order of arrival was, and no stamp lies.
func (w *land) checkFold() {
	groups := map[string]string{"state": "state", "reason": "state"}
	have := w.states(w.city)
	high := w.city.clock.high
	for _, n := range w.towns {
		high = max(high, n.clock.high)
	}
	rows, err := feed.Order(w.city.look, 0, 10000)
	require.NoError(w.t, err)
	for _, row := range rows {
		key := row.C + "/" + row.R
		history, err := oplog.History(w.city.look, row.C, row.R, 10000)
		require.NoError(w.t, err)
		s := merge.State{}
		for _, h := range history {
			c, err := change.Parse(h.Body)
			if err != nil {
				continue
			}
			if strings.HasPrefix(h.Verdict, "refused:") {
				continue
			}
			for _, e := range c.Edits {
				if e.C == row.C && e.R == row.R {
					s.Fold(e.Set, stamp.Stamp{Tau: h.Tau, ID: c.ID}, groups)
				}
			}
		}
		for _, h := range history {
			if c, err := change.Parse(h.Body); err == nil && len(c.Edits) == 1 {
				w.checkStamp(&c, h.Tau, high, s)
			}
		}
		if want := s.Head.ID + " " + text(s.Set); have[key] != want {
			w.problem("diverged", "%s at the city is %s, its log says %s", key, have[key], want)
		}
	}
}

// checkStamp: a change never lost to what its author had seen, and no stamp is later than the servers' clocks ever were.
func (w *land) checkStamp(c *change.Change, tau, high int64, stands merge.State) {
	if tau > high+int64(w.changes) {
		w.problem("diverged", "change %s is stamped %d ms after every server's clock", c.ID, tau-high)
	}
	for _, e := range c.Edits {
		for field := range e.Set {
			if s := stands.Stamp(field); e.Base != "" && s.ID == e.Base && s.Tau >= tau {
				w.problem("diverged", "change %s lost %s to %s, which its author had seen", c.ID, field, e.Base)
			}
		}
	}
}

// checkPhones: what a phone shows is what its township holds, and nothing of a village that it lost.
func (w *land) checkPhones() {
	for _, h := range w.phones {
		if h.lost || h.p == nil {
			continue
		}
		at := w.states(h.home)
		for _, c := range []string{"notes", "boards", "votes"} {
			for _, r := range h.p.Records(c) {
				region, _ := r.Set["region"].(string)
				if c == "votes" || !w.rights.has(h.staff, region, w.at.UnixMilli()) {
					w.problem("leaked", "%s still holds %s/%s of %s", h.name, c, r.R, region)
				}
				if want := at[c+"/"+r.R]; want != r.Rev+" "+text(r.Set) {
					w.problem("diverged", "%s/%s on %s is %s %s, at %s %s", c, r.R, h.name, r.Rev, text(r.Set), h.home.name, want)
				}
			}
		}
	}
}

// checkTotals: a projection's totals count each record once.
func (w *land) checkTotals() {
	for _, n := range w.nodes() {
		var rows []struct {
			C      string `db:"c"`
			Region string `db:"region"`
			N      int    `db:"n"`
			Want   int    `db:"want"`
		}
		err := n.look.NewQuery(`SELECT t.c, t.region, t.n, (SELECT count(*) FROM sync_records r WHERE r.c = t.c AND r.region = t.region) AS want FROM sim_total t
			UNION ALL SELECT c, region, 0, count(*) FROM sync_records r WHERE NOT EXISTS (SELECT 1 FROM sim_total t WHERE t.c = r.c AND t.region = r.region) GROUP BY c, region`).
			Bind(dbx.Params{}).All(&rows)
		require.NoError(w.t, err)
		for _, r := range rows {
			if r.N != r.Want {
				w.problem("diverged", "%s counts %d of %s in %s, there are %d", n.name, r.N, r.C, r.Region, r.Want)
			}
		}
	}
}
