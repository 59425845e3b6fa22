package overview

import (
	"fmt"
	"sort"

	"github.com/pocketbase/dbx"
)

const (
	monthQuery = `SELECT township, category, n, verified FROM overview_counts
		WHERE month = {:m} AND township >= {:from} AND township <= {:to} AND n > 0`
	yearQuery = `SELECT month, sum(n) AS n FROM overview_counts WHERE month >= {:first} AND month <= {:last}
		AND township >= {:from} AND township <= {:to} GROUP BY month ORDER BY month`
	lagQuery = `SELECT substr(i.region, 1, 9) || '000' AS township, coalesce(r.name, '') AS name, coalesce(p.name, '') AS county,
		max(i.seen_at) AS seen_at, max(coalesce(b.received, 0)) AS newest, sum(i.unsent) AS unsent,
		sum(i.kind = 'township') AS nodes, sum(i.kind = 'phone') AS phones
		FROM sync_installs i LEFT JOIN sync_batches b ON b.install = i.id AND b.no = i.last_no
		LEFT JOIN regions r ON r.id = substr(i.region, 1, 9) || '000' LEFT JOIN regions p ON p.id = r.parent
		WHERE i.region >= {:from} AND i.region <= {:to} AND i.kind IN ('township', 'phone') AND i.state <> 'revoked' AND i.id <> {:own}
		GROUP BY substr(i.region, 1, 9) ORDER BY seen_at, township`
)

// Totals is what the city page shows of one month.
type Totals struct {
	Month      string          `json:"month"`
	Total      Cell            `json:"total"`
	ByCounty   map[string]Cell `json:"by_county"`
	ByTownship map[string]Cell `json:"by_township"` // of one county, else empty
	ByTopic    map[string]Cell `json:"by_topic"`
	Table      Table           `json:"table"`
}

type countRow struct {
	Township string `db:"township"`
	Category string `db:"category"`
	N        int    `db:"n"`
	Verified int    `db:"verified"`
}

// month reads the counts of a month inside a range of 12-digit codes. One month of a whole
// city is at most townships × categories rows, about 20,000.
func month(db dbx.Builder, m, from, to string, townships bool) (Totals, error) {
	var rows []countRow
	err := db.NewQuery(monthQuery).
		Bind(dbx.Params{"m": m, "from": from[:9], "to": to[:9]}).All(&rows)
	if err != nil {
		return Totals{}, fmt.Errorf("read counts: %w", err)
	}
	t := Totals{Month: m, ByCounty: map[string]Cell{}, ByTopic: map[string]Cell{}, Table: Table{Cells: map[string]map[string]Cell{}}}
	if townships {
		t.ByTownship = map[string]Cell{}
	}
	for _, r := range rows {
		t.take(r)
	}
	t.Table.Rows, t.Table.Columns = keys(t.lines()), keys(t.ByTopic)
	t.Table.Suppress()
	SuppressLine(t.ByTopic)
	return t, nil
}

// lines are the sums of the table's rows: counties, or the townships of one county.
func (t *Totals) lines() map[string]Cell {
	if t.ByTownship != nil {
		return t.ByTownship
	}
	return t.ByCounty
}

func (t *Totals) take(r countRow) {
	county := r.Township[:6] + "000000"
	t.Total = t.Total.plus(r)
	t.ByCounty[county] = t.ByCounty[county].plus(r)
	t.ByTopic[r.Category] = t.ByTopic[r.Category].plus(r)
	if t.ByTownship != nil {
		code := r.Township + "000"
		t.ByTownship[code] = t.ByTownship[code].plus(r)
	}
	line := county
	if t.ByTownship != nil {
		line = r.Township + "000"
	}
	row := t.Table.Cells[line]
	if row == nil {
		row = map[string]Cell{}
		t.Table.Cells[line] = row
	}
	row[r.Category] = row[r.Category].plus(r)
}

func (c Cell) plus(r countRow) Cell { return Cell{N: c.N + r.N, Verified: c.Verified + r.Verified} }

func keys(m map[string]Cell) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

// MonthCount is one month of the course of the year.
type MonthCount struct {
	Month string `json:"month" db:"month"`
	N     int    `json:"n" db:"n"`
}

// year reads the totals of the months from first to last.
func year(db dbx.Builder, first, last, from, to string) ([]MonthCount, error) {
	rows := []MonthCount{}
	err := db.NewQuery(yearQuery).
		Bind(dbx.Params{"first": first, "last": last, "from": from[:9], "to": to[:9]}).All(&rows)
	if err != nil {
		return nil, fmt.Errorf("read months: %w", err)
	}
	return rows, nil
}

// Lag is how far one township is behind.
type Lag struct {
	Township string `json:"township" db:"township"`
	Name     string `json:"name" db:"name"`
	County   string `json:"county" db:"county"`
	SeenAt   int64  `json:"seen_at" db:"seen_at"` // last contact of its node or, without one, its phones; ms
	Newest   int64  `json:"newest" db:"newest"`   // when its newest batch arrived; ms
	Unsent   int64  `json:"unsent" db:"unsent"`   // what its installs said they still hold
	Nodes    int    `json:"nodes" db:"nodes"`
	Phones   int    `json:"phones" db:"phones"`
}

// lags lists the townships that have a node or a phone, the longest silent first.
func lags(db dbx.Builder, from, to, own string) ([]Lag, error) {
	rows := []Lag{}
	err := db.NewQuery(lagQuery).Bind(dbx.Params{"from": from, "to": to, "own": own}).All(&rows)
	if err != nil {
		return nil, fmt.Errorf("read lag: %w", err)
	}
	return rows, nil
}

// namesOf gives the names of regions one level under a code, and of itself.
func namesOf(db dbx.Builder, code string) (map[string]string, error) {
	var rows []struct {
		ID   string `db:"id"`
		Name string `db:"name"`
	}
	err := db.NewQuery("SELECT id, name FROM regions WHERE parent = {:p} UNION ALL SELECT id, name FROM regions WHERE id = {:p}").
		Bind(dbx.Params{"p": code}).All(&rows)
	if err != nil {
		return nil, fmt.Errorf("name regions: %w", err)
	}
	names := make(map[string]string, len(rows))
	for _, r := range rows {
		names[r.ID] = r.Name
	}
	return names, nil
}
