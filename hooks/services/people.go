package services

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"cunju/hooks/access"
)

// silent are active phones of a range of regions that were not heard of since.
const silent = `FROM sync_installs i WHERE i.kind = 'phone' AND i.region >= {:from} AND i.region <= {:to} AND i.state = 'active'
	AND max(i.seen_at, i.created_at) < {:since}`

func latePhones(db dbx.Builder, from, to string, now time.Time) (int, error) {
	var n int
	err := db.NewQuery("SELECT count(*) " + silent).
		Bind(dbx.Params{"from": from, "to": to, "since": now.Add(-late).UnixMilli()}).Row(&n)
	if err != nil {
		return 0, fmt.Errorf("count silent phones: %w", err)
	}
	return n, nil
}

// Phone is one install as the office sees it.
type Phone struct {
	ID         string `json:"id" db:"id"`
	Staff      string `json:"staff" db:"staff"`
	StaffName  string `json:"staff_name" db:"staff_name"`
	Region     string `json:"region" db:"region"`
	Name       string `json:"name" db:"name"`
	Alias      string `json:"alias" db:"alias"`
	State      string `json:"state" db:"state"`
	LastChange int64  `json:"last_change" db:"last_change"`
	SeenAt     int64  `json:"seen_at" db:"seen_at"`
	Unsent     int64  `json:"unsent" db:"unsent"`
	CreatedAt  int64  `json:"created_at" db:"created_at"`
	Late       bool   `json:"late" db:"-"`
}

func (d Deps) phones(e *core.RequestEvent, a actor) error {
	phones := []Phone{}
	err := e.App.DB().NewQuery(`SELECT i.id, i.staff, coalesce(s.name, '') AS staff_name, i.region, i.name, i.alias, i.state, i.last_change, i.seen_at,
		i.unsent, i.created_at FROM sync_installs i LEFT JOIN staff s ON s.id = i.staff
		WHERE i.kind = 'phone' AND i.region >= {:from} AND i.region <= {:to} ORDER BY i.seen_at LIMIT 1000`).
		Bind(dbx.Params{"from": a.From, "to": a.To}).All(&phones)
	if err != nil {
		return fmt.Errorf("list phones: %w", err)
	}
	since := d.Now().Add(-late).UnixMilli()
	for i := range phones {
		p := &phones[i]
		p.Late = p.State == "active" && max(p.SeenAt, p.CreatedAt) < since
	}
	return answer(e, map[string]any{"items": phones, "late_days": int(late / (24 * time.Hour))})
}

// Counsel is a village counsel whom a phone may be given to.
type Counsel struct {
	ID              string  `json:"id" db:"id"`
	Name            string  `json:"name" db:"name"`
	InstitutionName string  `json:"institution_name" db:"institution_name"`
	Villages        []Place `json:"villages" db:"-"` // that are assigned now
	Phones          int     `json:"phones" db:"phones"`
}

// counsel lists the counsel who belong to the region or serve a village of it.
func (d Deps) counsel(e *core.RequestEvent, a actor) error {
	people := []Counsel{}
	err := e.App.DB().NewQuery(`SELECT s.id, s.name,
		coalesce((SELECT p.institution_name FROM practitioners p WHERE p.staff = s.id LIMIT 1), '') AS institution_name,
		(SELECT count(*) FROM sync_installs i WHERE i.staff = s.id AND i.region >= {:from} AND i.region <= {:to} AND i.kind = 'phone' AND i.state = 'active') AS phones
		FROM staff s WHERE s.role = 'counsel' AND s.state = 'active' AND (s.region >= {:from} AND s.region <= {:to}
			OR s.id IN (SELECT staff FROM assignments WHERE region >= {:from} AND region <= {:to}))
		ORDER BY s.name LIMIT 1000`).
		Bind(dbx.Params{"from": a.From, "to": a.To}).All(&people)
	if err != nil {
		return fmt.Errorf("list counsel: %w", err)
	}
	for i := range people {
		if people[i].Villages, err = d.servedBy(e.App.DB(), people[i].ID); err != nil {
			return err
		}
	}
	return answer(e, map[string]any{"items": people})
}

// servedBy names the villages that a counsel serves now.
func (d Deps) servedBy(db dbx.Builder, staff string) ([]Place, error) {
	codes, err := access.Villages(db, staff, d.Now())
	if err != nil {
		return nil, err
	}
	villages := []Place{}
	for _, code := range codes {
		where, err := place(db, code)
		if err != nil {
			return nil, err
		}
		villages = append(villages, where)
	}
	return villages, nil
}
