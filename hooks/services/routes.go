package services

import (
	"context"
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
	"cunju/sync/change"
	"cunju/sync/engine"
)

// Engine is how a route writes: a change of the node's own install, judged and
// logged like anybody else's.
type Engine interface {
	Fold(ctx context.Context, edits []change.Edit, by string) (string, error)
	FoldIn(tx core.App, edits []change.Edit, by string) (string, error)
}

// Deps is what the routes need from the rest of the house.
type Deps struct {
	Rules  Rules
	Engine Engine
	// Committed tells the engine's listeners of what FoldIn committed.
	Committed func()
	Tier      string // "township" or "city"
	Region    string // 12-digit code of the node
	Name      string // what people call the office; heads the printed sheet
	Now       func() time.Time
	// RatingURL makes the rating address of a service that an install created; it
	// answers "" without error when the node cannot make one.
	RatingURL func(app core.App, service, install string, occurred time.Time) (url, code string, err error)
}

// bodyLimit is far above any honest form of the office and far below what hurts.
const bodyLimit = 256 << 10

// Register puts the office's routes on.
func Register(app core.App, d Deps) {
	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		g := se.Router.Group("/api/office")
		g.GET("/today", d.by(d.today))
		g.GET("/lists", d.by(d.lists))
		g.GET("/phones", d.by(d.phones))
		g.GET("/counsel", d.by(d.counsel))
		g.POST("/counsel", d.by(d.enlist))
		g.GET("/services", d.by(d.list))
		g.POST("/services", d.by(d.create))
		g.GET("/services/{id}", d.by(d.one))
		g.GET("/services/{id}/sheet.pdf", d.by(d.sheet))
		g.POST("/services/{id}/reveal", d.by(d.reveal))
		g.POST("/services/{id}/verify", d.by(d.verify))
		g.POST("/services/{id}/return", d.by(d.sendBack))
		g.POST("/services/{id}/void", d.by(d.void))
		g.POST("/services/{id}/read", d.by(d.read))
		return se.Next()
	})
}

// actor is the staff member behind a request.
type actor struct {
	access.Staff
	From, To string // lowest and highest code of the region
}

func (a actor) admin() bool { return a.Role == access.Admin }

// covers says whether a region lies in the actor's own.
func (a actor) covers(code string) bool { return region.Covers(a.Region, code) }

var officeRoles = map[access.Role]bool{access.Officer: true, access.Supervisor: true, access.Admin: true}

// by lets a route be called only with a login of the office, and turns what it
// returns into the house's errors.
func (d Deps) by(route func(*core.RequestEvent, actor) error) func(*core.RequestEvent) error {
	return func(e *core.RequestEvent) error {
		// What these routes answer is about people: no cache keeps it.
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
	from, to := region.Range(staff.Region)
	return actor{staff, from, to}, nil
}

// asked is the region a list is asked for, the actor's own by default.
func asked(e *core.RequestEvent, a actor) (string, error) {
	code := e.Request.URL.Query().Get("region")
	if code == "" {
		return a.Region, nil
	}
	if !region.Valid(code) {
		return "", fault.New("region_unknown")
	}
	var found int
	err := e.App.DB().NewQuery("SELECT count(*) FROM regions WHERE id = {:id}").Bind(dbx.Params{"id": code}).Row(&found)
	if err != nil {
		return "", err
	}
	if found == 0 {
		return "", fault.New("region_unknown")
	}
	if !a.covers(code) {
		return "", fault.New("scope")
	}
	return code, nil
}

// body reads a small JSON object; what is too large, no JSON or has unknown keys is refused.
func body(e *core.RequestEvent, into any) error {
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

// refused turns an error of the engine into a fault.
func refused(err error) error {
	code := engine.Refusal(err)
	if err == nil || code == "" {
		return err
	}
	return refusal(code)
}

// refusal turns the refusal code of a rule into a fault.
func refusal(code string) error {
	cause := errors.New("refused: " + code)
	switch {
	case code == "rights":
		return fault.New("forbidden").Wrap(cause)
	case code == "scope":
		return fault.New("scope").Wrap(cause)
	case code == "state", code == "frozen":
		return fault.New("state").Wrap(cause)
	case strings.HasPrefix(code, "rule:too_long_"):
		return fault.New("text_too_long").Wrap(cause)
	}
	return fault.New("malformed").Wrap(cause)
}

// trail notes in the audit trail what the actor does with a record, inside the
// transaction that does it.
func (d Deps) trail(tx core.App, a actor, action string, f full, purpose string) error {
	return audit.Write(tx.DB(), audit.Entry{At: d.Now().In(local), Who: a.ID, Role: string(a.Role), Action: action, Collection: Collection,
		Record: f.ID, Purpose: purpose, Region: f.Region})
}

// answer writes JSON.
func answer(e *core.RequestEvent, v any) error { return e.JSON(http.StatusOK, v) }
