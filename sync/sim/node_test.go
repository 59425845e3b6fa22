package sim

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	_ "github.com/pocketbase/pocketbase/migrations" // the system tables
	"github.com/stretchr/testify/require"

	"cunju/sync/engine"
	"cunju/sync/feed"
	"cunju/sync/httpapi"
	"cunju/sync/install"
	"cunju/sync/oplog"
	"cunju/sync/peer"
	"cunju/sync/world"
)

// node is a township's or the city's server: a real PocketBase app on a folder of its own, without a socket.
type node struct {
	w      *land
	name   string
	tier   string
	region string
	dir    string
	clock  *clock
	fuse   *fuse

	app    core.App
	look   *dbx.DB // the world's own view of the database, behind no fuse
	eng    *engine.Engine
	peer   *peer.Peer // nil at the city
	mux    http.Handler
	noKeys int // keys laid aside by restores

	restored bool
	judged   int64  // place up to which stamps were looked at
	newest   int64  // stamp so far
	kept     string // a backup
}

// notes are the collections of every world; a title of "forbidden" breaks the subject's rule.
func notes() []engine.Collection {
	return world.Notes(func(p engine.Proposed) string {
		if p.Set["title"] == "forbidden" {
			return "rule:title"
		}
		return ""
	})
}

// template is a migrated folder without engine, made once per process.
var template = sync.OnceValues(func() (map[string][]byte, error) {
	dir, err := os.MkdirTemp("", "cunju-sim-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: dir})
	if err := app.Bootstrap(); err != nil {
		return nil, err
	}
	for _, c := range notes() {
		if err := app.Save(world.Table(c)); err != nil {
			return nil, err
		}
	}
	app.Settings().Logs.MaxDays = 0 // no writer in the background
	if err := app.Save(app.Settings()); err != nil {
		return nil, err
	}
	for _, sql := range []string{oplog.Schema, feed.Schema, tallySchema} {
		if _, err := app.NonconcurrentDB().NewQuery(sql).Execute(); err != nil {
			return nil, err
		}
	}
	if err := app.ClearBootstrap(); err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, name := range []string{"data.db", "auxiliary.db"} {
		if files[name], err = os.ReadFile(filepath.Join(dir, name)); err != nil {
			return nil, err
		}
	}
	return files, nil
})

// newNode lays a migrated folder down and starts the node on it.
func newNode(t testing.TB, w *land, name, tier, region string) *node {
	n := &node{w: w, name: name, tier: tier, region: region, dir: filepath.Join(w.dir, name), clock: &clock{w: w}, fuse: &fuse{}}
	files, err := template()
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(filepath.Join(n.dir, "data"), 0o700))
	for file, b := range files {
		require.NoError(t, os.WriteFile(filepath.Join(n.dir, "data", file), b, 0o600))
	}
	if w.broken != nil && w.broken.node != nil {
		w.broken.node(n)
	}
	require.NoError(t, n.start())
	return n
}

// start is a new process on the node's folder.
func (n *node) start() error {
	n.fuse.reset()
	n.app = core.NewBaseApp(core.BaseAppConfig{DataDir: filepath.Join(n.dir, "data"), DBConnect: n.fuse.connect, DataMaxOpenConns: 4, DataMaxIdleConns: 2,
		AuxMaxOpenConns: 2, AuxMaxIdleConns: 1})
	rights := n.w.rights
	n.eng = engine.New(n.app, engine.Config{Tier: n.tier, Region: n.region, Name: n.name, KeyDir: filepath.Join(n.dir, "keys"),
		Collections: notes(), Rights: rights, Now: n.clock.now})
	httpapi.Register(n.app, n.eng, rights, refuse)
	if err := n.app.Bootstrap(); err != nil {
		return fmt.Errorf("bootstrap %s: %w", n.name, err)
	}
	var err error
	if n.look, err = dbx.Open("sqlite", filepath.Join(n.dir, "data", "data.db")+"?_pragma=busy_timeout(10000)"); err != nil {
		return err
	}
	router, err := apis.NewRouter(n.app)
	if err != nil {
		return err
	}
	if err := n.app.OnServe().Trigger(&core.ServeEvent{App: n.app, Router: router}, func(*core.ServeEvent) error { return nil }); err != nil {
		return err
	}
	// Projections run when the world says so, not on a goroutine of their own: a seed stays a seed.
	if err := n.app.OnTerminate().Trigger(&core.TerminateEvent{App: n.app}, func(*core.TerminateEvent) error { return nil }); err != nil {
		return err
	}
	n.eng.AddProjection(tally)
	if n.tier == install.Township {
		n.peer = peer.New(n.eng, "http://city", n.w.net.client(n.name), n.emptyFeeds)
	}
	n.mux, err = router.BuildMux()
	return err
}

// stamped looks at what a push brought: no first server stamps a change later than its own clock shows, but for what
// follows something that another clock had stamped so.
func (n *node) stamped() {
	var states int64
	var rows []struct {
		N   int64  `db:"n"`
		ID  string `db:"id"`
		Tau int64  `db:"tau"`
		Via string `db:"via"`
	}
	err := n.look.NewQuery("SELECT coalesce(max(tau), 0) FROM sync_records").Row(&states)
	if err == nil {
		err = n.look.NewQuery("SELECT c.n, c.id, c.tau, b.via FROM sync_changes c JOIN sync_batches b ON b.n = c.batch WHERE c.n > {:n} ORDER BY c.n").Bind(dbx.Params{"n": n.judged}).All(&rows)
	}
	if err != nil {
		n.w.problem("stuck", "%s cannot be read: %v", n.name, err)
	}
	for _, r := range rows {
		if r.Via == "" && r.Tau > max(n.clock.high, n.newest+1) {
			n.w.problem("diverged", "change %s is stamped %d ms after the clock of %s", r.ID, r.Tau-n.clock.high, n.name)
		}
		n.judged, n.newest = r.N, max(n.newest, r.Tau)
	}
	n.newest = max(n.newest, states)
}

// emptyFeeds names the villages, so that the city's first record for one comes down.
func (n *node) emptyFeeds() []string { return villagesOf(n.region) }

// stop ends the process; whatever it had not committed is gone.
func (n *node) stop() error { return errors.Join(n.look.Close(), n.app.ClearBootstrap()) }

// restart is a stop and a start, after a kill or not.
func (n *node) restart() error {
	if err := n.stop(); err != nil {
		return err
	}
	return n.start()
}

// alive restarts a node that was killed.
func (n *node) alive(t testing.TB) {
	if n.fuse.killed() {
		require.NoError(t, n.restart())
	}
}

// run is one exchange with the city, then the projections.
func (n *node) run(ctx context.Context) error {
	if n.peer == nil {
		return n.eng.Settle(ctx)
	}
	err := n.peer.Run(ctx)
	n.stamped() // states that came down may carry any other clock's stamps
	if settle := n.eng.Settle(ctx); err == nil {
		err = settle
	}
	return err
}

// backup copies the node's database as it is committed.
func (n *node) backup(t testing.TB) string {
	n.w.backups++
	n.w.say("  %s is backed up as %d", n.name, n.w.backups)
	path := filepath.Join(n.w.dir, fmt.Sprintf("%s.%d.db", n.name, n.w.backups))
	_, err := n.look.NewQuery("VACUUM INTO {:p}").Bind(dbx.Params{"p": path}).Execute()
	require.NoError(t, err)
	return path
}

// restore puts a backup back. announced is the way of `cunju restore`: a new epoch and, at a township, a new key (the
// city's key is everybody's root and has a copy of its own); otherwise the folder was rolled back under the node and it
// does not know.
func (n *node) restore(t testing.TB, backup string, announced bool) {
	n.w.say("  %s is restored from %s, announced: %t", n.name, filepath.Base(backup), announced)
	n.restored, n.judged = true, 0
	require.NoError(t, n.stop())
	data := filepath.Join(n.dir, "data", "data.db")
	for _, end := range []string{"-wal", "-shm"} {
		require.NoError(t, os.RemoveAll(data+end))
	}
	b, err := os.ReadFile(backup)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(data, b, 0o600))
	if announced && n.tier == install.Township {
		n.noKeys++
		keys := filepath.Join(n.dir, "keys")
		require.NoError(t, os.Rename(keys, fmt.Sprintf("%s.%d", keys, n.noKeys)))
	}
	if announced {
		n.fuse.reset()
		db, err := n.fuse.connect(data)
		require.NoError(t, err)
		require.NoError(t, oplog.SetStateValue(db, "epoch", ""))
		require.NoError(t, db.Close())
	}
	require.NoError(t, n.start())
	if announced && n.tier == install.Township {
		n.w.join(t, n)
	}
}

// join gives a township the city's certificate for its key.
func (w *land) join(t testing.TB, n *node) {
	w.city.alive(t)
	w.city.fuse.set(0, false)
	w.city.fuse.fill(0)
	var text string
	err := w.city.app.RunInTransaction(func(tx core.App) error {
		var err error
		text, err = w.city.eng.Certify(tx.DB(), n.eng.Key().Public(), install.Cert{Kind: install.Township, Name: n.name,
			Regions: []string{n.region}, From: w.at.Add(-time.Hour).UnixMilli(), Until: w.at.AddDate(1, 1, 0).UnixMilli()})
		return err
	})
	require.NoError(t, err)
	require.NoError(t, n.eng.Join(append([]string{text}, w.city.eng.Chain()...)))
}

func refuse(e *core.RequestEvent, status int, code string, extra map[string]any) error {
	body := map[string]any{"status": status, "code": code, "message": code}
	for k, v := range extra {
		body[k] = v
	}
	return e.JSON(status, body)
}

// tallySchema and tally are a projection as subjects have them: totals that must count each record once.
const tallySchema = `CREATE TABLE IF NOT EXISTS sim_tally (c TEXT NOT NULL, r TEXT NOT NULL, region TEXT NOT NULL, PRIMARY KEY (c, r)) STRICT;
CREATE TABLE IF NOT EXISTS sim_total (c TEXT NOT NULL, region TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (c, region)) STRICT;`

var tally = engine.Projection{Name: "tally", Collections: []string{"notes", "votes", "boards"}, Apply: func(db dbx.Builder, items []engine.Item) error {
	for _, it := range items {
		err := run(db, dbx.Params{"c": it.Collection, "r": it.Record, "g": it.Region}, uncount, "INSERT OR REPLACE INTO sim_tally (c, r, region) VALUES ({:c}, {:r}, {:g})",
			"INSERT INTO sim_total (c, region, n) VALUES ({:c}, {:g}, 1) ON CONFLICT (c, region) DO UPDATE SET n = n + 1")
		if err != nil {
			return err
		}
	}
	return nil
}, Gone: func(db dbx.Builder, c, r string) error {
	return run(db, dbx.Params{"c": c, "r": r}, uncount, "DELETE FROM sim_tally WHERE c = {:c} AND r = {:r}")
}}

const uncount = "UPDATE sim_total SET n = n - 1 WHERE c = {:c} AND region = (SELECT region FROM sim_tally WHERE c = {:c} AND r = {:r})"

func run(db dbx.Builder, p dbx.Params, statements ...string) error {
	for _, sql := range statements {
		if _, err := db.NewQuery(sql).Bind(p).Execute(); err != nil {
			return err
		}
	}
	return nil
}
