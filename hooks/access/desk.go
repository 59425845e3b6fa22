package access

import (
	"encoding/json/v2"
	"net/http"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"cunju/hooks/fault"
	"cunju/hooks/region"
)

// DeskRoles work in an office: its own routes are theirs.
var DeskRoles = []Role{Officer, Supervisor, Admin}

// maxDeskBody is far above any honest form and far below what hurts.
const maxDeskBody = 64 << 10

// Desk lets a route be called with a login of the office only, keeps its answers out
// of every cache, and puts its errors into the house's words.
func Desk(now func() time.Time, route func(*core.RequestEvent, Staff) error) func(*core.RequestEvent) error {
	return func(e *core.RequestEvent) error {
		e.Response.Header().Set("Cache-Control", "no-store")
		who, err := atDesk(e, now())
		if err == nil {
			err = route(e, who)
		}
		return fault.Write(e, err)
	}
}

func atDesk(e *core.RequestEvent, now time.Time) (Staff, error) {
	if e.Auth == nil {
		if e.Request.Header.Get("Authorization") != "" {
			return Staff{}, fault.New("login_expired")
		}
		return Staff{}, fault.New("unauthorized")
	}
	who := StaffOf(e.Auth)
	for _, role := range DeskRoles {
		if who.Role == role && who.Active(now) {
			return who, nil
		}
	}
	return Staff{}, fault.New("forbidden")
}

// AskedRegion is the region that a list is asked for, the account's own by default.
func AskedRegion(e *core.RequestEvent, who Staff) (string, error) {
	code := e.Request.URL.Query().Get("region")
	if code == "" {
		return who.Region, nil
	}
	var found int
	err := e.App.DB().NewQuery("SELECT count(*) FROM regions WHERE id = {:id}").Bind(dbx.Params{"id": code}).Row(&found)
	switch {
	case err != nil:
		return "", err
	case found == 0 || !region.Valid(code):
		return "", fault.New("region_unknown")
	case !region.Covers(who.Region, code):
		return "", fault.New("scope")
	}
	return code, nil
}

// DeskBody reads a small JSON object; what has unknown keys is refused.
func DeskBody(e *core.RequestEvent, into any) error {
	err := json.UnmarshalRead(http.MaxBytesReader(e.Response, e.Request.Body, maxDeskBody), into, json.RejectUnknownMembers(true))
	if err != nil {
		return fault.New("malformed").Wrap(err)
	}
	return nil
}
