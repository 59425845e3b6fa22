package ratings

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cunju/hooks/codes"
)

// desk is a member of staff at a desk.
type desk struct {
	n     *node
	token string
	id    string
}

func (n *node) desk(id, role, region string) *desk {
	n.t.Helper()
	staff, err := n.app.FindCollectionByNameOrId("staff")
	require.NoError(n.t, err)
	account, err := n.app.FindRecordById("staff", id)
	if err != nil {
		account = core.NewRecord(staff)
		account.Id = id
		account.SetPassword("correct-horse-1")
	}
	for field, value := range map[string]any{"email": id + "@example.cn", "name": "某" + id, "role": role, "region": region,
		"scope_from": region, "scope_to": region, "state": "active", "verified": true} {
		account.Set(field, value)
	}
	require.NoError(n.t, n.app.Save(account))
	token, err := account.NewAuthToken()
	require.NoError(n.t, err)
	return &desk{n, token, id}
}

func (d *desk) ask(method, path string, body any) (int, map[string]any) {
	d.n.t.Helper()
	var reader io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		require.NoError(d.n.t, err)
		reader = bytes.NewReader(raw)
	}
	req, err := http.NewRequest(method, d.n.server.URL+"/api/office/ratings"+path, reader)
	require.NoError(d.n.t, err)
	req.Header.Set("Authorization", d.token)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(d.n.t, err)
	defer resp.Body.Close()
	out := map[string]any{}
	require.NoError(d.n.t, json.NewDecoder(resp.Body).Decode(&out))
	d.n.settle()
	return resp.StatusCode, out
}

func (d *desk) list(name string) []any {
	d.n.t.Helper()
	status, got := d.ask(http.MethodGet, "?list="+name, nil)
	require.Equal(d.n.t, 200, status, got)
	return got["items"].([]any)
}

func TestSuspiciousRatingsWaitForAPerson(t *testing.T) {
	n := start(t)
	officer, rated := n.desk("officer00000001", "officer", "500238101000"), n.desk(staffID, "officer", "500238101000")
	elsewhere := n.desk("officer00000009", "officer", "500238102000")
	for i := range 3 { // three browsers behind one address
		id := fmt.Sprintf("service0000000%d", i)
		n.arrive(id, nil)
		n.browser().rate(pathOf(n.code(id)), "5")
		n.settle()
		assert.Equal(t, []int{1, 2, 0}[i], n.count("SELECT count(*) FROM rating_services"), "the third makes all three suspicious")
		n.pass(20 * time.Minute)
	}
	held := officer.list("held")
	require.Len(t, held, 3)
	assert.Equal(t, []any{"block"}, held[0].(map[string]any)["rules"])
	assert.Len(t, officer.list("all"), 3, "what is held stays visible")
	assert.Empty(t, elsewhere.list("held"))
	id := held[0].(map[string]any)["id"].(string)
	for _, each := range []struct {
		who  *desk
		note string
		want string
	}{{rated, "是本人评的", "case_rated"}, {elsewhere, "看过", "not_found"}, {officer, "", "case_note"}} {
		_, got := each.who.ask(http.MethodPost, "/"+id+"/decide", map[string]any{"counts": true, "note": each.note})
		assert.Equal(t, each.want, got["code"])
	}
	status, _ := officer.ask(http.MethodPost, "/"+id+"/decide", map[string]any{"counts": true, "note": "村委会的无线网，三户人都在场"})
	assert.Equal(t, 200, status)
	assert.Equal(t, 1, n.count("SELECT count(*) FROM rating_services"))
	officer.ask(http.MethodPost, "/"+held[1].(map[string]any)["id"].(string)+"/decide", map[string]any{"counts": false, "note": "本人说没有评过"})
	assert.Equal(t, 1, n.count("SELECT count(*) FROM rating_services"))
	assert.Len(t, officer.list("held"), 1)
	n.pass(time.Minute)
	officer.ask(http.MethodPost, "/"+id+"/decide", map[string]any{"counts": false, "note": "复核后不计"})
	assert.Zero(t, n.count("SELECT count(*) FROM rating_services"), "a later decision takes the place of the earlier one")
	assert.Equal(t, 3, n.count("SELECT count(*) FROM rating_events"), "and both stay")
}

func TestASlipIsKeyedInAndWaitsForASecondPerson(t *testing.T) {
	n := start(t)
	first, second := n.desk("officer00000001", "officer", "500238101000"), n.desk("officer00000002", "officer", "500238101000")
	rated := n.desk(staffID, "officer", "500238101000")
	elsewhere := n.desk("officer00000009", "officer", "500238102000")
	n.arrive(service, nil)
	slip := map[string]any{"code": codes.Grouped(n.code(service).Text()), "channel": "slip", "grade": 2, "reasons": []string{"slow"}, "remark": "等了两个月", "phone": "138 0013 8000"}
	for _, each := range []struct {
		who    *desk
		change map[string]any
		want   string
	}{
		{rated, nil, "case_rated"}, {elsewhere, nil, "rate_invalid"}, {first, map[string]any{"code": "AAAA"}, "rate_invalid"},
		{first, map[string]any{"grade": 6}, "malformed"}, {first, map[string]any{"channel": "page"}, "malformed"}, {first, map[string]any{"phone": "x"}, "phone_format"},
	} {
		body := map[string]any{}
		for _, m := range []map[string]any{slip, each.change} {
			for k, v := range m {
				body[k] = v
			}
		}
		_, got := each.who.ask(http.MethodPost, "", body)
		assert.Equal(t, each.want, got["code"], each.want)
	}
	status, got := first.ask(http.MethodPost, "", slip)
	require.Equal(t, 200, status, got)
	id := got["id"].(string)
	assert.Zero(t, n.count("SELECT count(*) FROM rating_services"), "assisted: not counted yet")
	row := first.list("held")[0].(map[string]any)
	assert.Equal(t, []any{"assisted"}, row["rules"])
	assert.Equal(t, "slip", row["channel"])
	decide := map[string]any{"counts": true, "note": "看过纸条原件"}
	_, got = first.ask(http.MethodPost, "/"+id+"/decide", decide)
	assert.Equal(t, "case_same_person", got["code"])
	status, _ = second.ask(http.MethodPost, "/"+id+"/decide", decide)
	assert.Equal(t, 200, status)
	assert.Equal(t, 1, n.count("SELECT count(*) FROM rating_services WHERE grade = 2"))
}

func TestBesideTheCounselsPhoneAtOnce(t *testing.T) {
	n := start(t)
	require.NoError(t, n.ratings.side(n.app, phone, "127.0.0.9"))
	n.arrive(service, nil)
	n.pass(time.Minute)
	n.browser().rate(pathOf(n.code(service)), "5")
	n.settle()
	assert.Equal(t, 1, n.count("SELECT count(*) FROM rating_holds WHERE rule = 'fast'"))
	n.arrive("service00000002", nil)
	n.pass(3 * time.Minute)
	n.browser().rate(pathOf(n.code("service00000002")), "5")
	n.settle()
	assert.Equal(t, 1, n.count("SELECT count(*) FROM rating_holds"), "three minutes later anybody may")
}

func TestWithheldRecordsAreListed(t *testing.T) {
	n := start(t)
	officer := n.desk("officer00000001", "officer", "500238101000")
	n.browser().rate(pathOf(n.code(service)), "1")
	n.settle()
	assert.Empty(t, officer.list("missing"))
	n.pass((MissingDays*24 + 1) * time.Hour)
	missing := officer.list("missing")
	require.Len(t, missing, 1)
	assert.Equal(t, "李明", missing[0].(map[string]any)["counsel"])
	assert.Equal(t, "2026-11-24", missing[0].(map[string]any)["date"])
	assert.Empty(t, officer.list("orphans"))
	n.pass(OrphanDays * 24 * time.Hour)
	assert.Len(t, officer.list("orphans"), 1)
	n.arrive(service, nil)
	assert.Empty(t, officer.list("missing"), "it came, if late")
	assert.Len(t, officer.list("orphans"), 1)
	assert.Zero(t, n.count("SELECT count(*) FROM rating_services"))
}

func TestNoAddressIsStoredAndYesterdaysKeyIsGone(t *testing.T) {
	n := start(t)
	n.arrive(service, nil)
	n.browser().rate(pathOf(n.code(service)), "5")
	n.settle()
	first, err := n.ratings.blockHash(n.app.NonconcurrentDB(), "10.1.2.3")
	require.NoError(t, err)
	same, _ := n.ratings.blockHash(n.app.NonconcurrentDB(), "10.1.2.200")
	other, _ := n.ratings.blockHash(n.app.NonconcurrentDB(), "10.1.3.3")
	assert.Equal(t, first, same, "one block")
	assert.NotEqual(t, first, other)
	n.pass(24 * time.Hour)
	next, err := n.ratings.blockHash(n.app.NonconcurrentDB(), "10.1.2.3")
	require.NoError(t, err)
	assert.NotEqual(t, first, next, "another day, another name")
	assert.Equal(t, 1, n.count("SELECT count(*) FROM rating_block_keys"))
	var tables []string
	require.NoError(t, n.app.DB().NewQuery("SELECT name FROM sqlite_master WHERE type = 'table'").Column(&tables))
	for _, table := range tables {
		rows, err := n.app.DB().NewQuery("SELECT * FROM `" + table + "`").Rows()
		require.NoError(t, err, table)
		for rows.Next() {
			columns, err := rows.Columns()
			require.NoError(t, err)
			values, holders := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				holders[i] = &values[i]
			}
			require.NoError(t, rows.Scan(holders...))
			assert.False(t, strings.Contains(fmt.Sprintf("%s", values), "127.0.0."), table)
		}
		require.NoError(t, rows.Close())
	}
}

func TestQueriesOfTheDeskUseTheirIndexes(t *testing.T) {
	n := start(t)
	for name, list := range deskLists {
		query := strings.NewReplacer("{:from}", "'500238101000'", "{:to}", "'500238101999'", "{:limit}", "1").Replace(deskQuery + list.where + " ORDER BY r.rated_at DESC LIMIT 200")
		var plan []struct{ Detail string }
		require.NoError(t, n.app.DB().NewQuery("EXPLAIN QUERY PLAN "+query).All(&plan), name)
		for _, p := range plan {
			assert.False(t, strings.HasPrefix(p.Detail, "SCAN"), "%s: %s", name, p.Detail)
		}
	}
}
