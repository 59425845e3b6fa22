package access_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"
	"github.com/stretchr/testify/require"

	"cunju/hooks/access"
	_ "cunju/migrations"
)

// The places of the tests: a village, its neighbour in the same township, a
// village of another township of the county, one of another county.
const (
	city      = "500000000000"
	county    = "500238000000"
	town      = "500238101000"
	own       = "500238101201"
	neighbour = "500238101202"
	otherTown = "500238102201"
	abroad    = "500237101201"
)

var places = []struct{ name, code string }{{"own", own}, {"neighbour", neighbour}, {"other town", otherTown}, {"abroad", abroad}}

// openService is one that is not sealed, to which sample documents and attachments belong.
const openService = "openservice0001"

// world is a node with real HTTP in front of it.
type world struct {
	t      *testing.T
	app    *tests.TestApp
	server *httptest.Server
	n      int
}

func newWorld(t *testing.T) *world {
	t.Helper()
	app, err := tests.NewTestApp(t.TempDir())
	require.NoError(t, err)
	t.Cleanup(app.Cleanup)
	app.Settings().RateLimits.Enabled = false // a matrix is not a guest
	access.Register(app)
	router, err := apis.NewRouter(app)
	require.NoError(t, err)
	mux, err := router.BuildMux()
	require.NoError(t, err)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	w := &world{t: t, app: app, server: server}
	w.record("services", map[string]any{"id": openService, "region": own, "counsel": "nobody", "secrecy": "normal", "state": "submitted"})
	return w
}

// record saves a record past all rules.
func (w *world) record(collection string, fields map[string]any) *core.Record {
	w.t.Helper()
	found, err := w.app.FindCollectionByNameOrId(collection)
	require.NoError(w.t, err)
	record := core.NewRecord(found)
	record.Load(fields)
	require.NoError(w.t, w.app.Save(record), collection)
	return record
}

func (w *world) staff(role access.Role, region string, more map[string]any) *core.Record {
	w.t.Helper()
	w.n++
	fields := map[string]any{
		"name": fmt.Sprint(role), "role": string(role), "region": region, "state": "active",
		"email": fmt.Sprintf("%s%d@example.org", role, w.n), "password": "correct horse", "emailVisibility": true,
	}
	for key, value := range more {
		fields[key] = value
	}
	return w.record("staff", fields)
}

func (w *world) assign(staff *core.Record, region, from, until string) {
	w.t.Helper()
	w.record("assignments", map[string]any{"region": region, "staff": staff.Id, "valid_from": from, "valid_until": until})
}

// superuser is the control: what it may not do either is a fault of the test.
func (w *world) superuser() *core.Record {
	return w.record(core.CollectionNameSuperusers, map[string]any{"email": "root@example.org", "password": "correct horse"})
}

func (w *world) do(method, path string, who *core.Record, body map[string]any) (int, map[string]any) {
	w.t.Helper()
	var reader io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		require.NoError(w.t, err)
		reader = bytes.NewReader(raw)
	}
	request, err := http.NewRequest(method, w.server.URL+path, reader)
	require.NoError(w.t, err)
	request.Header.Set("Content-Type", "application/json")
	if who != nil {
		token, err := who.NewAuthToken()
		require.NoError(w.t, err)
		request.Header.Set("Authorization", token)
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(w.t, err)
	defer response.Body.Close()
	answer := map[string]any{}
	raw, err := io.ReadAll(response.Body)
	require.NoError(w.t, err)
	if len(raw) > 0 {
		require.NoError(w.t, json.Unmarshal(raw, &answer), string(raw))
	}
	return response.StatusCode, answer
}

// try does the verb over HTTP and tells whether it happened.
func (w *world) try(who *core.Record, verb access.Verb, collection, id string, body map[string]any) bool {
	w.t.Helper()
	base := "/api/collections/" + collection + "/records"
	switch verb {
	case access.List:
		// without a filter: PocketBase slows down who filters for what is not his
		_, answer := w.do(http.MethodGet, base+"?perPage=500&skipTotal=1", who, nil)
		items, _ := answer["items"].([]any)
		return slices.ContainsFunc(items, func(item any) bool { return item.(map[string]any)["id"] == id })
	case access.View:
		status, _ := w.do(http.MethodGet, base+"/"+id, who, nil)
		return status == http.StatusOK
	case access.Create:
		status, _ := w.do(http.MethodPost, base, who, body)
		return status == http.StatusOK
	case access.Update:
		status, _ := w.do(http.MethodPatch, base+"/"+id, who, body)
		return status == http.StatusOK
	case access.Delete:
		status, _ := w.do(http.MethodDelete, base+"/"+id, who, nil)
		return status == http.StatusNoContent
	}
	return false
}

// sample gives what a record of the collection holds and a change that hurts
// nothing. Names of owners are put in by the caller.
func sample(collection, region string) (fields, change map[string]any) {
	note := map[string]any{"note": "改"}
	switch collection {
	case "institutions":
		return map[string]any{"region": region, "name": "所", "kind": "law_firm"}, map[string]any{"address": "改"}
	case "practitioners":
		return map[string]any{"region": region, "name": "张三"}, map[string]any{"licence_no": "改"}
	case "assignments":
		return map[string]any{"region": region}, map[string]any{"grace_days": 3}
	case "residents":
		return map[string]any{"region": region, "gender": "male"}, map[string]any{"birth_year": 1960}
	case "enterprises":
		return map[string]any{"region": region, "name": "合作社"}, map[string]any{"address": "改"}
	case "visits":
		return map[string]any{"region": region}, note
	case "services":
		return map[string]any{"region": region, "state": "draft", "title": "借款"}, map[string]any{"title": "改"}
	case "documents":
		return map[string]any{"region": region, "state": "draft", "service": openService}, map[string]any{"template": "D01"}
	case "attachments":
		return map[string]any{"region": region, "service": openService, "sha256": strings.Repeat("a", 64)}, map[string]any{"mime": "image/png"}
	case "ratings":
		return map[string]any{"region": region, "grade": 5}, map[string]any{"grade": 1}
	case "rating_events":
		return map[string]any{"region": region, "kind": "accept"}, map[string]any{"note": "改"}
	case "village_boards":
		return map[string]any{"region": region, "duty_times": "每周三"}, map[string]any{"duty_times": "改"}
	case "orders":
		return map[string]any{"region": region, "state": "new", "title": "求助"}, map[string]any{"title": "改"}
	case "order_events":
		return map[string]any{"region": region, "order_id": "o00000000000000"}, note
	case "audit":
		return map[string]any{"region": region, "action": "login", "at": "2026-11-24T09:00:00Z"}, map[string]any{"action": "x"}
	case "pairings":
		return map[string]any{"region": region, "kind": "phone"}, map[string]any{"tries": 0}
	}
	return map[string]any{}, map[string]any{"name": "改"}
}

func at(offset time.Duration, zone int) string {
	return time.Now().Add(offset).In(time.FixedZone("", zone*3600)).Format(time.RFC3339)
}
