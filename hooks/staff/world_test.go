package staff

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/stretchr/testify/require"

	"cunju/hooks/access"
	"cunju/hooks/region"
	"cunju/hooks/standard"
	_ "cunju/migrations"
	"cunju/sync/engine"
)

const (
	city     = "500000000000"
	county   = "500238000000"
	township = "500238101000"
	village  = "500238101201"
	second   = "500238101202"
	next     = "500238102000" // the next township
	other    = "500238102201" // a village of it
)

type m = map[string]any

// office is one running node with people and places, spoken to over real HTTP.
type office struct {
	t      *testing.T
	app    core.App
	server *httptest.Server
	tokens map[string]string
	now    time.Time
}

// authority gives the engine what this subject writes of the synced collections.
func authority() []engine.Collection {
	var list []engine.Collection
	for _, c := range standard.Collections {
		if c.Name != Assignments && c.Name != Practitioners {
			continue
		}
		col := engine.Collection{Name: c.Name, Policy: engine.Authority}
		for _, f := range c.Fields {
			kind := engine.Text
			if f.Type == standard.Number {
				kind = engine.Number
			}
			col.Fields = append(col.Fields, engine.Field{Name: f.Name, Kind: kind, Max: f.Limit(), Group: f.Group})
		}
		list = append(list, col)
	}
	return list
}

func open(t *testing.T, node string) *office {
	t.Helper()
	dir := t.TempDir()
	o := &office{t: t, tokens: map[string]string{}, now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}
	now := func() time.Time { return o.now }
	o.app = core.NewBaseApp(core.BaseAppConfig{DataDir: filepath.Join(dir, "data")})
	engine.New(o.app, engine.Config{Tier: map[string]string{township: "township", city: "city"}[node], Region: node, Name: "宁河司法所", KeyDir: filepath.Join(dir, "keys"),
		Collections: authority(), Rights: access.Rights{}, Now: now})
	access.Register(o.app)
	Register(o.app, Deps{Now: now, Weak: func(password, _, _ string) bool { return len(password) < 10 }})
	require.NoError(t, o.app.Bootstrap())
	require.NoError(t, o.app.RunAllMigrations())
	router, err := apis.NewRouter(o.app)
	require.NoError(t, err)
	require.NoError(t, o.app.OnServe().Trigger(&core.ServeEvent{App: o.app, Router: router}, func(*core.ServeEvent) error { return nil }))
	mux, err := router.BuildMux()
	require.NoError(t, err)
	o.server = httptest.NewServer(mux)
	t.Cleanup(func() {
		o.server.Close()
		require.NoError(t, o.app.OnTerminate().Trigger(&core.TerminateEvent{App: o.app}, func(*core.TerminateEvent) error { return o.app.ResetBootstrapState() }))
	})
	o.people()
	return o
}

func (o *office) people() {
	for code, name := range map[string]string{city: "重庆市", county: "巫溪县", township: "宁河街道", next: "柏杨街道", village: "双龙村", second: "白鹿村", other: "墨斗村"} {
		_, err := o.app.DB().Insert("regions", dbx.Params{"id": code, "name": name, "level": string(region.LevelOf(code)), "parent": region.Parent(code)}).Execute()
		require.NoError(o.t, err)
	}
	for i := range MaxVillages {
		code := fmt.Sprintf("5002381013%02d", i)
		_, err := o.app.DB().Insert("regions", dbx.Params{"id": code, "name": code, "level": "village", "parent": township}).Execute()
		require.NoError(o.t, err)
	}
	o.account("admin", "admin", township)
	o.account("cityadmin", "admin", city)
	o.account("officer", "officer", township)
	o.account("neighbour", "admin", next)
	o.account("counsel", "counsel", township)
}

// id of the account of a name.
func id(name string) string { return fmt.Sprintf("%s%0*d", name, 15-len(name), 1) }

func (o *office) account(name, role, code string) {
	r, err := fresh(o.app, Collection, m{"name": name, "role": role, "region": code, "state": Active})
	require.NoError(o.t, err)
	r.Id = id(name)
	r.SetEmail(name + "@office.example")
	r.SetPassword("long-enough-9")
	require.NoError(o.t, o.app.Save(r))
	o.tokens[name], err = r.NewAuthToken()
	require.NoError(o.t, err)
}

// assign puts an interval in, as the office's form does.
func (o *office) assign(code, from, until string) string {
	r, err := fresh(o.app, Assignments, m{"region": code, "staff": id("counsel"), "valid_from": from, "valid_until": until, "grace_days": 15})
	require.NoError(o.t, err)
	require.NoError(o.t, o.app.Save(r))
	return r.Id
}

// call speaks as somebody; "" is nobody. It gives status and body.
func (o *office) call(who, method, path string, body any) (int, m) {
	o.t.Helper()
	var reader io.Reader
	if text, ok := body.(string); ok {
		reader = strings.NewReader(text)
	} else if body != nil {
		j, err := json.Marshal(body)
		require.NoError(o.t, err)
		reader = bytes.NewReader(j)
	}
	req, err := http.NewRequestWithContext(o.t.Context(), method, o.server.URL+path, reader)
	require.NoError(o.t, err)
	req.Header.Set("Content-Type", "application/json")
	if token, ok := o.tokens[who]; ok {
		req.Header.Set("Authorization", token)
	} else if who != "" {
		req.Header.Set("Authorization", who)
	}
	res, err := http.DefaultClient.Do(req)
	require.NoError(o.t, err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	require.NoError(o.t, err)
	out := m{}
	require.NoError(o.t, json.Unmarshal(raw, &out), string(raw))
	return res.StatusCode, out
}

// login tells whether somebody gets in with a password.
func (o *office) login(identity, password string) bool {
	status, _ := o.call("", "POST", "/api/collections/staff/auth-with-password", m{"identity": identity, "password": password})
	return status == http.StatusOK
}

// line finds an account in the list as somebody sees it; nil when it is not there.
func (o *office) line(who, account string) m {
	status, got := o.call(who, "GET", "/api/cunju/staff", nil)
	require.Equal(o.t, http.StatusOK, status, got)
	for _, x := range got["items"].([]any) {
		if line := x.(m); line["id"] == account {
			return line
		}
	}
	return nil
}

// trail lists the actions in the audit trail.
func (o *office) trail() []string {
	list := []string{}
	require.NoError(o.t, o.app.DB().NewQuery("SELECT action FROM audit ORDER BY rowid").Column(&list))
	return list
}
