package documents

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	_ "cunju/migrations"
	"cunju/sync/change"
	"cunju/sync/engine"
)

const (
	town    = "500238101000"
	village = "500238101201"
)

type anybody struct{}

func (anybody) MayWrite(dbx.Builder, string, string, int64) (bool, error) { return true, nil }
func (anybody) Reads(_ dbx.Builder, _ string, regions []string, _ int64) ([]string, error) {
	return regions, nil
}

type office struct {
	t      *testing.T
	app    core.App
	eng    *engine.Engine
	server *httptest.Server
}

func open(t *testing.T) *office {
	t.Helper()
	o := &office{t: t, app: core.NewBaseApp(core.BaseAppConfig{DataDir: t.TempDir()})}
	now := func() time.Time { return time.Date(2026, 11, 24, 10, 0, 0, 0, time.FixedZone("", 8*3600)) }
	fields := []engine.Field{}
	for _, name := range []string{"region", "service", "template", "title", "state", "no", "device_no", "filed_at", "hash", "supersedes"} {
		fields = append(fields, engine.Field{Name: name, Kind: engine.Text})
	}
	o.eng = engine.New(o.app, engine.Config{Tier: "township", Region: town, Name: "凤凰司法所", KeyDir: t.TempDir(), Rights: anybody{}, Now: now,
		Collections: []engine.Collection{{Name: Collection, Policy: engine.Merge, Check: Check, Fields: append(fields, engine.Field{Name: "body", Kind: engine.JSON, Max: 200000})}}})
	Register(o.app, Deps{Tier: "township", Folder: o.eng, Committed: o.eng.Committed, Now: now, Code: func(core.App, string) (string, string, error) { return "HTTP://X/D/CODE", "CODE", nil }})
	require.NoError(t, o.app.Bootstrap())
	require.NoError(t, o.app.RunAllMigrations())
	for id, name := range map[string]string{town: "凤凰镇", village: "双凤村"} {
		_, err := o.app.NonconcurrentDB().Insert("regions", dbx.Params{"id": id, "name": name, "short_name": name, "level": "village"}).Execute()
		require.NoError(t, err)
	}
	staff, err := o.app.FindCollectionByNameOrId("staff")
	require.NoError(t, err)
	for id, p := range map[string][2]string{"officer00000001": {"officer", town}, "supervisor00001": {"supervisor", town}, "admin0000000001": {"admin", town}, "officerelsewhe1": {"officer", "500238102000"}} {
		account := core.NewRecord(staff)
		account.Id = id
		for field, value := range map[string]any{"email": id + "@example.cn", "name": "李明", "role": p[0], "region": p[1], "state": "active", "verified": true, "scope_from": p[1], "scope_to": p[1][:9] + "999"} {
			account.Set(field, value)
		}
		account.SetPassword("correct-horse-1")
		require.NoError(t, o.app.Save(account))
	}
	router, err := apis.NewRouter(o.app)
	require.NoError(t, err)
	require.NoError(t, o.app.OnServe().Trigger(&core.ServeEvent{App: o.app, Router: router}, func(e *core.ServeEvent) error {
		mux, err := e.Router.BuildMux()
		o.server = httptest.NewServer(mux)
		return err
	}))
	t.Cleanup(func() {
		o.server.Close()
		require.NoError(t, o.app.OnTerminate().Trigger(&core.TerminateEvent{App: o.app}))
	})
	return o
}

// submit brings a document as a phone does.
func (o *office) submit(id string) {
	o.t.Helper()
	_, err := o.eng.Fold(context.Background(), []change.Edit{{C: Collection, R: id, Set: map[string]any{"region": village, "service": "service00000001", "template": "D01", "title": "民事起诉状",
		"body": map[string]any{"b": 1, "a": "文"}, "state": "submitted"}}}, "counsel00000001")
	require.NoError(o.t, err)
}

func (o *office) call(who, method, path string) (int, map[string]any) {
	o.t.Helper()
	req, err := http.NewRequest(method, o.server.URL+"/api/office/documents"+path, bytes.NewReader([]byte("{}")))
	require.NoError(o.t, err)
	record, err := o.app.FindRecordById("staff", who)
	require.NoError(o.t, err)
	token, err := record.NewAuthToken()
	require.NoError(o.t, err)
	req.Header.Set("Authorization", token)
	req.Header.Set("Content-Type", "application/json")
	res, err := o.server.Client().Do(req)
	require.NoError(o.t, err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	require.NoError(o.t, err)
	var answer map[string]any
	require.NoError(o.t, json.Unmarshal(raw, &answer), string(raw))
	return res.StatusCode, answer
}

func TestFilingFreezesNumbersAndCodes(t *testing.T) {
	o := open(t)
	o.submit("document0000001")
	o.submit("document0000002")
	_, list := o.call("officer00000001", "GET", "")
	assert.Len(t, list["items"], 2)
	status, filed := o.call("officer00000001", "POST", "/document0000001/file")
	require.Equal(t, http.StatusOK, status, filed)
	assert.Equal(t, "500238-2026-W10100001", filed["no"])
	assert.Equal(t, "filed", filed["state"])
	assert.Equal(t, "HTTP://X/D/CODE", filed["url"])
	_, second := o.call("officer00000001", "POST", "/document0000002/file")
	assert.Equal(t, "500238-2026-W10100002", second["no"])
	var hash, action string
	require.NoError(t, o.app.DB().NewQuery("SELECT hash FROM documents WHERE id = 'document0000001'").Row(&hash))
	want, err := Digest("D01", "民事起诉状", `{ "a":"文", "b":1 }`)
	require.NoError(t, err)
	assert.Equal(t, want, hash, "the digest does not depend on how the body was written")
	require.NoError(t, o.app.DB().NewQuery("SELECT action FROM audit WHERE record = 'document0000001'").Row(&action))
	assert.Equal(t, "document.filed", action)
	status, _ = o.call("officer00000001", "POST", "/document0000001/return")
	assert.Equal(t, http.StatusConflict, status, "what is filed stays filed")
	_, err = o.eng.Fold(context.Background(), []change.Edit{{C: Collection, R: "document0000001", Set: map[string]any{"title": "改了"}}}, "counsel00000001")
	assert.Equal(t, "frozen", engine.Refusal(err))
}

func TestOnlyTheOwnOfficeFiles(t *testing.T) {
	o := open(t)
	o.submit("document0000001")
	for who, want := range map[string]int{"officerelsewhe1": 404, "supervisor00001": 403, "admin0000000001": 403} {
		status, answer := o.call(who, "POST", "/document0000001/file")
		assert.Equal(t, want, status, answer)
	}
	for _, state := range []string{"draft", "lost"} {
		status, _ := o.call("officer00000001", "GET", "?state="+state)
		assert.Equal(t, http.StatusBadRequest, status, "a draft is its author's")
	}
	status, _ := o.call("officer00000001", "POST", "/nothere00000000/file")
	assert.Equal(t, http.StatusNotFound, status)
	status, answer := o.call("officer00000001", "POST", "/document0000001/return")
	require.Equal(t, http.StatusOK, status, answer)
	assert.Equal(t, "returned", answer["state"])
	_, list := o.call("officer00000001", "GET", "?state=returned")
	assert.Len(t, list["items"], 1)
}

func TestTwoNodesNeverGiveTheSameNumber(t *testing.T) {
	assert.Equal(t, "500238101", deskOf("township", village))
	assert.Equal(t, "500238000", deskOf("city", village))
}
