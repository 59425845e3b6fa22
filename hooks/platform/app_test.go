package platform_test

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cunju/hooks/platform"
	_ "cunju/migrations"
)

var pages = fstest.MapFS{
	"index.html":      {Data: []byte("<!doctype html><title>x</title>")},
	"js/core/a.js":    {Data: []byte("export const a = 1;")},
	"field/x.test.js": {Data: []byte("no")},
}

func config(t *testing.T) platform.Config {
	t.Helper()
	home := t.TempDir()
	cfg, err := platform.Load([]string{"--dir", filepath.Join(home, "data"), "--region", "500238101000", "--http", "127.0.0.1:0"}, nil)
	require.NoError(t, err)
	return cfg
}

// newApp is a real node on a temporary folder, bootstrapped but not serving.
func newApp(t *testing.T, cfg platform.Config) *pocketbase.PocketBase {
	t.Helper()
	app := platform.NewApp(cfg)
	platform.Bind(app, cfg, pages, nil)
	require.NoError(t, app.Bootstrap())
	t.Cleanup(func() { _ = app.ClearBootstrap() })
	return app
}

// serve runs the node's real server and gives its base URL.
func serve(t *testing.T, app core.App) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ready := make(chan struct{})
	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		se.Listener = listener
		if err := se.Next(); err != nil {
			return err
		}
		close(ready)
		return nil
	})
	ended := make(chan error, 1)
	go func() { ended <- apis.Serve(app, apis.ServeConfig{HttpAddr: listener.Addr().String()}) }()
	select {
	case <-ready:
	case err := <-ended:
		require.NoError(t, err, "the server ended")
	case <-time.After(20 * time.Second):
		t.Fatal("the server did not start")
	}
	t.Cleanup(func() {
		_ = app.OnTerminate().Trigger(&core.TerminateEvent{App: app}, func(*core.TerminateEvent) error { return nil })
		select {
		case <-ended:
		case <-time.After(20 * time.Second):
			t.Error("the server did not stop")
		}
	})
	return "http://" + listener.Addr().String()
}

func pragma(t *testing.T, db dbx.Builder, name string) string {
	t.Helper()
	var value string
	require.NoError(t, db.NewQuery("PRAGMA "+name).Row(&value))
	return value
}

func TestAcknowledgedWorkSurvivesAPowerCut(t *testing.T) {
	app := newApp(t, config(t))
	for name, db := range map[string]dbx.Builder{"write": app.NonconcurrentDB(), "read": app.ConcurrentDB()} {
		assert.Equal(t, "2", pragma(t, db, "synchronous"), name)
		assert.Equal(t, "wal", pragma(t, db, "journal_mode"), name)
		assert.Equal(t, "1", pragma(t, db, "foreign_keys"), name)
		assert.Equal(t, "1", pragma(t, db, "secure_delete"), name)
		assert.Equal(t, "10000", pragma(t, db, "busy_timeout"), name)
	}
	assert.Equal(t, "1", pragma(t, app.AuxNonconcurrentDB(), "synchronous"), "logs may lose their last lines")
	require.NoError(t, platform.CheckDurable(app))
	_, err := app.NonconcurrentDB().NewQuery("PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql = sql").Execute()
	assert.Error(t, err, "defensive mode")
}

func TestANodeThatCouldLoseWorkRefusesToServe(t *testing.T) {
	app := newApp(t, config(t))
	_, err := app.NonconcurrentDB().NewQuery("PRAGMA synchronous=NORMAL").Execute()
	require.NoError(t, err)
	require.ErrorContains(t, apis.Serve(app, apis.ServeConfig{HttpAddr: "127.0.0.1:0"}), "refusing to serve")
}

// A transaction that first reads and then writes must wait for another
// process's write, not fail.
func TestTransactionsWaitForAnotherWriter(t *testing.T) {
	cfg := config(t)
	app := newApp(t, cfg)
	require.NoError(t, app.RunAllMigrations())
	other, err := platform.Connect(filepath.Join(cfg.Dir, "data.db"))
	require.NoError(t, err)
	defer other.Close()
	tx, err := other.BeginTx(context.Background(), nil)
	require.NoError(t, err)
	require.NoError(t, platform.SetState(tx, "a", "1"))
	done := make(chan error, 1)
	go func() {
		done <- app.RunInTransaction(func(tx core.App) error {
			if _, err := platform.State(tx.DB(), "a"); err != nil {
				return err
			}
			return platform.SetState(tx.DB(), "a", "2")
		})
	}()
	select {
	case err := <-done:
		t.Fatalf("did not wait: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	require.NoError(t, tx.Commit())
	require.NoError(t, <-done)
	value, err := platform.State(app.DB(), "a")
	require.NoError(t, err)
	assert.Equal(t, "2", value)
}

func TestADataFolderBelongsToOneNode(t *testing.T) {
	cfg := config(t)
	app := newApp(t, cfg)
	serve(t, app)
	cfg.Region = "500238102000"
	other := newApp(t, cfg)
	require.ErrorContains(t, apis.Serve(other, apis.ServeConfig{HttpAddr: "127.0.0.1:0"}), "belongs to")
}

func TestTheKeyOfTheSettingsLiesApartFromTheData(t *testing.T) {
	cfg := config(t)
	app := newApp(t, cfg)
	require.NoError(t, app.RunAllMigrations())
	var stored string
	require.NoError(t, app.DB().NewQuery("SELECT value FROM _params WHERE id = 'settings'").Row(&stored))
	assert.NotContains(t, stored, "appName")
	info, err := os.Stat(filepath.Join(cfg.KeyDir, "settings.key"))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	info, err = os.Stat(cfg.Dir)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o700), info.Mode().Perm())
}
