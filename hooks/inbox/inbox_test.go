package inbox

import (
	"context"
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
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	_ "cunju/migrations"
	"cunju/sync/change"
	"cunju/sync/dial"
	"cunju/sync/engine"
	"cunju/sync/httpapi"
	"cunju/sync/install"
	"cunju/sync/phone"
)

const (
	town    = "500238101000"
	village = "500238101201"
	record  = "aaaaaaaaaaaaaa1"
)

// desk is an office with its node, an officer, a supervisor, an administrator and two phones.
type desk struct {
	t      *testing.T
	app    core.App
	eng    *engine.Engine
	server *httptest.Server
	now    time.Time
	dir    string
}

type everybody struct{}

func (everybody) MayWrite(dbx.Builder, string, string, int64) (bool, error) { return true, nil }

func (everybody) Reads(_ dbx.Builder, _ string, regions []string, _ int64) ([]string, error) {
	return regions, nil
}

func open(t *testing.T) *desk {
	d := &desk{t: t, dir: t.TempDir(), now: time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC)}
	now := func() time.Time { return d.now }
	d.app = core.NewBaseApp(core.BaseAppConfig{DataDir: filepath.Join(d.dir, "data")})
	d.eng = engine.New(d.app, engine.Config{Tier: install.Township, Region: town, Name: "所", KeyDir: filepath.Join(d.dir, "keys"), Rights: everybody{}, Now: now,
		Collections: []engine.Collection{{Name: "services", Policy: engine.Merge, Check: func(p engine.Proposed) string {
			if p.Set["title"] == "bad" {
				return "rule:title"
			}
			return ""
		}, Fields: []engine.Field{{Name: "region", Max: 12}, {Name: "counsel", Max: 15}, {Name: "title", Max: 100}, {Name: "summary"}, {Name: "secrecy", Max: 10},
			{Name: "mode", Max: 20}, {Name: "persons", Kind: engine.Number}}}}})
	httpapi.Register(d.app, d.eng, everybody{}, func(e *core.RequestEvent, status int, code string, _ map[string]any) error {
		return e.JSON(status, map[string]any{"status": status, "code": code})
	})
	Register(d.app, Deps{Engine: d.eng, Now: now})
	require.NoError(t, d.app.Bootstrap())
	require.NoError(t, d.app.RunAllMigrations())
	_, err := d.app.DB().NewQuery("INSERT INTO regions (id, name, level, parent) VALUES ('500238101201', '柳园村', 'village', '500238101000')").Execute()
	require.NoError(t, err)
	router, err := apis.NewRouter(d.app)
	require.NoError(t, err)
	require.NoError(t, d.app.OnServe().Trigger(&core.ServeEvent{App: d.app, Router: router}, func(*core.ServeEvent) error { return nil }))
	mux, err := router.BuildMux()
	require.NoError(t, err)
	d.server = httptest.NewServer(mux)
	t.Cleanup(func() {
		d.server.Close()
		require.NoError(t, d.app.OnTerminate().Trigger(&core.TerminateEvent{App: d.app}, func(*core.TerminateEvent) error { return d.app.ResetBootstrapState() }))
	})
	for _, role := range []string{"officer", "supervisor", "admin", "counsel"} {
		d.person(role, town)
	}
	d.person("stranger", "500238102000")
	return d
}

func (d *desk) person(name, region string) string {
	col, err := d.app.FindCollectionByNameOrId("staff")
	require.NoError(d.t, err)
	r := core.NewRecord(col)
	role := name
	if name == "stranger" {
		role = "officer"
	}
	for k, v := range map[string]any{"email": name + "@example.com", "name": "某" + name, "role": role, "region": region, "scope_from": region, "scope_to": region, "state": "active"} {
		r.Set(k, v)
	}
	r.SetPassword("a-long-password-26")
	require.NoError(d.t, d.app.Save(r))
	return r.Id
}

// phone is paired for a person of the name.
func (d *desk) phone(name string) *phone.Phone {
	staff, err := d.app.FindAuthRecordByEmail("staff", name+"@example.com")
	require.NoError(d.t, err)
	p, err := phone.Open(filepath.Join(d.dir, "phone-"+change.NewID()), d.server.URL, d.server.Client(), func() time.Time { return d.now })
	require.NoError(d.t, err)
	d.t.Cleanup(func() { p.Close() })
	d.certify(p, staff.Id)
	return p
}

func (d *desk) certify(p *phone.Phone, staff string) {
	var text string
	require.NoError(d.t, d.app.RunInTransaction(func(tx core.App) (err error) {
		text, err = d.eng.Certify(tx.DB(), p.Public(), install.Cert{Kind: install.Phone, Staff: staff, Name: "手机", Regions: []string{village},
			From: d.now.UnixMilli() - 1000, Until: d.now.AddDate(0, 2, 0).UnixMilli()})
		return err
	}))
	require.NoError(d.t, p.Adopt(dial.Enrolled{Install: p.Install(), Chain: append([]string{text}, d.eng.Chain()...), Staff: dial.Person{ID: staff},
		Regions: []dial.Named{{Code: village}}, Now: d.now.UnixMilli()}))
}

func (d *desk) save(p *phone.Phone, set map[string]any) {
	_, err := p.Save([]change.Edit{{C: "services", R: record, Set: set}})
	require.NoError(d.t, err)
}

func (d *desk) call(who, method, path, body string) (int, map[string]any) {
	req, err := http.NewRequest(method, d.server.URL+"/api/office/inbox"+path, strings.NewReader(body))
	require.NoError(d.t, err)
	if who != "" {
		staff, err := d.app.FindAuthRecordByEmail("staff", who+"@example.com")
		require.NoError(d.t, err)
		token, err := staff.NewAuthToken()
		require.NoError(d.t, err)
		req.Header.Set("Authorization", token)
	}
	res, err := d.server.Client().Do(req)
	require.NoError(d.t, err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	require.NoError(d.t, err)
	out := map[string]any{}
	require.NoError(d.t, json.Unmarshal(raw, &out), string(raw))
	assert.Equal(d.t, "no-store", res.Header.Get("Cache-Control"))
	return res.StatusCode, out
}

// items lists a kind as somebody sees it.
func (d *desk) items(who, kind string) []map[string]any {
	status, out := d.call(who, "GET", "?kind="+kind, "")
	require.Equal(d.t, 200, status, out)
	var list []map[string]any
	for _, it := range out["items"].([]any) {
		list = append(list, it.(map[string]any))
	}
	return list
}

func (d *desk) count(kind string) float64 {
	_, out := d.call("officer", "GET", "", "")
	return out["counts"].(map[string]any)[kind].(float64)
}

func (d *desk) trail(action string) (purpose string) {
	require.NoError(d.t, d.app.DB().NewQuery("SELECT purpose FROM audit WHERE action = {:a} ORDER BY at DESC LIMIT 1").Bind(dbx.Params{"a": action}).Row(&purpose), action)
	return purpose
}

func (d *desk) value(field string) string {
	r, err := d.app.FindRecordById("services", record)
	require.NoError(d.t, err)
	return r.GetString(field)
}

func path(kind string, item map[string]any, action string) string {
	return fmt.Sprintf("/%s/%.0f/%s", kind, item["id"], action)
}

var ctx = context.Background()

func TestTheInboxIsForTheOfficeOfTheRegion(t *testing.T) {
	d := open(t)
	p := d.phone("counsel")
	d.save(p, map[string]any{"region": village, "title": "bad"})
	require.NoError(t, p.Sync(ctx))
	for who, want := range map[string]int{"": 401, "counsel": 403, "officer": 200, "supervisor": 200, "admin": 200} {
		status, _ := d.call(who, "GET", "", "")
		assert.Equal(t, want, status, who)
	}
	assert.Empty(t, d.items("stranger", Refused), "another region")
	item := d.items("officer", Refused)[0]
	for who, want := range map[string]int{"": 401, "counsel": 403, "stranger": 404, "supervisor": 403} {
		status, _ := d.call(who, "POST", path(Refused, item, Dismiss), `{"reason":"seen"}`)
		assert.Equal(t, want, status, who)
	}
	for _, bad := range []string{"", "[]", `{"reason":""}`, `{"reason":"x","all":true}`, `{"reason":"x"} {}`, `{"reason":"` + strings.Repeat("长", 501) + `"}`} {
		status, _ := d.call("officer", "POST", path(Refused, item, Dismiss), bad)
		assert.Equal(t, 400, status, bad)
	}
	status, _ := d.call("officer", "GET", "?kind=all", "")
	assert.Equal(t, 400, status)
	status, out := d.call("officer", "POST", "/refused/x/dismiss", `{"reason":"x"}`)
	assert.Equal(t, 404, status, out)
}

func TestARefusedChangeIsShownWithItsFieldsAndDismissedWithAReason(t *testing.T) {
	d := open(t)
	p := d.phone("counsel")
	d.save(p, map[string]any{"region": village, "title": "bad", "summary": "王某电话13800001234"})
	require.NoError(t, p.Sync(ctx))
	list := d.items("officer", Refused)
	require.Len(t, list, 1)
	assert.Equal(t, "refused:rule:title", list[0]["code"])
	assert.Equal(t, "柳园村", list[0]["place"])
	assert.Equal(t, []any{map[string]any{"collection": "services", "record": record, "creates": true, "fields": []any{"region", "summary", "title"}}}, list[0]["edits"])
	raw, err := json.Marshal(list)
	require.NoError(t, err)
	assert.NotContains(t, string(raw), "1380000", "names of fields, no values")
	status, _ := d.call("officer", "POST", path(Refused, list[0], Dismiss), `{"reason":"已电话告知"}`)
	require.Equal(t, 200, status)
	assert.Empty(t, d.items("officer", Refused))
	assert.Equal(t, "已电话告知", d.trail("inbox.refused.dismiss"))
}

func TestHeldWorkIsReleasedOrDismissed(t *testing.T) {
	d := open(t)
	p := d.phone("counsel")
	d.save(p, map[string]any{"region": village, "title": "good"})
	require.NoError(t, p.Sync(ctx))
	require.NoError(t, d.app.RunInTransaction(func(tx core.App) error { return d.eng.Revoke(tx, p.Install()) }))
	d.save(p, map[string]any{"title": "better"})
	d.save(p, map[string]any{"title": "bad"})
	d.save(p, map[string]any{"mode": "phone"})
	require.True(t, phone.Refused(p.Sync(ctx), "install_revoked"))
	list := d.items("officer", Held)
	require.Len(t, list, 3)
	assert.Equal(t, float64(3), d.count(Held))
	assert.Equal(t, "revoked", list[0]["install_state"])
	assert.NotZero(t, list[0]["made"], "the bounded time is shown")

	status, out := d.call("officer", "POST", path(Held, list[2], Release), `{}`)
	require.Equal(t, 200, status, out)
	assert.Equal(t, "applied", out["verdict"])
	assert.Equal(t, "better", d.value("title"))
	status, _ = d.call("officer", "POST", path(Held, list[2], Release), `{}`)
	assert.Equal(t, 404, status, "once")
	status, out = d.call("officer", "POST", path(Held, list[1], Release), `{}`)
	assert.Equal(t, 400, status, "a rule is a rule", out)
	require.Len(t, d.items("officer", Held), 2, "and it still waits")
	status, _ = d.call("officer", "POST", path(Held, list[0], Dismiss), `{}`)
	assert.Equal(t, 400, status, "only with a reason")
	status, _ = d.call("officer", "POST", path(Held, list[0], Dismiss), `{"reason":"不是本人"}`)
	require.Equal(t, 200, status)
	assert.Empty(t, d.value("mode"))
	assert.Equal(t, "不是本人", d.trail("inbox.held.dismiss"))
	d.trail("inbox.held.release")
}

// meet makes a conflict about a field: both phones write it, unseen by each other.
func (d *desk) meet(field, one, other string) {
	a, b := d.phone("counsel"), d.phone("counsel")
	d.save(a, map[string]any{"region": village, "title": "first", "secrecy": "normal"})
	require.NoError(d.t, a.Sync(ctx))
	require.NoError(d.t, b.Sync(ctx))
	d.now = d.now.Add(time.Minute)
	d.save(a, map[string]any{field: one})
	d.now = d.now.Add(time.Minute)
	d.save(b, map[string]any{field: other})
	require.NoError(d.t, b.Sync(ctx))
	require.NoError(d.t, a.Sync(ctx))
	require.Equal(d.t, other, d.value(field))
}

func TestTheOtherValueOfAConflictIsChosenAndTakenBack(t *testing.T) {
	d := open(t)
	d.meet("title", "甲的说法，电话13800001234", "乙的说法")
	list := d.items("officer", Conflict)
	require.Len(t, list, 1)
	lost, stands := list[0]["lost"].(map[string]any), list[0]["stands"].(map[string]any)
	assert.Equal(t, "乙的说法", stands["text"])
	assert.NotContains(t, lost["text"], "13800001234", "numbers are masked")
	assert.Equal(t, "某counsel", lost["by"])

	status, out := d.call("officer", "POST", path(Conflict, list[0], Choose), `{"reason":"问过本人"}`)
	require.Equal(t, 200, status, out)
	assert.Equal(t, "甲的说法，电话13800001234", d.value("title"))
	assert.Equal(t, float64(0), d.count(Conflict))
	status, _ = d.call("officer", "POST", path(Conflict, list[0], Choose), `{}`)
	assert.Equal(t, 409, status)
	list = d.items("officer", Conflict)
	require.Len(t, list, 1)
	assert.Equal(t, true, list[0]["undo"])
	status, out = d.call("officer", "POST", path(Conflict, list[0], Undo), `{}`)
	require.Equal(t, 200, status, out)
	assert.Equal(t, "乙的说法", d.value("title"))
	assert.Equal(t, float64(1), d.count(Conflict), "it is open again")
	status, _ = d.call("officer", "POST", path(Conflict, list[0], Keep), `{}`)
	require.Equal(t, 200, status)
	assert.Equal(t, float64(0), d.count(Conflict))
	status, _ = d.call("officer", "POST", path(Conflict, list[0], Undo), `{}`)
	assert.Equal(t, 409, status)
	assert.Equal(t, "问过本人", d.trail("inbox.conflict.choose"))
}

func TestPersonalLongTextsAreSideBySideWhenRevealed(t *testing.T) {
	d := open(t)
	one, other := strings.Repeat("甲记录的情况。", 20), strings.Repeat("乙记录的情况。", 20)
	d.meet("summary", one, other)
	item := d.items("officer", Conflict)[0]
	lost := item["lost"].(map[string]any)
	assert.Equal(t, []any{"", true, true}, []any{lost["text"], lost["hidden"], lost["long"]})
	status, out := d.call("officer", "POST", path(Conflict, item, "reveal"), `{"reason":"x"}`)
	assert.Equal(t, "purpose_required", out["code"], status)
	status, out = d.call("officer", "POST", path(Conflict, item, "reveal"), `{"reason":"核对记录"}`)
	require.Equal(t, 200, status)
	assert.Equal(t, one, out["lost"].(map[string]any)["text"])
	assert.Equal(t, other, out["stands"].(map[string]any)["text"])
	assert.Equal(t, "核对记录", d.trail("inbox.conflict.reveal"))
}

func TestSealedMattersAreForAdministrators(t *testing.T) {
	d := open(t)
	d.meet("title", "one", "other")
	_, err := d.app.DB().NewQuery("UPDATE services SET secrecy = 'sealed'").Execute()
	require.NoError(t, err)
	item := d.items("officer", Conflict)[0]
	assert.Equal(t, true, item["sealed"])
	assert.Nil(t, item["lost"])
	assert.Empty(t, item["edits"])
	for _, action := range []string{Choose, Keep, Undo, "reveal"} {
		status, out := d.call("officer", "POST", path(Conflict, item, action), `{"reason":"long enough"}`)
		assert.Equal(t, 404, status, action, out)
	}
	assert.NotNil(t, d.items("admin", Conflict)[0]["lost"])
	status, _ := d.call("admin", "POST", path(Conflict, item, Keep), `{}`)
	assert.Equal(t, 200, status)
}

func TestAForkIsSettled(t *testing.T) {
	for action, want := range map[string]string{First: "by the one", Both: "by the other"} {
		t.Run(action, func(t *testing.T) {
			d := open(t)
			p := d.phone("counsel")
			d.save(p, map[string]any{"region": village, "title": "first"})
			require.NoError(t, p.Sync(ctx))
			files, err := filepath.Glob(filepath.Join(d.dir, "phone-*"))
			require.NoError(t, err)
			clone := d.copied(files[0])
			d.now = d.now.Add(time.Minute)
			d.save(p, map[string]any{"title": "by the one"})
			d.now = d.now.Add(time.Minute)
			d.save(clone, map[string]any{"title": "by the other"})
			require.NoError(t, p.Sync(ctx))
			require.True(t, phone.Refused(clone.Sync(ctx), "fork"))
			item := d.items("officer", Fork)[0]
			assert.Equal(t, "suspended", item["install_state"])
			status, _ := d.call("officer", "POST", path(Fork, item, action), `{"reason":"换了手机"}`)
			assert.Equal(t, 400, status, "what then?")
			status, out := d.call("officer", "POST", path(Fork, item, action), `{"reason":"换了手机","then":"revoke"}`)
			require.Equal(t, 200, status, out)
			assert.Equal(t, want, d.value("title"))
			assert.Empty(t, d.items("officer", Fork))
			if action == Both {
				assert.Len(t, d.items("officer", Conflict), 1)
			}
			require.True(t, phone.Refused(p.Sync(ctx), "install_revoked"))
			assert.Equal(t, "revoke: 换了手机", d.trail("inbox.fork."+action))
		})
	}
}

// copied opens a copy of a phone's store.
func (d *desk) copied(from string) *phone.Phone {
	raw, err := phone.Files{}.Read(from)
	require.NoError(d.t, err)
	file, err := phone.Files{}.Open(from+"-copy", 0)
	require.NoError(d.t, err)
	_, err = file.Write(raw)
	require.NoError(d.t, err)
	require.NoError(d.t, file.Close())
	p, err := phone.Open(from+"-copy", d.server.URL, d.server.Client(), func() time.Time { return d.now })
	require.NoError(d.t, err)
	d.t.Cleanup(func() { p.Close() })
	return p
}
