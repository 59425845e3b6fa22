package inbox

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"cunju/hooks/access"
	"cunju/hooks/audit"
	"cunju/hooks/fault"
	"cunju/hooks/region"
	"cunju/sync/change"
)

// Engine is what decisions are carried out with.
type Engine interface {
	Release(tx core.App, n int64) (string, error)
	Dismiss(tx core.App, n int64) error
	Adopt(tx core.App, id int64) (applied, refused int, err error)
	Revoke(tx core.App, install string) error
	Resume(tx core.App, install string) error
	FoldIn(tx core.App, edits []change.Edit, by string) (string, error)
	Rev(db dbx.Builder, c, r string) (string, error)
	SetConflict(db dbx.Builder, id int64, from, to string) (bool, error)
	Committed()
}

// Deps is what the inbox needs from the rest of the house.
type Deps struct {
	Engine Engine
	Now    func() time.Time
}

// Register puts the routes on.
func Register(app core.App, d Deps) {
	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		g := se.Router.Group("/api/office/inbox")
		g.GET("", d.by(d.list))
		g.POST("/held/{id}/{action}", d.by(d.held))
		g.POST("/conflict/{id}/reveal", d.by(d.reveal))
		g.POST("/conflict/{id}/{action}", d.by(d.conflict))
		g.POST("/fork/{id}/{action}", d.by(d.fork))
		g.POST("/refused/{id}/dismiss", d.by(d.dismiss(Refused)))
		g.POST("/quarantine/{id}/dismiss", d.by(d.dismiss(Quarantine)))
		return se.Next()
	})
}

// actor is the staff member behind a request.
type actor struct {
	access.Staff
	scope
}

var roles = map[access.Role]bool{access.Officer: true, access.Supervisor: true, access.Admin: true}

func (d Deps) by(route func(*core.RequestEvent, actor) error) func(*core.RequestEvent) error {
	return func(e *core.RequestEvent) error {
		e.Response.Header().Set("Cache-Control", "no-store")
		if e.Auth == nil {
			return fault.Write(e, fault.New("unauthorized"))
		}
		staff := access.StaffOf(e.Auth)
		if !roles[staff.Role] || !staff.Active(d.Now()) {
			return fault.Write(e, fault.New("forbidden"))
		}
		if e.Request.Method != http.MethodGet && staff.Role == access.Supervisor {
			return fault.Write(e, fault.New("forbidden")) // oversees, does not decide
		}
		from, to := region.Range(staff.Region)
		return fault.Write(e, route(e, actor{staff, scope{from, to, staff.Role == access.Admin}}))
	}
}

func (d Deps) list(e *core.RequestEvent, a actor) error {
	db := e.App.DB()
	waiting, err := counts(db, a.scope)
	if err != nil {
		return err
	}
	kind := e.Request.URL.Query().Get("kind")
	if kind == "" {
		kind = first(waiting)
	}
	var items []Item
	switch kind {
	case Held:
		items, err = changes(db, a.scope, Held, isHeld, 0)
	case Refused:
		items, err = changes(db, a.scope, Refused, isRefused, 0)
	case Fork, Quarantine:
		items, err = kept(db, a.scope, kind, 0)
	case Conflict:
		items, err = d.conflictItems(e.App, a)
	default:
		err = fault.New("malformed")
	}
	if err != nil {
		return err
	}
	if err := named(db, items); err != nil {
		return err
	}
	return e.JSON(http.StatusOK, map[string]any{"kind": kind, "counts": waiting, "items": items})
}

// first is the first kind of which something waits.
func first(waiting map[string]int) string {
	for _, kind := range Kinds {
		if waiting[kind] > 0 {
			return kind
		}
	}
	return Held
}

// named fills in the names of places.
func named(db dbx.Builder, items []Item) error {
	names := map[string]string{}
	for i := range items {
		code := items[i].Region
		if _, ok := names[code]; !ok {
			var list []string
			if err := db.NewQuery("SELECT name FROM regions WHERE id = {:id}").Bind(dbx.Params{"id": code}).Column(&list); err != nil {
				return err
			}
			names[code] = strings.Join(list, "")
		}
		items[i].Place = names[code]
	}
	return nil
}

// ask is the body of a decision.
type ask struct {
	Reason string `json:"reason"`
	Then   string `json:"then"` // of a fork: "revoke" or "resume"
}

// decision reads the item's number and the body. A reason is required where needed says so.
func decision(e *core.RequestEvent, needed bool) (id int64, in ask, err error) {
	id, err = strconv.ParseInt(e.Request.PathValue("id"), 10, 64)
	if err != nil || id < 1 {
		return 0, in, fault.New("not_found")
	}
	raw, err := io.ReadAll(http.MaxBytesReader(e.Response, e.Request.Body, 16<<10))
	if err != nil {
		return 0, in, err
	}
	dec := json.NewDecoder(strings.NewReader(string(raw)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&in); err != nil {
		return 0, in, fault.New("malformed").Wrap(err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return 0, in, fault.New("malformed")
	}
	in.Reason = strings.TrimSpace(in.Reason)
	switch {
	case needed && in.Reason == "":
		return 0, in, fault.New("malformed")
	case utf8.RuneCountInString(in.Reason) > maxReason:
		return 0, in, fault.New("text_too_long")
	}
	return id, in, nil
}

// note keeps the decision and writes the trail.
func (d Deps) note(tx core.App, a actor, kind, action string, item Item, reason, before string) error {
	_, err := tx.DB().NewQuery(`INSERT INTO inbox_decisions (kind, item, action, reason, staff, at, before) VALUES ({:k}, {:i}, {:a}, {:r}, {:s}, {:at}, {:b})
		ON CONFLICT (kind, item) DO UPDATE SET action = excluded.action, reason = excluded.reason, staff = excluded.staff, at = excluded.at, before = excluded.before`).
		Bind(dbx.Params{"k": kind, "i": item.ID, "a": action, "r": reason, "s": a.ID, "at": d.Now().UnixMilli(), "b": before}).Execute()
	if err != nil {
		return err
	}
	return d.trail(tx, a, kind, action, item, reason)
}

func (d Deps) trail(tx core.App, a actor, kind, action string, item Item, reason string) error {
	collection, record := "installs", item.Install
	if len(item.Edits) > 0 {
		collection, record = item.Edits[0].Collection, item.Edits[0].Record
	}
	return audit.Write(tx.DB(), audit.Entry{At: d.Now(), Who: a.ID, Role: string(a.Role), Action: "inbox." + kind + "." + action, Collection: collection,
		Record: record, Purpose: reason, Region: item.Region})
}
