package cases

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/stretchr/testify/require"

	"cunju/hooks/holidays"
	_ "cunju/migrations"
	"cunju/sync/change"
	"cunju/sync/engine"
)

const (
	town    = "500238101000"
	village = "500238101201"
	alias   = "a1b2c3d4"
	code    = alias + "00112233445566"
)

var migrated, scratch string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "cases")
	if err != nil {
		panic(err)
	}
	scratch, migrated = dir, filepath.Join(dir, "migrated")
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: migrated})
	for _, step := range []func() error{app.Bootstrap, app.RunAllMigrations, func() error { return seed(app) }, app.ResetBootstrapState} {
		if err := step(); err != nil {
			panic(err)
		}
	}
	result := m.Run()
	os.RemoveAll(dir)
	os.Exit(result)
}

// people of the tests: id, role and region. The counsel also has a desk, to show
// that it is the person who is kept away, not the role.
var people = []struct{ id, role, region string }{
	{rated, "officer", town}, {hand, "officer", town}, {second, "officer", town}, {"countysupervis1", "supervisor", "500238000000"},
	{"officerelsewhe1", "officer", "500238102000"}, {"counselother001", "counsel", town},
}

func seed(app core.App) error {
	for _, r := range [][3]string{{town, "凤凰镇", "township"}, {village, "双凤村", "village"}, {"500238102000", "上磺镇", "township"}, {"500238000000", "巫溪县", "county"}} {
		if _, err := app.NonconcurrentDB().Insert("regions", dbx.Params{"id": r[0], "name": r[1], "short_name": r[1], "level": r[2]}).Execute(); err != nil {
			return err
		}
	}
	staff, err := app.FindCollectionByNameOrId("staff")
	if err != nil {
		return err
	}
	for _, p := range people {
		account := core.NewRecord(staff)
		account.Id = p.id
		for field, value := range map[string]any{"email": p.id + "@example.cn", "name": "某" + p.id, "role": p.role, "region": p.region, "state": "active", "verified": true, "scope_from": p.region, "scope_to": p.region} {
			account.Set(field, value)
		}
		account.SetPassword("correct-horse-1")
		if err := app.Save(account); err != nil {
			return err
		}
	}
	return nil
}

// world is a node with the real engine behind real HTTP.
type world struct {
	t      *testing.T
	app    core.App
	eng    *engine.Engine
	cases  *Cases
	server *httptest.Server
	mu     sync.Mutex
	clock  time.Time
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.clock
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.clock = w.clock.Add(d)
}

type anybody struct{}

func (anybody) MayWrite(dbx.Builder, string, string, int64) (bool, error) { return true, nil }
func (anybody) Reads(_ dbx.Builder, _ string, regions []string, _ int64) ([]string, error) {
	return regions, nil
}

func start(t *testing.T) *world {
	t.Helper()
	dir, err := os.MkdirTemp(scratch, "node")
	require.NoError(t, err)
	require.NoError(t, os.CopyFS(filepath.Join(dir, "data"), os.DirFS(migrated)))
	w := &world{t: t, clock: time.Date(2026, 11, 24, 10, 0, 0, 0, holidays.China)}
	w.app = core.NewBaseApp(core.BaseAppConfig{DataDir: filepath.Join(dir, "data")})
	w.eng = engine.New(w.app, engine.Config{Tier: "township", Region: town, Name: "凤凰司法所",
		KeyDir: filepath.Join(dir, "keys"), Collections: collections(), Rights: anybody{}, Now: w.now})
	w.cases = Register(w.app, Deps{Folder: w.eng, Reminds: true, Escalates: true, Draws: true, Now: w.now})
	w.eng.AddProjection(Projection())
	require.NoError(t, w.app.Bootstrap())
	_, err = w.app.NonconcurrentDB().Insert("sync_installs", dbx.Params{"id": "phoneinstallaaaa", "kind": "phone", "staff": rated,
		"region": village, "alias": alias, "issuer": "t", "cert": "c", "created_at": 1}).Execute()
	require.NoError(t, err)
	router, err := apis.NewRouter(w.app)
	require.NoError(t, err)
	require.NoError(t, w.app.OnServe().Trigger(&core.ServeEvent{App: w.app, Router: router}, func(e *core.ServeEvent) error {
		mux, err := e.Router.BuildMux()
		w.server = httptest.NewServer(mux)
		return err
	}))
	t.Cleanup(func() {
		w.server.Close()
		require.NoError(t, w.app.OnTerminate().Trigger(&core.TerminateEvent{App: w.app}))
	})
	return w
}

func collections() []engine.Collection {
	text := func(names ...string) (fields []engine.Field) {
		for _, name := range names {
			fields = append(fields, engine.Field{Name: name, Kind: engine.Text})
		}
		return fields
	}
	return []engine.Collection{
		{Name: "services", Policy: engine.Merge, Fields: text("region", "counsel", "occurred_at", "state", "client_phone", "secrecy")},
		{Name: "ratings", Policy: engine.Append, Lane: "office", Fields: append(
			text("region", "tag", "install_alias", "remark", "call_back_phone", "assisted_by", "rated_at", "origin"),
			engine.Field{Name: "day", Kind: engine.Number}, engine.Field{Name: "grade", Kind: engine.Number},
			engine.Field{Name: "reasons", Kind: engine.JSON, Max: 1000}, engine.Field{Name: "flags", Kind: engine.JSON, Max: 1000})},
		{Name: Collection, Policy: engine.Append, Lane: "office", Check: Check,
			Fields: text("region", "code", "rating", "service", "kind", "answer", "note", "by", "at")},
	}
}

// rate folds a rating as the page does.
func (w *world) rate(grade int, more map[string]any) {
	w.t.Helper()
	set := map[string]any{"region": town, "tag": code[8:], "install_alias": alias, "day": 1058, "grade": grade, "flags": []any{},
		"rated_at": w.now().Format(timeForm), "origin": "township"}
	for k, v := range more {
		set[k] = v
	}
	_, err := w.eng.Fold(context.Background(), []change.Edit{{C: "ratings", R: change.NewID(), Set: set}}, "")
	require.NoError(w.t, err)
	w.settle()
}

func (w *world) settle() { require.NoError(w.t, w.eng.Settle(context.Background())) }

// ask calls a route as a member of staff, "" for nobody.
func (w *world) ask(who, method, path string, body any) (int, map[string]any) {
	w.t.Helper()
	var reader io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		require.NoError(w.t, err)
		reader = bytes.NewReader(raw)
	}
	req, err := http.NewRequest(method, w.server.URL+"/api/office"+path, reader)
	require.NoError(w.t, err)
	req.Header.Set("Content-Type", "application/json")
	if who != "" {
		record, err := w.app.FindRecordById("staff", who)
		require.NoError(w.t, err)
		token, err := record.NewAuthToken()
		require.NoError(w.t, err)
		req.Header.Set("Authorization", token)
	}
	resp, err := http.DefaultClient.Do(req)
	require.NoError(w.t, err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	require.NoError(w.t, err)
	out := map[string]any{}
	require.NoError(w.t, json.Unmarshal(raw, &out), string(raw))
	w.settle()
	return resp.StatusCode, out
}

// step takes a step and gives the status and the code of a refusal.
func (w *world) step(who, kind, answer string) string {
	w.t.Helper()
	status, got := w.ask(who, http.MethodPost, "/cases/"+code+"/steps", map[string]string{"kind": kind, "answer": answer, "note": note10})
	if status == http.StatusOK {
		return fmt.Sprint(got["state"])
	}
	return fmt.Sprint(got["code"])
}

func flat(v any) string {
	raw, _ := json.Marshal(v)
	return string(raw)
}
