package board

import (
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/pocketbase/dbx"
)

var zone = time.FixedZone("CST", 8*60*60)

// Counsel is who serves a village, as R9 publishes it.
type Counsel struct {
	Name    string `db:"name" json:"name"`
	Firm    string `db:"firm" json:"institution"`
	Licence string `db:"licence_no" json:"licence_no"`
	Phone   string `db:"phone" json:"phone"`
}

// Complaint is where to turn to.
type Complaint struct {
	Phone string `db:"complaint_phone" json:"phone"`
	Note  string `db:"complaint_note" json:"note"`
}

// Village is the public page of a village. Its fields are all that is ever published;
// a test holds every form of it to this list.
type Village struct {
	Format   string    `json:"format"`
	Region   string    `json:"region"`
	Name     string    `json:"village"`
	Township string    `json:"township"`
	County   string    `json:"county"`
	Counsel  []Counsel `json:"counsel"`
	Duty     string    `json:"duty_times"`
	Lecture  string    `json:"next_lecture"`
	Tell     Complaint `json:"complaint"`
	Year     int       `json:"year"`
	Kinds    []Kind    `json:"services"`
	Others   int       `json:"services_of_other_kinds"`
	Total    int       `json:"services_in_the_year"` // 0: fewer than 5
	N        int       `json:"rated"`                // 0: fewer than 30, no rates
	Rates    Rates     `json:"rates"`
	Asof     string    `json:"as_of"`
}

// Format of the JSON form.
const Format = "village-board/1"

// standingComplaint is the national legal-service line.
const standingComplaint = "12348"

// states in which a service was given.
const states = "('submitted', 'returned', 'verified')"

// read gives a village's page; ok is false where there is no such village.
func read(db dbx.Builder, code string, now time.Time) (v Village, ok bool, err error) {
	v = Village{Format: Format, Region: code, Counsel: []Counsel{}, Kinds: []Kind{}, Year: now.In(zone).Year(), Asof: now.In(zone).Format(time.DateOnly)}
	var names struct{ Name, Town, County string }
	err = db.NewQuery(`SELECT coalesce(nullif(v.short_name, ''), v.name) AS name, coalesce(nullif(t.short_name, ''), t.name, '') AS town, coalesce(nullif(c.short_name, ''), c.name, '') AS county
		FROM regions v LEFT JOIN regions t ON t.id = substr(v.id, 1, 9) || '000' LEFT JOIN regions c ON c.id = substr(v.id, 1, 6) || '000000'
		WHERE v.id = {:id} AND v.level = 'village'`).Bind(dbx.Params{"id": code}).One(&names)
	if errors.Is(err, sql.ErrNoRows) {
		return v, false, nil
	}
	if err != nil {
		return v, false, fmt.Errorf("read village: %w", err)
	}
	v.Name, v.Township, v.County = names.Name, names.Town, names.County
	if v.Counsel, err = counselOf(db, code, now); err != nil {
		return v, false, err
	}
	if err := words(db, code, &v); err != nil {
		return v, false, err
	}
	kinds, err := kindsOf(db, code, v.Year)
	if err != nil {
		return v, false, err
	}
	if shown, few, all := Merge(kinds); all > 0 {
		v.Kinds, v.Others, v.Total = append(v.Kinds, shown...), few, all
	}
	list, err := figures(db, byVillage, code, code, v.Year)
	if err != nil {
		return v, false, err
	}
	for _, f := range list {
		v.N, v.Rates, _ = f.Counts.Public()
	}
	return v, true, nil
}

// counselOf reads who is assigned now.
func counselOf(db dbx.Builder, code string, now time.Time) ([]Counsel, error) {
	list := []Counsel{}
	err := db.NewQuery(`SELECT DISTINCT p.name, p.institution_name AS firm, p.licence_no, p.phone FROM assignments a
		JOIN practitioners p ON p.id = a.practitioner OR (a.practitioner = '' AND p.staff = a.staff)
		WHERE a.region = {:r} AND p.state <> 'left' AND (a.valid_from = '' OR datetime(a.valid_from) <= datetime({:now}))
		AND (a.valid_until = '' OR datetime(a.valid_until) > datetime({:now})) ORDER BY a.valid_from, p.name LIMIT 10`).
		Bind(dbx.Params{"r": code, "now": now.UTC().Format(time.RFC3339)}).All(&list)
	if err != nil {
		return nil, fmt.Errorf("read counsel: %w", err)
	}
	return list, nil
}

// words reads what the office wrote for the board.
func words(db dbx.Builder, code string, v *Village) error {
	var row struct {
		Duty    string `db:"duty_times"`
		Lecture string `db:"next_lecture"`
		Complaint
	}
	err := db.NewQuery("SELECT duty_times, next_lecture, complaint_phone, complaint_note FROM village_boards WHERE region = {:r} ORDER BY id LIMIT 1").
		Bind(dbx.Params{"r": code}).One(&row)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("read board: %w", err)
	}
	v.Duty, v.Lecture, v.Tell = row.Duty, row.Lecture, row.Complaint
	if v.Tell.Phone == "" {
		v.Tell.Phone = standingComplaint
	}
	return nil
}

// kindsOf counts the services of a year by kind.
func kindsOf(db dbx.Builder, code string, year int) ([]Kind, error) {
	var list []Kind
	err := db.NewQuery(`SELECT s.kind, coalesce(t.name, s.kind) AS zh, coalesce(t.name_en, '') AS en, count(*) AS n FROM services s
		LEFT JOIN service_types t ON t.id = s.kind WHERE s.region = {:r} AND s.occurred_at >= {:from} AND s.occurred_at < {:to} AND s.state IN ` + states + `
		GROUP BY s.kind ORDER BY n DESC, s.kind`).
		Bind(dbx.Params{"r": code, "from": strconv.Itoa(year), "to": strconv.Itoa(year + 1)}).All(&list)
	if err != nil {
		return nil, fmt.Errorf("count services: %w", err)
	}
	return list, nil
}

func yearStart(year int) int64 { return time.Date(year, 1, 1, 0, 0, 0, 0, zone).UnixMilli() }
