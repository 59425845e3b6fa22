package ratings

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/stretchr/testify/require"

	"cunju/hooks/codes"
	_ "cunju/migrations"
	"cunju/sync/change"
	"cunju/sync/engine"
)

const (
	alias      = "a1b2c3d4"
	otherAlias = "0badc0de"
	phone      = "phoneinstallaaaa"
	staffID    = "staff0000000001"
	village    = "500238101201"
	service    = "service00000001"
)

// migrated is the data folder that every node starts from; scratch holds all
// folders and goes when the last test has ended, as a projection may still run
// when its own test is over.
var migrated, scratch string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "ratings")
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
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// seed writes the public directory that the page reads, and one account.
func seed(app core.App) error {
	staff, err := app.FindCollectionByNameOrId("staff")
	if err != nil {
		return err
	}
	account := core.NewRecord(staff)
	account.Id = staffID
	for field, value := range map[string]any{"email": "counsel@example.cn", "name": "李明", "role": "counsel",
		"region": "500238101000", "scope_from": "500238101000", "scope_to": "500238101999", "state": "active", "verified": true} {
		account.Set(field, value)
	}
	account.SetPassword("correct-horse-1")
	if err := app.Save(account); err != nil {
		return err
	}
	for _, row := range []struct {
		table string
		cols  dbx.Params
	}{
		{"regions", dbx.Params{"id": "500238101000", "name": "上磺镇", "short_name": "上磺镇", "level": "township"}},
		{"regions", dbx.Params{"id": village, "name": "羊桥村民委员会", "short_name": "羊桥村", "level": "village", "parent": "500238101000"}},
		{"service_types", dbx.Params{"id": "CONSULT", "code": "CONSULT", "name": "法律咨询", "name_en": "legal consultation"}},
		{"topics", dbx.Params{"id": "01", "code": "01", "name": "婚姻家庭", "name_en": "marriage and family"}},
		{"topics", dbx.Params{"id": "0101", "code": "0101", "name": "离婚与财产分割"}},
		{"practitioners", dbx.Params{"id": "practitioner001", "region": "500238101000", "staff": staffID, "name": "李明",
			"institution_name": "巫溪县大宁律师事务所", "licence_no": "15002201810000000", "phone": "13800000000", "state": "active"}},
	} {
		if _, err := app.NonconcurrentDB().Insert(row.table, row.cols).Execute(); err != nil {
			return fmt.Errorf("%s: %w", row.table, err)
		}
	}
	return nil
}

// fakeKeys knows two installs of one township.
type fakeKeys struct{}

func (fakeKeys) InstallKey(_ dbx.Builder, a string, year int) ([]byte, string, bool) {
	install, ok := map[string]string{alias: phone, otherAlias: "phoneinstallbbbb"}[a]
	if !ok {
		return nil, "", false
	}
	return testKeyOf(install, year), install, true
}

func testKeyOf(install string, year int) []byte {
	town, err := codes.DeriveTownship([]byte("0123456789abcdef0123456789abcdef"), "townshipinstalla", year)
	if err != nil {
		panic(err)
	}
	key, err := codes.DeriveInstall(town, install, year)
	if err != nil {
		panic(err)
	}
	return key
}

// anybody may write: rights are tested elsewhere.
type anybody struct{}

func (anybody) MayWrite(dbx.Builder, string, string, int64) (bool, error) { return true, nil }
func (anybody) Reads(_ dbx.Builder, _ string, regions []string, _ int64) ([]string, error) {
	return regions, nil
}

// handling is another subject's: here it says what a test tells it to.
type handling struct {
	state, answer string
	asks          bool
	answers       []string
}

func (h *handling) Stage(dbx.Builder, string) (string, bool, string, error) {
	return h.state, h.asks, h.answer, nil
}

func (h *handling) Again(_ context.Context, code, region, answer string) (bool, error) {
	h.answers = append(h.answers, code+" "+region+" "+answer)
	return true, nil
}

// node is a real PocketBase with the real engine behind real HTTP.
type node struct {
	t        *testing.T
	app      core.App
	eng      *engine.Engine
	ratings  *Ratings
	server   *httptest.Server
	handling handling
	mu       sync.Mutex
	clock    time.Time
}

func (n *node) now() time.Time {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.clock
}

func (n *node) pass(d time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.clock = n.clock.Add(d)
}

func start(t *testing.T) *node {
	t.Helper()
	dir, err := os.MkdirTemp(scratch, "node")
	require.NoError(t, err)
	require.NoError(t, os.CopyFS(filepath.Join(dir, "data"), os.DirFS(migrated)))
	n := &node{t: t, clock: time.Date(2026, 11, 24, 10, 0, 0, 0, zone)}
	n.app = core.NewBaseApp(core.BaseAppConfig{DataDir: filepath.Join(dir, "data")})
	n.eng = engine.New(n.app, engine.Config{Tier: "township", Region: "500238101000", Name: "上磺司法所",
		KeyDir: filepath.Join(dir, "keys"), Collections: collections(), Rights: anybody{}, Now: n.now})
	n.ratings = Register(n.app, Deps{Keys: fakeKeys{}, Folder: n.eng, Tier: "township",
		RatingBase: "http://127.0.0.1:8091", Handling: &n.handling, Refusal: engine.Refusal, Now: n.now})
	n.eng.AddProjection(n.ratings.Projection())
	require.NoError(t, n.app.Bootstrap())
	for a, id := range map[string]string{alias: phone, otherAlias: "phoneinstallbbbb"} {
		_, err := n.app.NonconcurrentDB().Insert("sync_installs", dbx.Params{"id": id, "kind": "phone", "staff": staffID,
			"region": village, "alias": a, "issuer": "t", "cert": "c", "created_at": 1}).Execute()
		require.NoError(t, err)
	}
	router, err := apis.NewRouter(n.app)
	require.NoError(t, err)
	serve := &core.ServeEvent{App: n.app, Router: router}
	require.NoError(t, n.app.OnServe().Trigger(serve, func(e *core.ServeEvent) error {
		e.Router.POST("/api/sync/enrol", func(e *core.RequestEvent) error {
			if e.Request.URL.Query().Get("good") == "" {
				return e.JSON(http.StatusForbidden, map[string]string{"code": "pairing_wrong"})
			}
			return e.JSON(http.StatusOK, map[string]string{"install": phone})
		})
		mux, err := e.Router.BuildMux()
		n.server = httptest.NewServer(mux)
		return err
	}))
	t.Cleanup(func() {
		n.server.Close()
		require.NoError(t, n.app.OnTerminate().Trigger(&core.TerminateEvent{App: n.app}))
	})
	return n
}

// collections are the two that the subject meets, as the standard has them.
func collections() []engine.Collection {
	text := func(names ...string) (fields []engine.Field) {
		for _, name := range names {
			fields = append(fields, engine.Field{Name: name, Kind: engine.Text})
		}
		return fields
	}
	return []engine.Collection{
		{Name: "services", Policy: engine.Merge, Fields: text("region", "counsel", "kind", "topic", "title", "summary",
			"occurred_at", "secrecy", "state", "device_no", "client_name", "client_phone", "client_id_no", "place")},
		{Name: "ratings", Policy: engine.Append, Lane: "office", Check: Check, Fields: append(
			text("region", "tag", "install_alias", "remark", "call_back_phone", "assisted_by", "rated_at", "origin"),
			engine.Field{Name: "day", Kind: engine.Number}, engine.Field{Name: "grade", Kind: engine.Number},
			engine.Field{Name: "reasons", Kind: engine.JSON, Max: 1000}, engine.Field{Name: "flags", Kind: engine.JSON, Max: 1000})},
		{Name: "rating_events", Policy: engine.Append, Lane: "office", Fields: text("region", "code", "rating", "service", "kind", "answer", "note", "by", "at")},
	}
}

// secret values that no public page may ever show.
var secrets = []string{"冉大娘", "13899990000", "500238194001010007", "离婚时房子归谁", "灶屋", "卖房的事", "离婚与财产分割", "13800000000"}

// arrive brings the record of a service, as a phone's record looks once it is here.
func (n *node) arrive(id string, set map[string]any) {
	n.t.Helper()
	fields := map[string]any{"region": village, "counsel": staffID, "kind": "CONSULT", "topic": "0101", "title": "卖房的事",
		"summary": "离婚时房子归谁", "occurred_at": "2026-11-24T09:30:00.000+08:00", "secrecy": "normal", "state": "submitted",
		"device_no": "T-" + alias + "-1", "client_name": "冉大娘", "client_phone": "13899990000",
		"client_id_no": "500238194001010007", "place": "灶屋"}
	for k, v := range set {
		fields[k] = v
	}
	_, err := n.eng.Fold(context.Background(), []change.Edit{{C: "services", R: id, Set: fields}}, staffID)
	require.NoError(n.t, err)
	n.settle()
}

func (n *node) edit(id string, set map[string]any) {
	n.t.Helper()
	_, err := n.eng.Fold(context.Background(), []change.Edit{{C: "services", R: id, Base: n.rev(id), Set: set}}, staffID)
	require.NoError(n.t, err)
	n.settle()
}

func (n *node) rev(id string) (rev string) {
	require.NoError(n.t, n.app.DB().NewQuery("SELECT rev FROM sync_records WHERE r = {:r}").Bind(dbx.Params{"r": id}).Row(&rev))
	return rev
}

// settle waits until the projections have seen everything.
func (n *node) settle() { require.NoError(n.t, n.eng.Settle(context.Background())) }

func (n *node) count(query string) (c int) {
	n.t.Helper()
	require.NoError(n.t, n.app.DB().NewQuery(query).Row(&c))
	return c
}

// code is what the phone shows for a service today.
func (n *node) code(id string) codes.Code {
	day, _ := codes.Day(n.now())
	return codes.Make(testKeyOf(phone, codes.Year(day)), [4]byte{0xa1, 0xb2, 0xc3, 0xd4}, day, id)
}

// browser is a resident's: it keeps cookies and follows no redirect.
type browser struct {
	n      *node
	client *http.Client
	header http.Header
}

func (n *node) browser() *browser {
	jar, _ := cookiejar.New(nil)
	return &browser{n: n, client: &http.Client{Jar: jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, header: http.Header{}}
}

type answer struct {
	status int
	header http.Header
	body   string
}

func (b *browser) do(method, path string, form url.Values) answer {
	b.n.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequest(method, b.n.server.URL+path, body)
	require.NoError(b.n.t, err)
	for k, v := range b.header {
		req.Header[k] = v
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := b.client.Do(req)
	require.NoError(b.n.t, err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	require.NoError(b.n.t, err)
	return answer{resp.StatusCode, resp.Header, string(raw)}
}

func (b *browser) get(path string) answer { return b.do(http.MethodGet, path, nil) }

var formField = regexp.MustCompile(`name="form" value="([0-9a-f]{32})"`)

// form is the token of the page's form.
func (b *browser) form(path string) string {
	b.n.t.Helper()
	m := formField.FindStringSubmatch(b.get(path).body)
	require.NotNil(b.n.t, m, "no form on the page")
	return m[1]
}

// rate scans, taps a grade and sends.
func (b *browser) rate(path, grade string) answer {
	b.n.t.Helper()
	return b.do(http.MethodPost, path, url.Values{"form": {b.form(path)}, "grade": {grade}})
}

// more adds to a rating.
func (b *browser) more(path string, extra url.Values) answer {
	b.n.t.Helper()
	form := url.Values{"form": {b.form(path)}, "step": {"more"}}
	for k, v := range extra {
		form[k] = v
	}
	return b.do(http.MethodPost, path, form)
}

func pathOf(c codes.Code) string { return "/r/" + c.Text() }
