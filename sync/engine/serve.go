package engine

import (
	"encoding/json/v2"
	"fmt"

	"github.com/pocketbase/dbx"

	"cunju/sync/feed"
	"cunju/sync/oplog"
	"cunju/sync/wire"
)

// FeedLimit is how many records one feed gives in an answer.
const FeedLimit = 500

// Cursor is where a reader stands in one feed.
type Cursor struct {
	Feed  string
	Epoch string
	Seq   int64
}

// Feed writes the lines of one feed from a cursor (docs/sync.md §7). skip is a node
// that already has what it brought itself, "" for none.
func (e *Engine) Feed(db dbx.Builder, at Cursor, limit int, skip string, write func(wire.FeedLine) error) error {
	if limit <= 0 || limit > FeedLimit {
		limit = FeedLimit
	}
	epoch := e.Epoch()
	if at.Epoch != epoch {
		at.Seq = 0
		if err := write(wire.FeedLine{Reset: at.Feed, Epoch: epoch}); err != nil {
			return err
		}
	}
	// Read before the rows: everything up to this place is in them or moved behind it.
	before, err := feed.Current(db, at.Feed)
	if err != nil {
		return err
	}
	if at.Seq == before.Seq && at.Epoch == epoch { // nothing new, the usual answer
		if err := write(wire.FeedLine{Feed: at.Feed}); err != nil {
			return err
		}
		return write(wire.FeedLine{Checkpoint: &wire.Checkpoint{Feed: at.Feed, Epoch: epoch, Seq: before.Seq, Count: before.Count, Sum: before.Hex()}})
	}
	rows, err := feed.After(db, at.Feed, at.Seq, limit)
	if err != nil {
		return err
	}
	last := max(at.Seq, before.Seq)
	if len(rows) == limit {
		last = rows[limit-1].Seq
	} else if len(rows) > 0 {
		last = max(last, rows[len(rows)-1].Seq)
	}
	lines, err := e.lines(db, at, last, rows, skip)
	if err != nil {
		return err
	}
	if err := write(wire.FeedLine{Feed: at.Feed}); err != nil {
		return err
	}
	for _, l := range lines {
		if err := write(l); err != nil {
			return err
		}
	}
	// Read after the rows: if the feed moved meanwhile, the reader asks again.
	now, err := feed.Current(db, at.Feed)
	if err != nil {
		return err
	}
	cp := wire.Checkpoint{Feed: at.Feed, Epoch: epoch, Seq: last, More: now.Seq > last}
	if !cp.More {
		cp.Seq, cp.Count, cp.Sum = now.Seq, now.Count, now.Hex()
	}
	return write(wire.FeedLine{Checkpoint: &cp})
}

// lines merges records and removes up to last into one order.
func (e *Engine) lines(db dbx.Builder, at Cursor, last int64, rows []feed.Record, skip string) ([]wire.FeedLine, error) {
	removes, err := feed.RemovesAfter(db, at.Feed, at.Seq, last)
	if err != nil {
		return nil, err
	}
	sets, err := e.sets(db, rows, nil)
	if err != nil {
		return nil, err
	}
	var out []wire.FeedLine
	for _, row := range rows {
		for len(removes) > 0 && removes[0].Seq < row.Seq {
			out = append(out, removeLine(removes[0]))
			removes = removes[1:]
		}
		if skip != "" && row.Source == skip {
			continue
		}
		line, err := recordLine(e.collections[row.C], sets[row.C][row.R], row)
		if err != nil {
			return nil, err
		}
		out = append(out, line)
	}
	for _, r := range removes {
		out = append(out, removeLine(r))
	}
	return out, nil
}

func removeLine(r feed.Remove) wire.FeedLine {
	return wire.FeedLine{C: r.C, R: r.R, Seq: r.Seq, Remove: true}
}

func recordLine(col *Collection, set map[string]any, row feed.Record) (wire.FeedLine, error) {
	l := wire.FeedLine{C: row.C, R: row.R, Rev: row.Rev, Tau: row.Tau, Seq: row.Seq, Set: map[string]any{}}
	if row.Stamps != "" {
		if err := json.Unmarshal([]byte(row.Stamps), &l.Ft); err != nil {
			return l, fmt.Errorf("read field stamps: %w", err)
		}
	}
	if col == nil {
		return l, nil
	}
	for _, f := range col.Fields {
		v := set[f.Name]
		if _, stamped := l.Ft[f.Name]; stamped || !empty(v) {
			l.Set[f.Name] = v
		}
	}
	return l, nil
}

// Receipts lists receipts of an install's batches from higher levels after rn.
func (e *Engine) Receipts(db dbx.Builder, id string, rn int64) ([]oplog.Numbered, error) {
	return oplog.ReceiptsAfter(db, id, e.level(), rn, 1000)
}
