package engine

import (
	"encoding/json/v2"
	"fmt"

	"github.com/pocketbase/dbx"

	"cunju/sync/change"
	"cunju/sync/feed"
	"cunju/sync/merge"
	"cunju/sync/oplog"
	"cunju/sync/stamp"
)

// apply folds a judged change into its records and returns the verdict.
func (e *Engine) apply(t *txn, plan []*planned, at stamp.Stamp, n int64, in *incoming) (string, error) {
	verdict := Applied
	for _, p := range plan {
		if p.row == nil { // nothing to meet: the edit is the state
			p.state = merge.State{Set: p.edit.Set, Head: at}
		} else {
			was, err := e.meet(t, p, at, n, in)
			if err != nil {
				return "", err
			}
			if was == Conflict || verdict == Applied {
				verdict = was
			}
		}
		if err := e.place(t, p, in, n); err != nil {
			return "", err
		}
	}
	if verdict != Applied {
		if err := oplog.SetVerdict(t.db, n, verdict); err != nil {
			return "", err
		}
	}
	return verdict, nil
}

// meet folds an edit into a record that is there already.
func (e *Engine) meet(t *txn, p *planned, at stamp.Stamp, n int64, in *incoming) (string, error) {
	overwritten, lost := p.state.Fold(p.edit.Set, at, p.col.groupOf)
	if in.via == nil {
		unseen, err := e.conflicts(t, p, overwritten, lost, in)
		if err != nil {
			return "", err
		}
		if unseen {
			return Conflict, nil
		}
	}
	if len(lost) > 0 {
		return Merged, nil
	}
	return Applied, nil
}

// conflicts keeps every value that does not stand although one author had not
// seen the other's: overwritten ones whose change arrived after base did, and lost ones.
func (e *Engine) conflicts(t *txn, p *planned, overwritten, lost []merge.Lost, in *incoming) (bool, error) {
	var unseen []merge.Lost
	for _, l := range overwritten {
		known, err := t.seen(p, l.By, in)
		if err != nil {
			return false, err
		}
		if !known && !equal(l.Value, p.state.Set[l.Field]) {
			unseen = append(unseen, l)
		}
	}
	for _, l := range lost {
		if !equal(l.Value, p.state.Set[l.Field]) {
			unseen = append(unseen, l)
		}
	}
	for _, l := range unseen {
		value, err := change.Compact(l.Value)
		if err != nil {
			return false, fmt.Errorf("encode conflict: %w", err)
		}
		err = oplog.AddConflict(t.db, oplog.Conflict{C: p.edit.C, R: p.edit.R, Field: l.Field, Value: string(value),
			Change: l.By.ID, Stands: l.Over.ID, Install: in.author.Install, At: in.received})
		if err != nil {
			return false, err
		}
	}
	return len(unseen) > 0, nil
}

func equal(a, b any) bool {
	x, err1 := change.Compact(a)
	y, err2 := change.Compact(b)
	return err1 == nil && err2 == nil && string(x) == string(y)
}

// place writes the record's row, moves it to the end of its feed and notes the change in its history.
func (e *Engine) place(t *txn, p *planned, in *incoming, n int64) error {
	row := feed.Record{C: p.edit.C, R: p.edit.R, Install: in.author.Install, Source: in.source}
	if p.row == nil {
		row.First = n
		return t.store(p.col, nil, p.state, row)
	}
	if p.state.Head.ID == p.row.Rev {
		row.Install = p.row.Install
	}
	if p.row.Source != row.Source {
		row.Source = "" // what others wrote before may be unknown to the node that brought this: it is given all of it
	}
	if err := oplog.Touch(t.db, row.C, row.R, n); err != nil {
		return err
	}
	return t.store(p.col, p.row, p.state, row)
}

// store writes row and feed entry of a record's state; row says whose it is.
func (t *txn) store(col *Collection, old *feed.Record, s merge.State, row feed.Record) error {
	write := col.update
	if old == nil {
		write = col.insert
	}
	if err := write(t.db, row.R, s.Set); err != nil {
		return err
	}
	var err error
	if row.Stamps, err = encodeStamps(s); err != nil {
		return err
	}
	lane, err := col.lane(t.db, s.Set)
	if err != nil {
		return err
	}
	row.Region, _ = s.Set["region"].(string)
	row.Feed, row.Rev, row.Tau = feed.Name(row.Region, lane), s.Head.ID, s.Head.Tau
	if err := t.put(old, row); err != nil {
		return err
	}
	if col.Followers == nil || (old != nil && old.Feed == row.Feed) {
		return nil
	}
	return t.follow(col, row.R)
}

// put gives a record its next place.
func (t *txn) put(old *feed.Record, row feed.Record) error {
	t.seq++
	row.Seq = t.seq
	if old != nil {
		row.First = old.First
	}
	if err := t.tally.Put(t.db, old, &row); err != nil {
		return err
	}
	if old != nil && old.Feed != row.Feed {
		if err := oplog.SuspectMoved(t.db, old.Feed, row.Feed); err != nil {
			return err
		}
	}
	t.known[ref{row.C, row.R}] = &row
	if t.e.collections[row.C].Policy == Authority {
		clear(t.grants) // assignments may be among what rights are read from
	}
	return nil
}

func (c *Collection) lane(db dbx.Builder, set map[string]any) (string, error) {
	if c.LaneOf == nil {
		return c.Lane, nil
	}
	return c.LaneOf(db, set)
}

// follow moves the records whose lane hangs on a record that is new or has moved.
func (t *txn) follow(col *Collection, id string) error {
	names, err := col.Followers(t.db, id)
	if err != nil {
		return err
	}
	for name, ids := range names {
		follower := t.e.collections[name]
		for _, id := range ids {
			row, err := t.record(name, id)
			if err != nil || row == nil || follower == nil {
				return err
			}
			s, err := t.load(follower, row)
			if err != nil {
				return err
			}
			lane, err := follower.lane(t.db, s.Set)
			if err != nil {
				return err
			}
			if moved := feed.Name(row.Region, lane); moved != row.Feed {
				next := *row
				next.Feed = moved
				if err := t.put(row, next); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// encodeStamps writes the stamps that differ from the head, and those of emptied
// fields: an empty column alone does not tell "emptied" from "never set".
func encodeStamps(s merge.State) (string, error) {
	var m map[string][]any
	note := func(f string, at stamp.Stamp) {
		if m == nil {
			m = map[string][]any{}
		}
		m[f] = []any{at.Tau, at.ID}
	}
	for f, st := range s.Stamps {
		note(f, st)
	}
	for f, v := range s.Set {
		if empty(v) {
			note(f, s.Stamp(f))
		}
	}
	if m == nil {
		return "", nil
	}
	b, err := json.Marshal(m, json.Deterministic(true))
	return string(b), err
}

func decodeStamps(text string) (map[string]stamp.Stamp, error) {
	if text == "" {
		return nil, nil
	}
	var raw map[string][]any
	if err := json.Unmarshal([]byte(text), &raw); err != nil {
		return nil, fmt.Errorf("read field stamps: %w", err)
	}
	return parseStamps(raw)
}

func parseStamps(raw map[string][]any) (map[string]stamp.Stamp, error) {
	m := make(map[string]stamp.Stamp, len(raw))
	for f, v := range raw {
		if len(v) != 2 {
			return nil, fmt.Errorf("read field stamps: %d parts", len(v))
		}
		tau, ok1 := v[0].(float64)
		id, ok2 := v[1].(string)
		if !ok1 || !ok2 || !change.ValidID(id) {
			return nil, fmt.Errorf("read field stamps: not a stamp")
		}
		m[f] = stamp.Stamp{Tau: int64(tau), ID: id}
	}
	return m, nil
}

func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case float64:
		return v == 0
	case bool:
		return !v
	}
	return false
}

// load reads a record's state back from its row and stamps.
func (t *txn) load(col *Collection, row *feed.Record) (merge.State, error) {
	rows, err := readRows(t.db, col, []string{row.R})
	if err != nil {
		return merge.State{}, err
	}
	return stateOf(col, rows[row.R], row)
}

func stateOf(col *Collection, set map[string]any, row *feed.Record) (merge.State, error) {
	s := merge.State{Set: map[string]any{}, Head: stamp.Stamp{Tau: row.Tau, ID: row.Rev}}
	stamps, err := decodeStamps(row.Stamps)
	if err != nil {
		return s, err
	}
	for _, f := range col.Fields {
		v := set[f.Name]
		if _, stamped := stamps[f.Name]; stamped || !empty(v) {
			s.Set[f.Name] = v
		}
	}
	for f, st := range stamps {
		if st == s.Head {
			delete(stamps, f)
		}
	}
	s.Stamps = stamps
	return s, nil
}
