package attachments_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"image"
	"image/png"
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

	"cunju/hooks/attachments"
	"cunju/hooks/fault"
	"cunju/hooks/standard"
	_ "cunju/migrations"
	"cunju/sync/blob"
	"cunju/sync/change"
	"cunju/sync/dial"
	"cunju/sync/engine"
	"cunju/sync/httpapi"
	"cunju/sync/install"
)

const (
	township = "500238101000"
	village  = "500238101201"
	next     = "500238102000" // another township
)

// rights lets everybody write and read what the certificate names.
type rights struct{}

func (rights) MayWrite(dbx.Builder, string, string, int64) (bool, error) { return true, nil }

func (rights) Reads(_ dbx.Builder, _ string, regions []string, _ int64) ([]string, error) {
	return regions, nil
}

type office struct {
	t      *testing.T
	app    core.App
	eng    *engine.Engine
	files  *attachments.Files
	server *httptest.Server
	trail  []string
}

func open(t *testing.T) *office {
	dir := t.TempDir()
	o := &office{t: t, app: core.NewBaseApp(core.BaseAppConfig{DataDir: filepath.Join(dir, "data")})}
	kinds := map[standard.Type]engine.Kind{standard.Number: engine.Number, standard.Bool: engine.Bool, standard.JSON: engine.JSON}
	var cols []engine.Collection
	for _, c := range standard.Collections {
		if !c.Synced() {
			continue
		}
		col := engine.Collection{Name: c.Name, Lane: c.Lane}
		for _, f := range c.Fields {
			col.Fields = append(col.Fields, engine.Field{Name: f.Name, Kind: kinds[f.Type], Max: f.Limit(), Group: f.Group})
		}
		cols = append(cols, col)
	}
	o.eng = engine.New(o.app, engine.Config{Tier: install.Township, Region: township, Name: "宁河司法所", KeyDir: filepath.Join(dir, "keys"),
		Collections: cols, Rights: rights{}, Now: time.Now})
	api := httpapi.Register(o.app, o.eng, rights{}, func(e *core.RequestEvent, _ int, code string, _ map[string]any) error {
		return fault.Write(e, fault.New(code))
	})
	o.files = attachments.Register(o.app, attachments.Deps{API: api, Dir: filepath.Join(dir, "data.blobs"), Backup: filepath.Join(dir, "backups", "blobs"), Now: time.Now,
		Audit: func(_ dbx.Builder, auth *core.Record, action, record, region, purpose string) error {
			o.trail = append(o.trail, strings.Join([]string{auth.GetString("role"), action, record, region, purpose}, " "))
			return nil
		}})
	o.eng.AddProjection(attachments.Projection())
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
	return o
}

// fold writes records as the node's own changes.
func (o *office) fold(edits ...change.Edit) {
	o.t.Helper()
	_, err := o.eng.Fold(context.Background(), edits, "")
	require.NoError(o.t, err)
	require.NoError(o.t, o.eng.Settle(context.Background()))
}

func (o *office) service(id, counsel, secrecy string) {
	o.fold(change.Edit{C: "services", R: id, Set: map[string]any{"region": village, "counsel": counsel, "kind": "CONSULT", "secrecy": secrecy, "state": "submitted"}})
}

func (o *office) attach(id, service, kind string, data []byte) string {
	sum := sha256.Sum256(data)
	hash := hex.EncodeToString(sum[:])
	o.fold(change.Edit{C: "attachments", R: id, Set: map[string]any{"region": village, "service": service, "kind": kind, "sha256": hash, "size": float64(len(data))}})
	return hash
}

func (o *office) phone(staff string) *dial.Conn {
	key, err := install.NewKey()
	require.NoError(o.t, err)
	err = o.app.RunInTransaction(func(tx core.App) error {
		_, err := o.eng.Certify(tx.DB(), key.Public(), install.Cert{Kind: install.Phone, Staff: staff, Regions: []string{village},
			From: time.Now().Add(-time.Hour).UnixMilli(), Until: time.Now().Add(time.Hour).UnixMilli()})
		return err
	})
	require.NoError(o.t, err)
	return &dial.Conn{URL: o.server.URL, HTTP: o.server.Client(), Key: key, Now: time.Now}
}

// login makes an account and gives its token.
func (o *office) login(role, region string) string {
	col, err := o.app.FindCollectionByNameOrId("staff")
	require.NoError(o.t, err)
	r := core.NewRecord(col)
	for k, v := range map[string]any{"email": role + region + "@example.com", "name": "某", "role": role, "region": region, "scope_from": region,
		"scope_to": strings.TrimRight(region, "0") + "999", "state": "active", "verified": true} {
		r.Set(k, v)
	}
	r.SetPassword("a-long-password-26")
	require.NoError(o.t, o.app.Save(r))
	token, err := r.NewAuthToken()
	require.NoError(o.t, err)
	return token
}

func (o *office) call(token, method, path, body string) (int, string) {
	req, err := http.NewRequest(method, o.server.URL+path, strings.NewReader(body))
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
	return res.StatusCode, string(raw)
}

func picture(t *testing.T) []byte {
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, 30, 20))))
	return b.Bytes()
}

func status(err error) int {
	var s *dial.Status
	if errors.As(err, &s) {
		return s.HTTP
	}
	return 200
}

func TestAPhotoIsAskedForSentAndOpened(t *testing.T) {
	o := open(t)
	ctx := context.Background()
	c := o.phone("counsel00000001")
	data := picture(t)
	o.service("service00000001", "counsel00000001", "normal")
	hash := o.attach("attach000000001", "service00000001", "photo", data)
	list, _, err := c.Missing(ctx, "")
	require.NoError(t, err)
	require.Equal(t, []dial.Wanted{{Region: village, Hash: hash, Size: int64(len(data))}}, list)
	officer := o.login("officer", township)
	_, body := o.call(officer, "GET", "/api/office/attachments?service=service00000001", "")
	assert.Contains(t, body, `"state":"awaited"`)
	code, _ := o.call(officer, "POST", "/api/office/attachments/attach000000001/open", `{"purpose":"核验"}`)
	assert.Equal(t, 404, code, "not here yet")
	require.NoError(t, c.SendBlob(ctx, hash, int64(len(data)), bytes.NewReader(data), 50, nil))
	_, body = o.call(officer, "GET", "/api/office/attachments?service=service00000001", "")
	assert.Contains(t, body, `"state":"here"`)
	code, body = o.call(officer, "POST", "/api/office/attachments/attach000000001/open", `{"purpose":" "}`)
	assert.Equal(t, 400, code)
	assert.Contains(t, body, "purpose_required")
	assert.Empty(t, o.trail)
	code, body = o.call(officer, "POST", "/api/office/attachments/attach000000001/open", `{"purpose":"核验"}`)
	assert.Equal(t, 200, code)
	assert.Equal(t, string(data), body)
	assert.Equal(t, []string{"officer open attach000000001 " + village + " 核验"}, o.trail)
	code, _ = o.call("", "POST", "/api/office/attachments/attach000000001/open", `{"purpose":"核验"}`)
	assert.Equal(t, 401, code)
	code, _ = o.call(o.login("officer", next), "POST", "/api/office/attachments/attach000000001/open", `{"purpose":"核验"}`)
	assert.Equal(t, 404, code, "another township's officer learns nothing")
	require.NoError(t, o.files.Keep(ctx))
	assert.FileExists(t, filepath.Join(o.files.Store.Backup, hash[:2], hash))
}

func TestWhatIsNoPhotoIsRefusedForGood(t *testing.T) {
	o := open(t)
	ctx := context.Background()
	c := o.phone("counsel00000001")
	data := []byte("MZ this is no picture")
	o.service("service00000001", "counsel00000001", "normal")
	hash := o.attach("attach000000001", "service00000001", "photo", data)
	require.Equal(t, 422, status(c.SendBlob(ctx, hash, int64(len(data)), bytes.NewReader(data), 1000, nil)))
	list, _, err := c.Missing(ctx, "")
	require.NoError(t, err)
	require.Empty(t, list)
	_, body := o.call(o.login("officer", township), "GET", "/api/office/attachments?service=service00000001", "")
	require.Contains(t, body, `"state":"blob_kind"`)
}

func TestTheSecrecyOfAServiceHoldsForItsPhotos(t *testing.T) {
	o := open(t)
	ctx := context.Background()
	mine, theirs := o.phone("counsel00000001"), o.phone("counsel00000002")
	data := picture(t)
	hash := o.attach("attach000000001", "service00000001", "photo", data)
	fetch := func(c *dial.Conn) int { _, err := c.FetchBlob(ctx, hash, nil, blob.MaxSize); return status(err) }
	_, _, err := mine.BlobState(ctx, hash)
	require.Equal(t, 404, status(err), "before the service is known nobody knows its secrecy")
	o.service("service00000001", "counsel00000001", "sealed")
	require.NoError(t, mine.SendBlob(ctx, hash, int64(len(data)), bytes.NewReader(data), 1000, nil))
	require.Equal(t, 200, fetch(mine))
	require.Equal(t, 404, fetch(theirs))
	o.service("service00000002", "counsel00000002", "normal")
	o.attach("attach000000002", "service00000002", "photo", data)
	require.Equal(t, 404, fetch(theirs), "naming the hash in a record of one's own opens nothing")
	o.service("service00000003", "counsel00000001", "normal")
	late := append(data, 0)
	hash = o.attach("attach000000003", "service00000003", "photo", late)
	require.NoError(t, mine.SendBlob(ctx, hash, int64(len(late)), bytes.NewReader(late), 1000, nil))
	require.Equal(t, 200, fetch(theirs))
	o.attach("attach000000004", "service00000002", "photo", late)
	o.fold(change.Edit{C: "services", R: "service00000003", Set: map[string]any{"secrecy": "sealed"}})
	require.Equal(t, 404, fetch(theirs), "sealed later: an own record made since then opens nothing")
	path := "/api/office/attachments/attach000000001/open"
	code, _ := o.call(o.login("officer", township), "POST", path, `{"purpose":"核验"}`)
	require.Equal(t, 404, code)
	code, _ = o.call(o.login("admin", township), "POST", path, `{"purpose":"核验"}`)
	require.Equal(t, 200, code)
}
