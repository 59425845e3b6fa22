package bundles

import (
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"cunju/hooks/fault"
	"cunju/sync/bundle"
)

// Register puts the office's calls on the app.
func Register(app core.App, d Deps) {
	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		se.Router.POST("/api/cunju/bundles", d.by(d.bring)).Bind(apis.RequireAuth("staff"), apis.BodyLimit(bundle.MaxFile))
		se.Router.GET("/api/cunju/bundles", d.by(d.fetch)).Bind(apis.RequireAuth("staff"))
		return se.Next()
	})
}

func (d Deps) by(route func(*core.RequestEvent) error) func(*core.RequestEvent) error {
	return func(e *core.RequestEvent) error {
		e.Response.Header().Set("Cache-Control", "no-store")
		if !d.May(e.Auth) {
			return fault.Write(e, fault.New("forbidden"))
		}
		return fault.Write(e, route(e))
	}
}

// bring takes a file. The answer to somebody's work is a file again, to go back the way it came; what
// happened stands in the headers.
func (d Deps) bring(e *core.RequestEvent) error {
	raw, err := io.ReadAll(e.Request.Body)
	if err != nil {
		return err
	}
	t, err := d.take(e.Request.Context(), raw)
	if err != nil {
		return err
	}
	if err := d.Audit(e.Auth, "bundle_import", t.From); err != nil {
		return err
	}
	if t.Kind == Answer {
		return e.JSON(http.StatusOK, t)
	}
	h := e.Response.Header()
	h.Set("Cunju-Receipts", strconv.Itoa(t.Receipts))
	h.Set("Cunju-Failed", strconv.Itoa(t.Failed))
	return send(e, t.From+"-answer", t.answer)
}

// fetch makes a file for the city of everything that waits.
func (d Deps) fetch(e *core.RequestEvent) error {
	file, more, err := d.export()
	if err != nil {
		return err
	}
	if err := d.Audit(e.Auth, "bundle_export", d.Engine.Install()); err != nil {
		return err
	}
	e.Response.Header().Set("Cunju-More", strconv.FormatBool(more))
	return send(e, d.Engine.Install(), file)
}

func send(e *core.RequestEvent, name string, file []byte) error {
	e.Response.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s%s"`, name, Suffix))
	return e.Blob(http.StatusOK, Media, file)
}
