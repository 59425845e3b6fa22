package platform

import (
	"encoding/json"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"cunju/hooks/fault"
	"cunju/hooks/platform/static"
)

// bindWeb serves the public folder and stands before every route: it sets the
// headers and tells the operator's log about failures of ours.
func bindWeb(app core.App, public fs.FS, disk *space) {
	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		site, err := static.New(public)
		if err != nil {
			return err
		}
		se.Router.Bind(&hook.Handler[*core.RequestEvent]{Id: "cunjuGate", Func: gate(disk), Priority: gatePriority})
		se.Router.GET("/{path...}", func(e *core.RequestEvent) error {
			if strings.HasPrefix(e.Request.URL.Path, "/api/") {
				return fault.Write(e, fault.New("not_found"))
			}
			site.ServeHTTP(e.Response, e.Request)
			return nil
		})
		return se.Next()
	})
}

// gatePriority puts the gate inside PocketBase's own header middleware (whose
// values it replaces) and outside every route.
const gatePriority = -900

func gate(disk *space) func(*core.RequestEvent) error {
	return func(e *core.RequestEvent) error {
		header := e.Response.Header()
		static.Headers(header, e.IsTLS())
		if strings.HasPrefix(e.Request.URL.Path, "/_/") {
			header.Del("Content-Security-Policy") // PocketBase's dashboard brings its own
		}
		if strings.HasPrefix(e.Request.URL.Path, "/api/") {
			header.Set("Cache-Control", "no-store")
		}
		if disk.refuses(e.Request) {
			return fault.Write(e, fault.New("disk_full"))
		}
		err := e.Next()
		if e.Status() >= http.StatusInternalServerError || err != nil && fault.From(err).Status >= http.StatusInternalServerError {
			slog.Error("request failed", "method", e.Request.Method, "route", e.Request.Pattern, "error", err)
		}
		return err
	}
}

// closeDoors answers, before PocketBase's router could redirect, as if these were
// not there: SQL over HTTP for everybody, the dashboard for other machines.
func closeDoors(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.Path
		sql := path == "/api/sql" || strings.HasPrefix(path, "/api/sql/")
		dashboard := path == "/_" || strings.HasPrefix(path, "/_/")
		if !sql && (!dashboard || fromThisMachine(r)) {
			next.ServeHTTP(w, r)
			return
		}
		static.Headers(w.Header(), r.TLS != nil)
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(http.StatusNotFound)
		_ = json.NewEncoder(w).Encode(fault.New("not_found").Answer(fault.Lang(r))) // the client may be gone
	})
}

// fromThisMachine is true for a request made on this machine itself. A reverse
// proxy on the same machine makes every request look so, therefore a request
// that was forwarded never counts.
func fromThisMachine(r *http.Request) bool {
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via"} {
		if r.Header.Get(name) != "" {
			return false
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// FromThisMachine is fromThisMachine for subjects that let an operator at the
// machine do more than others.
func FromThisMachine(e *core.RequestEvent) bool { return fromThisMachine(e.Request) }
