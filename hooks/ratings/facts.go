package ratings

import (
	"database/sql"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/pocketbase/dbx"

	"cunju/hooks/codes"
)

// Facts is all that the page says about a service: what hangs on the village's
// public board, the date, the kind and the category of the matter. Nothing else
// is ever read for it, and nothing of the person who was served.
type Facts struct {
	Arrived bool // the record is here
	Date    time.Time
	Kind    Named
	Topic   Named
	Village string
	Counsel string
	Firm    string
	Licence string
}

// Named is a name in both languages.
type Named struct{ Zh, En string }

// In gives the name in a language, the Chinese one where there is no other.
func (n Named) In(lang string) string {
	if lang == "en" && n.En != "" {
		return n.En
	}
	return n.Zh
}

// serviceFacts are the only columns of a service that the page may read.
const serviceFacts = "SELECT kind, topic, occurred_at, region, counsel, secrecy, state FROM services WHERE id = {:id}"

func readFacts(db dbx.Builder, c codes.Code, service string, by installRow) (Facts, error) {
	f := Facts{Date: codes.Date(c.Day)}
	counsel := by.Staff
	if service != "" {
		var s struct {
			Kind, Topic, Region, Counsel, Secrecy, State string
			OccurredAt                                   string `db:"occurred_at"`
		}
		err := db.NewQuery(serviceFacts).Bind(dbx.Params{"id": service}).One(&s)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return f, wrap("read service", err)
		}
		if err == nil {
			f.Arrived = true
			counsel = s.Counsel
			if at, err := time.Parse(time.RFC3339, s.OccurredAt); err == nil {
				f.Date = at
			}
			if f.Village, err = villageName(db, s.Region); err != nil {
				return f, err
			}
			if f.Kind, f.Topic, err = matter(db, s.Kind, s.Topic, s.Secrecy); err != nil {
				return f, err
			}
		}
	}
	return f, board(db, counsel, &f)
}

// matter names what a passer-by who picks up the sheet may know: of a private
// record not the topic, of a sealed one not even the kind. Of the topic only its
// category is ever named: "marriage and family" on a sheet on the table says less
// than "divorce".
func matter(db dbx.Builder, kind, topic, secrecy string) (k, t Named, err error) {
	if secrecy == "sealed" {
		return k, t, nil
	}
	if k, err = named(db, "SELECT name AS zh, name_en AS en FROM service_types WHERE id = {:id}", kind); err != nil {
		return k, t, err
	}
	if secrecy == "private" || len(topic) < 2 {
		return k, t, nil
	}
	t, err = named(db, "SELECT name AS zh, name_en AS en FROM topics WHERE id = {:id}", topic[:2])
	return k, t, err
}

func named(db dbx.Builder, query, id string) (n Named, err error) {
	err = db.NewQuery(query).Bind(dbx.Params{"id": id}).One(&n)
	if errors.Is(err, sql.ErrNoRows) {
		return Named{}, nil
	}
	return n, wrap("read name", err)
}

func villageName(db dbx.Builder, region string) (string, error) {
	var row struct{ Name, Short, Parent string }
	err := db.NewQuery(`SELECT r.name AS name, r.short_name AS short, coalesce(p.name, '') AS parent
		FROM regions r LEFT JOIN regions p ON p.id = r.parent WHERE r.id = {:id}`).
		Bind(dbx.Params{"id": region}).One(&row)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	name := row.Short
	if name == "" {
		name = row.Name
	}
	return row.Parent + name, wrap("read region", err)
}

// board reads what rule R9 puts on the village's public board.
func board(db dbx.Builder, staff string, f *Facts) error {
	if staff == "" {
		return nil
	}
	var row struct {
		Name, Firm string
		Licence    string `db:"licence_no"`
	}
	err := db.NewQuery(`SELECT name, institution_name AS firm, licence_no FROM practitioners
		WHERE staff = {:staff} ORDER BY valid_from DESC LIMIT 1`).Bind(dbx.Params{"staff": staff}).One(&row)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	f.Counsel, f.Firm, f.Licence = row.Name, row.Firm, row.Licence
	return wrap("read practitioner", err)
}

// Day is the date as people say it.
func (f Facts) Day(lang string) string {
	at := f.Date.In(zone)
	if lang == "en" {
		return at.Format("2 January 2006")
	}
	y, m, d := at.Date()
	return strings.Join([]string{strconv.Itoa(y), "年", strconv.Itoa(int(m)), "月", strconv.Itoa(d), "日"}, "")
}
