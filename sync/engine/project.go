package engine

import (
	"context"
	"fmt"
	"strconv"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"cunju/sync/feed"
	"cunju/sync/oplog"
)

// projectionRows is how many records a projection gets at a time.
const projectionRows = 500

// project runs the projections until the engine closes. It looks after each commit.
func (e *Engine) project(ctx context.Context) {
	defer close(e.done)
	for {
		if err := e.Settle(ctx); err != nil && ctx.Err() == nil {
			e.app.Logger().Error("projection stopped until the next change", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-e.wake:
		}
	}
}

// start begins the projections; close ends them and waits, so that the database
// is closed under nobody.
func (e *Engine) start() {
	ctx, cancel := context.WithCancel(context.Background())
	e.stop, e.done = cancel, make(chan struct{})
	go e.project(ctx)
}

func (e *Engine) close() {
	if e.stop == nil {
		return
	}
	e.stop()
	<-e.done
}

// Settle brings every projection up to date. One that fails keeps its cursor and
// does not hold up the others.
func (e *Engine) Settle(ctx context.Context) error {
	var first error
	for _, p := range e.projections {
		for {
			more, err := e.step(ctx, p)
			if err != nil && first == nil {
				first = fmt.Errorf("projection %s: %w", p.Name, err)
			}
			if err != nil || !more {
				break
			}
		}
	}
	return first
}

// step gives one projection its next records and moves its cursor with them.
func (e *Engine) step(ctx context.Context, p Projection) (more bool, err error) {
	key := "projection " + p.Name
	cursor, err := e.cursor(key)
	if err != nil {
		return false, err
	}
	// Read before the rows: what happens meanwhile is behind it and waits for the next time.
	until, err := e.cursor("seq")
	if err != nil || until == cursor {
		return false, err
	}
	rows, err := feed.Order(e.app.DB(), cursor, projectionRows)
	if err != nil {
		return false, err
	}
	if len(rows) == projectionRows {
		until = rows[len(rows)-1].Seq
	} else if len(rows) > 0 {
		until = max(until, rows[len(rows)-1].Seq)
	}
	err = e.app.RunInTransaction(func(tx core.App) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		items, err := e.items(tx.DB(), rows, p.Collections)
		if err != nil {
			return err
		}
		if len(items) > 0 {
			if err := p.Apply(tx.DB(), items); err != nil {
				return err
			}
		}
		if err := p.forget(tx.DB(), cursor, until); err != nil {
			return err
		}
		return oplog.SetStateValue(tx.DB(), key, strconv.FormatInt(until, 10))
	})
	return err == nil && len(rows) == projectionRows, err
}

// forget tells a projection what is nowhere any more.
func (p *Projection) forget(db dbx.Builder, after, until int64) error {
	if p.Gone == nil {
		return nil
	}
	gone, err := feed.Gone(db, after, until)
	if err != nil {
		return err
	}
	for _, r := range gone {
		if contains(p.Collections, r.C) {
			if err := p.Gone(db, r.C, r.R); err != nil {
				return err
			}
		}
	}
	return nil
}

func (e *Engine) cursor(key string) (int64, error) {
	v, err := oplog.State(e.app.DB(), key)
	if err != nil || v == "" {
		return 0, err
	}
	return strconv.ParseInt(v, 10, 64)
}

// items loads the states of rows that belong to the wanted collections.
func (e *Engine) items(db dbx.Builder, rows []feed.Record, wanted []string) ([]Item, error) {
	sets, err := e.sets(db, rows, wanted)
	if err != nil {
		return nil, err
	}
	var items []Item
	for _, row := range rows {
		set := sets[row.C][row.R]
		if set == nil {
			continue
		}
		items = append(items, Item{Collection: row.C, Record: row.R, Region: row.Region, Rev: row.Rev, Tau: row.Tau, Seq: row.Seq,
			Install: row.Install, Set: set})
	}
	return items, nil
}

// sets reads the rows of several collections, one query a collection.
func (e *Engine) sets(db dbx.Builder, rows []feed.Record, wanted []string) (map[string]map[string]map[string]any, error) {
	ids := map[string][]string{}
	for _, row := range rows {
		ids[row.C] = append(ids[row.C], row.R)
	}
	out := map[string]map[string]map[string]any{}
	for name, list := range ids {
		col := e.collections[name]
		if col == nil || (wanted != nil && !contains(wanted, name)) {
			continue
		}
		set, err := readRows(db, col, list)
		if err != nil {
			return nil, err
		}
		out[name] = set
	}
	return out, nil
}

func contains(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}

// Rebuild empties a projection's tables and reads the feed again from the start.
func (e *Engine) Rebuild(ctx context.Context, name string) error {
	for _, p := range e.projections {
		if p.Name != name {
			continue
		}
		err := e.app.RunInTransaction(func(tx core.App) error {
			if p.Reset != nil {
				if err := p.Reset(tx.DB()); err != nil {
					return err
				}
			}
			return oplog.SetStateValue(tx.DB(), "projection "+name, "0")
		})
		if err != nil {
			return fmt.Errorf("reset projection %s: %w", name, err)
		}
		return e.Settle(ctx)
	}
	return fmt.Errorf("no projection %q", name)
}

// rev is a record's current revision, "" when it is new.
func (e *Engine) rev(tx core.App, c, r string) (string, error) {
	row, err := feed.Find(tx.DB(), c, r)
	if err != nil || row == nil {
		return "", err
	}
	return row.Rev, nil
}
