package cases

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cunju/hooks/holidays"
	"cunju/sync/change"
)

func TestWhoMayReadAndHandleACase(t *testing.T) {
	w := start(t)
	w.rate(2, map[string]any{"call_back_phone": "13899990000", "remark": "没讲明白"})
	for _, each := range []struct {
		who        string
		list, step int
	}{
		{"", 401, 401}, {"counselother001", 403, 403}, {"officerelsewhe1", 404, 404}, {rated, 200, 403}, {hand, 200, 200},
	} {
		status, _ := w.ask(each.who, http.MethodGet, "/cases/"+code, nil)
		assert.Equal(t, each.list, status, each.who)
		status, _ = w.ask(each.who, http.MethodPost, "/cases/"+code+"/steps", map[string]string{"kind": "accept"})
		assert.Equal(t, each.step, status, each.who)
	}
	status, got := w.ask("countysupervis1", http.MethodGet, "/cases", nil)
	require.Equal(t, 200, status)
	assert.Len(t, got["items"], 1)
	_, got = w.ask("officerelsewhe1", http.MethodGet, "/cases", nil)
	assert.Empty(t, got["items"], "another township sees none of it")
}

func TestThePersonRatedSeesNoNumberAndTakesNoStep(t *testing.T) {
	w := start(t)
	w.rate(1, map[string]any{"call_back_phone": "13899990000", "remark": "收了钱"})
	status, got := w.ask(rated, http.MethodPost, "/cases/"+code+"/reveal", map[string]string{"purpose": "回访群众"})
	assert.Equal(t, 403, status)
	assert.Equal(t, "case_rated", got["code"])
	for _, kind := range []string{"accept", "close", "reopen"} {
		assert.Equal(t, "case_rated", w.step(rated, kind, ""))
	}
	_, got = w.ask(rated, http.MethodGet, "/cases/"+code, nil)
	assert.Empty(t, got["next"])
	for _, who := range []string{rated, hand} {
		for _, path := range []string{"/cases", "/cases/" + code} {
			_, got := w.ask(who, http.MethodGet, path, nil)
			assert.NotContains(t, flat(got), "13899990000", path)
			assert.NotContains(t, flat(got), "收了钱", path)
		}
	}
	status, got = w.ask(hand, http.MethodPost, "/cases/"+code+"/reveal", map[string]string{"purpose": "看"})
	assert.Equal(t, 400, status, "no purpose, no number")
	status, got = w.ask(hand, http.MethodPost, "/cases/"+code+"/reveal", map[string]string{"purpose": "回访群众"})
	require.Equal(t, 200, status)
	assert.Contains(t, flat(got), "13899990000")
	var traces int
	require.NoError(t, w.app.DB().NewQuery("SELECT count(*) FROM audit WHERE action = 'case.reveal' AND who = {:w}").Bind(dbx.Params{"w": hand}).Row(&traces))
	assert.Equal(t, 1, traces)
}

func TestACaseGoesItsWayAndEveryStepStays(t *testing.T) {
	w := start(t)
	w.rate(2, map[string]any{"call_back_phone": "13899990000"})
	assert.Equal(t, "state", w.step(hand, "close", ""))
	for _, each := range []struct{ who, kind, answer, want string }{
		{hand, "accept", "", "accepted"}, {hand, "contact", "", "accepted"}, {hand, "verify", "", "verifying"}, {hand, "plan", "", "fix_plan"},
		{hand, "fix", "", "fixed"}, {second, "call_back", "anonymous", "case_answer"}, {second, "call_back", "unsatisfied", "called_back"},
		{hand, "close", "", "state"}, {hand, "reopen", "", "verifying"}, {hand, "unfounded", "", "unfounded"}, {hand, "call_back", "fair", "called_back"},
		{hand, "close", "", "case_same_person"}, {second, "close", "", "closed"},
	} {
		w.pass(time.Hour)
		assert.Equal(t, each.want, w.step(each.who, each.kind, each.answer), each.kind)
	}
	var n, changed int
	require.NoError(t, w.app.DB().NewQuery("SELECT count(*) FROM rating_events").Row(&n))
	assert.Equal(t, 10, n)
	require.NoError(t, w.app.DB().NewQuery("SELECT count(*) - count(DISTINCT h.r) FROM sync_history h WHERE h.c = 'rating_events'").Row(&changed))
	assert.Zero(t, changed, "no step was edited")
}

func TestTheResidentIsAskedAgainBehindTheSameCode(t *testing.T) {
	w := start(t)
	ctx := context.Background()
	w.rate(2, nil)
	state, asks, _, err := w.cases.Stage(w.app.DB(), code)
	require.NoError(t, err)
	assert.Equal(t, "received", state)
	assert.False(t, asks)
	taken, err := w.cases.Again(ctx, code, town, "satisfied")
	require.NoError(t, err)
	assert.False(t, taken, "nobody asked yet")
	for _, kind := range []string{"accept", "verify", "explain"} {
		w.step(hand, kind, "")
	}
	_, asks, _, _ = w.cases.Stage(w.app.DB(), code)
	assert.True(t, asks)
	taken, err = w.cases.Again(ctx, code, town, "unsatisfied")
	require.NoError(t, err)
	assert.True(t, taken)
	taken, err = w.cases.Again(ctx, code, town, "satisfied")
	require.NoError(t, err)
	assert.False(t, taken, "asked once")
	_, asks, answer, _ := w.cases.Stage(w.app.DB(), code)
	assert.False(t, asks)
	assert.Equal(t, "unsatisfied", answer)
}

func TestTheNodeRemindsOnceAndReportsLateCases(t *testing.T) {
	w := start(t)
	w.rate(1, nil)
	kinds := func() (n string) {
		var list []string
		require.NoError(t, w.app.DB().NewQuery("SELECT kind || ' ' || note FROM rating_events ORDER BY at, kind").Column(&list))
		return strings.Join(list, ", ")
	}
	work := func() {
		require.NoError(t, w.cases.Work(context.Background()))
		w.settle()
	}
	work()
	assert.Empty(t, kinds())
	w.pass(20 * time.Hour)
	work()
	work()
	assert.Equal(t, "remind accept", kinds())
	w.pass(5 * time.Hour)
	work()
	work()
	assert.Equal(t, "remind accept, escalate accept", kinds())
	_, got := w.ask("countysupervis1", http.MethodGet, "/cases?list=escalated", nil)
	assert.Len(t, got["items"], 1, "the county sees what is late")
	assert.Equal(t, "accepted", w.step(hand, "accept", ""))
	w.pass(30 * 24 * time.Hour)
	work()
	assert.Contains(t, kinds(), "escalate limit")
	assert.Contains(t, kinds(), "escalate settle")
}

func TestAGoodRatingOpensNothing(t *testing.T) {
	w := start(t)
	w.rate(5, map[string]any{"call_back_phone": "13899990000"})
	status, _ := w.ask(hand, http.MethodGet, "/cases/"+code, nil)
	assert.Equal(t, 404, status)
	_, got := w.ask(hand, http.MethodGet, "/cases", nil)
	assert.Empty(t, got["items"])
}

func TestTheSampleIsDrawnByChanceAndItsOutcomeKept(t *testing.T) {
	w := start(t)
	for range 45 {
		_, err := w.eng.Fold(context.Background(), []change.Edit{{C: "services", R: change.NewID(), Set: map[string]any{"region": village, "counsel": rated,
			"occurred_at": w.now().Format(timeForm), "state": "submitted", "client_phone": "13800000009", "secrecy": "normal"}}}, rated)
		require.NoError(t, err)
	}
	require.NoError(t, w.cases.Work(context.Background()))
	require.NoError(t, w.cases.Work(context.Background()))
	_, got := w.ask(hand, http.MethodGet, "/samples", nil)
	items := got["items"].([]any)
	require.Len(t, items, 3, "one in 20 of 45, and no more on the second run")
	assert.NotContains(t, flat(got), "13800000009")
	_, mine := w.ask(rated, http.MethodGet, "/samples", nil)
	assert.Empty(t, mine["items"], "who is checked does not see who is called")
	path := "/samples/" + items[0].(map[string]any)["service"].(string)
	status, _ := w.ask(rated, http.MethodPost, path, map[string]string{"answer": "satisfied"})
	assert.Equal(t, 403, status)
	status, _ = w.ask(hand, http.MethodPost, path, map[string]string{"answer": "great"})
	assert.Equal(t, 400, status)
	status, _ = w.ask(hand, http.MethodPost, path, map[string]string{"answer": "unsatisfied", "note": "说没有来过"})
	assert.Equal(t, 200, status)
	status, _ = w.ask(hand, http.MethodPost, path, map[string]string{"answer": "satisfied"})
	assert.Equal(t, 409, status, "an outcome is not written over")
}

func TestALoadedTableOfHolidaysTakesTheBuiltinsPlace(t *testing.T) {
	w := start(t)
	file := filepath.Join(t.TempDir(), "h.json")
	require.NoError(t, os.WriteFile(file, []byte(`{"format":"holidays/1","years":[{"year":2027,"published":"n","off":["01-04"],"work":[]}]}`), 0o600))
	command := ImportCommand(w.app)
	command.SetArgs([]string{"--from", file})
	require.NoError(t, command.Execute())
	cal, err := Calendar(w.app.DB())
	require.NoError(t, err)
	assert.False(t, cal.Works(time.Date(2027, 1, 4, 12, 0, 0, 0, holidays.China)))
	assert.True(t, cal.Works(time.Date(2026, 2, 14, 12, 0, 0, 0, holidays.China)))
}

func TestQueriesOfCasesUseTheirIndexes(t *testing.T) {
	w := start(t)
	for name, query := range map[string]string{
		"list":  strings.NewReplacer("{:from}", "'500238101000'", "{:to}", "'500238101999'", "{:who}", "'x'").Replace(listQuery + lists["open"]),
		"steps": "SELECT id FROM rating_events WHERE code = 'x'",
		"voice": "SELECT id FROM ratings WHERE tag = 'x' AND install_alias = 'y'",
	} {
		var plan []struct{ Detail string }
		require.NoError(t, w.app.DB().NewQuery("EXPLAIN QUERY PLAN "+query).All(&plan), name)
		for _, p := range plan {
			assert.False(t, strings.HasPrefix(p.Detail, "SCAN"), "%s: %s", name, p.Detail)
		}
	}
}
