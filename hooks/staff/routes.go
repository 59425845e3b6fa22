package staff

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"cunju/hooks/access"
	"cunju/hooks/audit"
	"cunju/hooks/fault"
	"cunju/hooks/region"
)

// Deps is what the routes need from the rest of the house.
type Deps struct {
	// Weak says that a password is too easily guessed.
	Weak func(password, login, name string) bool
	Now  func() time.Time
}

// bodyLimit is far above any honest form.
const bodyLimit = 16 << 10

// Register puts the routes on.
func Register(app core.App, d Deps) {
	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		g := se.Router.Group("/api/cunju")
		g.GET("/staff", d.by(d.list))
		g.POST("/staff", d.by(d.add))
		g.POST("/staff/{id}/password", d.by(d.reset))
		g.POST("/staff/{id}/state", d.by(d.setState))
		g.POST("/staff/{id}/villages", d.by(d.assign))
		g.POST("/assignments/{id}/end", d.by(d.end))
		g.POST("/password", d.by(d.change))
		return se.Next()
	})
}

type actor struct {
	access.Staff
	record *core.Record
}

var officeRoles = map[access.Role]bool{access.Officer: true, access.Supervisor: true, access.Admin: true}

// by lets a route be called only with a login of the office, and turns what it
// returns into the house's errors.
func (d Deps) by(route func(*core.RequestEvent, actor) error) func(*core.RequestEvent) error {
	return func(e *core.RequestEvent) error {
		// Answers hold logins and, once, a password: no cache keeps them.
		e.Response.Header().Set("Cache-Control", "no-store")
		a, err := who(e, d.Now())
		if err == nil {
			err = route(e, a)
		}
		return fault.Write(e, err)
	}
}

func who(e *core.RequestEvent, now time.Time) (actor, error) {
	if e.Auth == nil {
		if e.Request.Header.Get("Authorization") != "" {
			return actor{}, fault.New("login_expired")
		}
		return actor{}, fault.New("unauthorized")
	}
	staff := access.StaffOf(e.Auth)
	if !officeRoles[staff.Role] || !staff.Active(now) {
		return actor{}, fault.New("forbidden")
	}
	return actor{staff, e.Auth}, nil
}

// read decodes a small JSON object; what is too large, no JSON or has unknown keys is refused.
func read(e *core.RequestEvent, into any) error {
	b, err := io.ReadAll(http.MaxBytesReader(e.Response, e.Request.Body, bodyLimit))
	if err != nil {
		return err
	}
	dec := json.NewDecoder(strings.NewReader(string(b)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return fault.New("malformed").Wrap(err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return fault.New("malformed")
	}
	return nil
}

// manages wants an administrator in whose region the account is.
func (a actor) manages(account *core.Record) error {
	switch {
	case a.Role != access.Admin:
		return fault.New("forbidden")
	case !region.Covers(a.Region, account.GetString("region")):
		return fault.New("scope")
	}
	return nil
}

// may asks the table of access.
func (d Deps) may(db dbx.Builder, a actor, verb access.Verb, collection, code string) error {
	if !region.Covers(a.Region, code) {
		return fault.New("scope")
	}
	ok, err := access.May(db, a.Staff, verb, collection, code, d.Now())
	if err == nil && !ok {
		return fault.New("forbidden")
	}
	return err
}

// trail notes what was done inside the transaction that does it.
func (d Deps) trail(tx core.App, a actor, action, collection, record, code string) error {
	return audit.Write(tx.DB(), audit.Entry{At: d.Now().In(local), Who: a.ID, Role: string(a.Role), Action: action, Collection: collection,
		Record: record, Region: code})
}

func answer(e *core.RequestEvent, v any) error { return e.JSON(http.StatusOK, v) }

// account finds the account of a path; one of another region answers like its own routes do.
func account(app core.App, e *core.RequestEvent) (*core.Record, error) {
	r, err := app.FindRecordById(Collection, e.Request.PathValue("id"))
	if err != nil {
		return nil, fault.New("not_found").Wrap(err)
	}
	return r, nil
}

func (d Deps) list(e *core.RequestEvent, a actor) error {
	db := e.App.DB()
	people, err := list(db, a.Region)
	if err != nil {
		return err
	}
	for i := range people {
		p := &people[i]
		p.Own, p.Self = region.Covers(a.Region, p.Region), p.ID == a.ID
		if a.Role != access.Admin {
			p.Login = ""
		}
		if p.Assignments, err = assignmentsOf(db, p.ID, d.Now()); err != nil {
			return err
		}
		for j := range p.Assignments {
			at := &p.Assignments[j]
			at.MayEnd = (at.Phase == Now || at.Phase == Future) && region.Covers(a.Region, at.Region)
		}
	}
	return answer(e, map[string]any{"items": people, "roles": Roles(a.Region), "grace_days": GraceDays, "max_villages": MaxVillages})
}
