package hooks_test

import (
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cunju/hooks"
	"cunju/hooks/platform"
	_ "cunju/migrations"
)

// product is the whole product on a temporary folder, serving.
func product(t *testing.T, settings ...string) (*pocketbase.PocketBase, string) {
	t.Helper()
	cfg, err := platform.Load(append([]string{"--dir", filepath.Join(t.TempDir(), "data"), "--region", "500238101000", "--http", "127.0.0.1:0"}, settings...), nil)
	require.NoError(t, err)
	app := platform.NewApp(cfg)
	hooks.Register(app, cfg, fstest.MapFS{"index.html": {Data: []byte("<!doctype html>")}})
	require.NoError(t, app.Bootstrap())
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ready, ended := make(chan struct{}), make(chan error, 1)
	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		se.Listener = listener
		defer close(ready)
		return se.Next()
	})
	go func() { ended <- apis.Serve(app, apis.ServeConfig{HttpAddr: listener.Addr().String()}) }()
	select {
	case <-ready:
	case err := <-ended:
		require.NoError(t, err)
	case <-time.After(time.Minute):
		t.Fatal("the product did not start")
	}
	t.Cleanup(func() {
		_ = app.OnTerminate().Trigger(&core.TerminateEvent{App: app}, func(*core.TerminateEvent) error { return app.ClearBootstrap() })
		<-ended
	})
	return app, "http://" + listener.Addr().String()
}

func call(t *testing.T, method, url, body string) (int, string) {
	t.Helper()
	return callAs(t, method, url, "", body)
}

// callAs makes a request with a login; "" is a guest.
func callAs(t *testing.T, method, url, token, body string) (int, string) {
	t.Helper()
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", token)
	}
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return answer.StatusCode, string(text)
}

// Everything that stands in the list is really on: each subject answers in its
// own way to a guest.
func TestTheWholeProductIsWired(t *testing.T) {
	app, base := product(t)
	cases := []struct {
		method, path string
		status       int
	}{
		{"GET", "/", 200},
		{"GET", "/health/ready", 200},
		{"GET", "/api/sync/hello", 200},
		{"GET", "/api/cunju/setup", 200},
		{"GET", "/r/", 200},
		{"GET", "/api/sync/status", 401},
		{"GET", "/api/sync/feed?f=500238101000,,0", 401},
		{"POST", "/api/cunju/pairings", 401},
		{"POST", "/api/cunju/join", 401},
		{"GET", "/api/cunju/node", 401},
		{"GET", "/api/cunju/staff", 401},
		{"POST", "/api/cunju/password", 401},
		{"GET", "/api/office/today", 401},
		{"GET", "/api/office/services", 401},
		{"POST", "/api/office/services", 401},
		{"GET", "/api/city/overview", 401},
		{"GET", "/api/city/export.csv", 401},
		{"POST", "/api/sql", 404},
	}
	for _, c := range cases {
		t.Run(c.method+" "+c.path, func(t *testing.T) {
			status, body := call(t, c.method, base+c.path, "")
			assert.Equal(t, c.status, status, body)
		})
	}
	t.Run("reference data are loaded", func(t *testing.T) {
		n, err := app.CountRecords("regions")
		require.NoError(t, err)
		assert.Greater(t, n, int64(10_000))
	})
	t.Run("a guest reads and writes no collection", func(t *testing.T) {
		collections, err := app.FindAllCollections()
		require.NoError(t, err)
		require.Greater(t, len(collections), 15)
		for _, c := range collections {
			status, body := call(t, "GET", base+"/api/collections/"+c.Name+"/records", "")
			if status == http.StatusOK {
				assert.Contains(t, body, `"totalItems":0`, c.Name)
			}
			status, body = call(t, "POST", base+"/api/collections/"+c.Name+"/records", `{"region":"500238101200","name":"x"}`)
			assert.GreaterOrEqual(t, status, 400, "%s: %s", c.Name, body)
		}
	})
}

// An administrator made by the set-up can log in and sees his own office.
func TestTheFirstAdministratorWorks(t *testing.T) {
	app, base := product(t, "--name", "某司法所")
	status, body := call(t, "POST", base+"/api/cunju/setup", `{"name":"王所长","login":"wang@office.example","password":"tree-7-river-lamp"}`)
	require.Equal(t, http.StatusCreated, status, body)
	status, body = call(t, "POST", base+"/api/collections/staff/auth-with-password", `{"identity":"wang@office.example","password":"tree-7-river-lamp"}`)
	require.Equal(t, http.StatusOK, status, body)
	staff, err := app.FindAuthRecordByEmail("staff", "wang@office.example")
	require.NoError(t, err)
	assert.Equal(t, "500238101000 500238101999", staff.GetString("scope_from")+" "+staff.GetString("scope_to"))
	trail, err := app.FindFirstRecordByData("audit", "action", "setup")
	require.NoError(t, err)
	assert.Equal(t, staff.Id, trail.GetString("who"))
}
