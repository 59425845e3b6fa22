package services

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"cunju/hooks/fault"
)

// local is the zone in which an office's day begins.
var local = time.FixedZone("UTC+8", 8*60*60)

// Place is a region by code and name.
type Place struct {
	Code  string `json:"code" db:"id"`
	Name  string `json:"name" db:"name"`
	Level string `json:"level,omitempty" db:"level"`
}

// Page is one page of a list.
type Page struct {
	Region Place  `json:"region"`
	Items  []Item `json:"items"`
	Next   string `json:"next"`
	Capped bool   `json:"capped"` // a search looked through the newest records only
}

func place(db dbx.Builder, code string) (Place, error) {
	p := Place{Code: code}
	var rows []Place
	if err := db.NewQuery("SELECT id, name, level FROM regions WHERE id = {:id}").Bind(dbx.Params{"id": code}).All(&rows); err != nil {
		return p, fmt.Errorf("read region: %w", err)
	}
	if len(rows) == 1 {
		p = rows[0]
	}
	return p, nil
}

func (d Deps) list(e *core.RequestEvent, a actor) error {
	f, err := d.filterOf(e, a)
	if err != nil {
		return err
	}
	page, err := d.page(e.App.DB(), f)
	if err != nil {
		return err
	}
	return answer(e, page)
}

func (d Deps) page(db dbx.Builder, f filter) (Page, error) {
	rows, next, capped, err := list(db, f)
	if err != nil {
		return Page{}, err
	}
	where, err := place(db, f.region)
	if err != nil {
		return Page{}, err
	}
	return Page{Region: where, Items: d.Rules.items(rows), Next: next.text(), Capped: capped}, nil
}

// filterOf reads the filter of a list; a value that no list holds is malformed, not ignored.
func (d Deps) filterOf(e *core.RequestEvent, a actor) (filter, error) {
	q := e.Request.URL.Query()
	code, err := asked(e, a)
	if err != nil {
		return filter{}, err
	}
	f := filter{region: code, state: q.Get("state"), kind: q.Get("kind"), q: strings.TrimSpace(q.Get("q")),
		from: q.Get("from"), to: q.Get("to"), bad: q.Get("bad") == "1", sealed: a.admin()}
	if f.after, err = parseCursor(q.Get("cursor")); err != nil {
		return filter{}, err
	}
	if f.state != "" && !slices.Contains(States, State(f.state)) {
		return filter{}, fault.New("malformed")
	}
	if _, known := d.Rules.Catalog.ServiceType(f.kind); f.kind != "" && !known {
		return filter{}, fault.New("malformed")
	}
	for _, day := range []string{f.from, f.to} {
		if _, err := time.Parse(time.DateOnly, day); day != "" && err != nil {
			return filter{}, fault.New("malformed")
		}
	}
	if len([]rune(f.q)) > MaxTitle {
		return filter{}, fault.New("text_too_long")
	}
	return f, nil
}

// Counts are the numbers of an office's day.
type Counts struct {
	Today      int `json:"today"`
	Waiting    int `json:"waiting"`
	Returned   int `json:"returned"`
	LatePhones int `json:"late_phones"`
	BadRatings int `json:"bad_ratings"` // not yet read
}

func (d Deps) today(e *core.RequestEvent, a actor) error {
	f, err := d.filterOf(e, a)
	if err != nil {
		return err
	}
	day := e.Request.URL.Query().Get("date")
	if day == "" {
		day = d.Now().In(local).Format(time.DateOnly)
	}
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		return fault.New("malformed")
	}
	db := e.App.DB()
	mine := filter{region: f.region, sealed: f.sealed}
	counts, err := d.counts(db, mine, a, day)
	if err != nil {
		return err
	}
	mine.from, mine.to = day, day
	page, err := d.page(db, mine)
	if err != nil {
		return err
	}
	return answer(e, map[string]any{"date": day, "region": page.Region, "counts": counts, "list": page})
}

func (d Deps) counts(db dbx.Builder, mine filter, a actor, day string) (c Counts, err error) {
	of := func(n *int, change func(*filter)) {
		if err == nil {
			f := mine
			change(&f)
			*n, err = count(db, f)
		}
	}
	of(&c.Today, func(f *filter) { f.from, f.to = day, day })
	of(&c.Waiting, func(f *filter) { f.state = string(Submitted) })
	of(&c.Returned, func(f *filter) { f.state = string(Returned) })
	if err != nil {
		return c, err
	}
	if c.LatePhones, err = latePhones(db, a.From, a.To, d.Now()); err != nil {
		return c, err
	}
	c.BadRatings, err = unreadBad(db, a.From, a.To)
	return c, err
}

// unreadBad counts services whose rating is bad and has not been read.
func unreadBad(db dbx.Builder, from, to string) (int, error) {
	var n int
	err := db.NewQuery(`SELECT count(*) FROM rating_services g WHERE g.region >= {:from} AND g.region <= {:to} AND g.grade BETWEEN 1 AND 2
		AND NOT EXISTS (SELECT 1 FROM service_rating_reads r WHERE r.service = g.service AND r.rating = g.rating)`).
		Bind(dbx.Params{"from": from, "to": to}).Row(&n)
	if err != nil {
		return 0, fmt.Errorf("count bad ratings: %w", err)
	}
	return n, nil
}

// lists gives what filters and forms offer: the places one level down, and the kinds.
func (d Deps) lists(e *core.RequestEvent, a actor) error {
	code, err := asked(e, a)
	if err != nil {
		return err
	}
	var places []Place
	err = e.App.DB().NewQuery("SELECT id, name, level FROM regions WHERE parent = {:p} ORDER BY id").Bind(dbx.Params{"p": code}).All(&places)
	if err != nil {
		return fmt.Errorf("list places: %w", err)
	}
	where, err := place(e.App.DB(), code)
	if err != nil {
		return err
	}
	type kind struct {
		Code   string `json:"code"`
		Name   string `json:"name"`
		NameEn string `json:"name_en"`
	}
	kinds := []kind{}
	for _, t := range d.Rules.Catalog.ServiceTypes() {
		kinds = append(kinds, kind{t.Code, t.Name, t.NameEn})
	}
	if places == nil {
		places = []Place{}
	}
	return answer(e, map[string]any{"region": where, "places": places, "kinds": kinds})
}
