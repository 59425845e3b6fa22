package services

import (
	"context"
	"crypto/rand"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"cunju/hooks/audit"
	"cunju/hooks/fault"
	"cunju/hooks/identity"
	"cunju/hooks/region"
	"cunju/sync/engine"
)

const (
	// maxVillages is the load above which no further village is assigned (F6).
	maxVillages = 8
	// graceDays is how long finished work of an ended assignment may still arrive:
	// a make-up within 15 days counts (F4).
	graceDays = 15
)

// newcomer is a village counsel as the office enters one: what the public board shows,
// and the villages.
type newcomer struct {
	Name            string   `json:"name"`
	InstitutionName string   `json:"institution_name"`
	LicenceNo       string   `json:"licence_no"`
	Phone           string   `json:"phone"`
	Villages        []string `json:"villages"`
}

// enlist makes the account of a counsel, the entry of the public board and the
// assignments, all or nothing. The account has a password that nobody knows: a
// counsel works on a paired phone and needs none.
func (d Deps) enlist(e *core.RequestEvent, a actor) error {
	if !a.admin() {
		return fault.New("forbidden")
	}
	var in newcomer
	if err := body(e, &in); err != nil {
		return err
	}
	if err := in.check(); err != nil {
		return err
	}
	for _, code := range in.Villages {
		if err := villageOf(e.App.DB(), a, code); err != nil {
			return err
		}
	}
	var id string
	err := e.App.RunInTransaction(func(tx core.App) error {
		var err error
		if id, err = d.enrol(engine.WithAuthor(e.Request.Context(), a.ID), tx, in); err != nil {
			return err
		}
		return audit.Write(tx.DB(), audit.Entry{At: d.Now().In(local), Who: a.ID, Role: string(a.Role), Action: "staff.enlist", Collection: "staff",
			Record: id, Region: a.Region})
	})
	if err != nil {
		return err
	}
	return answer(e, map[string]any{"id": id})
}

// check trims and bounds what was typed.
func (n *newcomer) check() error {
	for _, f := range []struct {
		text *string
		max  int
	}{{&n.Name, 60}, {&n.InstitutionName, 120}, {&n.LicenceNo, 40}} {
		*f.text = strings.TrimSpace(*f.text)
		if utf8.RuneCountInString(*f.text) > f.max {
			return fault.New("text_too_long")
		}
	}
	slices.Sort(n.Villages)
	n.Villages = slices.Compact(n.Villages)
	if n.Name == "" || len(n.Villages) == 0 || len(n.Villages) > maxVillages {
		return fault.New("malformed")
	}
	if n.Phone = strings.TrimSpace(n.Phone); n.Phone == "" {
		return nil
	}
	var err error
	n.Phone, err = identity.ParsePhone(n.Phone)
	return err
}

func (d Deps) enrol(ctx context.Context, tx core.App, in newcomer) (string, error) {
	home := region.At(in.Villages[0], region.Township)
	from, to := region.Range(home)
	staff, err := fresh(tx, "staff", map[string]any{"name": in.Name, "role": "counsel", "region": home, "scope_from": from, "scope_to": to, "state": "active"})
	if err != nil {
		return "", err
	}
	staff.SetEmail(strings.ToLower(rand.Text()) + "@counsel.invalid") // an address nobody writes to
	staff.SetPassword(rand.Text())
	if err := tx.SaveWithContext(ctx, staff); err != nil {
		return "", err
	}
	board, err := fresh(tx, "practitioners", map[string]any{"region": home, "staff": staff.Id, "name": in.Name, "institution_name": in.InstitutionName,
		"licence_no": in.LicenceNo, "phone": in.Phone, "state": "active"})
	if err != nil {
		return "", err
	}
	if err := tx.SaveWithContext(ctx, board); err != nil {
		return "", err
	}
	for _, code := range in.Villages {
		assignment, err := fresh(tx, "assignments", map[string]any{"region": code, "staff": staff.Id, "practitioner": board.Id,
			"valid_from": d.Now().UTC().Format(time.RFC3339), "grace_days": graceDays})
		if err != nil {
			return "", err
		}
		if err := tx.SaveWithContext(ctx, assignment); err != nil {
			return "", err
		}
	}
	return staff.Id, nil
}

func fresh(tx core.App, collection string, values map[string]any) (*core.Record, error) {
	col, err := tx.FindCollectionByNameOrId(collection)
	if err != nil {
		return nil, err
	}
	r := core.NewRecord(col)
	r.Load(values)
	return r, nil
}

// villageOf wants a village that exists and lies in the actor's region.
func villageOf(db dbx.Builder, a actor, code string) error {
	where, err := place(db, code)
	switch {
	case err != nil:
		return err
	case where.Level != string(region.Village):
		return fault.New("region_unknown")
	case !a.covers(code):
		return fault.New("scope")
	}
	return nil
}
