package fault_test

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cunju/hooks/fault"
)

func TestEveryCodeHasStatusMessageAndHintInBothLanguages(t *testing.T) {
	needed := strings.Fields(`malformed too_large not_found unauthorized login_expired forbidden
		region_unknown id_check_digit uscc_check phone_format pairing_wrong pairing_used pairing_expired
		pairing_tries text_too_long clock scope suite signature unknown_install install_revoked install_suspended cert_expired no_villages no_upstream upstream gap fork
		rate_window rate_invalid rate_staff_browser too_many weak_password setup_done password_wrong login_taken too_many_villages state
		purpose_required reason_required case_rated case_same_person case_note case_answer internal disk_full unreadable blob_offset blob_hash blob_kind blob_quota bundle_receiver`)
	assert.ElementsMatch(t, needed, fault.Codes())
	for _, code := range fault.Codes() {
		entry, ok := fault.Lookup(code)
		require.True(t, ok, code)
		assert.GreaterOrEqual(t, entry.Status, 400, code)
		assert.Less(t, entry.Status, 600, code)
		for _, text := range []fault.Text{entry.Message, entry.Hint} {
			assert.True(t, hasHan(text.Zh), "%s: no Chinese text", code)
			assert.NotEmpty(t, text.En, code)
			assert.False(t, hasHan(text.En), "%s: Chinese in the English text", code)
		}
	}
}

func hasHan(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

func TestFrom(t *testing.T) {
	cases := []struct {
		name   string
		err    error
		code   string
		status int
	}{
		{"own code survives wrapping", fmt.Errorf("read batch: %w", fault.New("gap")), "gap", 409},
		{"code that the table lacks", fault.New("no such code"), "internal", 500},
		{"api 400", router.NewBadRequestError("x", nil), "malformed", 400},
		{"api 401", router.NewUnauthorizedError("x", nil), "unauthorized", 401},
		{"api 403", router.NewForbiddenError("x", nil), "forbidden", 403},
		{"api 404", router.NewNotFoundError("x", nil), "not_found", 404},
		{"api 413", router.NewApiError(413, "x", nil), "too_large", 413},
		{"api 429", router.NewTooManyRequestsError("x", nil), "too_many", 429},
		{"api 500", router.NewInternalServerError("x", nil), "internal", 500},
		{"body over its limit", &http.MaxBytesError{Limit: 1}, "too_large", 413},
		{"missing row", fmt.Errorf("find: %w", sql.ErrNoRows), "not_found", 404},
		{"anything else", errors.New("boom"), "internal", 500},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			found := fault.From(c.err)
			assert.Equal(t, c.code, found.Code)
			assert.Equal(t, c.status, found.Status)
			assert.Equal(t, c.code, fault.Code(c.err))
		})
	}
	assert.Empty(t, fault.Code(nil))
}

func TestWrapKeepsTheCauseAndTheCode(t *testing.T) {
	cause := errors.New("boom")
	base := fault.New("unreadable")
	wrapped := base.Wrap(cause)
	assert.ErrorIs(t, wrapped, cause)
	assert.ErrorIs(t, wrapped, fault.New("unreadable"))
	assert.NotErrorIs(t, wrapped, fault.New("gap"))
	assert.Nil(t, base.Err, "the sentinel itself is not changed")
	assert.Equal(t, "unreadable: boom", wrapped.Error())
	assert.Equal(t, "unreadable", base.Error())
}

func TestWrite(t *testing.T) {
	cases := []struct {
		name, target, accept string
		err                  error
		status               int
		code, message        string
	}{
		{"Chinese by default", "/", "", fault.New("gap"), 409, "gap", "批次不连续，前面的批次尚未收到。"},
		{"English by header", "/", "en-GB,en;q=0.8", fault.New("gap"), 409, "gap", "An earlier batch has not arrived."},
		{"English second in the header", "/", "zh-CN,en;q=0.8", fault.New("gap"), 409, "gap", "批次不连续，前面的批次尚未收到。"},
		{"English by query", "/?lang=en", "zh-CN", fault.New("gap"), 409, "gap", "An earlier batch has not arrived."},
		{"Chinese by query", "/?lang=zh", "en", fault.New("gap"), 409, "gap", "批次不连续，前面的批次尚未收到。"},
		{"cause is not shown", "/?lang=en", "", errors.New("id 11010519491231002X"), 500, "internal", "The server had an error; nothing was done."},
		{"api error loses its own text", "/?lang=en", "", router.NewForbiddenError("id 11010519491231002X", nil), 403, "forbidden", "You are not allowed to do this."},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			recorder := httptest.NewRecorder()
			event := &core.RequestEvent{}
			event.Request = httptest.NewRequest(http.MethodGet, c.target, nil)
			event.Request.Header.Set("Accept-Language", c.accept)
			event.Response = recorder
			require.NoError(t, fault.Write(event, c.err))

			assert.Equal(t, c.status, recorder.Code)
			assert.Equal(t, "no-store", recorder.Header().Get("Cache-Control"))
			assert.NotContains(t, recorder.Body.String(), "11010519491231002X")
			var answer fault.Answer
			require.NoError(t, json.Unmarshal(recorder.Body.Bytes(), &answer))
			entry, _ := fault.Lookup(c.code)
			assert.Equal(t, c.status, answer.Status)
			assert.Equal(t, c.code, answer.Code)
			assert.Equal(t, c.message, answer.Message)
			assert.Contains(t, []string{entry.Hint.Zh, entry.Hint.En}, answer.Hint)
		})
	}
}

func TestWriteOfNoErrorWritesNothing(t *testing.T) {
	recorder := httptest.NewRecorder()
	event := &core.RequestEvent{}
	event.Request = httptest.NewRequest(http.MethodGet, "/", nil)
	event.Response = recorder
	require.NoError(t, fault.Write(event, nil))
	assert.Empty(t, recorder.Body.String())
	assert.Empty(t, recorder.Header())
}
