package services

import (
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"cunju/hooks/access"
	"cunju/hooks/fault"
	"cunju/hooks/identity"
	"cunju/sync/change"
	"cunju/sync/engine"
)

// deskFields are what a clerk may copy from a paper slip; all else is the office's
// decision or the machine's.
var deskFields = []string{"region", "counsel", "kind", "topic", "title", "summary", "advice", "outcome", "mode", "place", "occurred_at",
	"duration_min", "client_kind", "client_name", "client_phone", "client_id_no", "client_groups", "persons", "consent", "secrecy",
	"details", "follow_up_at", "visit"}

// unchecked in the body says that the paper really shows the numbers so.
const unchecked = "unchecked"

// create enters a record at the desk, from paper: everything that a phone does can
// be done by a slip and a clerk. It is submitted, never verified, by the same stroke.
func (d Deps) create(e *core.RequestEvent, a actor) error {
	in := map[string]any{}
	if err := body(e, &in); err != nil {
		return err
	}
	asWritten, err := takeUnchecked(in)
	if err != nil {
		return err
	}
	for name := range in {
		if !slices.Contains(deskFields, name) {
			return fault.New("malformed")
		}
	}
	code, _ := in["region"].(string)
	if err := d.village(e.App.DB(), a, code); err != nil {
		return err
	}
	complete(in)
	if !asWritten {
		if err := verifyNumbers(in, d.Now()); err != nil {
			return err
		}
	}
	id := change.NewID()
	// Asked first for its code: the engine's own check of lengths only says that something is wrong.
	if code := d.Rules.Check(engine.Proposed{Collection: Collection, Record: id, Set: in, By: a.ID, Node: true, Tau: d.Now().UnixMilli()}); code != "" {
		return refusal(code)
	}
	err = e.App.RunInTransaction(func(tx core.App) error {
		if _, err := d.Engine.FoldIn(tx, []change.Edit{{C: Collection, R: id, Set: in}}, a.ID); err != nil {
			return refused(err)
		}
		return d.trail(tx, a, "service.desk", full{row: row{ID: id, Region: code}}, "")
	})
	if err != nil {
		return err
	}
	if d.Committed != nil {
		d.Committed()
	}
	return answer(e, map[string]any{"id": id})
}

// complete adds what the clerk left out: fields of a group travel together.
func complete(in map[string]any) {
	for _, name := range []string{"title", "occurred_at", "client_kind", "client_name", "client_phone", "client_id_no"} {
		in[name] = strings.TrimSpace(text(in[name]))
	}
	if _, ok := in["duration_min"]; !ok {
		in["duration_min"] = 0.0
	}
	if text(in["secrecy"]) == "" {
		in["secrecy"] = Normal
	}
	in["client"], in["state"] = "", string(Submitted)
	for _, name := range []string{"no", "verified_by", "verified_at", "return_reason"} {
		in[name] = ""
	}
}

// takeUnchecked reads the switch and takes it out of what becomes the record.
func takeUnchecked(in map[string]any) (bool, error) {
	v, sent := in[unchecked]
	delete(in, unchecked)
	asWritten, ok := v.(bool)
	if sent && !ok {
		return false, fault.New("malformed")
	}
	return asWritten, nil
}

// verifyNumbers brings the client's good numbers to their one form and refuses a
// false one: the clerk can look at the paper again. Synced records are not
// refused for it, the person has left long ago.
func verifyNumbers(in map[string]any, today time.Time) error {
	if s := text(in["client_id_no"]); s != "" {
		id, err := identity.ParseID18(s, today)
		if err != nil {
			return err
		}
		in["client_id_no"] = id.Number
	}
	if s := text(in["client_phone"]); s != "" {
		phone, err := identity.ParsePhone(s)
		if err != nil {
			return err
		}
		in["client_phone"] = phone
	}
	return nil
}

// village wants a village of the actor's region, and an actor who enters records.
func (d Deps) village(db dbx.Builder, a actor, code string) error {
	if err := villageOf(db, a, code); err != nil {
		return err
	}
	may, err := access.May(db, a.Staff, access.Create, Collection, code, d.Now())
	if err == nil && !may {
		return fault.New("forbidden")
	}
	return err
}
