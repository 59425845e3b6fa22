package services

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cunju/hooks/access"
	"cunju/hooks/audit"
	"cunju/sync/change"
)

func TestListsAreMaskedAndSealedStaysHidden(t *testing.T) {
	o := open(t, "township", township)
	id := o.add(nil)
	o.add(m{"secrecy": "sealed", "title": "封存"})
	o.add(m{"state": "draft", "title": "草稿"})
	status, got := o.call("officer", "GET", "/api/office/services", nil)
	require.Equal(t, 200, status)
	items := got["items"].([]any)
	require.Len(t, items, 1)
	item := items[0].(map[string]any)
	assert.Equal(t, id, item["id"])
	assert.Equal(t, "张某", item["client"])
	assert.Equal(t, "双龙村", item["village_name"])
	assert.Equal(t, "counsel", item["counsel_name"])
	assert.Equal(t, "法律咨询", item["kind_name"])
	_, raw, head := o.raw("officer", "GET", "/api/office/services", nil)
	assert.NotContains(t, string(raw), "三丰")
	assert.NotContains(t, string(raw), "13812341234")
	assert.Equal(t, "no-store", head.Get("Cache-Control"))
	_, got = o.call("admin", "GET", "/api/office/services?region="+township, nil)
	assert.Len(t, got["items"], 2, "sealed records are the administrator's")
	_, got = o.call("officer", "GET", "/api/office/services?state=draft", nil)
	assert.Len(t, got["items"], 1, "a draft is shown to who asks for it")
}

func TestPagesAreWholeWhileRecordsArrive(t *testing.T) {
	o := open(t, "township", township)
	for i := range 120 {
		o.add(m{"title": fmt.Sprint("第", i), "occurred_at": fmt.Sprintf("2026-11-%02dT09:00:00+08:00", 1+i%20)})
	}
	seen := map[string]bool{}
	cursor, pages := "", 0
	for {
		_, got := o.call("officer", "GET", "/api/office/services?cursor="+url.QueryEscape(cursor), nil)
		last := "9"
		for _, x := range got["items"].([]any) {
			item := x.(map[string]any)
			assert.False(t, seen[item["id"].(string)])
			seen[item["id"].(string)] = true
			assert.LessOrEqual(t, item["occurred_at"].(string), last)
			last = item["occurred_at"].(string)
		}
		o.add(m{"occurred_at": "2026-11-24T11:00:00+08:00"}) // newer than the page: does not shift it
		pages++
		if cursor = got["next"].(string); cursor == "" {
			break
		}
	}
	assert.Equal(t, 3, pages)
	assert.Len(t, seen, 120)
}

func TestFilters(t *testing.T) {
	o := open(t, "township", township)
	a := o.add(m{"title": "工地欠薪", "occurred_at": "2026-11-20T09:00:00+08:00"})
	b := o.add(m{"title": "100%利息", "kind": "DUTY", "region": "500238101202", "occurred_at": "2026-11-21T23:59:00+08:00", "client_name": "李四"})
	for query, want := range map[string][]string{
		"":                               {b, a},
		"region=" + village:              {a},
		"kind=DUTY":                      {b},
		"from=2026-11-21":                {b},
		"to=2026-11-21":                  {b, a},
		"to=2026-11-20":                  {a},
		"from=2026-11-22":                {},
		"q=" + url.QueryEscape("欠薪"):     {a},
		"q=" + url.QueryEscape("%"):      {b},
		"q=" + url.QueryEscape("李四"):     {b},
		"q=" + url.QueryEscape("李"):      {},
		"state=verified":                 {},
		"state=submitted&kind=CONSULT":   {a},
		"bad=1":                          {},
		"q=" + url.QueryEscape("' OR 1"): {},
	} {
		_, got := o.call("officer", "GET", "/api/office/services?"+query, nil)
		ids := []string{}
		for _, x := range got["items"].([]any) {
			ids = append(ids, x.(map[string]any)["id"].(string))
		}
		assert.Equal(t, want, ids, query)
	}
}

func TestARecordIsMaskedUntilAPurposeIsGiven(t *testing.T) {
	o := open(t, "township", township)
	id := o.add(nil)
	_, raw, _ := o.raw("officer", "GET", "/api/office/services/"+id, nil)
	for _, secret := range []string{"三丰", "13812341234", "19900101"} {
		assert.NotContains(t, string(raw), secret)
	}
	_, got := o.call("officer", "GET", "/api/office/services/"+id, nil)
	s := got["service"].(map[string]any)
	assert.Equal(t, "张某欠薪，电话138****1234", s["summary"])
	assert.Equal(t, "500*************2X", s["client_id_no"])
	assert.Equal(t, []any{"parties"}, s["details_hidden"])
	assert.Len(t, got["history"], 1)
	assert.Equal(t, "宁河司法所", got["history"].([]any)[0].(map[string]any)["install_name"])
	require.Empty(t, o.trail())

	status, full := o.call("officer", "POST", "/api/office/services/"+id+"/reveal", m{"purpose": "回访核对"})
	require.Equal(t, 200, status)
	assert.Equal(t, "张三丰", full["client_name"])
	assert.Equal(t, "50023819900101002X", full["client_id_no"])
	assert.Equal(t, map[string]any{"parties": "张三丰"}, full["details"])
	assert.Equal(t, []string{"service.reveal 回访核对"}, o.trail())
	_, err := audit.Verify(o.app.DB())
	assert.NoError(t, err)
}

func TestThePrivateTextIsWithheld(t *testing.T) {
	o := open(t, "township", township)
	id := o.add(m{"secrecy": "private"})
	_, got := o.call("officer", "GET", "/api/office/services/"+id, nil)
	s := got["service"].(map[string]any)
	assert.Equal(t, "", s["summary"])
	assert.Equal(t, true, s["summary_hidden"])
	sealed := o.add(m{"secrecy": "sealed"})
	status, _ := o.call("officer", "GET", "/api/office/services/"+sealed, nil)
	assert.Equal(t, 404, status)
	status, _ = o.call("admin", "GET", "/api/office/services/"+sealed, nil)
	assert.Equal(t, 200, status)
}

func TestVerifyReturnVoid(t *testing.T) {
	o := open(t, "township", township)
	a, b := o.add(nil), o.add(nil)
	status, got := o.call("officer", "POST", "/api/office/services/"+a+"/verify", m{})
	require.Equal(t, 200, status, got)
	s := got["service"].(map[string]any)
	assert.Equal(t, "500238-2026-10100001", s["no"])
	assert.Equal(t, "verified", s["state"])
	assert.Equal(t, "officer", s["verified_by_name"])
	assert.Equal(t, "2026-11-24T12:00:00+08:00", s["verified_at"])

	status, got = o.call("officer", "POST", "/api/office/services/"+a+"/verify", m{})
	assert.Equal(t, 409, status)
	assert.Equal(t, "state", got["code"])
	status, _ = o.call("officer", "POST", "/api/office/services/"+a+"/return", m{"reason": "缺签名"})
	assert.Equal(t, 409, status, "verified does not go back")

	_, got = o.call("officer", "POST", "/api/office/services/"+b+"/return", m{"reason": "缺签名"})
	assert.Equal(t, "returned", got["service"].(map[string]any)["state"])
	_, got = o.call("officer", "POST", "/api/office/services/"+b+"/verify", m{})
	assert.Equal(t, "500238-2026-10100002", got["service"].(map[string]any)["no"], "a return used no number")

	_, got = o.call("officer", "POST", "/api/office/services/"+b+"/void", m{"reason": "重复登记"})
	s = got["service"].(map[string]any)
	assert.Equal(t, "voided", s["state"])
	assert.Equal(t, "500238-2026-10100002", s["no"], "a voided record keeps its number")
	assert.Equal(t, "重复登记", s["return_reason"])
	assert.Equal(t, []string{"service.verified", "service.returned 缺签名", "service.verified", "service.voided 重复登记"}, o.trail())
}

func TestNumbersHaveNoGapsWhenManyVerifyAtOnce(t *testing.T) {
	o := open(t, "township", township)
	ids := make([]string, 24)
	for i := range ids {
		ids[i] = o.add(nil)
	}
	var wait sync.WaitGroup
	for _, id := range append(ids, ids...) { // each twice: the second must fail and use no number
		wait.Go(func() { o.raw("officer", "POST", "/api/office/services/"+id+"/verify", m{}) })
	}
	wait.Wait()
	var numbers []string
	require.NoError(t, o.app.DB().NewQuery("SELECT no FROM services ORDER BY no").Column(&numbers))
	for i, no := range numbers {
		assert.Equal(t, fmt.Sprintf("500238-2026-101%05d", i+1), no)
	}
	assert.Len(t, numbers, 24)
}

// After a restore from yesterday's backup the counter is behind the numbers that sync brought back.
func TestNumbersGoOnAfterARestore(t *testing.T) {
	o := open(t, "township", township)
	id := o.add(nil)
	o.call("officer", "POST", "/api/office/services/"+id+"/verify", m{})
	_, err := o.app.DB().NewQuery("DELETE FROM service_numbers").Execute()
	require.NoError(t, err)
	id = o.add(nil)
	_, got := o.call("officer", "POST", "/api/office/services/"+id+"/verify", m{})
	assert.Equal(t, "500238-2026-10100002", got["service"].(map[string]any)["no"])
}

func TestNumbersByOffice(t *testing.T) {
	o := open(t, "city", "500000000000")
	for _, c := range []struct{ tier, region, want string }{
		{"township", village, "500238-2026-10100001"},
		{"township", village, "500238-2026-10100002"},
		{"township", other, "500238-2026-10200001"},
		{"city", village, "500238-2026-00000001"},
		{"city", other, "500238-2026-00000002"},
	} {
		err := o.app.RunInTransaction(func(tx core.App) error {
			no, err := nextNumber(tx.DB(), c.tier, c.region, noon)
			assert.Equal(t, c.want, no)
			return err
		})
		require.NoError(t, err)
	}
	// A year begins at midnight of the office, not of Greenwich.
	no, err := nextNumber(o.app.NonconcurrentDB(), "township", village, noon.AddDate(0, 1, 8).Add(-12*time.Hour).UTC())
	require.NoError(t, err)
	assert.Equal(t, "500238-2027-10100001", no)
}

func TestTheSheetIsMaskedAndCarriesTheCode(t *testing.T) {
	o := open(t, "township", township)
	id := o.add(nil)
	status, pdf, head := o.raw("officer", "GET", "/api/office/services/"+id+"/sheet.pdf", nil)
	require.Equal(t, 200, status)
	assert.Equal(t, "application/pdf", head.Get("Content-Type"))
	assert.True(t, bytes.HasPrefix(pdf, []byte("%PDF-")))
	assert.Equal(t, []string{"service.print"}, o.trail())

	f, err := find(o.app.DB(), actor{Staff: access.Staff{ID: "x", Role: access.Officer, Region: township, State: "active"}}, id, noon)
	require.NoError(t, err)
	r, err := Deps{Rules: Rules{catalog{}}, Name: "宁河司法所", Now: o.engine.Now, RatingURL: ratingURL}.printed(o.app, f)
	require.NoError(t, err)
	assert.Equal(t, "居民　张某　138****1234", r.Client)
	assert.Equal(t, "张某欠薪，电话138****1234", r.Summary)
	assert.Equal(t, "宁河街道双龙村", r.Village)
	assert.Equal(t, "HTTPS://EXAMPLE/R/"+strings.ToUpper(id), r.RatingURL)
}

func TestTodayCounts(t *testing.T) {
	o := open(t, "township", township)
	o.add(nil)
	o.add(m{"occurred_at": "2026-11-23T09:00:00+08:00"})
	returned := o.add(nil)
	o.call("officer", "POST", "/api/office/services/"+returned+"/return", m{"reason": "缺签名"})
	for i, seen := range []int64{noon.UnixMilli(), noon.AddDate(0, 0, -8).UnixMilli()} {
		_, err := o.app.DB().Insert("sync_installs", dbx.Params{"id": fmt.Sprint("phone", i), "kind": "phone", "region": village, "staff": "counsel00000001",
			"issuer": "x", "cert": "x", "seen_at": seen, "created_at": 1, "unsent": i}).Execute()
		require.NoError(t, err)
	}
	bad := o.rate(returned, 2)
	status, got := o.call("officer", "GET", "/api/office/today", nil)
	require.Equal(t, 200, status)
	assert.Equal(t, map[string]any{"today": 2.0, "waiting": 2.0, "returned": 1.0, "late_phones": 1.0, "bad_ratings": 1.0}, got["counts"])
	assert.Equal(t, "2026-11-24", got["date"])
	assert.Len(t, got["list"].(map[string]any)["items"], 2)

	_, got = o.call("officer", "GET", "/api/office/services?bad=1", nil)
	require.Len(t, got["items"], 1)
	_, got = o.call("officer", "GET", "/api/office/services/"+returned, nil)
	rating := got["ratings"].([]any)[0].(map[string]any)
	assert.Equal(t, bad, rating["id"])
	assert.Equal(t, []any{"slow"}, rating["reasons"])
	assert.Equal(t, true, rating["counts"])
	assert.Equal(t, false, rating["read"])
	assert.NotContains(t, rating, "remark")
	o.call("officer", "POST", "/api/office/services/"+returned+"/read", m{})
	_, got = o.call("officer", "GET", "/api/office/today", nil)
	assert.Equal(t, 0.0, got["counts"].(map[string]any)["bad_ratings"])

	_, got = o.call("officer", "GET", "/api/office/phones", nil)
	phones := got["items"].([]any)
	require.Len(t, phones, 2)
	assert.Equal(t, true, phones[0].(map[string]any)["late"], "the longest silent first")
	assert.Equal(t, "counsel", phones[0].(map[string]any)["staff_name"])
}

func TestCounselAndListsOfferWhatTheRegionHolds(t *testing.T) {
	o := open(t, "township", township)
	_, err := o.app.DB().Insert("assignments", dbx.Params{"id": change.NewID(), "region": village, "staff": "counsel00000001", "valid_until": ""}).Execute()
	require.NoError(t, err)
	_, got := o.call("officer", "GET", "/api/office/counsel", nil)
	require.Len(t, got["items"], 1)
	assert.Equal(t, []any{map[string]any{"code": village, "name": "双龙村", "level": "village"}}, got["items"].([]any)[0].(map[string]any)["villages"])
	_, got = o.call("neighbour", "GET", "/api/office/counsel", nil)
	assert.Empty(t, got["items"])
	_, got = o.call("officer", "GET", "/api/office/lists", nil)
	assert.Len(t, got["places"], 2)
	assert.Len(t, got["kinds"], 4)
}

func TestTheDeskEntersASlip(t *testing.T) {
	o := open(t, "township", township)
	status, got := o.call("officer", "POST", "/api/office/services", desk(nil))
	require.Equal(t, 200, status, got)
	_, got = o.call("officer", "GET", "/api/office/services/"+got["id"].(string), nil)
	assert.Equal(t, "submitted", got["service"].(map[string]any)["state"])
	assert.Equal(t, []string{"service.desk"}, o.trail())
}

// What a clerk copies from paper is looked at once more; what the paper really
// shows is stored as it stands.
func TestNumbersOfASlip(t *testing.T) {
	o := open(t, "township", township)
	for name, c := range map[string]struct{ in, want m }{
		"good ones are brought to one form": {
			m{"client_id_no": "１１０１０５ 19491231002x", "client_phone": "138 0000 1234"},
			m{"client_id_no": "11010519491231002X", "client_phone": "13800001234"}},
		"false ones on paper are kept as written": {
			m{"client_id_no": "110105194912310021", "client_phone": "1380000", "unchecked": true},
			m{"client_id_no": "110105194912310021", "client_phone": "1380000"}},
		"nobody must give one": {m{"client_id_no": " "}, m{"client_id_no": "", "client_phone": ""}},
	} {
		status, got := o.call("officer", "POST", "/api/office/services", desk(c.in))
		require.Equal(t, 200, status, name)
		r, err := o.app.FindRecordById(Collection, got["id"].(string))
		require.NoError(t, err)
		assert.Equal(t, c.want, m{"client_id_no": r.GetString("client_id_no"), "client_phone": r.GetString("client_phone")}, name)
	}
}

func TestEnlistingACounselMakesAccountBoardAndAssignments(t *testing.T) {
	o := open(t, "township", township)
	in := m{"name": " 冉启明 ", "institution_name": "大宁律师事务所", "licence_no": "15002", "phone": "138 1234 5678", "villages": []string{village, "500238101202", village}}
	status, got := o.call("officer", "POST", "/api/office/counsel", in)
	assert.Equal(t, 403, status, "officers pair phones, administrators make accounts")
	for name, c := range map[string]struct {
		change m
		code   string
	}{
		"no name":           {m{"name": " "}, "malformed"},
		"no village":        {m{"villages": []string{}}, "malformed"},
		"a township":        {m{"villages": []string{township}}, "region_unknown"},
		"an unknown place":  {m{"villages": []string{"500238101999"}}, "region_unknown"},
		"a wrong telephone": {m{"phone": "12"}, "phone_format"},
		"a long name":       {m{"name": strings.Repeat("冉", 61)}, "text_too_long"},
	} {
		bad := m{}
		for k, v := range in {
			bad[k] = v
		}
		for k, v := range c.change {
			bad[k] = v
		}
		_, got = o.call("admin", "POST", "/api/office/counsel", bad)
		assert.Equal(t, c.code, got["code"], name)
	}
	status, got = o.call("admin", "POST", "/api/office/counsel", in)
	require.Equal(t, 200, status, got)
	_, list := o.call("officer", "GET", "/api/office/counsel", nil)
	var found map[string]any
	for _, x := range list["items"].([]any) {
		if x.(map[string]any)["id"] == got["id"] {
			found = x.(map[string]any)
		}
	}
	require.NotNil(t, found)
	assert.Equal(t, "冉启明", found["name"])
	assert.Equal(t, "大宁律师事务所", found["institution_name"])
	assert.Equal(t, []any{map[string]any{"code": village, "name": "双龙村", "level": "village"}, map[string]any{"code": "500238101202", "name": "白鹿村", "level": "village"}},
		found["villages"], "assigned from this moment on, whatever zone the node is in")
	assert.Equal(t, []string{"staff.enlist"}, o.trail())
	var changes int
	require.NoError(t, o.app.DB().NewQuery("SELECT count(*) FROM sync_records WHERE c IN ('practitioners', 'assignments')").Row(&changes))
	assert.Equal(t, 3, changes, "board and assignments travel to the city and the phones")
}
