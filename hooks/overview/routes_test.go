package overview

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cunju/hooks/region"
	_ "cunju/migrations"
	"cunju/sync/engine"
	"cunju/sync/oplog"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, local)

type city struct {
	t      *testing.T
	app    core.App
	server *httptest.Server
	tokens map[string]string
}

func start(t *testing.T) *city {
	t.Helper()
	c := &city{t: t, tokens: map[string]string{}}
	c.app = core.NewBaseApp(core.BaseAppConfig{DataDir: filepath.Join(t.TempDir(), "data")})
	Register(c.app, Deps{Now: func() time.Time { return noon }, Own: func() string { return "own" }, Category: func(code string) (string, string, bool) { return "类" + code, "cat " + code, true }})
	require.NoError(t, c.app.Bootstrap())
	require.NoError(t, c.app.RunAllMigrations())
	_, err := c.app.NonconcurrentDB().NewQuery(oplog.Schema).Execute()
	require.NoError(t, err)
	router, err := apis.NewRouter(c.app)
	require.NoError(t, err)
	require.NoError(t, c.app.OnServe().Trigger(&core.ServeEvent{App: c.app, Router: router}, func(*core.ServeEvent) error { return nil }))
	mux, err := router.BuildMux()
	require.NoError(t, err)
	c.server = httptest.NewServer(mux)
	t.Cleanup(func() { c.server.Close(); require.NoError(t, c.app.ResetBootstrapState()) })
	for code, name := range map[string]string{"500000000000": "重庆市", "500238000000": "巫溪县", "500101000000": "万州区", "500238101000": "宁河街道"} {
		_, err := c.app.DB().Insert("regions", dbx.Params{"id": code, "name": name, "level": string(region.LevelOf(code)), "parent": region.Parent(code)}).Execute()
		require.NoError(t, err)
	}
	c.account("admin", "admin", "500000000000")
	c.account("county", "supervisor", "500238000000")
	c.account("officer", "officer", "500238101000")
	c.account("counsel", "counsel", "500238101000")
	return c
}

func (c *city) account(name, role, code string) {
	col, err := c.app.FindCollectionByNameOrId("staff")
	require.NoError(c.t, err)
	r := core.NewRecord(col)
	from, to := region.Range(code)
	r.SetPassword("long-enough-9")
	for k, v := range map[string]any{"name": name, "email": name + "@city.invalid", "role": role, "region": code, "scope_from": from, "scope_to": to, "state": "active"} {
		r.Set(k, v)
	}
	require.NoError(c.t, c.app.Save(r))
	c.tokens[name], err = r.NewAuthToken()
	require.NoError(c.t, err)
}

func (c *city) get(who, path string) (int, map[string]any) {
	status, raw := c.raw(who, path)
	out := map[string]any{}
	require.NoError(c.t, json.Unmarshal(raw, &out), string(raw))
	return status, out
}

func (c *city) raw(who, path string) (int, []byte) {
	req, err := http.NewRequestWithContext(c.t.Context(), "GET", c.server.URL+path, nil)
	require.NoError(c.t, err)
	if token, ok := c.tokens[who]; ok {
		req.Header.Set("Authorization", token)
	} else if who != "" {
		req.Header.Set("Authorization", who)
	}
	res, err := http.DefaultClient.Do(req)
	require.NoError(c.t, err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	require.NoError(c.t, err)
	return res.StatusCode, raw
}

func item(id, region, topic, state string) engine.Item {
	return engine.Item{Collection: "services", Record: id, Region: region,
		Set: map[string]any{"region": region, "topic": topic, "state": state, "occurred_at": "2026-11-20T09:00:00+08:00"}}
}

func (c *city) apply(items ...engine.Item) {
	require.NoError(c.t, c.app.RunInTransaction(func(tx core.App) error { return Projection().Apply(tx.DB(), items) }))
}

func TestRoutesRefuse(t *testing.T) {
	c := start(t)
	for _, path := range []string{"/api/city/overview", "/api/city/export.csv"} {
		for who, want := range map[string]string{"": "unauthorized", "no.such.token": "login_expired", "counsel": "forbidden", "officer": "forbidden"} {
			_, got := c.get(who, path)
			assert.Equal(t, want, got["code"], path+" as "+who)
		}
		for query, want := range map[string]string{"?region=500101000000": "scope", "?region=500000000000": "scope", "?region=1": "region_unknown", "?month=2026-13": "malformed", "?month=x": "malformed"} {
			_, got := c.get("county", path+query)
			assert.Equal(t, want, got["code"], path+query)
		}
	}
}

// A county sees itself, the city sees all; small cells are hidden.
func TestOverviewByScope(t *testing.T) {
	c := start(t)
	for i := range 12 {
		c.apply(item(fmt.Sprint("w", i), "500238101201", "0801", "verified"), item(fmt.Sprint("z", i), "500101001001", "0901", "submitted"))
	}
	c.apply(item("v1", "500238101201", "0301", "submitted"), item("d1", "500238101201", "0301", "draft"))
	status, got := c.get("admin", "/api/city/overview?month=2026-11")
	require.Equal(t, 200, status)
	totals := got["totals"].(map[string]any)
	assert.Equal(t, map[string]any{"n": 25.0, "verified": 12.0, "few": false}, totals["total"])
	assert.Equal(t, map[string]any{"n": 13.0, "verified": 12.0, "few": false}, totals["by_county"].(map[string]any)["500238000000"])
	assert.Equal(t, true, totals["by_topic"].(map[string]any)["03"].(map[string]any)["few"])
	assert.Equal(t, "county", got["below"])
	assert.Equal(t, "巫溪县", got["names"].(map[string]any)["500238000000"])
	assert.Equal(t, []any{map[string]any{"month": "2026-11", "n": 25.0}}, got["months"])

	_, got = c.get("county", "/api/city/overview?month=2026-11")
	totals = got["totals"].(map[string]any)
	assert.Equal(t, map[string]any{"n": 13.0, "verified": 12.0, "few": false}, totals["total"])
	assert.NotContains(t, totals["by_county"], "500101000000")
	assert.Contains(t, totals["by_township"], "500238101000")
	assert.Equal(t, "township", got["below"])
	_, got = c.get("admin", "/api/city/overview?month=2026-10")
	assert.Equal(t, map[string]any{"n": 0.0, "verified": 0.0, "few": false}, got["totals"].(map[string]any)["total"])
}

func TestExportIsLogged(t *testing.T) {
	c := start(t)
	for i := range 6 {
		c.apply(item(fmt.Sprint("w", i), "500238101201", "0801", "verified"))
	}
	status, raw := c.raw("county", "/api/city/export.csv?month=2026-11")
	require.Equal(t, 200, status)
	assert.Equal(t, "\ufeff区划代码,名称,月份,合计,已核验,类08\r\n500238101000,宁河街道,2026-11,6,6,6\r\n", string(raw))
	var actions []string
	require.NoError(t, c.app.DB().NewQuery("SELECT action || ' ' || purpose || ' ' || region FROM audit").Column(&actions))
	assert.Equal(t, []string{"overview.export 2026-11 500238000000"}, actions)
}

func TestLagNamesTheLongestSilentTownshipFirst(t *testing.T) {
	c := start(t)
	ms := noon.UnixMilli()
	for i, row := range []dbx.Params{
		{"id": "n1", "kind": "township", "region": "500238101000", "seen_at": ms - 5000, "last_no": 3},
		{"id": "p1", "kind": "phone", "region": "500238101201", "seen_at": ms - 9000, "unsent": 4, "last_no": 1},
		{"id": "p2", "kind": "phone", "region": "500101001001", "seen_at": ms - 90000, "unsent": 1},
		{"id": "p3", "kind": "phone", "region": "500101001001", "state": "revoked", "seen_at": ms, "unsent": 9},
		{"id": "own", "kind": "township", "region": "500238102000"},
		{"id": "c1", "kind": "city", "region": "500000000000", "seen_at": ms},
	} {
		row["issuer"], row["cert"], row["created_at"] = "x", "x", i
		_, err := c.app.DB().Insert("sync_installs", row).Execute()
		require.NoError(t, err)
	}
	_, err := c.app.DB().Insert("sync_batches", dbx.Params{"hash": "h", "install": "p1", "no": 1, "header": "{}", "received": ms - 7000}).Execute()
	require.NoError(t, err)
	_, got := c.get("admin", "/api/city/overview")
	lag := got["lag"].([]any)
	require.Len(t, lag, 2)
	assert.Equal(t, "500101001000", lag[0].(map[string]any)["township"])
	assert.Equal(t, 1.0, lag[0].(map[string]any)["unsent"])
	assert.Equal(t, map[string]any{"township": "500238101000", "name": "宁河街道", "county": "巫溪县", "seen_at": float64(ms - 5000), "newest": float64(ms - 7000),
		"unsent": 4.0, "nodes": 1.0, "phones": 1.0}, lag[1])
	_, got = c.get("county", "/api/city/overview")
	assert.Len(t, got["lag"], 1)
}

// Repeated, reordered and rebuilt, the projection comes to the same counts.
func TestProjectionIsIdempotent(t *testing.T) {
	c := start(t)
	rnd := rand.New(rand.NewPCG(7, 7))
	last := map[string]engine.Item{}
	var all []engine.Item
	for range 400 {
		id := fmt.Sprint("s", rnd.IntN(40))
		x := item(id, []string{"500238101201", "500238101202", "500101001001"}[rnd.IntN(3)], []string{"0801", "0901", ""}[rnd.IntN(3)],
			[]string{"draft", "submitted", "verified", "returned", "voided"}[rnd.IntN(5)])
		all, last[id] = append(all, x), x
	}
	c.apply(all...)
	first := c.counts()
	c.apply(all[len(all)-50:]...)
	assert.Equal(t, first, c.counts(), "the last ones again")
	require.NoError(t, c.app.RunInTransaction(func(tx core.App) error { return Projection().Reset(tx.DB()) }))
	assert.Empty(t, c.counts())
	for _, x := range last {
		c.apply(x)
	}
	assert.Equal(t, first, c.counts(), "from the latest states alone")
}

func (c *city) counts() []string {
	var rows []string
	require.NoError(c.t, c.app.DB().NewQuery(`SELECT month || township || category || ':' || n || '/' || verified FROM overview_counts WHERE n <> 0
		ORDER BY month, township, category`).Column(&rows))
	return rows
}

// With a city's worth of rows no query reads a whole table.
func TestQueriesUseTheirIndexes(t *testing.T) {
	c := start(t)
	_, err := c.app.NonconcurrentDB().NewQuery(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
		INSERT INTO overview_counts SELECT '20' || (10 + i % 16) || '-11', 500101001 + i, '08', 1, 0 FROM n;
		INSERT INTO sync_installs (id, kind, region, issuer, cert, created_at) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
		SELECT 'phone' || i, 'phone', 500101001201 + i * 1000, '', '', 0 FROM n; ANALYZE`).Execute()
	require.NoError(t, err)
	for _, sql := range []string{monthQuery, yearQuery, lagQuery, "SELECT month FROM overview_services WHERE service = {:s}"} {
		var rows []struct{ Detail string }
		require.NoError(t, c.app.NonconcurrentDB().NewQuery("EXPLAIN QUERY PLAN "+sql).Bind(dbx.Params{"m": "2026-11", "from": "500238000", "to": "500238999",
			"first": "2025-12", "last": "2026-11", "s": "x", "own": "x"}).All(&rows))
		for _, r := range rows {
			assert.NotContains(t, r.Detail, "SCAN", sql)
		}
	}
}
