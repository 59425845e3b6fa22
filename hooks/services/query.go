package services

import (
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"github.com/pocketbase/dbx"

	"cunju/hooks/fault"
	"cunju/hooks/region"
)

const (
	// pageSize is what fits a desk's screen twice.
	pageSize = 50
	// searchDepth bounds what one search may read: titles have no index, and a city
	// holds millions of them.
	searchDepth = 20_000
	// late is how long a phone may be silent before the office should ask (R6: a
	// record is late after 7 days).
	late = LateDays * 24 * time.Hour
)

// filter is what a list of services is asked for.
type filter struct {
	region         string // 12 digits: what lies under it
	state, kind, q string
	from, to       string // days, both included
	bad            bool   // only those with a bad rating
	sealed         bool   // sealed ones, too
	after          cursor
}

// cursor is the last row of the page before: pages stay whole when rows arrive.
type cursor struct{ at, id string }

func (c cursor) text() string {
	if c.id == "" {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString([]byte(c.at + "\n" + c.id))
}

func parseCursor(s string) (cursor, error) {
	if s == "" {
		return cursor{}, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(s)
	at, id, ok := strings.Cut(string(b), "\n")
	if err != nil || !ok || id == "" || len(b) > 100 {
		return cursor{}, fault.New("malformed")
	}
	return cursor{at, id}, nil
}

// scoped says under which condition a service lies under a region, in the words
// of the indexes of migration 0060. The unary plus keeps a whole city, which is
// nearly every record, from being read by region and then sorted by time.
func scoped(code string) (string, dbx.Params) {
	p := region.Prefix(code)
	switch len(p) {
	case 12:
		return "substr(s.region, 1, 9) = {:township} AND s.region = {:region}", dbx.Params{"township": p[:9], "region": p}
	case 9:
		return "substr(s.region, 1, 9) = {:township}", dbx.Params{"township": p}
	case 6:
		return "substr(s.region, 1, 6) = {:county}", dbx.Params{"county": p}
	}
	low, high := region.Range(code)
	return "+s.region >= {:low} AND +s.region <= {:high}", dbx.Params{"low": low, "high": high}
}

// where puts the filter into conditions; every text of SQL here is a constant.
func (f filter) where() (string, dbx.Params) {
	under, params := scoped(f.region)
	parts := []string{under}
	add := func(use bool, sql string, p dbx.Params) {
		if !use {
			return
		}
		parts = append(parts, sql)
		for k, v := range p {
			params[k] = v
		}
	}
	// A township is few records, one state of a whole city is many.
	small := len(region.Prefix(f.region)) >= 9
	add(f.state != "" && small, "+s.state = {:state}", dbx.Params{"state": f.state})
	add(f.state != "" && !small, "s.state = {:state}", dbx.Params{"state": f.state})
	// A draft is still its author's; it is shown only when asked for.
	add(f.state == "", "s.state NOT IN ('', 'draft')", nil)
	add(f.kind != "", "s.kind = {:kind}", dbx.Params{"kind": f.kind})
	add(f.from != "", "s.occurred_at >= {:from}", dbx.Params{"from": f.from})
	add(f.to != "", "s.occurred_at < {:to}", dbx.Params{"to": dayAfter(f.to)})
	add(!f.sealed, "s.secrecy <> 'sealed'", nil)
	low, high := region.Range(f.region)
	add(f.bad, "s.id IN (SELECT service FROM rating_services WHERE region >= {:rlow} AND region <= {:rhigh} AND grade BETWEEN 1 AND 2)",
		dbx.Params{"rlow": low, "rhigh": high})
	add(f.after.id != "", "(s.occurred_at, s.id) < ({:at}, {:id})", dbx.Params{"at": f.after.at, "id": f.after.id})
	return strings.Join(parts, " AND "), params
}

// dayAfter is the first day that no longer belongs to a range; the day was parsed before.
func dayAfter(day string) string {
	d, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return d.AddDate(0, 0, 1).Format(time.DateOnly)
}

// shown are the columns of a list; names come from the tables beside it. arrived is
// the stamp of the change that created the record.
const shown = `s.id, s.no, s.device_no, s.region, s.kind, s.topic, s.title, s.client_kind, s.client_name, s.mode, s.outcome, s.state,
	s.secrecy, s.occurred_at, s.duration_min, s.follow_up_at, s.counsel,
	coalesce(v.name, '') AS village_name, coalesce(t.name, '') AS township_name,
	coalesce(nullif(c.name, ''), (SELECT p.name FROM practitioners p WHERE p.staff = s.counsel AND s.counsel <> '' LIMIT 1), '') AS counsel_name,
	coalesce(g.grade, 0) AS rating,
	coalesce((SELECT ch.tau FROM sync_records sr JOIN sync_changes ch ON ch.n = sr.first WHERE sr.c = 'services' AND sr.r = s.id), 0) AS arrived`

const names = ` LEFT JOIN regions v ON v.id = s.region LEFT JOIN regions t ON t.id = substr(s.region, 1, 9) || '000'
	LEFT JOIN staff c ON c.id = s.counsel LEFT JOIN rating_services g ON g.service = s.id`

const newest = ` ORDER BY s.occurred_at DESC, s.id DESC LIMIT `

// sql makes the query of one page and its parameters. A search looks through the
// newest searchDepth records of the filter only.
func (f filter) sql() (string, dbx.Params) {
	where, params := f.where()
	limit := fmt.Sprint(pageSize + 1)
	if f.q == "" {
		return "SELECT " + shown + " FROM (SELECT * FROM services s WHERE " + where + newest + limit + ") s" + names + newest + limit, params
	}
	params["q"] = f.q
	// instr instead of LIKE: a % typed by a person is a percent sign.
	found := `instr(s.title, {:q}) > 0 OR s.client_name = {:q} OR s.no = {:q} OR s.device_no = {:q}`
	inner := "SELECT * FROM services s WHERE " + where + newest + fmt.Sprint(searchDepth)
	return "SELECT " + shown + " FROM (SELECT * FROM (" + inner + ") s WHERE " + found + newest + limit + ") s" + names + newest + limit, params
}

// list reads one page. capped tells that a search did not reach the end.
func list(db dbx.Builder, f filter) (rows []row, next cursor, capped bool, err error) {
	sql, params := f.sql()
	if err := db.NewQuery(sql).Bind(params).All(&rows); err != nil {
		return nil, cursor{}, false, fmt.Errorf("list services: %w", err)
	}
	if len(rows) > pageSize {
		rows = rows[:pageSize]
		next = cursor{rows[pageSize-1].OccurredAt, rows[pageSize-1].ID}
	}
	if f.q != "" && next.id == "" {
		capped, err = f.deeper(db)
	}
	return rows, next, capped, err
}

// deeper asks whether there are more records than a search looked through.
func (f filter) deeper(db dbx.Builder) (bool, error) {
	where, params := f.where()
	var n int
	err := db.NewQuery("SELECT count(*) FROM (SELECT 1 FROM services s WHERE " + where + newest + fmt.Sprint(searchDepth+1) + ")").Bind(params).Row(&n)
	if err != nil {
		return false, fmt.Errorf("measure search: %w", err)
	}
	return n > searchDepth, nil
}

// count counts what a list would show.
func count(db dbx.Builder, f filter) (int, error) {
	where, params := f.where()
	var n int
	if err := db.NewQuery("SELECT count(*) FROM services s WHERE " + where).Bind(params).Row(&n); err != nil {
		return 0, fmt.Errorf("count services: %w", err)
	}
	return n, nil
}
