package services

import (
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// No query of the office reads a growing table from end to end, and no list sorts
// more than its page.
func TestQueriesUseTheirIndexes(t *testing.T) {
	o := open(t, "city", "500000000000")
	page := func(f filter) (string, dbx.Params) { return f.sql() }
	tally := func(f filter) (string, dbx.Params) {
		where, params := f.where()
		return "SELECT count(*) FROM services s WHERE " + where, params
	}
	after := cursor{"2026-11-20T09:00:00+08:00", "a"}
	for _, c := range []struct {
		name, index string
		query       func(filter) (string, dbx.Params)
		f           filter
	}{
		{"a township's page", "services_township", page, filter{region: township}},
		{"its next page", "services_township", page, filter{region: township, after: after}},
		{"a village's page", "services_township", page, filter{region: village}},
		{"a county's page", "services_county", page, filter{region: "500238000000"}},
		{"a county's next page", "services_county", page, filter{region: "500238000000", after: after}},
		{"what waits in a county", "services_county_state", page, filter{region: "500238000000", state: "submitted"}},
		{"the city's page", "services_time", page, filter{region: "500000000000"}},
		{"what waits in the city", "services_state_time", page, filter{region: "500000000000", state: "submitted", after: after}},
		{"a search in a township", "services_township", page, filter{region: township, q: "欠薪"}},
		{"a search in the city", "services_time", page, filter{region: "500000000000", q: "欠薪"}},
		{"bad ratings in a county", "rating_services_region", page, filter{region: "500238000000", bad: true}},
		{"a day of a township", "services_township", tally, filter{region: township, from: "2026-11-24", to: "2026-11-24"}},
		{"a day of a county", "services_county", tally, filter{region: "500238000000", from: "2026-11-24", to: "2026-11-24"}},
		{"a day of the city", "services_time", tally, filter{region: "500000000000", from: "2026-11-24", to: "2026-11-24"}},
		{"what waits in a township", "services_township", tally, filter{region: township, state: "submitted"}},
		{"how much waits in a county", "services_county_state", tally, filter{region: "500238000000", state: "submitted"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			sql, params := c.query(c.f)
			plan := o.plan(sql, params)
			assert.Contains(t, plan, "INDEX "+c.index)
			assert.NotContains(t, plan, "SCAN services\n", plan)
		})
	}
	// The planner knows how many installs there are: with one it would rightly read them all.
	_, err := o.app.NonconcurrentDB().NewQuery(`INSERT INTO sync_installs (id, kind, region, issuer, cert, created_at)
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) SELECT 'phone' || i, 'phone', 500101001201 + i * 1000, '', '', 0 FROM n;
		ANALYZE sync_installs`).Execute()
	require.NoError(t, err)
	for name, sql := range map[string]string{
		"record": record, "silent": "SELECT count(*) " + silent,
	} {
		plan := o.plan(sql, dbx.Params{"id": "x", "from": township, "to": other, "since": 1})
		assert.NotContains(t, plan, "SCAN", name)
	}
}

func (o *desktop) plan(sql string, params dbx.Params) string {
	var rows []struct{ Detail string }
	require.NoError(o.t, o.app.DB().NewQuery("EXPLAIN QUERY PLAN "+sql).Bind(params).All(&rows))
	var plan strings.Builder
	for _, r := range rows {
		plan.WriteString(r.Detail + "\n")
	}
	return plan.String()
}
