package engine

import (
	"fmt"
	"math"

	"cunju/sync/change"
	"cunju/sync/feed"
	"cunju/sync/merge"
	"cunju/sync/oplog"
	"cunju/sync/stamp"
	"cunju/sync/statement"
	"cunju/sync/wire"
)

// Mirror makes a feed what the node above holds of it: lines are all its records. It is for a feed that still differs
// after the node above has confirmed that it has every batch of this node. What that node will not take, and
// what nobody has told it yet, stays as it is. done is false when somebody wrote meanwhile: the next time.
func (e *Engine) Mirror(name string, lines []wire.FeedLine, from string) (done bool, err error) {
	err = e.transact(func(t *txn) error {
		waits, err := oplog.Waits(t.db)
		if done = err == nil && !waits; !done {
			return err
		}
		if err := t.meet(stated(lines)); err != nil {
			return err
		}
		there := map[ref]bool{}
		for _, l := range lines {
			if l.C == "" || l.Remove {
				continue
			}
			there[ref{l.C, l.R}] = true
			if err := e.mirrorLine(t, l, from); err != nil {
				return fmt.Errorf("mirror %s: %w", l.C, err)
			}
		}
		return t.dropOthers(name, there)
	})
	if err != nil {
		return false, err
	}
	e.Committed()
	return done, nil
}

// stateLine reads a record's state as it travels.
func (c *Collection) stateLine(l wire.FeedLine) (merge.State, error) {
	if !change.ValidID(l.R) || !change.ValidID(l.Rev) || !c.statesOK(l.Set) {
		return merge.State{}, fmt.Errorf("not a record state")
	}
	stamps, err := parseStamps(l.Ft)
	return merge.State{Set: l.Set, Head: stamp.Stamp{Tau: l.Tau, ID: l.Rev}, Stamps: stamps}, err
}

func (e *Engine) mirrorLine(t *txn, l wire.FeedLine, from string) error {
	col := e.collections[l.C]
	if col == nil {
		return nil
	}
	theirs, err := col.stateLine(l)
	if err != nil {
		return err
	}
	row, err := t.record(l.C, l.R)
	if err != nil {
		return err
	}
	if row == nil {
		return t.store(col, nil, theirs, feed.Record{C: l.C, R: l.R, Install: from, Source: from})
	}
	ours, err := t.load(col, row)
	if err != nil || same(ours, theirs) {
		return err
	}
	if stranded, err := oplog.Stranded(t.db, l.C, l.R); err != nil || stranded {
		return err
	}
	cleared := map[string]any{}
	for field := range ours.Set {
		if _, ok := theirs.Set[field]; !ok {
			cleared[field] = nil
		}
	}
	if len(cleared) > 0 {
		if err := col.update(t.db, l.R, cleared); err != nil {
			return err
		}
	}
	return t.store(col, row, theirs, feed.Record{C: l.C, R: l.R, Install: from, Source: from})
}

// same tells whether two states agree in every value and stamp.
func same(a, b merge.State) bool {
	if a.Head != b.Head || len(a.Set) != len(b.Set) {
		return false
	}
	for field, v := range a.Set {
		w, ok := b.Set[field]
		if !ok || a.Stamp(field) != b.Stamp(field) || !equal(v, w) {
			return false
		}
	}
	return true
}

// dropOthers lets go of a feed's records that the node above does not have in it. One that moved
// within this node's regions comes with its new feed.
func (t *txn) dropOthers(name string, there map[ref]bool) error {
	rows, err := feed.After(t.db, name, 0, math.MaxInt32)
	if err != nil {
		return err
	}
	for i := range rows {
		row := &rows[i]
		if there[ref{row.C, row.R}] {
			continue
		}
		stranded, err := oplog.Stranded(t.db, row.C, row.R)
		if err == nil && !stranded {
			err = t.drop(row)
		}
		if err != nil {
			return fmt.Errorf("drop %s: %w", row.C, err)
		}
	}
	return nil
}

// drop takes a record off this node; its history stays.
func (t *txn) drop(row *feed.Record) error {
	if row.First > 0 {
		if err := oplog.Touch(t.db, row.C, row.R, row.First); err != nil {
			return err
		}
	}
	if _, err := statement.Exec(t.db, "DELETE FROM "+quote(row.C)+" WHERE id = ?", row.R); err != nil {
		return err
	}
	t.seq++
	t.known[ref{row.C, row.R}] = nil
	return t.tally.Drop(t.db, row, t.seq)
}
