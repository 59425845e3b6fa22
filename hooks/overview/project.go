package overview

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"

	"cunju/sync/engine"
)

// Projection counts services from the feed. A record comes again with every change;
// what it was counted as before is taken out first, so that any order and any repetition give the
// same counts.
func Projection() engine.Projection {
	return engine.Projection{Name: "overview", Collections: []string{"services"}, Apply: apply, Reset: reset}
}

// spot is where a service is counted.
type spot struct {
	Month    string `db:"month"`
	Township string `db:"township"`
	Category string `db:"category"`
	Verified int    `db:"verified"`
}

// spotOf finds where a record counts; ok is false when it counts nowhere.
func spotOf(set map[string]any) (spot, bool) {
	text := func(f string) string { s, _ := set[f].(string); return s }
	region, occurred, state := text("region"), text("occurred_at"), text("state")
	if !counted(state) || len(region) != 12 || len(occurred) < len("2026-11") {
		return spot{}, false
	}
	s := spot{Month: occurred[:7], Township: region[:9], Category: Unclassified}
	if topic := text("topic"); len(topic) == 4 {
		s.Category = topic[:2]
	}
	if state == "verified" {
		s.Verified = 1
	}
	_, err := time.Parse("2006-01", s.Month)
	return s, err == nil
}

func apply(db dbx.Builder, items []engine.Item) error {
	for _, item := range items {
		if err := recount(db, item); err != nil {
			return fmt.Errorf("count service: %w", err)
		}
	}
	return nil
}

func recount(db dbx.Builder, item engine.Item) error {
	var before []spot
	err := db.NewQuery("SELECT month, township, category, verified FROM overview_services WHERE service = {:s}").
		Bind(dbx.Params{"s": item.Record}).All(&before)
	if err != nil {
		return err
	}
	after, counts := spotOf(item.Set)
	if len(before) == 1 && counts && before[0] == after {
		return nil
	}
	for _, s := range before {
		if err := s.add(db, -1); err != nil {
			return err
		}
	}
	if !counts {
		_, err := db.NewQuery("DELETE FROM overview_services WHERE service = {:s}").Bind(dbx.Params{"s": item.Record}).Execute()
		return err
	}
	_, err = db.NewQuery(`INSERT INTO overview_services (service, month, township, category, verified) VALUES ({:s}, {:m}, {:t}, {:c}, {:v})
		ON CONFLICT (service) DO UPDATE SET month = excluded.month, township = excluded.township, category = excluded.category, verified = excluded.verified`).
		Bind(dbx.Params{"s": item.Record, "m": after.Month, "t": after.Township, "c": after.Category, "v": after.Verified}).Execute()
	if err != nil {
		return err
	}
	return after.add(db, 1)
}

// add moves the count of a spot by one up or down.
func (s spot) add(db dbx.Builder, n int) error {
	_, err := db.NewQuery(`INSERT INTO overview_counts (month, township, category, n, verified) VALUES ({:m}, {:t}, {:c}, {:n}, {:v})
		ON CONFLICT (month, township, category) DO UPDATE SET n = n + excluded.n, verified = verified + excluded.verified`).
		Bind(dbx.Params{"m": s.Month, "t": s.Township, "c": s.Category, "n": n, "v": n * s.Verified}).Execute()
	return err
}

func reset(db dbx.Builder) error {
	for _, sql := range []string{"DELETE FROM overview_services", "DELETE FROM overview_counts"} {
		if _, err := db.NewQuery(sql).Execute(); err != nil {
			return fmt.Errorf("empty overview: %w", err)
		}
	}
	return nil
}
