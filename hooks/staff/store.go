package staff

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"cunju/hooks/fault"
	"cunju/hooks/region"
)

// accounts are those of a range of regions and the counsel from elsewhere who
// serve, or served, a village of it.
const accounts = `SELECT s.id, s.name, CASE WHEN s.role = 'counsel' THEN '' ELSE s.email END AS login, s.role, s.region, coalesce(r.name, '') AS region_name,
	s.state, s.valid_until,
	coalesce((SELECT p.institution_name FROM practitioners p WHERE p.staff = s.id LIMIT 1), '') AS institution_name,
	(SELECT count(*) FROM sync_installs i WHERE i.staff = s.id AND i.kind = 'phone' AND i.state = 'active') AS phones
	FROM staff s LEFT JOIN regions r ON r.id = s.region
	WHERE s.region >= {:from} AND s.region <= {:to} OR s.id IN (SELECT staff FROM assignments WHERE region >= {:from} AND region <= {:to})
	ORDER BY s.state, s.role, s.name LIMIT 2000`

const intervals = `SELECT a.id, a.staff, a.region, coalesce(r.name, '') AS name, a.valid_from, a.valid_until, a.grace_days
	FROM assignments a LEFT JOIN regions r ON r.id = a.region WHERE a.staff = {:staff} ORDER BY a.region, a.valid_from`

func list(db dbx.Builder, code string) ([]Account, error) {
	from, to := region.Range(code)
	people := []Account{}
	if err := db.NewQuery(accounts).Bind(dbx.Params{"from": from, "to": to}).All(&people); err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	return people, nil
}

// assignmentsOf lists the intervals of an account as they stand at a time.
func assignmentsOf(db dbx.Builder, staff string, now time.Time) ([]Assignment, error) {
	rows := []Assignment{}
	if err := db.NewQuery(intervals).Bind(dbx.Params{"staff": staff}).All(&rows); err != nil {
		return nil, fmt.Errorf("list assignments: %w", err)
	}
	for i, row := range rows {
		rows[i].Phase = PhaseOf(row.ValidFrom, row.ValidUntil, row.GraceDays, now)
	}
	return rows, nil
}

// levelOf looks a place up; a code that no list holds is no place.
func levelOf(db dbx.Builder, code string) (region.Level, error) {
	var level string
	err := db.NewQuery("SELECT level FROM regions WHERE id = {:id}").Bind(dbx.Params{"id": code}).Row(&level)
	if errors.Is(err, sql.ErrNoRows) {
		return "", fault.New("region_unknown")
	}
	return region.Level(level), err
}

// boardOf finds the counsel's entry of the public board, "" without one.
func boardOf(db dbx.Builder, staff string) (string, error) {
	var ids []string
	err := db.NewQuery("SELECT id FROM practitioners WHERE staff = {:s} ORDER BY id LIMIT 1").Bind(dbx.Params{"s": staff}).Column(&ids)
	if err != nil || len(ids) == 0 {
		return "", err
	}
	return ids[0], nil
}

func taken(db dbx.Builder, login string) (bool, error) {
	var n int
	err := db.NewQuery("SELECT count(*) FROM staff WHERE email = {:e} COLLATE NOCASE").Bind(dbx.Params{"e": login}).Row(&n)
	return n > 0, err
}

// fresh makes a record that is not saved yet.
func fresh(tx core.App, collection string, values map[string]any) (*core.Record, error) {
	col, err := tx.FindCollectionByNameOrId(collection)
	if err != nil {
		return nil, err
	}
	r := core.NewRecord(col)
	r.Load(values)
	return r, nil
}
