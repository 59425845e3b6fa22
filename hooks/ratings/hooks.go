package ratings

import (
	"context"
	"net/http"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"cunju/sync/change"
)

// Folder writes a change of the node's own install; a refusal is an error.
type Folder interface {
	Fold(ctx context.Context, edits []change.Edit, by string) (verdict string, err error)
}

// Handling is what becomes of a bad rating. The page tells how far it is and, once
// the office has answered, asks again. A code is alias and tag, 22 hexadecimal digits.
type Handling interface {
	Stage(db dbx.Builder, code string) (state string, asks bool, answer string, err error)
	Again(ctx context.Context, code, region, answer string) (taken bool, err error)
}

// Deps is what the subject needs from others.
type Deps struct {
	Keys   Keys
	Folder Folder
	// Tier of the node: ratings say where they were taken.
	Tier string
	// RatingBase is scheme and host of printed codes, such as "https://host".
	RatingBase string
	Handling   Handling
	// Refusal reads the code of a change that the rules refused, "" for other errors.
	Refusal func(error) string
	Now     func() time.Time // nil: time.Now
}

// Ratings is the subject, bound to an app.
type Ratings struct {
	deps     Deps
	throttle *throttle
	blocks   blocks
	works    *works
}

// maxForm is more than the longest remark in the longest encoding.
const maxForm = 16 << 10

const entryPath = "/r/"

// Register puts the public page on the app and marks the browsers of staff. The
// caller adds Projection to the engine.
func Register(app core.App, deps Deps) *Ratings {
	if deps.Now == nil {
		deps.Now = time.Now
	}
	r := &Ratings{deps: deps, throttle: newThrottle(deps.Now), works: newWorks()}
	app.OnRecordAuthRequest().BindFunc(func(e *core.RecordAuthRequestEvent) error {
		MarkStaffBrowser(e.RequestEvent)
		return e.Next()
	})
	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		se.Router.BindFunc(markEnrolled, r.noteSide)
		r.desk(se)
		se.Router.GET("/r/page.css", style)
		se.Router.GET("/r/work.js", script)
		for _, prefix := range []string{"/r", "/R"} {
			group := se.Router.Group(prefix)
			// Ratings are anonymous: no request of these pages is logged.
			group.Unbind(apis.DefaultActivityLoggerMiddlewareId)
			group.Bind(apis.BodyLimit(maxForm))
			group.BindFunc(r.guard)
			group.GET("", r.entry)
			group.GET("/{$}", r.entry)
			group.POST("/{$}", r.open)
			group.GET("/{code}", r.page)
			group.POST("/{code}", r.rate)
		}
		for _, prefix := range []string{"/d", "/D"} {
			group := se.Router.Group(prefix)
			group.Unbind(apis.DefaultActivityLoggerMiddlewareId)
			group.BindFunc(r.guard)
			group.GET("/{code}", r.document)
		}
		return se.Next()
	})
	return r
}

// enrolPath is the call by which a browser becomes an install.
const enrolPath = "/api/sync/enrol"

// markEnrolled marks the browser once its enrolment has succeeded.
func markEnrolled(e *core.RequestEvent) error {
	if e.Request.Method == http.MethodPost && e.Request.URL.Path == enrolPath {
		e.Response = &marking{ResponseWriter: e.Response, mark: func() { MarkStaffBrowser(e) }}
	}
	return e.Next()
}

// marking is a response that runs mark before a good answer's header is sent.
type marking struct {
	http.ResponseWriter
	mark func()
	done bool
}

// WriteHeader implements http.ResponseWriter.
func (m *marking) WriteHeader(status int) {
	if !m.done && status >= 200 && status < 300 {
		m.mark()
	}
	m.done = m.done || status >= 200
	m.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (m *marking) Write(b []byte) (int, error) {
	if !m.done {
		m.WriteHeader(http.StatusOK)
	}
	return m.ResponseWriter.Write(b)
}

// Unwrap lets PocketBase and net/http reach the writer below.
func (m *marking) Unwrap() http.ResponseWriter { return m.ResponseWriter }

func style(e *core.RequestEvent) error {
	setHeaders(e.Response.Header())
	e.Response.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	return e.Blob(http.StatusOK, "text/css; charset=utf-8", pageStyle)
}
