package inbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"cunju/hooks/fault"
	"cunju/hooks/standard"
	"cunju/sync/change"
)

// minPurpose keeps "x" from being a purpose; it is what the record's own page asks for.
const minPurpose = 4

func (d Deps) conflictItems(app core.App, a actor) ([]Item, error) {
	open, err := conflicts(app.DB(), a.scope, false)
	if err != nil {
		return nil, err
	}
	done, err := conflicts(app.DB(), a.scope, true)
	if err != nil {
		return nil, err
	}
	items := make([]Item, 0, len(open)+len(done))
	for i, r := range append(open, done...) {
		item, err := d.conflictItem(app, a, r, false)
		if err != nil {
			return nil, err
		}
		item.Undo = i >= len(open)
		items = append(items, item)
	}
	return items, nil
}

// conflictItem lays both values beside each other.
func (d Deps) conflictItem(app core.App, a actor, r row, reveal bool) (Item, error) {
	item := r.item(Conflict)
	item.Code = ""
	item.Edits = []Edit{{Collection: r.C, Record: r.R, Fields: []string{r.Field}}}
	var err error
	if item.Sealed, err = sealed(app.DB(), r.C, r.R); err != nil {
		return item, err
	}
	if item.Sealed && !a.sealed {
		item.Edits = []Edit{}
		return item, nil
	}
	record, err := app.FindRecordById(r.C, r.R)
	if err != nil {
		return item, fmt.Errorf("read record of a conflict: %w", err)
	}
	f := fieldOf(r.C, r.Field)
	current, err := currentOf(record, f)
	if err != nil {
		return item, err
	}
	item.Lost, item.Stands = shown(r.Value, f, reveal), shown(current, f, reveal)
	if item.Lost.By, item.Lost.At, err = writer(app.DB(), r.C, r.R, r.Code); err != nil {
		return item, err
	}
	item.Stands.By, item.Stands.At, err = writer(app.DB(), r.C, r.R, r.Stands)
	item.Made = item.Lost.At
	return item, err
}

// reveal shows both values in full to somebody who says what for.
func (d Deps) reveal(e *core.RequestEvent, a actor) error {
	id, in, err := decision(e, false)
	if err != nil {
		return err
	}
	if len([]rune(in.Reason)) < minPurpose {
		return fault.New("purpose_required")
	}
	r, err := d.reach(e.App, a, id)
	if err != nil {
		return err
	}
	var item Item
	err = e.App.RunInTransaction(func(tx core.App) error {
		if item, err = d.conflictItem(tx, a, *r, true); err != nil {
			return err
		}
		return d.trail(tx, a, Conflict, "reveal", item, in.Reason)
	})
	if err != nil {
		return err
	}
	return e.JSON(http.StatusOK, item)
}

// reach finds a conflict that the actor may see.
func (d Deps) reach(app core.App, a actor, id int64) (*row, error) {
	r, err := one(app.DB(), a.scope, id)
	if err != nil {
		return nil, err
	}
	if r == nil {
		return nil, fault.New("not_found")
	}
	hidden, err := sealed(app.DB(), r.C, r.R)
	if err != nil {
		return nil, err
	}
	if hidden && !a.sealed {
		return nil, fault.New("not_found")
	}
	return r, nil
}

// conflict decides which value stands.
func (d Deps) conflict(e *core.RequestEvent, a actor) error {
	action := e.Request.PathValue("action")
	if action != Choose && action != Keep && action != Undo {
		return fault.New("not_found")
	}
	id, in, err := decision(e, false)
	if err != nil {
		return err
	}
	return d.act(e, func(tx core.App) (map[string]any, error) {
		r, err := d.reach(tx, a, id)
		if err != nil {
			return nil, err
		}
		item := r.item(Conflict)
		item.Edits = []Edit{{Collection: r.C, Record: r.R}}
		switch action {
		case Keep:
			err = d.move(tx, r.ID, "open", "kept")
		case Choose:
			return map[string]any{}, d.choose(tx, a, r, item, in.Reason)
		case Undo:
			err = d.undo(tx, a, r)
		}
		if err != nil {
			return nil, err
		}
		return map[string]any{}, d.note(tx, a, Conflict, action, item, in.Reason, "")
	})
}

func (d Deps) move(tx core.App, id int64, from, to string) error {
	ok, err := d.Engine.SetConflict(tx.DB(), id, from, to)
	if err == nil && !ok {
		return fault.New("state")
	}
	return err
}

// choose sets the value back that did not stand, as a change of this node's own that has seen everything. Fields of a
// group move together.
func (d Deps) choose(tx core.App, a actor, r *row, item Item, reason string) error {
	if err := d.move(tx, r.ID, "open", "chosen"); err != nil {
		return err
	}
	f := fieldOf(r.C, r.Field)
	record, err := tx.FindRecordById(r.C, r.R)
	if err != nil {
		return fmt.Errorf("read record of a conflict: %w", err)
	}
	set, before := map[string]any{}, map[string]any{}
	for _, member := range group(r.C, f) {
		if before[member.Name], err = valueOf(record, member); err != nil {
			return err
		}
		if set[member.Name], err = d.lost(tx, r, member, before[member.Name]); err != nil {
			return err
		}
	}
	if err := d.fold(tx, a, r, set); err != nil {
		return err
	}
	was, err := json.Marshal(before)
	if err != nil {
		return fmt.Errorf("encode value: %w", err)
	}
	return d.note(tx, a, Conflict, Choose, item, reason, string(was))
}

// lost is the value of a field that the losing change had, or else what the field has now.
func (d Deps) lost(tx core.App, r *row, f standard.Field, now any) (any, error) {
	raw := r.Value
	if f.Name != r.Field {
		var rows []string
		err := tx.DB().NewQuery("SELECT value FROM sync_conflicts WHERE c = {:c} AND r = {:r} AND field = {:f} AND change = {:ch}").
			Bind(dbx.Params{"c": r.C, "r": r.R, "f": f.Name, "ch": r.Code}).Column(&rows)
		if err != nil {
			return nil, fmt.Errorf("read conflict: %w", err)
		}
		if len(rows) == 0 {
			return now, nil
		}
		raw = rows[0]
	}
	var v any
	if err := json.Unmarshal([]byte(raw), &v); err != nil {
		return nil, fmt.Errorf("read value of a conflict: %w", err)
	}
	return v, nil
}

// group is a field with those that move with it.
func group(c string, f standard.Field) []standard.Field {
	if f.Group == "" {
		return []standard.Field{f}
	}
	col, _ := standard.Find(c)
	var list []standard.Field
	for _, member := range col.Fields {
		if member.Group == f.Group {
			list = append(list, member)
		}
	}
	return list
}

// undo takes a choice back.
func (d Deps) undo(tx core.App, a actor, r *row) error {
	var rows []string
	err := tx.DB().NewQuery("SELECT before FROM inbox_decisions WHERE kind = 'conflict' AND item = {:i} AND action = 'choose'").Bind(dbx.Params{"i": r.ID}).Column(&rows)
	if err != nil {
		return fmt.Errorf("read decision: %w", err)
	}
	if len(rows) == 0 {
		return fault.New("state")
	}
	var before map[string]any
	if err := json.NewDecoder(strings.NewReader(rows[0])).Decode(&before); err != nil {
		return fmt.Errorf("read decision: %w", err)
	}
	if err := d.move(tx, r.ID, "chosen", "open"); err != nil {
		return err
	}
	return d.fold(tx, a, r, before)
}

func (d Deps) fold(tx core.App, a actor, r *row, set map[string]any) error {
	rev, err := d.Engine.Rev(tx.DB(), r.C, r.R)
	if err != nil {
		return err
	}
	_, err = d.Engine.FoldIn(tx, []change.Edit{{C: r.C, R: r.R, Base: rev, Set: set}}, a.ID)
	return err
}
