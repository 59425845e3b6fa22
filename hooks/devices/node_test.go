package devices

import (
	"encoding/json/v2"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cunju/sync/install"
)

func (o *office) get(path, token string) (int, map[string]any) {
	req, err := http.NewRequest(http.MethodGet, o.server.URL+path, nil)
	require.NoError(o.t, err)
	if token != "" {
		req.Header.Set("Authorization", token)
	}
	res, err := http.DefaultClient.Do(req)
	require.NoError(o.t, err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	require.NoError(o.t, err)
	out := map[string]any{}
	require.NoError(o.t, json.Unmarshal(raw, &out), string(raw))
	return res.StatusCode, out
}

func TestTheOfficeSeesWhetherItHasJoined(t *testing.T) {
	city := open(t, install.City, "500000000000", "")
	o := open(t, install.Township, town, city.server.URL)
	status, _ := o.get("/api/cunju/node", "")
	assert.Equal(t, 401, status)
	status, out := o.get("/api/cunju/node", o.login("counsel@example.com"))
	assert.Equal(t, 403, status)
	assert.Equal(t, "forbidden", out["code"])

	status, out = o.get("/api/cunju/node", o.token)
	require.Equal(t, 200, status)
	assert.Equal(t, map[string]any{"tier": "township", "region": town, "region_name": "凤凰镇", "name": "township", "upstream": city.server.URL,
		"joined": false, "until": out["until"], "install": o.eng.Install(), "epoch": o.eng.Epoch()}, out)
	assert.Regexp(t, `^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$`, out["until"])

	o.person("admin@example.com", "admin", town)
	status, out = o.post("/api/cunju/join", o.login("admin@example.com"), `{"code":"`+city.code(`{"region":"`+town+`"}`)+`"}`)
	require.Equal(t, 200, status, out)
	_, out = o.get("/api/cunju/node", o.token)
	assert.Equal(t, true, out["joined"])
	assert.Equal(t, o.now.Add(NodeLife).Format("2006-01-02T15:04:05Z"), out["until"], "what the city certified")
	_, out = city.get("/api/cunju/node", city.token)
	assert.Equal(t, "city", out["tier"])
	assert.Equal(t, false, out["joined"], "there is nothing above")
}

func TestOnlyATownshipIsInvited(t *testing.T) {
	city := open(t, install.City, "500000000000", "")
	for _, code := range []string{"500238000000", village, "500000000000", "x", ""} {
		status, out := city.post("/api/cunju/pairings", city.token, `{"region":"`+code+`"}`)
		assert.Equal(t, 400, status, code)
		assert.Equal(t, "region_unknown", out["code"], code)
	}
}

// An office may have written the moments in its own zone: eight in the evening
// in China is noon in UTC.
func TestAssignmentsAreComparedAsMoments(t *testing.T) {
	for name, c := range map[string]struct {
		from, until string
		now         bool
	}{
		"began an hour ago, in China's zone": {"2026-11-24T17:00:00+08:00", "", true},
		"begins in an hour, in UTC":          {"2026-11-24T11:00:00Z", "", false},
		"ends in an hour, in a western zone": {"2026-01-01T00:00:00Z", "2026-11-24T04:00:00-07:00", true},
		"ended an hour ago, in China's zone": {"2026-01-01T00:00:00Z", "2026-11-24T17:00:00+08:00", false},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t, install.Township, town, "")
			o.assign(o.counsel, c.from, c.until)
			list, err := (&devices{Deps: Deps{Now: o.eng.Now}, app: o.app}).villages(o.app.DB(), o.counsel)
			require.NoError(t, err)
			assert.Equal(t, c.now, len(list) == 1)
		})
	}
}
