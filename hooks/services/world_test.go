package services

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

	"cunju/hooks/region"
	"cunju/hooks/standard"
	_ "cunju/migrations"
	"cunju/sync/change"
	"cunju/sync/engine"
)

const (
	township = "500238101000"
	village  = "500238101201"
	other    = "500238102201" // a village of the next township
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, local)

// desktop is one running node with people and places, spoken to over real HTTP.
type desktop struct {
	t      *testing.T
	app    core.App
	engine *engine.Engine
	server *httptest.Server
	tokens map[string]string
	now    time.Time
}

// rights lets everybody write: who may is another package's test.
type rights struct{}

func (rights) MayWrite(dbx.Builder, string, string, int64) (bool, error) { return true, nil }

func (rights) Reads(_ dbx.Builder, _ string, regions []string, _ int64) ([]string, error) {
	return regions, nil
}

func synced(rules Rules) []engine.Collection {
	kinds := map[standard.Type]engine.Kind{standard.Number: engine.Number, standard.Bool: engine.Bool, standard.JSON: engine.JSON}
	var list []engine.Collection
	for _, c := range standard.Collections {
		if !c.Synced() {
			continue
		}
		col := engine.Collection{Name: c.Name, Lane: c.Lane}
		for _, f := range c.Fields {
			col.Fields = append(col.Fields, engine.Field{Name: f.Name, Kind: kinds[f.Type], Max: f.Limit(), Group: f.Group})
		}
		if c.Name == Collection {
			col.Check = rules.Check
		}
		list = append(list, col)
	}
	return list
}

func open(t *testing.T, tier, code string) *desktop {
	t.Helper()
	dir := t.TempDir()
	o := &desktop{t: t, tokens: map[string]string{}, now: noon}
	o.app = core.NewBaseApp(core.BaseAppConfig{DataDir: filepath.Join(dir, "data")})
	rules := Rules{catalog{}}
	o.engine = engine.New(o.app, engine.Config{Tier: tier, Region: code, Name: "宁河司法所", KeyDir: filepath.Join(dir, "keys"),
		Collections: synced(rules), Rights: rights{}, Now: func() time.Time { return o.now }})
	Register(o.app, Deps{Rules: rules, Engine: o.engine, Tier: tier, Region: code, Name: "宁河司法所", Now: func() time.Time { return o.now },
		RatingURL: ratingURL})
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

func ratingURL(_ core.App, service, _ string, _ time.Time) (string, string, error) {
	return "HTTPS://EXAMPLE/R/" + strings.ToUpper(service), "ABCD", nil
}

// rate puts a rating of a service in, as its projection would.
func (o *desktop) rate(service string, grade int) string {
	o.t.Helper()
	id := change.NewID()
	for table, row := range map[string]dbx.Params{
		"ratings":         {"id": id, "region": township, "tag": "00", "grade": grade, "reasons": `["slow"]`, "remark": "等了两小时", "rated_at": "2026-11-24T10:00:00+08:00"},
		"rating_joins":    {"rating": id, "alias": "a", "tag": "00", "service": service, "state": "counted", "day": 1, "grade": grade, "flags": "{}", "origin": "township", "rated_at": 1},
		"rating_services": {"service": service, "region": village, "counsel": "counsel00000001", "rating": id, "grade": grade, "voices": 1, "records": 1, "rated_at": 1},
	} {
		_, err := o.app.DB().Insert(table, row).Execute()
		require.NoError(o.t, err)
	}
	return id
}

// people fills in five places and one account of each kind.
func (o *desktop) people() {
	for code, name := range map[string]string{"500000000000": "重庆市", "500238000000": "巫溪县", township: "宁河街道",
		"500238102000": "柏杨街道", village: "双龙村", "500238101202": "白鹿村", other: "墨斗村"} {
		_, err := o.app.DB().Insert("regions", dbx.Params{"id": code, "name": name, "level": string(region.LevelOf(code)), "parent": region.Parent(code)}).Execute()
		require.NoError(o.t, err)
	}
	o.account("officer", "officer", township)
	o.account("neighbour", "officer", "500238102000")
	o.account("county", "supervisor", "500238000000")
	o.account("admin", "admin", "500000000000")
	o.account("counsel", "counsel", township)
}

func (o *desktop) account(name, role, code string) {
	col, err := o.app.FindCollectionByNameOrId("staff")
	require.NoError(o.t, err)
	r := core.NewRecord(col)
	from, to := region.Range(code)
	r.Id = fmt.Sprintf("%s%0*d", name, 15-len(name), 1)
	r.Set("name", name)
	r.Set("email", name+"@office.invalid")
	r.SetPassword("long-enough-9")
	for k, v := range map[string]any{"role": role, "region": code, "scope_from": from, "scope_to": to, "state": "active"} {
		r.Set(k, v)
	}
	require.NoError(o.t, o.app.Save(r))
	token, err := r.NewAuthToken()
	require.NoError(o.t, err)
	o.tokens[name] = token
}

// add puts a record in, as the node's own change.
func (o *desktop) add(set map[string]any) string {
	o.t.Helper()
	in := consult(map[string]any{"region": village, "counsel": "counsel00000001", "state": "submitted", "client_name": "张三丰",
		"client_phone": "13812341234", "client_id_no": "50023819900101002X", "client": "", "duration_min": 30.0, "secrecy": "normal",
		"summary": "张三丰欠薪，电话13812341234", "advice": "可申请仲裁", "details": map[string]any{"parties": "张三丰"},
		"no": "", "verified_by": "", "verified_at": "", "return_reason": ""})
	for k, v := range set {
		in[k] = v
	}
	id := change.NewID()
	_, err := o.engine.Fold(o.t.Context(), []change.Edit{{C: Collection, R: id, Set: in}}, "admin0000000001")
	require.NoError(o.t, err)
	return id
}

// call speaks as somebody; "" is nobody. It gives status and body.
func (o *desktop) call(who, method, path string, body any) (int, map[string]any) {
	o.t.Helper()
	status, raw, _ := o.raw(who, method, path, body)
	out := map[string]any{}
	require.NoError(o.t, json.Unmarshal(raw, &out), string(raw))
	return status, out
}

func (o *desktop) raw(who, method, path string, body any) (int, []byte, http.Header) {
	o.t.Helper()
	var reader io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		reader = strings.NewReader(b)
	default:
		j, err := json.Marshal(b)
		require.NoError(o.t, err)
		reader = bytes.NewReader(j)
	}
	req, err := http.NewRequestWithContext(o.t.Context(), method, o.server.URL+path, reader)
	require.NoError(o.t, err)
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
	return res.StatusCode, raw, res.Header
}

// trail lists what the audit trail holds: action and purpose.
func (o *desktop) trail() []string {
	var rows []struct{ Action, Purpose string }
	require.NoError(o.t, o.app.DB().NewQuery("SELECT action, purpose FROM audit ORDER BY rowid").All(&rows))
	lines := []string{}
	for _, r := range rows {
		lines = append(lines, strings.TrimSpace(r.Action+" "+r.Purpose))
	}
	return lines
}
