package ratings

import (
	"fmt"
	"slices"
	"time"

	"github.com/pocketbase/dbx"

	"cunju/sync/engine"
)

// eventsTable holds what people decided about ratings, among other steps.
const eventsTable = "rating_events"

// Kinds of decisions there.
const (
	decideCount   = "count"
	decideExclude = "exclude"
	enteredAtDesk = "enter"
)

// hold works out anew which ratings of an install are held back, and gives the
// services whose count may have changed.
func hold(db dbx.Builder, alias string) ([]string, error) {
	var rows []struct {
		joinRow
		Service string
		Minted  int64
		Bare    bool
	}
	err := db.NewQuery(`SELECT j.rating, j.alias, j.tag, j.state, j.assisted_by, j.flags, j.origin, j.day, j.grade, j.rated_at, j.service, j.bare,
		coalesce(t.arrived, 0) AS minted FROM rating_joins j LEFT JOIN rating_tags t ON t.alias = j.alias AND t.tag = j.tag
		WHERE j.alias = {:alias}`).Bind(dbx.Params{"alias": alias}).All(&rows)
	if err != nil {
		return nil, wrap("read ratings of install", err)
	}
	heard := make([]Heard, 0, len(rows))
	services := map[string]string{}
	for _, row := range rows {
		r := row.rating()
		services[r.ID] = row.Service
		heard = append(heard, Heard{ID: r.ID, Tag: r.Tag, Grade: r.Grade, AssistedBy: r.AssistedBy, Flags: r.Flags, RatedAt: r.RatedAt, MintedAt: row.Minted, Bare: row.Bare})
	}
	before, err := heldOf(db, alias)
	if err != nil {
		return nil, err
	}
	after := Suspect(heard)
	var touched []string
	for _, h := range heard {
		rules := after[h.ID]
		slices.Sort(rules)
		if slices.Equal(rules, before[h.ID]) {
			continue
		}
		if err := putHolds(db, h.ID, rules); err != nil {
			return nil, err
		}
		if s := services[h.ID]; s != "" {
			touched = append(touched, s)
		}
	}
	return touched, nil
}

func heldOf(db dbx.Builder, alias string) (map[string][]string, error) {
	var rows []struct{ Rating, Rule string }
	err := db.NewQuery("SELECT h.rating, h.rule FROM rating_joins j JOIN rating_holds h ON h.rating = j.rating WHERE j.alias = {:alias} ORDER BY h.rating, h.rule").
		Bind(dbx.Params{"alias": alias}).All(&rows)
	held := map[string][]string{}
	for _, row := range rows {
		held[row.Rating] = append(held[row.Rating], row.Rule)
	}
	return held, wrap("read held ratings", err)
}

func putHolds(db dbx.Builder, rating string, rules []string) error {
	if _, err := db.Delete("rating_holds", dbx.HashExp{"rating": rating}).Execute(); err != nil {
		return fmt.Errorf("clear holds: %w", err)
	}
	for _, rule := range rules {
		if _, err := db.Insert("rating_holds", dbx.Params{"rating": rating, "rule": rule}).Execute(); err != nil {
			return fmt.Errorf("hold rating: %w", err)
		}
	}
	return nil
}

// putDecision keeps the newest decision of a person about a rating; what the person
// who is rated decided is none.
func putDecision(db dbx.Builder, item engine.Item) (service string, err error) {
	rating := textOf(item.Set, "rating")
	var row struct{ Service, Counsel, Staff string }
	err = db.NewQuery(`SELECT coalesce(j.service, '') AS service, coalesce(t.counsel, '') AS counsel, coalesce(i.staff, '') AS staff
		FROM (SELECT {:r} AS rating) x LEFT JOIN rating_joins j ON j.rating = x.rating LEFT JOIN rating_tags t ON t.alias = j.alias AND t.tag = j.tag
		LEFT JOIN sync_installs i ON i.alias = j.alias LIMIT 1`).Bind(dbx.Params{"r": rating}).One(&row)
	if err != nil {
		return "", wrap("find decided rating", err)
	}
	by := textOf(item.Set, "by")
	at, err := time.Parse(time.RFC3339, textOf(item.Set, "at"))
	if err != nil || by == "" || by == row.Counsel || by == row.Staff {
		return "", nil
	}
	counts := 0
	if textOf(item.Set, "kind") == decideCount {
		counts = 1
	}
	_, err = db.NewQuery(`INSERT INTO rating_decisions (rating, counts, by, at) VALUES ({:r}, {:c}, {:by}, {:at})
		ON CONFLICT (rating) DO UPDATE SET counts = excluded.counts, by = excluded.by, at = excluded.at WHERE excluded.at >= at`).
		Bind(dbx.Params{"r": rating, "c": counts, "by": by, "at": at.UnixMilli()}).Execute()
	return row.Service, wrap("store decision", err)
}
