package staff

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cunju/hooks/access"
)

func TestRoutesRefuse(t *testing.T) {
	o := open(t, township)
	given := o.assign(village, "2026-01-01T00:00:00Z", "")
	officer, counsel := "/api/cunju/staff/"+id("officer"), "/api/cunju/staff/"+id("counsel")
	newcomer := m{"name": "李", "login": "li@office.example", "role": "officer"}
	for _, r := range []struct {
		method, path string
		body         any
		admins       bool // only administrators
		regional     bool
	}{
		{"GET", "/api/cunju/staff", nil, false, false},
		{"POST", "/api/cunju/staff", newcomer, true, false},
		{"POST", officer + "/password", m{}, true, true},
		{"POST", officer + "/state", m{"state": "disabled"}, true, true},
		{"POST", counsel + "/villages", m{"villages": []string{second}}, false, true},
		{"POST", "/api/cunju/assignments/" + given + "/end", m{}, false, true},
		{"POST", "/api/cunju/password", m{"old": "x", "new": "y"}, false, false},
	} {
		t.Run(r.method+" "+r.path, func(t *testing.T) {
			for who, want := range map[string]struct {
				status int
				code   string
			}{"": {401, "unauthorized"}, "no.such.token": {401, "login_expired"}, "counsel": {403, "forbidden"}} {
				status, got := o.call(who, r.method, r.path, r.body)
				assert.Equal(t, want.status, status, who)
				assert.Equal(t, want.code, got["code"], who)
			}
			if r.admins {
				status, got := o.call("officer", r.method, r.path, r.body)
				assert.Equal(t, 403, status)
				assert.Equal(t, "forbidden", got["code"])
			}
			if r.regional {
				status, got := o.call("neighbour", r.method, r.path, r.body)
				assert.Equal(t, 403, status)
				assert.Equal(t, "scope", got["code"])
			}
		})
	}
	assert.Empty(t, o.trail(), "nothing happened, so nothing was logged")
}

func TestBadInputHasStableCodes(t *testing.T) {
	o := open(t, township)
	given := o.assign(village, "2026-01-01T00:00:00Z", "")
	over := o.assign(second, "2026-01-01T00:00:00Z", "2026-11-20T00:00:00+08:00")
	counsel := "/api/cunju/staff/" + id("counsel")
	many := []string{}
	for i := range MaxVillages {
		many = append(many, fmt.Sprintf("5002381013%02d", i))
	}
	for _, c := range []struct {
		name, path string
		body       any
		status     int
		code       string
	}{
		{"20 KB", "/api/cunju/staff", m{"name": strings.Repeat("a", 20<<10)}, 413, "too_large"},
		{"no JSON", "/api/cunju/staff", "name=x", 400, "malformed"},
		{"an unknown key", "/api/cunju/staff", m{"name": "李", "password": "mine"}, 400, "malformed"},
		{"a login in use", "/api/cunju/staff", m{"name": "李", "login": "OFFICER@office.example", "role": "officer"}, 409, "login_taken"},
		{"a place elsewhere", "/api/cunju/staff", m{"name": "李", "login": "li@x.example", "role": "officer", "region": next}, 403, "scope"},
		{"a place that is none", "/api/cunju/staff", m{"name": "李", "login": "li@x.example", "role": "officer", "region": "500238999000"}, 400, "region_unknown"},
		{"nobody's password", "/api/cunju/staff/nobodynobody001/password", m{}, 404, "not_found"},
		{"one's own password", "/api/cunju/staff/" + id("admin") + "/password", m{}, 409, "state"},
		{"a counsel's password", counsel + "/password", m{}, 409, "state"},
		{"disabling oneself", "/api/cunju/staff/" + id("admin") + "/state", m{"state": "disabled"}, 409, "state"},
		{"a state that is none", counsel + "/state", m{"state": "asleep"}, 400, "malformed"},
		{"the state that it has", counsel + "/state", m{"state": "active"}, 409, "state"},
		{"no village", counsel + "/villages", m{"villages": []string{}}, 400, "malformed"},
		{"a township as a village", counsel + "/villages", m{"villages": []string{township}}, 400, "region_unknown"},
		{"a village elsewhere", counsel + "/villages", m{"villages": []string{other}}, 403, "scope"},
		{"nine villages", counsel + "/villages", m{"villages": many}, 409, "too_many_villages"},
		{"villages for an officer", "/api/cunju/staff/" + id("officer") + "/villages", m{"villages": []string{village}}, 409, "state"},
		{"no such assignment", "/api/cunju/assignments/nosuchrecord123/end", m{}, 404, "not_found"},
		{"one that is over", "/api/cunju/assignments/" + over + "/end", m{}, 409, "state"},
		{"a day that is over", "/api/cunju/assignments/" + given + "/end", m{"last_day": "2026-11-23"}, 400, "malformed"},
		{"a year of grace", "/api/cunju/assignments/" + given + "/end", m{"grace_days": 365}, 400, "malformed"},
		{"a wrong old password", "/api/cunju/password", m{"old": "long-enough-8", "new": "tree-7-river-lamp"}, 403, "password_wrong"},
		{"a weak new password", "/api/cunju/password", m{"old": "long-enough-9", "new": "short"}, 400, "weak_password"},
		{"the same password", "/api/cunju/password", m{"old": "long-enough-9", "new": "long-enough-9"}, 400, "weak_password"},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, got := o.call("admin", "POST", c.path, c.body)
			assert.Equal(t, c.code, got["code"])
			assert.Equal(t, c.status, status)
			assert.NotEmpty(t, got["hint"])
		})
	}
	assert.Empty(t, o.trail(), "what was refused is undone as a whole")
}

func TestAnOfficersAccountFromFirstToLastDay(t *testing.T) {
	o := open(t, township)
	status, got := o.call("admin", "POST", "/api/cunju/staff", m{"name": "向秀英", "login": "xiang@office.example", "role": "officer"})
	require.Equal(t, http.StatusOK, status, got)
	account, first := got["id"].(string), got["password"].(string)
	require.True(t, o.login("xiang@office.example", first))
	line := o.line("admin", account)
	assert.Equal(t, "xiang@office.example", line["login"])
	assert.Equal(t, "宁河街道", line["region_name"])
	assert.Empty(t, o.line("officer", account)["login"], "a colleague needs no logins")
	assert.Nil(t, o.line("neighbour", account))

	base := "/api/cunju/staff/" + account
	_, got = o.call("admin", "POST", base+"/password", m{})
	second := got["password"].(string)
	assert.NotEqual(t, first, second)
	assert.False(t, o.login("xiang@office.example", first))
	assert.True(t, o.login("xiang@office.example", second))

	status, _ = o.call("admin", "POST", base+"/state", m{"state": "disabled"})
	require.Equal(t, http.StatusOK, status)
	assert.False(t, o.login("xiang@office.example", second))
	status, _ = o.call("admin", "POST", base+"/state", m{"state": "active"})
	require.Equal(t, http.StatusOK, status)
	assert.True(t, o.login("xiang@office.example", second))
	assert.Equal(t, []string{"staff.add", "staff.password", "staff.disable", "staff.enable"}, o.trail())

	var kept int
	require.NoError(t, o.app.DB().NewQuery("SELECT count(*) FROM audit WHERE purpose LIKE '%"+second+"%' OR action LIKE '%"+second+"%'").Row(&kept))
	assert.Zero(t, kept)
}

func TestACityAddsSupervisorsOfItsCounties(t *testing.T) {
	o := open(t, city)
	status, got := o.call("cityadmin", "POST", "/api/cunju/staff", m{"name": "谭志远", "login": "tan@county.example", "role": "supervisor", "region": county})
	require.Equal(t, http.StatusOK, status, got)
	r, err := o.app.FindRecordById(Collection, got["id"].(string))
	require.NoError(t, err)
	assert.Equal(t, "500238000000 500238999999", r.GetString("scope_from")+" "+r.GetString("scope_to"))
}

func TestADisabledLoginIsOutAndStaysOut(t *testing.T) {
	o := open(t, township)
	status, _ := o.call("officer", "GET", "/api/cunju/staff", nil)
	require.Equal(t, http.StatusOK, status)
	for _, state := range []string{"disabled", "active"} {
		status, got := o.call("admin", "POST", "/api/cunju/staff/"+id("officer")+"/state", m{"state": state})
		require.Equal(t, http.StatusOK, status, got)
		status, _ = o.call("officer", "GET", "/api/cunju/staff", nil)
		assert.Equal(t, http.StatusUnauthorized, status, "%s: the old token is dead", state)
	}
}

func TestAnybodyChangesTheOwnPassword(t *testing.T) {
	o := open(t, township)
	status, got := o.call("officer", "POST", "/api/cunju/password", m{"old": "long-enough-9", "new": "tree-7-river-lamp"})
	require.Equal(t, http.StatusOK, status, got)
	assert.True(t, o.login("officer@office.example", "tree-7-river-lamp"))
	assert.False(t, o.login("officer@office.example", "long-enough-9"))
	status, _ = o.call("officer", "GET", "/api/cunju/staff", nil)
	assert.Equal(t, http.StatusUnauthorized, status, "logins with the old password are over")
	assert.Equal(t, []string{"staff.own_password"}, o.trail())
}

func TestVillagesAreGivenAndTaken(t *testing.T) {
	o := open(t, township)
	o.assign(village, "2026-01-01T00:00:00+08:00", "")
	status, got := o.call("admin", "POST", "/api/cunju/staff/"+id("counsel")+"/villages", m{"villages": []string{village, second}, "grace_days": 7})
	require.Equal(t, http.StatusOK, status, got)
	assert.EqualValues(t, 1, got["added"], "what the counsel has already stays as it is")
	reads := func() []string {
		list, err := access.Villages(o.app.DB(), id("counsel"), o.now)
		require.NoError(t, err)
		return list
	}
	require.Equal(t, []string{village, second}, reads())

	held := o.line("officer", id("counsel"))["assignments"].([]any)
	require.Len(t, held, 2)
	last := held[1].(m)
	assert.Equal(t, m{"id": last["id"], "region": second, "name": "白鹿村", "valid_from": "2026-11-24T12:00:00Z", "valid_until": "", "grace_days": 7.0,
		"phase": "now", "may_end": true}, last)
	path := "/api/cunju/assignments/" + last["id"].(string) + "/end"
	_, got = o.call("officer", "POST", path, m{"last_day": "2026-11-30", "grace_days": 3})
	assert.Equal(t, "2026-11-30T16:00:00Z", got["valid_until"])
	require.Equal(t, []string{village, second}, reads(), "until its last day")
	_, got = o.call("officer", "POST", path, m{"grace_days": 3})
	assert.Equal(t, "2026-11-24T12:00:00Z", got["valid_until"], "an end that has not come may be moved, to now, too")
	require.Equal(t, []string{village}, reads(), "the phone's feed of it is gone")
	may := func(at time.Time) bool {
		ok, err := access.Rights{}.MayWrite(o.app.DB(), id("counsel"), second, at.UnixMilli())
		require.NoError(t, err)
		return ok
	}
	assert.True(t, may(o.now.AddDate(0, 0, 3).Add(-time.Second)), "finished work may still arrive")
	assert.False(t, may(o.now.AddDate(0, 0, 3)))
	assert.Equal(t, "grace", o.line("officer", id("counsel"))["assignments"].([]any)[1].(m)["phase"])
	assert.Equal(t, []string{"assignment.add", "assignment.end", "assignment.end"}, o.trail())
	var changes int
	require.NoError(t, o.app.DB().NewQuery("SELECT count(*) FROM sync_history WHERE c = 'assignments' AND r = '"+last["id"].(string)+"'").Row(&changes))
	assert.Equal(t, 3, changes, "each step travels to the city and the phones")
}

func TestACounselFromElsewhereIsSeenWhereHeServes(t *testing.T) {
	o := open(t, city)
	o.assign(other, "2026-01-01T00:00:00Z", "")
	line := o.line("neighbour", id("counsel"))
	require.NotNil(t, line)
	assert.Equal(t, false, line["own"])
	status, got := o.call("neighbour", "POST", "/api/cunju/staff/"+id("counsel")+"/state", m{"state": "disabled"})
	assert.Equal(t, 403, status, "the account is another office's")
	assert.Equal(t, "scope", got["code"])
	mine := line["assignments"].([]any)[0].(m)
	status, _ = o.call("neighbour", "POST", "/api/cunju/assignments/"+mine["id"].(string)+"/end", m{})
	assert.Equal(t, 200, status, "the village is one's own")
}
