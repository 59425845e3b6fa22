package engine

import (
	"fmt"

	"cunju/sync/change"
	"cunju/sync/feed"
	"cunju/sync/merge"
	"cunju/sync/wire"
)

// Take merges record states read from another node's feed. Joining states is
// idempotent and does not depend on order, so it may be cut anywhere and repeated.
// from is the node that they came from.
func (e *Engine) Take(lines []wire.FeedLine, from string) error {
	if len(lines) == 0 {
		return nil
	}
	moved := false
	err := e.transact(func(t *txn) error {
		moved = false
		if err := t.meet(stated(lines)); err != nil {
			return err
		}
		for _, l := range lines {
			if l.C == "" || l.Remove {
				continue // a move arrives as the record's state in its new feed
			}
			ok, err := e.joinLine(t, l, from)
			if err != nil {
				return fmt.Errorf("take %s: %w", l.C, err)
			}
			moved = moved || ok
		}
		return nil
	})
	if err == nil && moved {
		e.Committed()
	}
	return err
}

// stated names the records that lines of a feed are about. Those with an id that is none are refused later.
func stated(lines []wire.FeedLine) []ref {
	var list []ref
	for _, l := range lines {
		if l.C != "" && !l.Remove && change.ValidID(l.R) {
			list = append(list, ref{l.C, l.R})
		}
	}
	return list
}

func (e *Engine) joinLine(t *txn, l wire.FeedLine, from string) (bool, error) {
	col := e.collections[l.C]
	if col == nil {
		return false, nil // a newer node knows more; nothing of ours depends on it
	}
	theirs, err := col.stateLine(l)
	if err != nil {
		return false, err
	}
	row, err := t.record(l.C, l.R)
	if err != nil {
		return false, err
	}
	var ours merge.State
	if row != nil {
		if ours, err = t.load(col, row); err != nil {
			return false, err
		}
	}
	before := ours.Head
	changed := row == nil || joins(ours, theirs)
	if !changed {
		return false, nil
	}
	ours.Join(theirs, nil)
	next := feed.Record{C: l.C, R: l.R, Install: from, Source: from}
	if row != nil && ours.Head == before {
		next.Install, next.Source = row.Install, row.Source
	}
	return true, t.store(col, row, ours, next)
}

// joins tells whether theirs holds anything newer than ours.
func joins(ours, theirs merge.State) bool {
	for f := range theirs.Set {
		if _, known := ours.Set[f]; !known || theirs.Stamp(f).Newer(ours.Stamp(f)) {
			return true
		}
	}
	return theirs.Head.Newer(ours.Head)
}

// statesOK checks types and lengths; groups need not be whole in a state.
func (c *Collection) statesOK(set map[string]any) bool {
	region, ok := set["region"].(string)
	if !ok || len(region) != 12 {
		return false
	}
	for name, v := range set {
		f := c.field(name)
		if f == nil || (v != nil && !f.valueOK(v)) {
			return false
		}
	}
	return true
}
