package services

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Every route refuses in the same words: without a token, with a login that is
// over, with the wrong role and in the wrong region.
func TestRoutesRefuse(t *testing.T) {
	o := open(t, "township", township)
	id := o.add(nil)
	routes := []struct {
		method, path string
		body         any
		regional     bool
	}{
		{"GET", "/api/office/today", nil, false},
		{"GET", "/api/office/lists", nil, false},
		{"GET", "/api/office/phones", nil, false},
		{"GET", "/api/office/counsel", nil, false},
		{"POST", "/api/office/counsel", m{"name": "谭永红", "villages": []string{village}}, false},
		{"GET", "/api/office/services?region=" + village, nil, true},
		{"POST", "/api/office/services", desk(nil), true},
		{"GET", "/api/office/services/" + id, nil, true},
		{"GET", "/api/office/services/" + id + "/sheet.pdf", nil, true},
		{"POST", "/api/office/services/" + id + "/reveal", m{"purpose": "核对电话"}, true},
		{"POST", "/api/office/services/" + id + "/verify", m{}, true},
		{"POST", "/api/office/services/" + id + "/return", m{"reason": "缺签名"}, true},
		{"POST", "/api/office/services/" + id + "/void", m{"reason": "重复"}, true},
		{"POST", "/api/office/services/" + id + "/read", m{}, true},
	}
	for _, r := range routes {
		name := r.method + " " + strings.ReplaceAll(r.path, id, "{id}")
		t.Run(name, func(t *testing.T) {
			for who, want := range map[string]struct {
				status int
				code   string
			}{"": {401, "unauthorized"}, "no.such.token": {401, "login_expired"}, "counsel": {403, "forbidden"}} {
				status, got := o.call(who, r.method, r.path, r.body)
				assert.Equal(t, want.status, status, who)
				assert.Equal(t, want.code, got["code"], who)
			}
			if r.regional {
				status, got := o.call("neighbour", r.method, r.path, r.body)
				assert.Equal(t, http.StatusForbidden, status)
				assert.Equal(t, "scope", got["code"])
			}
		})
	}
	assert.Empty(t, o.trail(), "nothing happened, so nothing was logged")
}

func desk(change m) m {
	in := m{"region": village, "counsel": "counsel00000001", "kind": "CONSULT", "topic": "0801", "title": "工地欠薪", "summary": "三人被欠薪",
		"outcome": "answered", "client_kind": "resident", "occurred_at": "2026-11-24T09:00:00+08:00"}
	for k, v := range change {
		in[k] = v
	}
	return in
}

func TestBadInputHasStableCodes(t *testing.T) {
	o := open(t, "township", township)
	id := o.add(nil)
	one := "/api/office/services/" + id
	for _, c := range []struct {
		name, method, path string
		body               any
		status             int
		code               string
	}{
		{"a summary of 2 MB", "POST", "/api/office/services", desk(m{"summary": strings.Repeat("a", 2<<20)}), 413, "too_large"},
		{"a summary of 20,001 characters", "POST", "/api/office/services", desk(m{"summary": strings.Repeat("字", 20_001)}), 400, "text_too_long"},
		{"no JSON", "POST", "/api/office/services", "title=x", 400, "malformed"},
		{"half a JSON", "POST", "/api/office/services", `{"region":`, 400, "malformed"},
		{"two JSONs", "POST", "/api/office/services", `{"region":"1"}{}`, 400, "malformed"},
		{"a list", "POST", "/api/office/services", `[1]`, 400, "malformed"},
		{"a field of the office", "POST", "/api/office/services", desk(m{"no": "500238-2026-10100001"}), 400, "malformed"},
		{"an unknown village", "POST", "/api/office/services", desk(m{"region": "500238101999"}), 400, "region_unknown"},
		{"a township is no village", "POST", "/api/office/services", desk(m{"region": township}), 400, "region_unknown"},
		{"a missing title", "POST", "/api/office/services", desk(m{"title": " "}), 400, "malformed"},
		{"a false identity number", "POST", "/api/office/services", desk(m{"client_id_no": "110105194912310021"}), 400, "id_check_digit"},
		{"a false telephone number", "POST", "/api/office/services", desk(m{"client_phone": "1380000123"}), 400, "phone_format"},
		{"a switch that is none", "POST", "/api/office/services", desk(m{"unchecked": "yes"}), 400, "malformed"},
		{"a wrong type", "POST", "/api/office/services", desk(m{"duration_min": "long"}), 400, "malformed"},
		{"an unknown region", "GET", "/api/office/services?region=999999999999", nil, 400, "region_unknown"},
		{"a region that is none", "GET", "/api/office/services?region=x", nil, 400, "region_unknown"},
		{"an unknown state", "GET", "/api/office/services?state=done", nil, 400, "malformed"},
		{"an unknown kind", "GET", "/api/office/services?kind=NAP", nil, 400, "malformed"},
		{"a day that is none", "GET", "/api/office/services?from=2026-13-01", nil, 400, "malformed"},
		{"a broken cursor", "GET", "/api/office/services?cursor=%25%25", nil, 400, "malformed"},
		{"a long search", "GET", "/api/office/services?q=" + strings.Repeat("a", 61), nil, 400, "text_too_long"},
		{"a date that is none", "GET", "/api/office/today?date=today", nil, 400, "malformed"},
		{"an unknown record", "GET", "/api/office/services/nosuchrecord123", nil, 404, "not_found"},
		{"no purpose", "POST", one + "/reveal", m{"purpose": " 看 "}, 400, "purpose_required"},
		{"a purpose of 201 characters", "POST", one + "/reveal", m{"purpose": strings.Repeat("看", 201)}, 400, "text_too_long"},
		{"no reason", "POST", one + "/return", m{"reason": " "}, 400, "malformed"},
		{"a reason of 501 characters", "POST", one + "/return", m{"reason": strings.Repeat("缺", 501)}, 400, "text_too_long"},
		{"an unknown key", "POST", one + "/verify", m{"no": "1"}, 400, "malformed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, got := o.call("officer", c.method, c.path, c.body)
			assert.Equal(t, c.code, got["code"])
			assert.Equal(t, c.status, status)
			assert.NotEmpty(t, got["message"])
			assert.NotEmpty(t, got["hint"])
		})
	}
}

func TestErrorsSpeakEnglishWhenAsked(t *testing.T) {
	o := open(t, "township", township)
	_, zh := o.call("", "GET", "/api/office/today", nil)
	_, en := o.call("", "GET", "/api/office/today?lang=en", nil)
	assert.Equal(t, "请先登录。", zh["message"])
	assert.Equal(t, "Please log in.", en["message"])
}

func TestADisabledAccountIsOut(t *testing.T) {
	o := open(t, "township", township)
	r, err := o.app.FindRecordById("staff", "officer00000001")
	require.NoError(t, err)
	r.Set("state", "disabled")
	require.NoError(t, o.app.Save(r))
	status, got := o.call("officer", "GET", "/api/office/today", nil)
	assert.Equal(t, 403, status)
	assert.Equal(t, "forbidden", got["code"])
	r.Set("state", "active")
	r.Set("valid_until", "2026-11-24T11:59:59+08:00")
	require.NoError(t, o.app.Save(r))
	status, _ = o.call("officer", "GET", "/api/office/today", nil)
	assert.Equal(t, 403, status)
}
