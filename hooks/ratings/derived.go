package ratings

import (
	"database/sql"
	"encoding/json/v2"
	"errors"
	"fmt"

	"github.com/pocketbase/dbx"

	"cunju/sync/engine"
)

// counted are the states in which a service can have a rating that counts: a
// draft is not yet a service, a voided one no longer.
const counted = "('submitted', 'returned', 'verified')"

func putTag(db dbx.Builder, t tagRow) error {
	_, err := db.NewQuery(`INSERT INTO rating_tags (alias, tag, service, install, region, counsel, state, arrived)
		VALUES ({:alias}, {:tag}, {:service}, {:install}, {:region}, {:counsel}, {:state}, {:arrived})
		ON CONFLICT (alias, tag) DO UPDATE SET service = excluded.service, install = excluded.install,
		arrived = min(arrived, excluded.arrived)`).
		Bind(dbx.Params{"alias": t.Alias, "tag": t.Tag, "service": t.Service, "install": t.Install,
			"region": t.Region, "counsel": t.Counsel, "state": t.State, "arrived": t.Arrived}).Execute()
	return wrap("store tag", err)
}

// refreshTags brings the service's newest region, counsel and state to all its
// tags, also to those that were made while it belonged to another.
func refreshTags(db dbx.Builder, item engine.Item) error {
	_, err := db.NewQuery("UPDATE rating_tags SET region = {:region}, counsel = {:counsel}, state = {:state} WHERE service = {:service}").
		Bind(dbx.Params{"region": item.Region, "counsel": textOf(item.Set, "counsel"),
			"state": textOf(item.Set, "state"), "service": item.Record}).Execute()
	return wrap("refresh tags", err)
}

func putJoin(db dbx.Builder, r Rating) error {
	flags, err := json.Marshal(r.Flags.List())
	if err != nil {
		return fmt.Errorf("encode flags: %w", err)
	}
	bare := 0
	if r.bare() {
		bare = 1
	}
	_, err = db.NewQuery(`INSERT INTO rating_joins (rating, alias, tag, state, day, grade, assisted_by, flags, origin, rated_at, bare)
		VALUES ({:rating}, {:alias}, {:tag}, 'waiting', {:day}, {:grade}, {:assisted}, {:flags}, {:origin}, {:at}, {:bare})
		ON CONFLICT (rating) DO NOTHING`).
		Bind(dbx.Params{"rating": r.ID, "alias": r.Alias, "tag": r.Tag, "day": r.Day, "grade": r.Grade,
			"assisted": r.AssistedBy, "flags": string(flags), "origin": r.Origin, "at": r.RatedAt, "bare": bare}).Execute()
	return wrap("store rating", err)
}

// join leads the ratings of a code to their service, if it is here.
func join(db dbx.Builder, code codeKey) (service string, err error) {
	var tag struct {
		Service string
		Arrived int64
	}
	err = db.NewQuery("SELECT service, arrived FROM rating_tags WHERE alias = {:alias} AND tag = {:tag}").
		Bind(dbx.Params{"alias": code.Alias, "tag": code.Tag}).One(&tag)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("find tag: %w", err)
	}
	// JoinState in SQL; TestJoinIsTheRule holds the two together.
	_, err = db.NewQuery(`UPDATE rating_joins SET service = {:service},
		state = CASE WHEN {:arrived} <= rated_at + {:limit} THEN 'joined' ELSE 'orphan' END
		WHERE alias = {:alias} AND tag = {:tag}`).
		Bind(dbx.Params{"service": tag.Service, "arrived": tag.Arrived, "limit": int64(OrphanDays * dayMS),
			"alias": code.Alias, "tag": code.Tag}).Execute()
	return tag.Service, wrap("join rating", err)
}

// settle works out anew which rating of a service counts.
func settle(db dbx.Builder, service string) error {
	if _, err := db.NewQuery("DELETE FROM rating_services WHERE service = {:s}").
		Bind(dbx.Params{"s": service}).Execute(); err != nil {
		return fmt.Errorf("clear service: %w", err)
	}
	ratings, err := joinedRatings(db, service)
	if err != nil {
		return err
	}
	v := Decide(ratings)
	if !v.Counts {
		return nil
	}
	_, err = db.NewQuery(`INSERT INTO rating_services (service, region, counsel, rating, grade, voices, records, rated_at)
		SELECT service, region, counsel, {:rating}, {:grade}, {:voices}, {:records}, {:at} FROM rating_tags
		WHERE service = {:s} AND state IN ` + counted + ` LIMIT 1`).
		Bind(dbx.Params{"rating": v.Effective.ID, "grade": v.Effective.Grade, "voices": v.Voices,
			"records": v.Records, "at": v.Effective.RatedAt, "s": service}).Execute()
	return wrap("settle service", err)
}

type joinRow struct {
	Rating, Alias, Tag, State, Flags, Origin string
	Assisted                                 string `db:"assisted_by"`
	Day, Grade                               int
	RatedAt                                  int64 `db:"rated_at"`
	Ruling                                   Ruling
}

func (j joinRow) rating() Rating {
	flags, _ := readFlags(j.Flags) // written by putJoin
	return Rating{ID: j.Rating, Alias: j.Alias, Tag: j.Tag, Day: j.Day, Grade: j.Grade,
		AssistedBy: j.Assisted, Flags: flags, Origin: j.Origin, RatedAt: j.RatedAt, Ruling: j.Ruling}
}

func joinsOf(db dbx.Builder, service string) ([]joinRow, error) {
	var rows []joinRow
	err := db.NewQuery(`SELECT j.rating, j.alias, j.tag, j.state, j.assisted_by, j.flags, j.origin, j.day, j.grade, j.rated_at,
		CASE WHEN d.counts = 1 THEN 2 WHEN d.counts = 0 OR EXISTS (SELECT 1 FROM rating_holds h WHERE h.rating = j.rating) THEN 1 ELSE 0 END AS ruling
		FROM rating_joins j LEFT JOIN rating_decisions d ON d.rating = j.rating
		WHERE j.service = {:s} ORDER BY j.rated_at, j.rating`).Bind(dbx.Params{"s": service}).All(&rows)
	return rows, wrap("read ratings of service", err)
}

func joinedRatings(db dbx.Builder, service string) ([]Rating, error) {
	rows, err := joinsOf(db, service)
	var out []Rating
	for _, row := range rows {
		if row.State == Joined {
			out = append(out, row.rating())
		}
	}
	return out, err
}

func wrap(what string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}
