package inbox

import (
	"net/http"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"cunju/hooks/fault"
	"cunju/sync/engine"
)

// within finds an item of a list that the actor may decide about.
func within(items []Item, id int64, a actor) (Item, error) {
	for _, item := range items {
		if item.ID == id && (!item.Sealed || a.sealed) {
			return item, nil
		}
	}
	return Item{}, fault.New("not_found")
}

// act does something in one transaction and answers what came of it.
func (d Deps) act(e *core.RequestEvent, do func(tx core.App) (map[string]any, error)) error {
	var out map[string]any
	err := e.App.RunInTransaction(func(tx core.App) error {
		var err error
		out, err = do(tx)
		return err
	})
	if err != nil {
		return refusalOf(err)
	}
	d.Engine.Committed()
	return e.JSON(http.StatusOK, out)
}

// refusalOf words what the engine refused.
func refusalOf(err error) error {
	switch code := engine.Refusal(err); {
	case engine.Undecidable(err):
		return fault.New("state").Wrap(err)
	case code == "":
		return err
	case code == "rights":
		return fault.New("forbidden").Wrap(err)
	case code == "scope":
		return fault.New("scope").Wrap(err)
	case code == "state", code == "frozen":
		return fault.New("state").Wrap(err)
	}
	return fault.New("malformed").Wrap(err)
}

// held lets a held change stand, or decides against it.
func (d Deps) held(e *core.RequestEvent, a actor) error {
	action := e.Request.PathValue("action")
	if action != Release && action != Dismiss {
		return fault.New("not_found")
	}
	id, in, err := decision(e, action == Dismiss)
	if err != nil {
		return err
	}
	return d.act(e, func(tx core.App) (map[string]any, error) {
		item, err := d.heldItem(tx.DB(), a, id)
		if err != nil {
			return nil, err
		}
		verdict := "refused:" + engine.Dismissed
		if action == Release {
			verdict, err = d.Engine.Release(tx, id)
		} else {
			err = d.Engine.Dismiss(tx, id)
		}
		if err != nil {
			return nil, err
		}
		return map[string]any{"verdict": verdict}, d.note(tx, a, Held, action, item, in.Reason, "")
	})
}

func (d Deps) heldItem(db dbx.Builder, a actor, id int64) (Item, error) {
	items, err := changes(db, a.scope, Held, isHeld, id)
	if err != nil {
		return Item{}, err
	}
	return within(items, id, a)
}

// dismiss marks something as seen: nothing about it changes.
func (d Deps) dismiss(kind string) func(*core.RequestEvent, actor) error {
	return func(e *core.RequestEvent, a actor) error {
		id, in, err := decision(e, true)
		if err != nil {
			return err
		}
		return d.act(e, func(tx core.App) (map[string]any, error) {
			var items []Item
			if kind == Refused {
				items, err = changes(tx.DB(), a.scope, Refused, isRefused, id)
			} else {
				items, err = kept(tx.DB(), a.scope, kind, id)
			}
			if err != nil {
				return nil, err
			}
			item, err := within(items, id, a)
			if err != nil {
				return nil, err
			}
			return map[string]any{}, d.note(tx, a, kind, Dismiss, item, in.Reason, "")
		})
	}
}

// fork settles two contents under one number: the first branch stands alone, or the other is taken in with its differences
// as conflicts. The install goes on, or is revoked because somebody holds a copy of its key.
func (d Deps) fork(e *core.RequestEvent, a actor) error {
	action := e.Request.PathValue("action")
	if action != First && action != Both {
		return fault.New("not_found")
	}
	id, in, err := decision(e, true)
	if err != nil {
		return err
	}
	if in.Then != "revoke" && in.Then != "resume" {
		return fault.New("malformed")
	}
	return d.act(e, func(tx core.App) (map[string]any, error) {
		items, err := kept(tx.DB(), a.scope, Fork, id)
		if err != nil {
			return nil, err
		}
		item, err := within(items, id, a)
		if err != nil {
			return nil, err
		}
		out := map[string]any{"applied": 0, "refused": 0}
		if action == Both {
			if out["applied"], out["refused"], err = d.Engine.Adopt(tx, id); err != nil {
				return nil, err
			}
		}
		if err := d.then(tx, in.Then, item); err != nil {
			return nil, err
		}
		return out, d.note(tx, a, Fork, action, item, in.Then+": "+in.Reason, "")
	})
}

// then ends the suspension, once: a second branch of the same install finds it ended.
func (d Deps) then(tx core.App, then string, item Item) error {
	if item.State != "suspended" {
		return nil
	}
	if then == "resume" {
		return d.Engine.Resume(tx, item.Install)
	}
	return d.Engine.Revoke(tx, item.Install)
}
