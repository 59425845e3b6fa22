package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	_ "github.com/pocketbase/pocketbase/migrations"
	"github.com/stretchr/testify/require"

	"cunju/sync/change"
	"cunju/sync/dial"
	"cunju/sync/phone"
)

func TestTheExampleIsShort(t *testing.T) {
	source, err := os.ReadFile("main.go")
	require.NoError(t, err)
	require.LessOrEqual(t, bytes.Count(source, []byte("\n")), 80)
}

func TestAnotherAppGetsSync(t *testing.T) {
	dir := t.TempDir()
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: filepath.Join(dir, "data")})
	Bind(app, filepath.Join(dir, "keys"))
	require.NoError(t, app.Bootstrap())
	router, err := apis.NewRouter(app)
	require.NoError(t, err)
	require.NoError(t, app.OnServe().Trigger(&core.ServeEvent{App: app, Router: router}, func(*core.ServeEvent) error { return nil }))
	mux, err := router.BuildMux()
	require.NoError(t, err)
	server := httptest.NewServer(mux)
	t.Cleanup(func() {
		server.Close()
		require.NoError(t, app.OnTerminate().Trigger(&core.TerminateEvent{App: app}, func(*core.TerminateEvent) error { return app.ResetBootstrapState() }))
	})
	user, err := app.FindCollectionByNameOrId(core.CollectionNameSuperusers)
	require.NoError(t, err)
	person := core.NewRecord(user)
	person.SetEmail("someone@example.com")
	person.SetPassword("a-long-password-26")
	require.NoError(t, app.Save(person))
	token, err := person.NewAuthToken()
	require.NoError(t, err)

	p, err := phone.Open(filepath.Join(dir, "phone"), server.URL, server.Client(), time.Now)
	require.NoError(t, err)
	defer p.Close()
	body, err := json.Marshal(dial.Enrol{Suite: "std", Key: base64.RawURLEncoding.EncodeToString(p.Public()), Name: "phone"})
	require.NoError(t, err)
	req, err := http.NewRequest(http.MethodPost, server.URL+"/api/sync/enrol", bytes.NewReader(body))
	require.NoError(t, err)
	req.Header.Set("Authorization", token)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	var who dial.Enrolled
	require.NoError(t, json.NewDecoder(res.Body).Decode(&who))
	require.NoError(t, p.Adopt(who))

	_, err = p.Save([]change.Edit{{C: "notes", R: change.NewID(), Set: map[string]any{"region": here, "text": "written on a mountain"}}})
	require.NoError(t, err)
	require.NoError(t, p.Sync(context.Background()))
	require.Equal(t, "applied", p.Changes()[0].Verdict)
	stored, err := app.FindFirstRecordByData("notes", "text", "written on a mountain")
	require.NoError(t, err)
	require.NotNil(t, stored)
}
