package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"cunju/sync/change"
	"cunju/sync/wire"
)

// formVersion is the schema version that this node's own changes carry.
const formVersion = 1

// ErrRefused is wrapped by the error of an own change that a rule refused.
var ErrRefused = errors.New("refused")

// Refusal is the code of a refused own change, "" for any other error.
func Refusal(err error) string {
	var r refusal
	if errors.As(err, &r) {
		return string(r)
	}
	return ""
}

type refusal string

func (r refusal) Error() string { return "refused: " + string(r) }

func (r refusal) Is(target error) bool { return target == ErrRefused }

// Fold writes a change of the node's own install: judged, logged, applied and sent up
// like anybody else's. It returns the verdict; a refusal stores nothing and is an error.
func (e *Engine) Fold(ctx context.Context, edits []change.Edit, by string) (string, error) {
	var verdict string
	err := e.app.RunInTransaction(func(tx core.App) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		var err error
		verdict, err = e.FoldIn(tx, edits, by)
		return err
	})
	if err != nil {
		return "", err
	}
	e.Committed()
	return verdict, nil
}

// FoldIn is Fold inside a transaction that the caller has opened.
func (e *Engine) FoldIn(tx core.App, edits []change.Edit, by string) (string, error) {
	return e.own(tx, edits, by, false)
}

func (e *Engine) own(tx core.App, edits []change.Edit, by string, checked bool) (string, error) {
	_, line, err := change.Line(e.cfg.Now(), by, formVersion, edits)
	if err != nil {
		return "", err
	}
	t, err := e.begin(tx.DB())
	if err != nil {
		return "", err
	}
	s, n, err := e.sealOwn(t, []wire.Line{{Bytes: line}}, 0)
	if err != nil {
		return "", err
	}
	body := parse(&s.Lines[0])
	verdict, err := e.one(t, &incoming{batch: n, line: &s.Lines[0], parsed: &body, author: e.Cert(), received: s.Header.At, contact: s.Header.At, checked: checked})
	if err != nil {
		return "", err
	}
	if code, ok := strings.CutPrefix(verdict, "refused:"); ok {
		return "", refusal(code)
	}
	return verdict, t.end()
}

type authorKey struct{}

// WithAuthor marks a context with the staff member on whose behalf records are saved.
func WithAuthor(ctx context.Context, staff string) context.Context {
	return context.WithValue(ctx, authorKey{}, staff)
}

// capture turns saves of synced collections through PocketBase, by its REST API
// or in Go, into changes of the node's own install, in the same transaction.
func (e *Engine) capture() {
	names := make([]string, 0, len(e.collections))
	for name := range e.collections {
		names = append(names, name)
	}
	if len(names) == 0 {
		return
	}
	withAuthor := func(ev *core.RecordRequestEvent) error {
		if ev.Auth != nil {
			ev.Request = ev.Request.WithContext(WithAuthor(ev.Request.Context(), ev.Auth.Id))
		}
		return ev.Next()
	}
	e.app.OnRecordCreateRequest(names...).BindFunc(withAuthor)
	e.app.OnRecordUpdateRequest(names...).BindFunc(withAuthor)
	e.app.OnRecordCreate(names...).BindFunc(e.captured)
	e.app.OnRecordUpdate(names...).BindFunc(e.captured)
	e.app.OnRecordDelete(names...).BindFunc(func(ev *core.RecordEvent) error {
		// A deletion cannot be told to replicas that are offline for weeks: records are voided instead.
		return fmt.Errorf("%s: records are voided, not deleted", ev.Record.Collection().Name)
	})
}

func (e *Engine) captured(ev *core.RecordEvent) error {
	col := e.collections[ev.Record.Collection().Name]
	by, _ := ev.Context.Value(authorKey{}).(string)
	outer := ev.App
	defer func() { ev.App = outer }()
	err := outer.RunInTransaction(func(tx core.App) error {
		ev.App = tx
		edit, current, err := editOf(tx.DB(), col, ev.Record)
		if err != nil {
			return err
		}
		if len(edit.Set) > 0 && col.Check != nil {
			code := col.Check(Proposed{Collection: col.Name, Record: ev.Record.Id, Current: current, Set: edit.Set, By: by, Node: true, Tau: e.nowMs()})
			if code != "" {
				return refusal(code)
			}
		}
		if err := ev.Next(); err != nil {
			return err
		}
		edit.R = ev.Record.Id
		if len(edit.Set) == 0 {
			return nil
		}
		if edit.Base, err = e.rev(tx, col.Name, edit.R); err != nil {
			return err
		}
		_, err = e.own(tx, []change.Edit{edit}, by, true)
		return err
	})
	if err == nil {
		e.Committed()
	}
	return err
}

// editOf is what a save changes, and the record before it (nil when new). Before is read from the database:
// a record that was saved twice in Go does not remember what the first save stored.
func editOf(db dbx.Builder, col *Collection, r *core.Record) (change.Edit, map[string]any, error) {
	edit := change.Edit{C: col.Name, R: r.Id, Set: map[string]any{}}
	var current map[string]any
	if !r.IsNew() {
		rows, err := readRows(db, col, []string{r.Id})
		if err != nil {
			return edit, nil, err
		}
		current = rows[r.Id]
	}
	groups := map[string]bool{}
	for i := range col.Fields {
		f := &col.Fields[i]
		v := f.recordValue(r)
		if equal(v, current[f.Name]) || (current[f.Name] == nil && empty(v)) {
			continue
		}
		edit.Set[f.Name] = v
		groups[f.Group] = true
	}
	for i := range col.Fields { // a group moves as one
		if f := &col.Fields[i]; f.Group != "" && groups[f.Group] {
			edit.Set[f.Name] = f.recordValue(r)
		}
	}
	return edit, current, nil
}

func (f *Field) recordValue(r *core.Record) any {
	switch f.Kind {
	case Number:
		return r.GetFloat(f.Name)
	case Bool:
		return r.GetBool(f.Name)
	case JSON:
		v, err := f.value(r.GetString(f.Name))
		if err != nil {
			return nil
		}
		return v
	}
	return r.GetString(f.Name)
}
