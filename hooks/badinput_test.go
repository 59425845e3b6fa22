package hooks_test

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cunju/hooks/fault"
)

// Made-up numbers and texts that must turn up nowhere.
const (
	falseID    = "110105194912310021"
	falsePhone = "1380000123"
	falseUSCC  = "91350100M000100Y44"
	wrongCode  = "7777888899990000"
	secretText = "当事人自述的情况"
)

// bad is one request that must be refused: its answer has a stable code and both
// languages, and it leaves nothing behind.
type bad struct {
	name, method, path, token, body string
	status                          int
	code                            string
}

func TestBadInputIsRefusedAndLeavesNothingBehind(t *testing.T) {
	w := newOffice(t)
	cases := slices.Concat(w.badCodes(), w.badLogins(), w.badRegions(), w.badNumbers(), w.tooLarge(), w.noJSON())
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			before := w.counts()
			for _, lang := range []string{"zh-CN", "en"} {
				status, answer := w.send(c, lang)
				entry, known := fault.Lookup(c.code)
				require.True(t, known)
				assert.Equal(t, c.status, status, answer)
				assert.Equal(t, c.code, answer.Code)
				assert.Equal(t, entry.Message.In(lang[:2]), answer.Message)
				assert.Equal(t, entry.Hint.In(lang[:2]), answer.Hint)
			}
			assert.Equal(t, before, w.counts(), "nothing is stored")
		})
	}
	log := w.log()
	for _, secret := range append(w.codes, falseID, falsePhone, falseUSCC, wrongCode, secretText, strings.Repeat("长", 40)) {
		assert.NotContains(t, log, secret)
	}
	t.Run("the same requests without the fault are taken", w.goodInput)
}

func (w *officeWorld) badCodes() []bad {
	enrol := func(name, code string, status int, refusal string) bad {
		return bad{name: name, method: "POST", path: "/api/sync/enrol", body: w.enrolBody(code), status: status, code: refusal}
	}
	return []bad{
		enrol("a wrong pairing code", wrongCode, 403, "pairing_wrong"),
		enrol("a used pairing code", w.usedCode, 409, "pairing_used"),
		enrol("an expired pairing code", w.expiredCode, 410, "pairing_expired"),
	}
}

func (w *officeWorld) badLogins() []bad {
	over := w.expiredToken()
	return []bad{
		{"reading with a login that is over", "GET", "/api/office/today", over, "", 401, "login_expired"},
		{"writing with a login that is over", "POST", "/api/office/services", over, w.slip(nil), 401, "login_expired"},
		{"pairing with a login that is over", "POST", "/api/cunju/pairings", over, `{"staff":"` + w.counsel + `"}`, 401, "login_expired"},
		{"records with a login that is over", "GET", "/api/collections/services/records", over, "", 401, "login_expired"},
		{"an archive with a login that is over", "POST", "/api/collections/residents/records", over, `{"region":"` + village + `"}`, 401, "login_expired"},
		{"pairing without a login", "POST", "/api/cunju/pairings", "", `{"staff":"` + w.counsel + `"}`, 401, "unauthorized"},
	}
}

func (w *officeWorld) badRegions() []bad {
	return []bad{
		{"a slip of a village that does not exist", "POST", "/api/office/services", w.officer, w.slip(m{"region": nowhere}), 400, "region_unknown"},
		{"an archive of a village that does not exist", "POST", "/api/collections/residents/records", w.officer, `{"region":"` + nowhere + `"}`, 400, "region_unknown"},
		{"an institution of a place that does not exist", "POST", "/api/collections/institutions/records", w.admin, `{"region":"` + nowhere + `","name":"所"}`, 400, "region_unknown"},
		{"a list of a place that does not exist", "GET", "/api/office/services?region=" + nowhere, w.officer, "", 400, "region_unknown"},
		{"an archive of another township", "POST", "/api/collections/residents/records", w.officer, `{"region":"500238102201"}`, 403, "forbidden"},
	}
}

func (w *officeWorld) badNumbers() []bad {
	residents, enterprises := "/api/collections/residents/records", "/api/collections/enterprises/records"
	return []bad{
		{"a slip with a false identity number", "POST", "/api/office/services", w.officer, w.slip(m{"client_id_no": falseID}), 400, "id_check_digit"},
		{"a slip with a false telephone number", "POST", "/api/office/services", w.officer, w.slip(m{"client_phone": falsePhone}), 400, "phone_format"},
		{"a resident with a false identity number", "POST", residents, w.officer, `{"region":"` + village + `","id_no":"` + falseID + `"}`, 400, "id_check_digit"},
		{"a resident with a false telephone number", "POST", residents, w.officer, `{"region":"` + village + `","phone":"` + falsePhone + `"}`, 400, "phone_format"},
		{"a resident given a false identity number", "PATCH", residents + "/" + w.resident, w.officer, `{"id_no":"` + falseID + `"}`, 400, "id_check_digit"},
		{"an enterprise with a false credit code", "POST", enterprises, w.officer, `{"region":"` + village + `","uscc":"` + falseUSCC + `"}`, 400, "uscc_check"},
		{"an identity number that is no number at all", "POST", residents + "?unchecked=1", w.officer,
			`{"region":"` + village + `","id_no":"` + falseID + falseID + `"}`, 400, "text_too_long"},
		{"a search for a number in the address", "GET", residents + "?filter=(id_no='" + falseID + "')", w.officer, "", 400, "malformed"},
	}
}

func (w *officeWorld) tooLarge() []bad {
	long := secretText + strings.Repeat("长", 2<<20/3)
	return []bad{
		{"a slip with a summary of 2 MB", "POST", "/api/office/services", w.officer, w.slip(m{"summary": long}), 413, "too_large"},
		{"a summary of 2 MB by sync, with a good change before it", "POST", "/api/sync/batches", "", w.batch(m{"summary": "好"}, m{"summary": long}), 413, "too_large"},
		{"a slip with a summary of 20,001 characters", "POST", "/api/office/services", w.officer, w.slip(m{"summary": strings.Repeat("长", 20_001)}), 400, "text_too_long"},
	}
}

func (w *officeWorld) noJSON() []bad {
	const text = `{"summary":"` + secretText + `", ` + falseID
	return []bad{
		{"a slip that is no JSON", "POST", "/api/office/services", w.officer, text, 400, "malformed"},
		{"an archive that is no JSON", "POST", "/api/collections/residents/records", w.officer, text, 400, "malformed"},
		{"a pairing that is no JSON", "POST", "/api/cunju/pairings", w.officer, text, 400, "malformed"},
		{"an enrolment that is no JSON", "POST", "/api/sync/enrol", "", text, 400, "malformed"},
		{"a batch that is no JSON", "POST", "/api/sync/batches", "", text, 400, "malformed"},
	}
}

// goodInput is the control: what was refused above was refused for its fault.
func (w *officeWorld) goodInput(t *testing.T) {
	before := w.counts()
	for _, c := range []bad{
		{"slip", "POST", "/api/office/services", w.officer, w.slip(m{"client_id_no": "11010519491231002X", "client_phone": "13800001234"}), 200, ""},
		{"slip as written", "POST", "/api/office/services", w.officer, w.slip(m{"client_id_no": falseID, "unchecked": true}), 200, ""},
		{"archive", "POST", "/api/collections/residents/records", w.officer, `{"region":"` + village + `","id_no":"11010519491231002X"}`, 200, ""},
		{"archive as written", "POST", "/api/collections/residents/records?unchecked=1", w.officer, `{"region":"` + village + `","id_no":"` + falseID + `"}`, 200, ""},
		{"batch", "POST", "/api/sync/batches", "", w.batch(m{"summary": "好", "client_id_no": falseID}), 200, ""},
	} {
		status, answer := w.send(c, "zh-CN")
		assert.Equal(t, c.status, status, "%s: %v", c.name, answer)
	}
	after := w.counts()
	assert.Equal(t, before["services"]+3, after["services"])
	assert.Equal(t, before["residents"]+2, after["residents"])
	assert.Equal(t, before["sync_changes"]+5, after["sync_changes"])
	var verdicts []string
	require.NoError(t, w.app.DB().NewQuery("SELECT DISTINCT verdict FROM sync_changes").Column(&verdicts))
	assert.Equal(t, []string{"applied"}, verdicts, "a false number from the field is kept")
}

// send makes the request and reads its answer.
func (w *officeWorld) send(c bad, lang string) (int, fault.Answer) {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), c.method, w.base+c.path, strings.NewReader(c.body))
	require.NoError(w.t, err)
	r.Header.Set("Accept-Language", lang)
	r.Header.Set("Content-Type", "application/json")
	if c.token != "" {
		r.Header.Set("Authorization", c.token)
	}
	res, err := (&http.Client{Timeout: time.Minute}).Do(r)
	require.NoError(w.t, err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	require.NoError(w.t, err)
	var answer fault.Answer
	if res.StatusCode != http.StatusOK {
		require.NoError(w.t, json.Unmarshal(raw, &answer), string(raw))
		for _, secret := range []string{falseID, falsePhone, falseUSCC, secretText} {
			assert.NotContains(w.t, string(raw), secret)
		}
	}
	return res.StatusCode, answer
}
