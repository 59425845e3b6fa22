// Package world builds real nodes for tests: PocketBase apps on temporary folders
// with a collection of notes, a router over real HTTP, and links that can be cut. Tests only.
package world

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	_ "github.com/pocketbase/pocketbase/migrations" // the system tables
	"github.com/stretchr/testify/require"

	"cunju/sync/dial"
	"cunju/sync/engine"
	"cunju/sync/httpapi"
	"cunju/sync/install"
	"cunju/sync/phone"
)

// Node is one running server.
type Node struct {
	App    core.App
	Engine *engine.Engine
	Server *httptest.Server
	Rights *Rights
	Link   *Link
}

// Rights is a table of who may write where; the zero table lets everybody write in what their certificate names.
type Rights struct {
	Denied map[string]bool // "staff region"
}

// MayWrite follows the table.
func (r *Rights) MayWrite(_ dbx.Builder, staff, region string, _ int64) (bool, error) {
	return !r.Denied[staff+" "+region], nil
}

// Reads follows the table.
func (r *Rights) Reads(_ dbx.Builder, staff string, regions []string, _ int64) ([]string, error) {
	var list []string
	for _, reg := range regions {
		if !r.Denied[staff+" "+reg] {
			list = append(list, reg)
		}
	}
	return list, nil
}

// Notes is the collection that the tests sync.
func Notes(check func(engine.Proposed) string) []engine.Collection {
	return []engine.Collection{
		{Name: "notes", Policy: engine.Merge, Check: check, Fields: []engine.Field{{Name: "region", Max: 12}, {Name: "title", Max: 100},
			{Name: "text", Max: 20000}, {Name: "count", Kind: engine.Number}, {Name: "tags", Kind: engine.JSON},
			{Name: "state", Group: "state"}, {Name: "reason", Group: "state"}}},
		{Name: "votes", Policy: engine.Append, Lane: "office", Fields: []engine.Field{{Name: "region", Max: 12}, {Name: "title", Max: 100}}},
		{Name: "boards", Policy: engine.Authority, Fields: []engine.Field{{Name: "region", Max: 12}, {Name: "title", Max: 100}}},
	}
}

// New starts a node on a temporary folder. with may put more on it before it starts.
func New(t testing.TB, tier, region string, now func() time.Time, cols []engine.Collection, with ...func(*Node, *httpapi.API)) *Node {
	return NewAs(t, install.SuiteStd, tier, region, now, cols, with...)
}

// NewAs is New with a key of another suite.
func NewAs(t testing.TB, suite, tier, region string, now func() time.Time, cols []engine.Collection, with ...func(*Node, *httpapi.API)) *Node {
	n := &Node{Rights: &Rights{Denied: map[string]bool{}}, Link: &Link{}}
	dir := t.TempDir()
	n.App = core.NewBaseApp(core.BaseAppConfig{DataDir: filepath.Join(dir, "data")})
	n.Engine = engine.New(n.App, engine.Config{Tier: tier, Region: region, Name: tier, KeyDir: filepath.Join(dir, "keys"), Suite: suite,
		Collections: cols, Rights: n.Rights, Now: now})
	api := httpapi.Register(n.App, n.Engine, n.Rights, fail)
	for _, f := range with {
		f(n, api)
	}
	require.NoError(t, n.App.Bootstrap())
	require.NoError(t, n.App.RunSystemMigrations())
	for _, c := range cols {
		require.NoError(t, n.App.Save(Table(c)))
	}
	router, err := apis.NewRouter(n.App)
	require.NoError(t, err)
	ev := &core.ServeEvent{App: n.App, Router: router}
	require.NoError(t, n.App.OnServe().Trigger(ev, func(e *core.ServeEvent) error { return nil }))
	mux, err := router.BuildMux()
	require.NoError(t, err)
	n.Server = httptest.NewServer(n.Link.Wrap(mux))
	t.Cleanup(func() {
		n.Server.Close()
		require.NoError(t, n.App.OnTerminate().Trigger(&core.TerminateEvent{App: n.App}, func(*core.TerminateEvent) error { return n.App.ResetBootstrapState() }))
	})
	return n
}

// Table is the PocketBase collection that a synced collection lives in.
func Table(c engine.Collection) *core.Collection {
	col := core.NewBaseCollection(c.Name)
	for _, f := range c.Fields {
		switch f.Kind {
		case engine.Number:
			col.Fields.Add(&core.NumberField{Name: f.Name})
		case engine.JSON:
			col.Fields.Add(&core.JSONField{Name: f.Name})
		default:
			col.Fields.Add(&core.TextField{Name: f.Name, Max: 20000})
		}
	}
	return col
}

func fail(e *core.RequestEvent, status int, code string, extra map[string]any) error {
	body := map[string]any{"status": status, "code": code, "message": code}
	for k, v := range extra {
		body[k] = v
	}
	return e.JSON(status, body)
}

// JoinCity gives a township the city's certificate for its key.
func JoinCity(t testing.TB, township, city *Node) {
	var text string
	err := city.App.RunInTransaction(func(tx core.App) error {
		var err error
		text, err = city.Engine.Certify(tx.DB(), township.Engine.Key().Public(), install.Cert{Suite: township.Engine.Key().Suite(), Kind: install.Township, Name: "township",
			Regions: []string{township.Engine.Region()}, From: city.Engine.Now().UnixMilli() - 1000, Until: city.Engine.Now().AddDate(1, 1, 0).UnixMilli()})
		return err
	})
	require.NoError(t, err)
	require.NoError(t, township.Engine.Join(append([]string{text}, city.Engine.Chain()...)))
}

// Pair makes a phone whose person may work in regions, enrolled without a code.
func Pair(t testing.TB, n *Node, path, staff string, now func() time.Time, regions ...string) *phone.Phone {
	return PairAs(t, install.SuiteStd, n, path, staff, now, regions...)
}

// PairAs is Pair with a key of another suite.
func PairAs(t testing.TB, suite string, n *Node, path, staff string, now func() time.Time, regions ...string) *phone.Phone {
	p, err := phone.OpenAs(suite, phone.Files{}, path, n.Server.URL, n.Server.Client(), now)
	require.NoError(t, err)
	t.Cleanup(func() { p.Close() })
	var text string
	err = n.App.RunInTransaction(func(tx core.App) error {
		var err error
		text, err = n.Engine.Certify(tx.DB(), p.Public(), install.Cert{Suite: p.Suite(), Kind: install.Phone, Staff: staff, Name: "phone", Regions: regions,
			From: n.Engine.Now().UnixMilli() - 1000, Until: n.Engine.Now().AddDate(0, 2, 0).UnixMilli()})
		return err
	})
	require.NoError(t, err)
	who := dial.Enrolled{Install: p.Install(), Chain: append([]string{text}, n.Engine.Chain()...), Staff: dial.Person{ID: staff}}
	for _, r := range regions {
		who.Regions = append(who.Regions, dial.Named{Code: r})
	}
	require.NoError(t, p.Adopt(who))
	return p
}

// Link damages what passes between a client and a node.
type Link struct {
	// CutAnswers cuts that many answers to pushes after the first byte, after the commit.
	CutAnswers int
	// CutRequests drops that many pushes in the middle of their body.
	CutRequests int
	// Portal answers everything like a captive portal: 200 and a page.
	Portal bool
	Pushes int
}

// Wrap puts the link before a handler.
func (l *Link) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		push := r.URL.Path == "/api/sync/batches"
		if push {
			l.Pushes++
		}
		switch {
		case l.Portal:
			w.Header().Set("Content-Type", "text/html")
			w.Write([]byte("<html>please log in</html>"))
		case push && l.CutRequests > 0:
			l.CutRequests--
			r.Body.Read(make([]byte, 64))
			hangUp(w)
		case push && l.CutAnswers > 0:
			l.CutAnswers--
			next.ServeHTTP(httptest.NewRecorder(), r)
			hangUp(w)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func hangUp(w http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		if tcp, ok := conn.(*net.TCPConn); ok {
			tcp.SetLinger(0)
		}
		conn.Close()
	}
}

// Settled waits until a node's projections have seen everything.
func (n *Node) Settled(t testing.TB) { require.NoError(t, n.Engine.Settle(context.Background())) }
