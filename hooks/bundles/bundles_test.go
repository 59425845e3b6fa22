package bundles_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cunju/hooks/bundles"
	"cunju/sync/change"
	"cunju/sync/httpapi"
	"cunju/sync/install"
	"cunju/sync/peer"
	"cunju/sync/phone"
	"cunju/sync/world"
)

const (
	cityCode = "500000000000"
	town     = "500238101000"
	village  = "500238101201"
)

// later is a line that is made after the routes are.
type later struct{ *peer.Peer }

type house struct {
	t          *testing.T
	dir        string
	city, town *world.Node
	deps       map[*world.Node]*bundles.Deps
	line       *later
	trail      []string
}

func build(t *testing.T) *house {
	h := &house{t: t, dir: t.TempDir(), deps: map[*world.Node]*bundles.Deps{}, line: &later{}}
	with := func(line bundles.Line) func(*world.Node, *httpapi.API) {
		return func(n *world.Node, api *httpapi.API) {
			d := bundles.Deps{Office: api.Bundles(n.App, t.TempDir()), Engine: n.Engine, Line: line,
				May: func(auth *core.Record) bool { return auth.GetString("role") == "officer" },
				Audit: func(auth *core.Record, action, install string) error {
					h.trail = append(h.trail, auth.GetString("role")+" "+action+" "+install)
					return nil
				}}
			h.deps[n] = &d
			bundles.Register(n.App, d)
		}
	}
	h.city = world.New(t, install.City, cityCode, time.Now, world.Notes(nil), with(nil))
	h.town = world.New(t, install.Township, town, time.Now, world.Notes(nil), with(h.line))
	world.JoinCity(t, h.town, h.city)
	h.line.Peer = peer.New(h.town.Engine, h.city.Server.URL, h.city.Server.Client(), nil)
	return h
}

// login makes an account of a role on a node.
func (h *house) login(n *world.Node, role string) string {
	col, err := n.App.FindCollectionByNameOrId("staff")
	if err != nil {
		col = core.NewAuthCollection("staff")
		col.Fields.Add(&core.TextField{Name: "role"})
		require.NoError(h.t, n.App.Save(col))
	}
	r := core.NewRecord(col)
	r.Set("email", role+"@example.com")
	r.Set("role", role)
	r.SetPassword("a-long-password-26")
	require.NoError(h.t, n.App.Save(r))
	token, err := r.NewAuthToken()
	require.NoError(h.t, err)
	return token
}

func (h *house) call(n *world.Node, token, method string, body []byte) (int, http.Header, []byte) {
	req, err := http.NewRequest(method, n.Server.URL+"/api/cunju/bundles", bytes.NewReader(body))
	require.NoError(h.t, err)
	if token != "" {
		req.Header.Set("Authorization", token)
	}
	res, err := n.Server.Client().Do(req)
	require.NoError(h.t, err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	require.NoError(h.t, err)
	return res.StatusCode, res.Header, raw
}

func (h *house) phone() *phone.Phone {
	p := world.Pair(h.t, h.town, filepath.Join(h.dir, "phone"), "staff1", time.Now, village)
	require.NoError(h.t, p.LearnBox(context.Background()))
	_, err := p.Save([]change.Edit{{C: "notes", R: "aaaaaaaaaaaaaa1", Set: map[string]any{"region": village, "title": "by file"}}})
	require.NoError(h.t, err)
	return p
}

func TestWorkGoesByStickFromThePhoneToTheCityAndBack(t *testing.T) {
	h := build(t)
	require.NoError(t, h.line.LearnBox(context.Background()))
	p := h.phone()
	var file bytes.Buffer
	require.NoError(t, p.ExportUnsent(&file))
	desk, hall := h.login(h.town, "officer"), h.login(h.city, "officer")
	status, header, answer := h.call(h.town, desk, "POST", file.Bytes())
	require.Equal(t, 200, status)
	assert.Equal(t, "1", header.Get("Cunju-Receipts"))
	assert.Equal(t, "0", header.Get("Cunju-Failed"))
	assert.Contains(t, header.Get("Content-Disposition"), p.Install()+"-answer.cunju")
	require.NoError(t, p.ImportAnswer(answer))
	require.Equal(t, "township", p.Changes()[0].Level)

	status, header, up := h.call(h.town, desk, "GET", nil)
	require.Equal(t, 200, status)
	assert.Equal(t, "false", header.Get("Cunju-More"))
	status, _, answer = h.call(h.city, hall, "POST", up)
	require.Equal(t, 200, status)
	status, _, body := h.call(h.town, desk, "POST", answer)
	require.Equal(t, 200, status)
	assert.Contains(t, string(body), `"kind":"answer"`)
	assert.Contains(t, string(body), `"receipts":1`)
	assert.Equal(t, []string{"officer bundle_import " + p.Install(), "officer bundle_export " + h.town.Engine.Install(),
		"officer bundle_import " + h.town.Engine.Install(), "officer bundle_import " + h.city.Engine.Install()}, h.trail)
	require.NoError(t, p.Sync(context.Background()))
	require.Equal(t, "city", p.Changes()[0].Level)
}

func TestWhoMayAndWhatIsRefused(t *testing.T) {
	h := build(t)
	p := h.phone()
	var file bytes.Buffer
	require.NoError(t, p.ExportUnsent(&file))
	good := file.Bytes()
	desk, hall, counsel := h.login(h.town, "officer"), h.login(h.city, "officer"), h.login(h.town, "counsel")
	cases := []struct {
		name   string
		node   *world.Node
		token  string
		method string
		body   []byte
		status int
		code   string
	}{
		{"nobody", h.town, "", "POST", good, 401, ""},
		{"a counsel", h.town, counsel, "POST", good, 403, "forbidden"},
		{"a counsel fetches", h.town, counsel, "GET", nil, 403, "forbidden"},
		{"another node", h.city, hall, "POST", good, 422, "bundle_receiver"},
		{"cut", h.town, desk, "POST", good[:len(good)-1], 422, "unreadable"},
		{"one bit", h.town, desk, "POST", append(bytes.Clone(good[:len(good)-1]), good[len(good)-1]^1), 422, "unreadable"},
		{"another kind of file", h.town, desk, "POST", []byte("PK\x03\x04 a zip"), 422, "unreadable"},
		{"nothing", h.town, desk, "POST", nil, 422, "unreadable"},
		{"another suite", h.town, desk, "POST", bytes.Replace(bytes.Clone(good), []byte(`"std"`), []byte(`"new"`), 1), 400, "suite"},
		{"the city has no way up", h.city, hall, "GET", nil, 409, "no_upstream"},
		{"the city's box was never learned", h.town, desk, "GET", nil, 502, "upstream"},
		{"too large", h.town, desk, "POST", make([]byte, 32<<20+1), 413, ""},
	}
	for _, c := range cases {
		status, _, body := h.call(c.node, c.token, c.method, c.body)
		assert.Equal(t, c.status, status, c.name)
		assert.Contains(t, string(body), c.code, c.name)
	}
	var n int
	require.NoError(t, h.town.App.DB().NewQuery("SELECT count(*) FROM sync_batches WHERE install = {:i}").Bind(map[string]any{"i": p.Install()}).Row(&n))
	require.Zero(t, n, "nothing of a refused file is stored")
	require.Empty(t, h.trail)
	status, _, _ := h.call(h.town, desk, "POST", good)
	require.Equal(t, 200, status)
}

func TestTheCommandDoesTheSame(t *testing.T) {
	h := build(t)
	p := h.phone()
	var file bytes.Buffer
	require.NoError(t, p.ExportUnsent(&file))
	path := filepath.Join(h.dir, "work.cunju")
	require.NoError(t, os.WriteFile(path, file.Bytes(), 0o600))
	run := func(args ...string) (string, error) {
		c := bundles.Command(h.town.App, *h.deps[h.town])
		var out bytes.Buffer
		c.SetOut(&out)
		c.SetErr(io.Discard)
		c.SetArgs(args)
		err := c.ExecuteContext(context.Background())
		return out.String(), err
	}
	out, err := run("import", path)
	require.NoError(t, err)
	assert.Contains(t, out, "1 batches with a receipt, 0 refused")
	answer, err := os.ReadFile(path + ".answer.cunju")
	require.NoError(t, err)
	require.NoError(t, p.ImportAnswer(answer))
	require.Equal(t, "township", p.Changes()[0].Level)
	_, err = run("import", path)
	require.Error(t, err, "an answer is not written over")
	_, err = run("export", filepath.Join(h.dir, "up.cunju"))
	require.Error(t, err, "the city's box is not known")
	require.NoError(t, h.line.LearnBox(context.Background()))
	out, err = run("export", filepath.Join(h.dir, "up.cunju"))
	require.NoError(t, err)
	assert.Contains(t, out, "wrote ")
	assert.FileExists(t, filepath.Join(h.dir, "up.cunju"))
}
