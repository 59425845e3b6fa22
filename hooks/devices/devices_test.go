package devices

import (
	"encoding/base64"
	"encoding/json/v2"
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

	"cunju/hooks/access"
	"cunju/hooks/codes"
	"cunju/hooks/fault"
	_ "cunju/migrations"
	"cunju/sync/dial"
	"cunju/sync/engine"
	"cunju/sync/httpapi"
	"cunju/sync/install"
)

const (
	town    = "500238101000"
	village = "500238101201"
)

// office is one node with an officer and a counsel.
type office struct {
	t       *testing.T
	app     core.App
	eng     *engine.Engine
	tokens  *Tokens
	server  *httptest.Server
	token   string
	counsel string
	now     time.Time
	audited []string
	devices *Devices
}

type everybody struct{}

func (everybody) MayWrite(dbx.Builder, string, string, int64) (bool, error) { return true, nil }

func (everybody) Reads(_ dbx.Builder, _ string, regions []string, _ int64) ([]string, error) {
	return regions, nil
}

func open(t *testing.T, tier, region, upstream string) *office {
	o := &office{t: t, now: time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)}
	dir := t.TempDir()
	o.app = core.NewBaseApp(core.BaseAppConfig{DataDir: filepath.Join(dir, "data")})
	now := func() time.Time { return o.now }
	o.eng = engine.New(o.app, engine.Config{Tier: tier, Region: region, Name: tier, KeyDir: filepath.Join(dir, "keys"), Rights: everybody{}, Now: now})
	o.tokens = BindTokens(o.app, filepath.Join(dir, "keys"), tier == install.City, o.eng.Install)
	api := httpapi.Register(o.app, o.eng, access.Rights{}, func(e *core.RequestEvent, status int, code string, extra map[string]any) error {
		return fault.Write(e, fault.New(code))
	})
	o.devices = Register(o.app, Deps{Engine: o.eng, Caller: api.Caller, Tokens: o.tokens, RatingBase: "https://rate.example", Upstream: upstream, HTTP: http.DefaultClient, Now: now,
		MayPair: func(_ dbx.Builder, auth *core.Record, code string) (bool, error) {
			return auth.GetString("role") != "counsel" && strings.HasPrefix(code, install.Prefix(auth.GetString("region"))), nil
		},
		Audit: func(_ dbx.Builder, auth *core.Record, action, record, code string) error {
			o.audited = append(o.audited, action+" "+code)
			return nil
		}})
	api.RenewWhen(o.devices.Due)
	require.NoError(t, o.app.Bootstrap())
	require.NoError(t, o.app.RunAllMigrations())
	_, err := o.app.DB().NewQuery(`INSERT INTO regions (id, name, level, parent) VALUES
		('500238101201', '柳园村', 'village', '500238101000'), ('500238101000', '凤凰镇', 'township', '500238000000'),
		('500238102000', '宁厂镇', 'township', '500238000000'),
		('500238000000', '巫溪县', 'county', '500000000000'), ('500000000000', '重庆市', 'province', '')`).Execute()
	require.NoError(t, err)
	o.serve()
	o.person("office@example.com", "officer", region)
	o.counsel = o.person("counsel@example.com", "counsel", town)
	o.token = o.login("office@example.com")
	return o
}

func (o *office) serve() {
	router, err := apis.NewRouter(o.app)
	require.NoError(o.t, err)
	ev := &core.ServeEvent{App: o.app, Router: router}
	require.NoError(o.t, o.app.OnServe().Trigger(ev, func(*core.ServeEvent) error { return nil }))
	mux, err := router.BuildMux()
	require.NoError(o.t, err)
	o.server = httptest.NewServer(mux)
	o.t.Cleanup(func() {
		o.server.Close()
		require.NoError(o.t, o.app.OnTerminate().Trigger(&core.TerminateEvent{App: o.app}, func(*core.TerminateEvent) error { return o.app.ResetBootstrapState() }))
	})
}

func (o *office) person(email, role, region string) string {
	col, err := o.app.FindCollectionByNameOrId("staff")
	require.NoError(o.t, err)
	r := core.NewRecord(col)
	for k, v := range map[string]any{"email": email, "name": "某" + role, "role": role, "region": region, "scope_from": region, "scope_to": region,
		"state": "active", "verified": true} {
		r.Set(k, v)
	}
	r.SetPassword("a-long-password-26")
	require.NoError(o.t, o.app.Save(r))
	return r.Id
}

func (o *office) assign(staff, from, until string) {
	col, err := o.app.FindCollectionByNameOrId("assignments")
	require.NoError(o.t, err)
	r := core.NewRecord(col)
	r.Set("region", village)
	r.Set("staff", staff)
	r.Set("valid_from", from)
	r.Set("valid_until", until)
	require.NoError(o.t, o.app.Save(r))
}

// post sends a body and returns status and decoded answer.
func (o *office) post(path, token, body string) (int, map[string]any) {
	req, err := http.NewRequest(http.MethodPost, o.server.URL+path, strings.NewReader(body))
	require.NoError(o.t, err)
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", token)
	}
	res, err := http.DefaultClient.Do(req)
	require.NoError(o.t, err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	require.NoError(o.t, err)
	var out map[string]any
	require.NoError(o.t, json.Unmarshal(raw, &out), string(raw))
	return res.StatusCode, out
}

func (o *office) login(email string) string {
	_, out := o.post("/api/collections/staff/auth-with-password", "", fmt.Sprintf(`{"identity":%q,"password":"a-long-password-26"}`, email))
	require.NotEmpty(o.t, out["token"])
	return out["token"].(string)
}

func (o *office) code(body string) string {
	status, out := o.post("/api/cunju/pairings", o.token, body)
	require.Equal(o.t, 200, status, out)
	return out["code"].(string)
}

func enrolBody(code string, key *install.Key) string {
	return fmt.Sprintf(`{"suite":"std","code":%q,"key":%q,"name":"手机"}`, code, base64.RawURLEncoding.EncodeToString(key.Public()))
}

func newKey(t *testing.T) *install.Key {
	key, err := install.NewKey()
	require.NoError(t, err)
	return key
}

func TestACodeIsReadHoweverItIsTyped(t *testing.T) {
	for range 200 {
		code := NewCode()
		for _, typed := range []string{code, strings.ToLower(code), Grouped(code), " " + strings.ReplaceAll(Grouped(code), "-", " ") + " "} {
			got, ok := Normal(typed)
			require.True(t, ok, typed)
			require.Equal(t, code, got)
		}
	}
	got, ok := Normal("OOOO-IIII-LLLL-oil0")
	require.True(t, ok)
	require.Equal(t, "0000111111110110", got)
	for _, bad := range []string{"", "1234", "U234-5678-9012-3456", "<script>", strings.Repeat("A", 17), strings.Repeat("-", 100)} {
		_, ok := Normal(bad)
		require.False(t, ok, bad)
	}
}

func TestAPhoneIsPairedOnceWithItsVillages(t *testing.T) {
	o := open(t, install.Township, town, "")
	o.assign(o.counsel, "2026-01-01T00:00:00Z", "")
	code := o.code(`{"staff":"` + o.counsel + `"}`)
	require.Equal(t, []string{"pair " + town}, o.audited)
	key := newKey(t)
	status, out := o.post("/api/sync/enrol", "", enrolBody(Grouped(code), key))
	require.Equal(t, 200, status, out)
	require.Equal(t, key.ID(), out["install"])
	chain := out["chain"].([]any)
	own, err := install.VerifiedBy(chain[0].(string), o.eng.Cert(), o.now.UnixMilli())
	require.NoError(t, err)
	assert.Equal(t, []string{village}, own.Regions)
	assert.Equal(t, o.counsel, own.Staff)
	assert.Len(t, out["regions"], 4, "village, township, county, city")
	day, ok := codes.Day(o.now)
	require.True(t, ok)
	raw, err := base64.RawURLEncoding.DecodeString(out["tokens"].(map[string]any)["2026"].(string))
	require.NoError(t, err)
	stored, id, ok := o.tokens.InstallKey(o.app.DB(), own.Alias, codes.Year(day))
	require.True(t, ok)
	require.Equal(t, raw, stored, "the node can check what the phone makes")
	require.Equal(t, key.ID(), id)
	var plain int
	require.NoError(t, o.app.DB().NewQuery("SELECT count(*) FROM pairings WHERE code_hash LIKE '%"+code+"%'").Row(&plain))
	require.Zero(t, plain)

	status, out = o.post("/api/sync/enrol", "", enrolBody(code, newKey(t)))
	require.Equal(t, "pairing_used", out["code"], status)
}

func TestPairingIsRefused(t *testing.T) {
	o := open(t, install.Township, town, "")
	counsel := o.login("counsel@example.com")
	for name, c := range map[string]struct {
		token, body string
		status      int
		code        string
	}{
		"by nobody":              {"", `{"staff":"` + o.counsel + `"}`, 401, ""},
		"by a counsel":           {counsel, `{"staff":"` + o.counsel + `"}`, 403, "forbidden"},
		"for nobody":             {o.token, `{"staff":"nobodynobody000"}`, 404, "not_found"},
		"for a township here":    {o.token, `{"region":"` + town + `"}`, 400, "malformed"},
		"with something unknown": {o.token, `{"staff":"x","admin":true}`, 400, "malformed"},
		"with something broken":  {o.token, `{"staff":`, 400, "malformed"},
	} {
		status, out := o.post("/api/cunju/pairings", c.token, c.body)
		assert.Equal(t, c.status, status, name)
		if c.code != "" {
			assert.Equal(t, c.code, out["code"], name)
		}
	}
	var rows int
	require.NoError(t, o.app.DB().NewQuery("SELECT count(*) FROM pairings").Row(&rows))
	require.Zero(t, rows, "nothing stored")
}

func TestEnrolmentIsRefused(t *testing.T) {
	o := open(t, install.Township, town, "")
	o.assign(o.counsel, "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z")
	code := o.code(`{"staff":"` + o.counsel + `"}`)
	_, out := o.post("/api/sync/enrol", "", enrolBody(code, newKey(t)))
	require.Equal(t, "no_villages", out["code"], "the assignment has ended")
	var used string
	require.NoError(t, o.app.DB().NewQuery("SELECT used_at FROM pairings").Row(&used))
	require.Empty(t, used, "the code is still good when the office has put it right")
	o.now = o.now.Add(CodeLife + time.Second)
	_, out = o.post("/api/sync/enrol", "", enrolBody(code, newKey(t)))
	require.Equal(t, "pairing_expired", out["code"])
	_, out = o.post("/api/sync/enrol", "", strings.Replace(enrolBody(code, newKey(t)), "std", "none", 1))
	require.Equal(t, "suite", out["code"])
	_, out = o.post("/api/sync/enrol", "", `<html>`)
	require.Equal(t, "malformed", out["code"])
	for i := range MaxTries {
		_, out = o.post("/api/sync/enrol", "", enrolBody(NewCode(), newKey(t)))
		require.Equal(t, "pairing_wrong", out["code"], i)
	}
	_, out = o.post("/api/sync/enrol", "", enrolBody(NewCode(), newKey(t)))
	require.Equal(t, "pairing_tries", out["code"])
	o.now = o.now.Add(CodeLife + time.Second)
	_, out = o.post("/api/sync/enrol", "", enrolBody(NewCode(), newKey(t)))
	require.Equal(t, "pairing_wrong", out["code"], "the wait is over")
}

func TestATownshipJoinsTheCityAndMakesCodesThatTheCityCanCheck(t *testing.T) {
	city := open(t, install.City, "500000000000", "")
	o := open(t, install.Township, town, city.server.URL)
	o.assign(o.counsel, "2026-01-01T00:00:00Z", "")
	o.person("admin@example.com", "admin", town)
	admin := o.login("admin@example.com")
	status, out := o.post("/api/cunju/join", o.token, `{"code":"`+city.code(`{"region":"`+town+`"}`)+`"}`)
	require.Equal(t, 403, status, out)
	status, out = o.post("/api/cunju/join", admin, `{"code":"`+city.code(`{"region":"500238102000"}`)+`"}`)
	require.Equal(t, "region_unknown", out["code"], "a code for another region")
	status, out = o.post("/api/cunju/join", admin, `{"code":"`+city.code(`{"region":"`+town+`"}`)+`"}`)
	require.Equal(t, 200, status, out)
	require.Len(t, o.eng.Chain(), 2)
	key := newKey(t)
	_, out = o.post("/api/sync/enrol", "", enrolBody(o.code(`{"staff":"`+o.counsel+`"}`), key))
	require.NotNil(t, out["tokens"], out)
	var who dial.Enrolled
	raw, err := json.Marshal(out)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(raw, &who))
	share, err := city.tokens.township(o.eng.Install(), 2026)
	require.NoError(t, err)
	want, err := codes.DeriveInstall(share, key.ID(), 2026)
	require.NoError(t, err)
	require.Equal(t, base64.RawURLEncoding.EncodeToString(want), who.Tokens["2026"])
}
