// Package httpapi serves the protocol's calls over HTTP. It reads lines with
// limits, verifies who asks, and leaves everything else to the engine.
package httpapi

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"errors"
	"io"
	"net/http"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"

	"cunju/sync/bundle"
	"cunju/sync/engine"
	"cunju/sync/install"
	"cunju/sync/oplog"
	"cunju/sync/wire"
)

// MaxFeeds is how many feeds one request may name; a phone has at most 30 villages.
const MaxFeeds = 200

// Fail answers a refused request; the product words it. extra is added to the answer.
type Fail func(e *core.RequestEvent, status int, code string, extra map[string]any) error

// API is the protocol served by one node.
type API struct {
	eng    *engine.Engine
	rights engine.Rights
	fail   Fail
	due    func(dbx.Builder, install.Cert) (bool, error) // nil: certificates are not renewed
	box    func() bundle.Box                             // nil: takes no files

	pushes, feeds, files *lane
}

// Register puts the calls on the app's router.
func Register(app core.App, eng *engine.Engine, rights engine.Rights, fail Fail) *API {
	a := &API{eng: eng, rights: rights, fail: fail}
	a.Seat(DefaultSeats)
	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		se.Router.GET("/api/sync/hello", a.hello)
		se.Router.POST("/api/sync/batches", a.admitted(a.pushes, a.batches)).Unbind(apis.DefaultBodyLimitMiddlewareId)
		se.Router.GET("/api/sync/feed", a.admitted(a.feeds, a.feed))
		se.Router.GET("/api/sync/status", a.status)
		return se.Next()
	})
	return a
}

func (a *API) now() int64 { return a.eng.Now().UnixMilli() }

func (a *API) hello(e *core.RequestEvent) error {
	e.Response.Header().Set("Cache-Control", "no-store")
	h := map[string]any{"tier": a.eng.Tier(), "install": a.eng.Install(), "epoch": a.eng.Epoch(),
		"chain": a.eng.Chain(), "region": a.eng.Region(), "now": a.now()}
	if a.box != nil {
		h["box"] = a.box()
	}
	return e.JSON(http.StatusOK, h)
}

func (a *API) batches(e *core.RequestEvent) error {
	if e.Request.ContentLength > wire.MaxPacked {
		return a.unreadable(e, wire.ErrTooLarge)
	}
	body, err := wire.Packed(once(e.Request.Body), e.Request.Header.Get("Content-Encoding"))
	if err != nil {
		return a.unreadable(e, err)
	}
	// Answers wait for the end of the request: net/http closes a body that is still being read when the
	// response begins. There are few, and nobody reads them while sending.
	var out bytes.Buffer
	err = a.eng.Push(e.Request.Context(), wire.NewReader(body), func(ans wire.Answer) error { return wire.Write(&out, ans) })
	if err != nil && out.Len() == 0 {
		return a.unreadable(e, err)
	}
	if err != nil {
		// Cut: without the closing line the client knows what was answered and repeats the rest.
		a.eng.App().Logger().Warn("push broken off", "error", err)
	} else if err := wire.Write(&out, wire.Answer{Now: a.now()}); err != nil {
		return err
	}
	ndjson(e)
	_, err = e.Response.Write(out.Bytes())
	return err
}

// once is a body without PocketBase's copy for reading it again, which would hold whole pushes in memory. wire.Packed
// counts its bytes.
func once(body io.Reader) io.Reader {
	if r, ok := body.(*router.RereadableReadCloser); ok {
		return r.ReadCloser
	}
	return body
}

func ndjson(e *core.RequestEvent) {
	h := e.Response.Header()
	h.Set("Content-Type", "application/x-ndjson; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	e.Response.WriteHeader(http.StatusOK)
}

func (a *API) unreadable(e *core.RequestEvent, err error) error {
	var tooLarge *http.MaxBytesError
	switch {
	case errors.Is(err, wire.ErrTooLarge), errors.As(err, &tooLarge):
		return a.fail(e, http.StatusRequestEntityTooLarge, "too_large", nil)
	case errors.Is(err, wire.ErrMalformed), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum), errors.As(err, new(flate.CorruptInputError)):
		return a.fail(e, http.StatusBadRequest, "malformed", nil)
	}
	var api interface{ Status() int }
	if errors.As(err, &api) {
		return err
	}
	a.eng.App().Logger().Error("push", "error", err)
	return a.fail(e, http.StatusInternalServerError, "internal", nil)
}

// caller verifies a signed request of an install in good standing.
func (a *API) caller(e *core.RequestEvent) (*oplog.Install, install.Cert, error) {
	row, cert, err := a.known(e)
	switch {
	case row == nil:
		return nil, cert, err
	case row.State == oplog.Revoked:
		return nil, cert, a.fail(e, http.StatusForbidden, "install_revoked", nil)
	case a.now() > cert.Until:
		return nil, cert, a.fail(e, http.StatusForbidden, "cert_expired", nil)
	}
	return row, cert, nil
}

// known verifies whose request it is, in whatever standing.
func (a *API) known(e *core.RequestEvent) (*oplog.Install, install.Cert, error) {
	claim, ok := install.ParseAuthorization(e.Request.Header.Get("Authorization"))
	if !ok {
		return nil, install.Cert{}, a.fail(e, http.StatusUnauthorized, "unauthorized", nil)
	}
	row, err := oplog.FindInstall(a.eng.Reads(), claim.Install)
	if err != nil {
		return nil, install.Cert{}, err
	}
	if row == nil {
		return nil, install.Cert{}, a.fail(e, http.StatusUnauthorized, "unknown_install", nil)
	}
	cert, err := a.eng.CertOf(row)
	if err != nil {
		return nil, install.Cert{}, err
	}
	err = claim.Check(cert.PublicKey(), e.Request.Method, e.Request.URL.RequestURI(), a.now())
	switch {
	case errors.Is(err, install.ErrClock):
		return nil, cert, a.fail(e, http.StatusUnauthorized, "clock", map[string]any{"now": a.now()})
	case err != nil:
		return nil, cert, a.fail(e, http.StatusUnauthorized, "signature", nil)
	}
	return row, cert, nil
}

// seen notes the contact, at most once a minute and install unless the number of
// unsent changes moved: a poll must not cost a commit.
func (a *API) seen(row *oplog.Install, unsent int64) {
	if a.now()-row.SeenAt < 60_000 && unsent == row.Unsent {
		return
	}
	err := a.eng.App().RunInTransaction(func(tx core.App) error { return oplog.Seen(tx.DB(), row.ID, a.now(), unsent) })
	if err != nil {
		a.eng.App().Logger().Error("note contact", "error", err)
	}
}

func (a *API) status(e *core.RequestEvent) error {
	row, _, err := a.known(e)
	if row == nil {
		return err
	}
	var refused, conflicts int64
	db := a.eng.App().DB()
	err = db.NewQuery("SELECT (SELECT count(*) FROM sync_changes WHERE install = {:i} AND verdict LIKE 'refused:%' AND verdict <> 'applied'), (SELECT count(*) FROM sync_conflicts WHERE install = {:i} AND state = 'open')").
		Bind(map[string]any{"i": row.ID}).Row(&refused, &conflicts)
	if err != nil {
		return err
	}
	a.seen(row, number(e.Request.URL.Query(), "unsent"))
	e.Response.Header().Set("Cache-Control", "no-store")
	return e.JSON(http.StatusOK, map[string]any{"install": row.ID, "state": row.State, "last_no": row.LastNo, "last_change": row.LastChange,
		"last_hash": row.LastHash, "refused": refused, "conflicts": conflicts, "now": a.now()})
}

func (a *API) feed(e *core.RequestEvent) error {
	row, cert, err := a.known(e)
	if row == nil {
		return err
	}
	if row.State != oplog.Revoked && a.now() > cert.Until {
		return a.fail(e, http.StatusForbidden, "cert_expired", nil)
	}
	q := e.Request.URL.Query()
	ask, ok := parseAsk(q)
	if !ok {
		return a.fail(e, http.StatusBadRequest, "malformed", nil)
	}
	if row.State == oplog.Revoked {
		return a.farewell(e, row, ask)
	}
	regions, err := a.readable(cert)
	if err != nil {
		return err
	}
	for _, c := range ask.cursors {
		if !mayRead(cert, regions, c.Feed) && !wasGiven(cert, c.Feed) {
			return a.fail(e, http.StatusForbidden, "scope", nil)
		}
	}
	a.seen(row, ask.unsent)
	out, done := packed(e)
	err = a.writeFeed(out, row, cert, ask, regions)
	if err != nil {
		return nil // cut: the closing line is missing, the client keeps what is whole
	}
	return done()
}

func (a *API) writeFeed(out io.Writer, row *oplog.Install, cert install.Cert, q ask, regions []string) error {
	db := a.eng.Reads()
	write := func(l wire.FeedLine) error { return wire.Write(out, l) }
	skip := ""
	if cert.IsNode() && !q.full {
		skip = cert.Install
	}
	for _, c := range q.cursors {
		if !mayRead(cert, regions, c.Feed) {
			if err := write(wire.FeedLine{Gone: c.Feed}); err != nil {
				return err
			}
			continue
		}
		if done, err := a.prepared(db, out, c, q, skip); err != nil || done {
			if err != nil {
				return err
			}
			continue
		}
		if err := a.eng.Feed(db, c, q.limit, skip, write); err != nil {
			return err
		}
	}
	receipts, err := a.eng.Receipts(db, row.ID, q.receipts)
	if err != nil {
		return err
	}
	for _, r := range receipts {
		if err := write(wire.FeedLine{Receipt: &r.Receipt, Rn: r.N}); err != nil {
			return err
		}
	}
	if err := a.revocations(db, cert, write); err != nil {
		return err
	}
	renew, err := a.renews(db, cert)
	if err != nil {
		return err
	}
	return write(wire.FeedLine{Now: a.now(), Regions: regions, State: row.State, LastNo: &row.LastNo, Renew: renew})
}
