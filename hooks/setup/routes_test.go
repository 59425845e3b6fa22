package setup

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	_ "cunju/migrations"
)

const township = "500238101000"

// world is a migrated node with the routes on and a switch for whether requests
// come from the machine itself.
type world struct {
	app     core.App
	routes  *routes
	handler http.Handler
	local   bool
	trail   []string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	app, err := tests.NewTestApp(t.TempDir())
	require.NoError(t, err)
	t.Cleanup(app.Cleanup)
	require.NoError(t, app.RunAllMigrations())
	w := &world{app: app, local: true}
	w.routes = &routes{code: "ABCDEFGH23", Deps: Deps{
		Tier: "township", Region: township, Name: "某司法所",
		Scope: func(code string) (string, string) { return code, code[:9] + "999" },
		Local: func(*core.RequestEvent) bool { return w.local },
		Audit: func(_ core.App, who, role, action, collection, record, region string) error {
			w.trail = append(w.trail, strings.Join([]string{role, action, collection, region}, " "))
			return nil
		},
	}}
	router, err := apis.NewRouter(app)
	require.NoError(t, err)
	w.routes.bind(router)
	w.handler, err = router.BuildMux()
	require.NoError(t, err)
	return w
}

func (w *world) send(method, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "/api/cunju/setup", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	answer := httptest.NewRecorder()
	w.handler.ServeHTTP(answer, r)
	return answer
}

const good = `{"name":"张三","login":"Zhang@sfs.example.cn","password":"tree-7-river-lamp"}`

func TestTheFirstAdministrator(t *testing.T) {
	w := newWorld(t)
	assert.JSONEq(t, `{"needed":true,"needs_code":false,"tier":"township","region":"500238101000","name":"某司法所"}`, w.send("GET", "").Body.String())

	first := w.send("POST", good)
	require.Equal(t, http.StatusCreated, first.Code, first.Body.String())
	staff, err := w.app.FindAuthRecordByEmail("staff", "zhang@sfs.example.cn")
	require.NoError(t, err)
	assert.True(t, staff.ValidatePassword("tree-7-river-lamp"))
	assert.Equal(t, "admin", staff.GetString("role"))
	assert.Equal(t, "active", staff.GetString("state"))
	assert.Equal(t, []string{township, township, "500238101999"}, []string{staff.GetString("region"), staff.GetString("scope_from"), staff.GetString("scope_to")})
	assert.Equal(t, []string{"admin setup staff " + township}, w.trail)
	superusers, err := w.app.CountRecords(core.CollectionNameSuperusers, dbx.NewExp("email LIKE '%sfs%'"))
	require.NoError(t, err)
	assert.Zero(t, superusers, "an administrator is no superuser")

	again := w.send("POST", strings.Replace(good, "Zhang", "Li", 1))
	assert.Equal(t, http.StatusConflict, again.Code)
	assert.Contains(t, again.Body.String(), `"code":"setup_done"`)
	assert.Contains(t, w.send("GET", "").Body.String(), `"needed":false`)
}

func TestSetupIsRefused(t *testing.T) {
	cases := map[string]struct {
		body   string
		local  bool
		status int
		code   string
	}{
		"weak password":              {strings.Replace(good, "tree-7-river-lamp", "admin123456", 1), true, 400, "weak_password"},
		"no JSON":                    {`{"name":`, true, 400, "malformed"},
		"nothing":                    {`{}`, true, 400, "malformed"},
		"from elsewhere, no code":    {good, false, 0, "pairing_wrong"},
		"from elsewhere, wrong code": {strings.Replace(good, `{`, `{"code":"AAAAAAAAAA",`, 1), false, 0, "pairing_wrong"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.local = c.local
			answer := w.send("POST", c.body)
			if c.status != 0 {
				assert.Equal(t, c.status, answer.Code)
			}
			assert.Contains(t, answer.Body.String(), `"code":"`+c.code+`"`)
			assert.Contains(t, w.send("GET", "").Body.String(), `"needed":true`)
		})
	}
}

func TestFromElsewhereWithTheCodeOfTheServer(t *testing.T) {
	w := newWorld(t)
	w.local = false
	assert.Contains(t, w.send("GET", "").Body.String(), `"needs_code":true`)
	answer := w.send("POST", strings.Replace(good, `{`, `{"code":"abcde-fgh23",`, 1))
	assert.Equal(t, http.StatusCreated, answer.Code, answer.Body.String())
}

func TestTwoAtOnceMakeOne(t *testing.T) {
	w := newWorld(t)
	codes := make([]int, 8)
	var all sync.WaitGroup
	for i := range codes {
		all.Go(func() {
			codes[i] = w.send("POST", strings.Replace(good, "Zhang", string(rune('a'+i)), 1)).Code
		})
	}
	all.Wait()
	made := 0
	for _, code := range codes {
		if code == http.StatusCreated {
			made++
		}
	}
	assert.Equal(t, 1, made)
	n, err := w.app.CountRecords("staff")
	require.NoError(t, err)
	assert.EqualValues(t, 1, n)
}
