package cases

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"

	"cunju/hooks/holidays"
)

// timeForm is how a moment is written into a record, with its offset.
const timeForm = "2006-01-02T15:04:05.000Z07:00"

// maxBad is the highest grade that opens a case (Q1).
const maxBad = 2

// voice is one rating of the code of a case.
type voice struct {
	ID      string `db:"id"`
	Region  string `db:"region"`
	Grade   int    `db:"grade"`
	Reasons string `db:"reasons"`
	Remark  string `db:"remark"`
	Phone   string `db:"call_back_phone"`
	RatedAt string `db:"rated_at"`
}

func (v voice) at() int64 {
	at, err := time.Parse(time.RFC3339, v.RatedAt)
	if err != nil {
		return 0
	}
	return at.UnixMilli()
}

// voices reads what was said under a code, oldest first.
func voices(db dbx.Builder, code string) ([]voice, error) {
	var rows []voice
	err := db.NewQuery(`SELECT id, region, CAST(grade AS INTEGER) AS grade, coalesce(reasons, '') AS reasons, remark, call_back_phone, rated_at
		FROM ratings WHERE tag = {:tag} AND install_alias = {:alias} ORDER BY rated_at, id LIMIT 100`).
		Bind(dbx.Params{"alias": code[:8], "tag": code[8:]}).All(&rows)
	if err != nil {
		return nil, fmt.Errorf("read ratings of case: %w", err)
	}
	slices.SortStableFunc(rows, func(a, b voice) int { return int(a.at() - b.at()) })
	return rows, nil
}

// events reads the steps of a code.
func events(db dbx.Builder, code string) ([]Event, error) {
	var rows []struct {
		ID, Kind, By, Answer, Note, At string
	}
	err := db.NewQuery("SELECT id, kind, by, answer, note, at FROM rating_events WHERE code = {:code}").Bind(dbx.Params{"code": code}).All(&rows)
	if err != nil {
		return nil, fmt.Errorf("read steps of case: %w", err)
	}
	list := make([]Event, 0, len(rows))
	for _, row := range rows {
		at, err := time.Parse(time.RFC3339, row.At)
		if err != nil {
			return nil, fmt.Errorf("read step %s: %w", row.ID, err)
		}
		list = append(list, Event{ID: row.ID, Kind: Kind(row.Kind), By: row.By, Answer: row.Answer, Note: row.Note, At: at.UnixMilli()})
	}
	return list, nil
}

// served lists the staff who are rated under a code: whose install made it and who
// stands in the record.
func served(db dbx.Builder, code string) ([]string, error) {
	var list []string
	err := db.NewQuery(`SELECT staff FROM sync_installs WHERE alias = {:alias} AND staff <> ''
		UNION SELECT counsel FROM rating_tags WHERE alias = {:alias} AND tag = {:tag} AND counsel <> ''`).
		Bind(dbx.Params{"alias": code[:8], "tag": code[8:]}).Column(&list)
	if err != nil {
		return nil, fmt.Errorf("find who is rated: %w", err)
	}
	return list, nil
}

// load folds a case; ok is false while there is no bad rating under the code.
func load(db dbx.Builder, code string) (c Case, said []voice, ok bool, err error) {
	if said, err = voices(db, code); err != nil {
		return c, nil, false, err
	}
	first := slices.IndexFunc(said, func(v voice) bool { return v.Grade >= 1 && v.Grade <= maxBad })
	if first < 0 {
		return c, said, false, nil
	}
	o := Opening{At: said[first].at()}
	for _, v := range said {
		if v.Phone != "" && o.PhoneAt == 0 {
			o.PhoneAt = v.at()
		}
	}
	if o.Rated, err = served(db, code); err != nil {
		return c, said, false, err
	}
	steps, err := events(db, code)
	if err != nil {
		return c, said, false, err
	}
	return Fold(o, steps), said, true, nil
}

// put writes the derived row of a case anew.
func put(db dbx.Builder, code string) error {
	c, said, ok, err := load(db, code)
	if err != nil {
		return err
	}
	if _, err := db.NewQuery("DELETE FROM case_states WHERE code = {:code}").Bind(dbx.Params{"code": code}).Execute(); err != nil {
		return fmt.Errorf("clear case: %w", err)
	}
	if !ok {
		return nil
	}
	worst := said[0]
	for _, v := range said {
		if v.Grade < worst.Grade {
			worst = v
		}
	}
	phone := 0
	if c.PhoneAt > 0 {
		phone = 1
	}
	_, err = db.Insert("case_states", dbx.Params{"code": code, "region": worst.Region, "rating": worst.ID, "grade": worst.Grade, "phone": phone,
		"state": string(c.State), "handler": c.Last, "answer": c.Answer, "reopened": c.Reopened, "received_at": c.At, "accepted_at": c.AcceptedAt,
		"contact_at": c.ContactAt, "settled_at": c.SettledAt, "called_at": c.CalledAt, "closed_at": c.ClosedAt,
		"told": strings.Join(c.Reminded, " "), "escalated": len(c.Escalated)}).Execute()
	if err != nil {
		return fmt.Errorf("store case: %w", err)
	}
	return nil
}

// Calendar is the program's table of holidays with the loaded one laid over it.
func Calendar(db dbx.Builder) (holidays.Calendar, error) {
	var body string
	err := db.NewQuery("SELECT body FROM holiday_tables WHERE id = 1").Row(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return holidays.Builtin(), nil
	}
	if err != nil {
		return holidays.Calendar{}, fmt.Errorf("read holidays: %w", err)
	}
	loaded, err := holidays.Parse([]byte(body))
	if err != nil {
		return holidays.Calendar{}, err
	}
	return holidays.Builtin().With(loaded), nil
}
