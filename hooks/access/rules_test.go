package access_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/search"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cunju/hooks/access"
)

func TestMigratedRulesEqualTheTable(t *testing.T) {
	w := newWorld(t)
	for _, entry := range access.Table {
		collection, err := w.app.FindCollectionByNameOrId(entry.Collection)
		require.NoError(t, err, entry.Collection)
		want := access.RulesOf(entry)
		assert.Equal(t, want, access.Rules{List: collection.ListRule, View: collection.ViewRule, Create: collection.CreateRule,
			Update: collection.UpdateRule, Delete: collection.DeleteRule}, entry.Collection)
		assert.Nil(t, collection.DeleteRule, "nobody deletes")
	}
	staff, err := w.app.FindCollectionByNameOrId("staff")
	require.NoError(t, err)
	assert.Equal(t, access.AuthRule(), *staff.AuthRule)
	assert.Equal(t, access.ManageRule(), *staff.ManageRule)
}

func TestNoCollectionIsPublicAndNoneIsForgotten(t *testing.T) {
	w := newWorld(t)
	all, err := w.app.FindAllCollections()
	require.NoError(t, err)
	for _, collection := range all {
		rules := map[string]*string{"list": collection.ListRule, "view": collection.ViewRule, "create": collection.CreateRule,
			"update": collection.UpdateRule, "delete": collection.DeleteRule}
		for verb, rule := range rules {
			if rule != nil {
				assert.NotEmpty(t, strings.TrimSpace(*rule), "%s: everybody may %s", collection.Name, verb)
			}
		}
		_, known := access.Find(collection.Name)
		assert.True(t, known || collection.System, "%s is not in the table", collection.Name)
	}
	assert.Len(t, access.Table, 21)
}

func TestFixedFieldsCannotBeChanged(t *testing.T) {
	w := newWorld(t)
	officer := w.staff(access.Officer, town, nil)
	other := w.staff(access.Counsel, town, nil)
	value := map[string]any{"region": neighbour, "counsel": other.Id, "staff": other.Id, "assignee": other.Id, "service": "s00000000000001",
		"state": "submitted", "no": "1", "device_no": "T-1", "verified_by": other.Id, "verified_at": "2026-11-24T09:00:00Z",
		"return_reason": "x", "filed_at": "2026-11-24T09:00:00Z", "hash": "x"}
	for _, entry := range access.Table {
		if entry.Collection == "staff" || entry.Update == nil {
			continue
		}
		for _, field := range entry.Fixed {
			fields, change := sample(entry.Collection, own)
			if entry.Owner != "" {
				fields[entry.Owner] = officer.Id
			}
			id := w.record(entry.Collection, fields).Id
			change[field] = value[field]
			assert.False(t, w.try(officer, access.Update, entry.Collection, id, change), "%s.%s", entry.Collection, field)
			delete(change, field)
			assert.True(t, w.try(officer, access.Update, entry.Collection, id, change), "%s without %s", entry.Collection, field)
		}
	}
}

func TestARecordIsNotMadeWithWhatTheOfficeGivesOut(t *testing.T) {
	w := newWorld(t)
	officer := w.staff(access.Officer, town, nil)
	for field, value := range map[string]any{"no": "500238-2026-1", "state": "verified", "verified_by": officer.Id, "verified_at": "2026-11-24T09:00:00Z"} {
		body, _ := sample("services", own)
		body["counsel"] = officer.Id
		body[field] = value
		assert.False(t, w.try(officer, access.Create, "services", "", body), field)
	}
	body, _ := sample("documents", own)
	body["state"] = "filed"
	assert.False(t, w.try(officer, access.Create, "documents", "", body))
	body, _ = sample("orders", own)
	body["assignee"] = officer.Id
	assert.False(t, w.try(officer, access.Create, "orders", "", body))
}

func TestAVerifiedRecordIsFrozen(t *testing.T) {
	w := newWorld(t)
	officer := w.staff(access.Officer, town, nil)
	for _, state := range []string{"verified", "voided"} {
		id := w.record("services", map[string]any{"region": own, "counsel": officer.Id, "state": state}).Id
		assert.False(t, w.try(officer, access.Update, "services", id, map[string]any{"title": "改"}), state)
		may, err := access.MayRecord(w.app.DB(), access.StaffOf(officer), access.Update, "services", access.Target{Region: own, State: state}, time.Now())
		require.NoError(t, err)
		assert.False(t, may, state)
	}
}

func TestSealedRecordsAreForTheirOwnerAndAdministrators(t *testing.T) {
	w := newWorld(t)
	actors := w.actors()
	colleague := w.staff(access.Counsel, town, nil)
	w.assign(colleague, own, "", "")
	mine := actors[access.Counsel]
	id := w.record("services", map[string]any{"region": own, "counsel": mine.Id, "state": "draft", "secrecy": "sealed"}).Id
	for who, want := range map[*core.Record]bool{
		mine: true, actors[access.Admin]: true,
		colleague: false, actors[access.Officer]: false, actors[access.Supervisor]: false, actors[access.Provider]: false,
	} {
		role := access.Role(who.GetString("role"))
		target := access.Target{Region: own, Owner: mine.Id, State: "draft", Sealed: true}
		for _, verb := range []access.Verb{access.List, access.View} {
			assert.Equal(t, want, w.try(who, verb, "services", id, nil), "%s %s", role, verb)
			may, err := access.MayRecord(w.app.DB(), access.StaffOf(who), verb, "services", target, time.Now())
			require.NoError(t, err)
			assert.Equal(t, want, may, "%s %s", role, verb)
		}
		assert.Equal(t, who == mine, w.try(who, access.Update, "services", id, map[string]any{"title": "改"}), "%s update", role)
	}
}

func TestPersonalFieldsAreNeverReturnedFilteredOrWritten(t *testing.T) {
	w := newWorld(t)
	officer := w.staff(access.Officer, town, nil)
	id := w.record("services", map[string]any{"region": own, "counsel": officer.Id, "state": "draft", "client_name": "张三", "summary": "借款", "client_id_no": "11010519491231002X"}).Id
	path := "/api/collections/services/records/" + id
	status, answer := w.do(http.MethodGet, path, officer, nil)
	require.Equal(t, http.StatusOK, status)
	for _, field := range []string{"client_name", "client_phone", "client_id_no", "summary", "details", "client_groups"} {
		assert.NotContains(t, answer, field)
	}
	status, _ = w.do(http.MethodGet, "/api/collections/services/records?filter=client_name~'张'", officer, nil)
	assert.Equal(t, http.StatusBadRequest, status)
	status, _ = w.do(http.MethodGet, "/api/collections/services/records?sort=client_id_no", officer, nil)
	assert.Equal(t, http.StatusBadRequest, status)
	status, _ = w.do(http.MethodPatch, path, officer, map[string]any{"client_name": "李四"})
	assert.Equal(t, http.StatusOK, status)
	record, err := w.app.FindRecordById("services", id)
	require.NoError(t, err)
	assert.Equal(t, "张三", record.GetString("client_name"))
}

func TestAccountsCannotRaiseThemselves(t *testing.T) {
	w := newWorld(t)
	counsel := w.staff(access.Counsel, town, nil)
	for field, value := range map[string]any{"role": "admin", "region": county, "scope_to": "509999999999", "state": "disabled", "valid_until": "2099-01-01T00:00:00Z", "name": "别人"} {
		assert.False(t, w.try(counsel, access.Update, "staff", counsel.Id, map[string]any{field: value}), field)
	}
	change := map[string]any{"oldPassword": "correct horse", "password": "another horse", "passwordConfirm": "another horse"}
	assert.True(t, w.try(counsel, access.Update, "staff", counsel.Id, change), "but everybody changes the own password")

	admin := w.staff(access.Admin, town, nil)
	body := map[string]any{"name": "新", "role": "admin", "region": county, "scope_from": own, "scope_to": own, "state": "active",
		"email": "up@example.org", "password": "correct horse", "passwordConfirm": "correct horse"}
	assert.False(t, w.try(admin, access.Create, "staff", "", body), "no account above the own region")
	body["region"], body["scope_to"] = own, "509999999999"
	assert.True(t, w.try(admin, access.Create, "staff", "", body))
	record, err := w.app.FindAuthRecordByEmail("staff", "up@example.org")
	require.NoError(t, err)
	assert.Equal(t, own, record.GetString("scope_to"), "the scope follows the region whatever is sent")
}

// TestListWalksAnIndexOfRegion builds the list query as PocketBase does and
// looks at SQLite's plan: services grow for ever. The table has statistics, as
// PocketBase's nightly "PRAGMA optimize" leaves them.
func TestListWalksAnIndexOfRegion(t *testing.T) {
	w := newWorld(t)
	actors := w.actors()
	w.many(3000)
	for role, who := range actors {
		for filter, index := range map[string]string{
			`id != ""`: "idx_services_region_occurred_at (region>? AND region<?)",
			`region = "` + own + `" && occurred_at >= "2026-11-01"`:     "idx_services_region_occurred_at (region=? AND occurred_at>?)",
			`occurred_at >= "2026-11-01" && occurred_at < "2026-12-01"`: "", // either end of it narrows enough
		} {
			plan := w.plan(who, "services", filter)
			assert.Contains(t, plan, "SEARCH services USING INDEX "+index, "%s %s", role, filter)
			assert.Contains(t, plan, "SEARCH __auth_staff_assignments_via_staff USING INDEX idx_assignments_staff_region (staff=?)", role)
			assert.NotContains(t, plan, "SCAN", "%s %s", role, filter)
		}
	}
}

func TestAVillagesPageIsReadInOrder(t *testing.T) {
	w := newWorld(t)
	var rows []struct {
		Detail string `db:"detail"`
	}
	require.NoError(t, w.app.DB().NewQuery("EXPLAIN QUERY PLAN SELECT id FROM services WHERE region = 'x' AND occurred_at >= 'y' ORDER BY occurred_at DESC LIMIT 30").All(&rows))
	require.Len(t, rows, 1, "no sorting beside the search")
	assert.Contains(t, rows[0].Detail, "idx_services_region_occurred_at (region=? AND occurred_at>?)")
}

// many fills services and assignments of a hundred townships.
func (w *world) many(n int) {
	w.t.Helper()
	require.NoError(w.t, w.app.RunInTransaction(func(tx core.App) error {
		for i := range n {
			_, err := tx.DB().Insert("services", dbx.Params{"id": fmt.Sprintf("s%014d", i), "region": fmt.Sprintf("500238%03d%03d", 100+i%100, 201+i/100%10),
				"counsel": "c", "occurred_at": time.Unix(1_760_000_000+int64(i)*1000, 0).Format(time.RFC3339)}).Execute()
			if err != nil {
				return err
			}
		}
		for i := range 500 {
			_, err := tx.DB().Insert("assignments", dbx.Params{"id": fmt.Sprintf("a%014d", i), "region": fmt.Sprintf("500238%03d201", 100+i%100), "staff": fmt.Sprint("s", i/4)}).Execute()
			if err != nil {
				return err
			}
		}
		_, err := tx.DB().NewQuery("ANALYZE").Execute()
		return err
	}))
}

func (w *world) plan(who *core.Record, name, filter string) string {
	w.t.Helper()
	collection, err := w.app.FindCollectionByNameOrId(name)
	require.NoError(w.t, err)
	info := &core.RequestInfo{Method: http.MethodGet, Auth: who}
	resolver := core.NewRecordFieldResolver(w.app, collection, info, true)
	query := w.app.RecordQuery(collection)
	for _, text := range []string{*collection.ListRule, filter} {
		expr, err := search.FilterData(text).BuildExpr(resolver)
		require.NoError(w.t, err)
		query.AndWhere(expr)
	}
	require.NoError(w.t, resolver.UpdateQuery(query))
	built := query.Limit(30).Build()
	var rows []struct {
		Detail string `db:"detail"`
	}
	require.NoError(w.t, w.app.DB().NewQuery("EXPLAIN QUERY PLAN "+built.SQL()).Bind(dbx.Params(built.Params())).All(&rows))
	var plan []string
	for _, row := range rows {
		plan = append(plan, row.Detail)
	}
	return strings.Join(plan, "; ")
}
