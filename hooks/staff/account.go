package staff

import (
	"fmt"

	"github.com/pocketbase/pocketbase/core"

	"cunju/hooks/access"
	"cunju/hooks/fault"
	"cunju/hooks/region"
)

// add makes an account and answers its first password, once: only its hash is kept.
func (d Deps) add(e *core.RequestEvent, a actor) error {
	var in Newcomer
	if err := read(e, &in); err != nil {
		return err
	}
	if a.Role != access.Admin {
		return fault.New("forbidden")
	}
	in = in.Clean(a.Region)
	if _, err := levelOf(e.App.DB(), in.Region); err != nil {
		return err
	}
	if err := d.may(e.App.DB(), a, access.Create, Collection, in.Region); err != nil {
		return err
	}
	if err := in.Validate(); err != nil {
		return err
	}
	password := NewPassword()
	var id string
	err := e.App.RunInTransaction(func(tx core.App) error {
		var err error
		if id, err = create(tx, in, password); err != nil {
			return err
		}
		return d.trail(tx, a, "staff.add", Collection, id, in.Region)
	})
	if err != nil {
		return err
	}
	return answer(e, map[string]any{"id": id, "login": in.Login, "password": password})
}

func create(tx core.App, in Newcomer, password string) (string, error) {
	if used, err := taken(tx.DB(), in.Login); err != nil || used {
		return "", orTaken(err)
	}
	from, to := region.Range(in.Region)
	r, err := fresh(tx, Collection, map[string]any{"name": in.Name, "role": string(in.Role), "region": in.Region, "scope_from": from, "scope_to": to,
		"state": Active})
	if err != nil {
		return "", err
	}
	r.SetEmail(in.Login)
	r.SetVerified(true) // nobody writes to it, so nobody can confirm it
	r.SetPassword(password)
	if err := tx.Save(r); err != nil {
		return "", fmt.Errorf("save account: %w", err)
	}
	return r.Id, nil
}

func orTaken(err error) error {
	if err != nil {
		return err
	}
	return fault.New("login_taken")
}

// reset gives an account a new password and ends its logins. One's own is changed
// with the old one instead: an unwatched desk must not lock its owner out. A
// counsel works on a paired phone and has no password.
func (d Deps) reset(e *core.RequestEvent, a actor) error {
	if err := read(e, &struct{}{}); err != nil {
		return err
	}
	password := NewPassword()
	var login string
	err := e.App.RunInTransaction(func(tx core.App) error {
		r, err := account(tx, e)
		if err != nil {
			return err
		}
		if err := a.manages(r); err != nil {
			return err
		}
		if r.Id == a.ID || r.GetString("role") == string(access.Counsel) {
			return fault.New("state")
		}
		login = r.Email()
		r.SetPassword(password) // also ends what was logged in
		if err := tx.Save(r); err != nil {
			return fmt.Errorf("save password: %w", err)
		}
		return d.trail(tx, a, "staff.password", Collection, r.Id, r.GetString("region"))
	})
	if err != nil {
		return err
	}
	return answer(e, map[string]any{"login": login, "password": password})
}

// setState disables an account at once, or takes it back into use. Nobody disables
// himself: so there is always an administrator left.
func (d Deps) setState(e *core.RequestEvent, a actor) error {
	var in struct {
		State string `json:"state"`
	}
	if err := read(e, &in); err != nil {
		return err
	}
	action := map[string]string{Active: "staff.enable", Disabled: "staff.disable"}[in.State]
	if action == "" {
		return fault.New("malformed")
	}
	err := e.App.RunInTransaction(func(tx core.App) error {
		r, err := account(tx, e)
		if err != nil {
			return err
		}
		if err := a.manages(r); err != nil {
			return err
		}
		if r.Id == a.ID || r.GetString("state") == in.State {
			return fault.New("state")
		}
		r.Set("state", in.State)
		r.RefreshTokenKey() // what was logged in is out, and stays out when the account comes back
		if err := tx.Save(r); err != nil {
			return fmt.Errorf("save state: %w", err)
		}
		return d.trail(tx, a, action, Collection, r.Id, r.GetString("region"))
	})
	if err != nil {
		return err
	}
	return answer(e, map[string]any{"state": in.State})
}

// change is how a person changes the own password, knowing the old one. Every
// login of the account ends.
func (d Deps) change(e *core.RequestEvent, a actor) error {
	var in struct {
		Old string `json:"old"`
		New string `json:"new"`
	}
	if err := read(e, &in); err != nil {
		return err
	}
	if !a.record.ValidatePassword(in.Old) {
		return fault.New("password_wrong")
	}
	if in.New == in.Old || d.Weak(in.New, a.record.Email(), a.Name) {
		return fault.New("weak_password")
	}
	err := e.App.RunInTransaction(func(tx core.App) error {
		r, err := tx.FindRecordById(Collection, a.ID)
		if err != nil {
			return err
		}
		r.SetPassword(in.New)
		if err := tx.Save(r); err != nil {
			return fmt.Errorf("save password: %w", err)
		}
		return d.trail(tx, a, "staff.own_password", Collection, r.Id, r.GetString("region"))
	})
	if err != nil {
		return err
	}
	return answer(e, map[string]any{"changed": true})
}
