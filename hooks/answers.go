package hooks

import (
	"database/sql"
	"errors"
	"net/http"
	"strings"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/router"

	"cunju/hooks/fault"
	"cunju/sync/engine"
)

// answers puts every refusal of the product's own calls, and of records over REST,
// into the house's words: a stable code, Chinese or English. PocketBase's own
// errors have no code, speak English, and go to its log together with the request's
// address, in which somebody may have searched for a number.
func answers(app core.App) {
	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		// Inside the reading of the login, outside the limits of rate and size.
		se.Router.Bind(&hook.Handler[*core.RequestEvent]{Id: "cunjuAnswers", Func: inOurWords, Priority: apis.DefaultRateLimitMiddlewarePriority - 1})
		return se.Next()
	})
}

func inOurWords(e *core.RequestEvent) error {
	records, own := spoken(e.Request.URL.Path)
	if !records && !own {
		return e.Next()
	}
	expired := e.Auth == nil && e.Request.Header.Get("Authorization") != ""
	if records && expired {
		// PocketBase takes a login that is over for a guest, who sees an empty list.
		return fault.Write(e, fault.New("login_expired"))
	}
	err := e.Next()
	if err == nil || e.Written() {
		return err
	}
	found := faultOf(err)
	if expired && found.Code == "unauthorized" {
		found = fault.New("login_expired").Wrap(err)
	}
	return write(e, found, err)
}

// spoken tells which paths are records over REST and which are calls of ours.
func spoken(path string) (records, own bool) {
	rest, ok := strings.CutPrefix(path, "/api/collections/")
	if ok {
		parts := strings.SplitN(rest, "/", 3)
		return len(parts) > 1 && parts[1] == "records", false
	}
	for _, prefix := range []string{"/api/cunju/", "/api/office/", "/api/city/", "/api/sync/"} {
		if strings.HasPrefix(path, prefix) {
			return false, true
		}
	}
	return false, false
}

// write answers a fault, and beside it which fields PocketBase found wrong: its
// sentences name no values.
func write(e *core.RequestEvent, found *fault.Error, err error) error {
	var api *router.ApiError
	if !errors.As(err, &api) || len(api.Data) == 0 {
		return fault.Write(e, found)
	}
	answer := found.Answer(fault.Lang(e.Request))
	e.Response.Header().Set("Cache-Control", "no-store")
	return e.JSON(found.Status, map[string]any{"status": answer.Status, "code": answer.Code, "message": answer.Message, "hint": answer.Hint, "data": api.Data})
}

// faultOf finds the fault in an error, also where PocketBase has wrapped the one of
// a hook or the engine's refusal of a save.
func faultOf(err error) *fault.Error {
	var api *router.ApiError
	if !errors.As(err, &api) {
		return refusedAs(err)
	}
	cause, ok := api.RawData().(error)
	if !ok || api.Status != http.StatusBadRequest {
		return fault.From(err)
	}
	if errors.Is(cause, sql.ErrNoRows) {
		return fault.New("forbidden").Wrap(err) // the API rule of creating did not find the new record
	}
	if found := refusedAs(cause); found.Code != fault.Internal {
		return found.Wrap(err)
	}
	return fault.From(err)
}

// refusedAs names the fault of a refusal of the engine; any other error is itself.
func refusedAs(err error) *fault.Error {
	code := engine.Refusal(err)
	switch {
	case code == "":
		return fault.From(err)
	case code == "rule:region_unknown":
		return fault.New("region_unknown").Wrap(err)
	case code == "rights":
		return fault.New("forbidden").Wrap(err)
	case code == "scope":
		return fault.New("scope").Wrap(err)
	case code == "state", code == "frozen":
		return fault.New("state").Wrap(err)
	case strings.HasPrefix(code, "rule:too_long_"):
		return fault.New("text_too_long").Wrap(err)
	}
	return fault.New("malformed").Wrap(err)
}
