package archives_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cunju/hooks/access"
	"cunju/hooks/archives"
	_ "cunju/migrations"
)

type m = map[string]any

// desk is an officer's browser before a node.
type desk struct {
	t     *testing.T
	app   *tests.TestApp
	url   string
	token string
}

func open(t *testing.T) *desk {
	t.Helper()
	app, err := tests.NewTestApp(t.TempDir())
	require.NoError(t, err)
	t.Cleanup(app.Cleanup)
	access.Register(app)
	archives.Register(app, archives.Deps{Now: time.Now})
	router, err := apis.NewRouter(app)
	require.NoError(t, err)
	mux, err := router.BuildMux()
	require.NoError(t, err)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	staff, err := app.FindCollectionByNameOrId("staff")
	require.NoError(t, err)
	officer := core.NewRecord(staff)
	officer.Load(m{"name": "向", "role": "officer", "region": "500238101000", "state": "active", "email": "o@example.org", "password": "correct horse"})
	require.NoError(t, app.Save(officer))
	token, err := officer.NewAuthToken()
	require.NoError(t, err)
	return &desk{t, app, server.URL, token}
}

// send writes an archive; it gives the status and the answer.
func (d *desk) send(method, path string, body m) (int, m) {
	d.t.Helper()
	raw, err := json.Marshal(body)
	require.NoError(d.t, err)
	r, err := http.NewRequestWithContext(d.t.Context(), method, d.url+"/api/collections/"+path, bytes.NewReader(raw))
	require.NoError(d.t, err)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", d.token)
	res, err := http.DefaultClient.Do(r)
	require.NoError(d.t, err)
	defer res.Body.Close()
	out := m{}
	require.NoError(d.t, json.NewDecoder(res.Body).Decode(&out))
	return res.StatusCode, out
}

func (d *desk) count(collection string) int64 {
	n, err := d.app.CountRecords(collection)
	require.NoError(d.t, err)
	return n
}

const village = "500238101201"

func TestADeskIsToldOfAFalseNumber(t *testing.T) {
	d := open(t)
	cases := []struct{ collection, field, value, code, zh, en string }{
		{"residents", "id_no", "110105194912310021", "id_check_digit", "身份证号码不正确。", "The identity number is not valid."},
		{"residents", "phone", "1380000123", "phone_format", "电话号码格式不正确。", "The phone number is not valid."},
		{"enterprises", "uscc", "91350100M000100Y44", "uscc_check", "统一社会信用代码不正确。", "The unified social credit code is not valid."},
		{"enterprises", "phone", "12345678901", "phone_format", "电话号码格式不正确。", "The phone number is not valid."},
	}
	for _, c := range cases {
		t.Run(c.collection+" "+c.field, func(t *testing.T) {
			path := c.collection + "/records"
			for query, message := range map[string]string{"": c.zh, "?lang=en": c.en} {
				status, answer := d.send("POST", path+query, m{"region": village, c.field: c.value})
				assert.Equal(t, 400, status)
				assert.Equal(t, c.code, answer["code"])
				assert.Equal(t, message, answer["message"])
			}
			assert.Zero(t, d.count(c.collection), "nothing is stored")

			status, answer := d.send("POST", path+"?unchecked=1", m{"region": village, c.field: c.value})
			require.Equal(t, 200, status, answer)
			assert.Equal(t, []any{c.code}, answer["marks"])
			id := answer["id"].(string)
			record, err := d.app.FindRecordById(c.collection, id)
			require.NoError(t, err)
			assert.Equal(t, c.value, record.GetString(c.field), "as written")

			status, answer = d.send("PATCH", path+"/"+id, m{"address": "凤凰镇", c.field: "000"})
			assert.Equal(t, 400, status)
			assert.Equal(t, c.code, answer["code"])
			record, err = d.app.FindRecordById(c.collection, id)
			require.NoError(t, err)
			assert.Equal(t, c.value, record.GetString(c.field))
			assert.Empty(t, record.GetString("address"))
			status, _ = d.send("PATCH", path+"/"+id, m{"address": "凤凰镇"})
			assert.Equal(t, 200, status, "an old false number blocks nothing else")
			require.NoError(t, d.app.Delete(record))
		})
	}
}

func TestGoodNumbersAreBroughtToOneForm(t *testing.T) {
	d := open(t)
	status, answer := d.send("POST", "residents/records", m{"region": village, "name": "冉秀英", "id_no": "１１０１０５19491231002x", "phone": 13800001234, "groups": []string{"elder"}})
	require.Equal(t, 200, status, answer)
	assert.Empty(t, answer["marks"])
	for _, hidden := range []string{"name", "id_no", "phone", "groups"} {
		assert.NotContains(t, answer, hidden, "what is written is not read back")
	}
	record, err := d.app.FindRecordById("residents", answer["id"].(string))
	require.NoError(t, err)
	assert.Equal(t, "冉秀英 11010519491231002X 13800001234", record.GetString("name")+" "+record.GetString("id_no")+" "+record.GetString("phone"))
	assert.JSONEq(t, `["elder"]`, record.GetString("groups"))

	status, _ = d.send("PATCH", "residents/records/"+record.Id, m{"phone": "023 51220000", "uscc": "1"})
	require.Equal(t, 200, status, "a field that the collection lacks is nobody's business")
	record, err = d.app.FindRecordById("residents", record.Id)
	require.NoError(t, err)
	assert.Equal(t, "023-51220000", record.GetString("phone"))
	status, _ = d.send("PATCH", "residents/records/"+record.Id, m{"phone": "", "id_no": ""})
	require.Equal(t, 200, status, "a number may be taken out again")
}

// Whoever may not write there at all learns nothing about numbers.
func TestRightsComeFirst(t *testing.T) {
	d := open(t)
	status, answer := d.send("POST", "residents/records", m{"region": "500238102201", "id_no": "110105194912310021"})
	assert.Equal(t, 400, status)
	assert.NotContains(t, answer, "code")
	d.token = ""
	status, answer = d.send("POST", "residents/records?unchecked=1", m{"region": village, "id_no": "1"})
	assert.Equal(t, 400, status)
	assert.NotContains(t, answer, "code")
	assert.Zero(t, d.count("residents"))
}
