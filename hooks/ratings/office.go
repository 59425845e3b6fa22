package ratings

import (
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"cunju/hooks/codes"
)

// ErrNoCode is returned where this node cannot make a code for a service: it does
// not know the install that entered it, or the record has no date.
var ErrNoCode = errors.New("no rating code for this service")

// RatingURL is the address to print as QR on the sheet of a service. It is the
// code that the phone showed, wherever the phone's number is on the record.
func (r *Ratings) RatingURL(db dbx.Builder, service string) (string, error) {
	code, err := r.codeOf(db, service)
	if err != nil {
		return "", err
	}
	return code.URL(r.deps.RatingBase), nil
}

// PrintedCode gives a sheet the address and the form that people can type. Both are
// empty where no code can be made: the sheet is printed all the same.
func (r *Ratings) PrintedCode(app core.App, service, _ string, _ time.Time) (url, typed string, err error) {
	code, err := r.codeOf(app.DB(), service)
	if errors.Is(err, ErrNoCode) {
		return "", "", nil
	}
	if err != nil {
		return "", "", err
	}
	return code.URL(r.deps.RatingBase), codes.Grouped(code.Text()), nil
}

func (r *Ratings) codeOf(db dbx.Builder, service string) (codes.Code, error) {
	var row struct {
		Counsel    string
		DeviceNo   string `db:"device_no"`
		OccurredAt string `db:"occurred_at"`
		Install    string
	}
	err := db.NewQuery(`SELECT s.counsel, s.device_no, s.occurred_at, coalesce(f.install, '') AS install
		FROM services s LEFT JOIN sync_records f ON f.c = 'services' AND f.r = s.id WHERE s.id = {:id}`).
		Bind(dbx.Params{"id": service}).One(&row)
	if err != nil {
		return codes.Code{}, wrap("read service", err)
	}
	at, err := time.Parse(time.RFC3339, row.OccurredAt)
	day, ok := codes.Day(at)
	if err != nil || !ok {
		return codes.Code{}, ErrNoCode
	}
	s, err := r.newSealer(db)
	if err != nil {
		return codes.Code{}, err
	}
	set := map[string]any{"device_no": row.DeviceNo, "counsel": row.Counsel}
	for _, text := range s.aliases(row.Install, set) {
		key := s.key(text, codes.Year(day))
		raw, err := hex.DecodeString(text)
		if key.ok && err == nil && len(raw) == codes.AliasSize {
			return codes.Make(key.key, [codes.AliasSize]byte(raw), day, service), nil
		}
	}
	return codes.Code{}, ErrNoCode
}

// Said is one rating as the office may list it: without the remark and the
// telephone number, which are read through the trail of purposes.
type Said struct {
	ID         string
	Grade      int
	State      string // joined or orphan
	Effective  bool   // the one that counts
	AssistedBy string
	Flags      Flags
	Origin     string
	RatedAt    int64 // ms
}

// ServiceRatings lists what was said about a service, oldest first.
func (r *Ratings) ServiceRatings(db dbx.Builder, service string) ([]Said, error) {
	rows, err := joinsOf(db, service)
	if err != nil {
		return nil, err
	}
	var effective string
	err = db.NewQuery("SELECT rating FROM rating_services WHERE service = {:s}").Bind(dbx.Params{"s": service}).Row(&effective)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("find effective rating: %w", err)
	}
	out := make([]Said, 0, len(rows))
	for _, row := range rows {
		rating := row.rating()
		out = append(out, Said{ID: rating.ID, Grade: rating.Grade, State: row.State, Effective: rating.ID == effective,
			AssistedBy: rating.AssistedBy, Flags: rating.Flags, Origin: rating.Origin, RatedAt: rating.RatedAt})
	}
	return out, nil
}

// Counts is what the ratings of a region come to (Q9), one rating a service.
type Counts struct {
	ByGrade [VeryGood + 1]int // index is the grade; 0 is unused
	Rated   int
}

// PublishFrom is the least number of ratings for a rate to be published (Q9).
const PublishFrom = 30

// GoodRate is 好评率 in [0, 1]. ok is false below PublishFrom.
func (c Counts) GoodRate() (rate float64, ok bool) {
	if c.Rated < PublishFrom {
		return 0, false
	}
	return float64(c.ByGrade[VeryGood]+c.ByGrade[Good]+c.ByGrade[Fair]) / float64(c.Rated), true
}

// Counts counts the ratings that count of the services in the regions from–to, both included.
func (r *Ratings) Counts(db dbx.Builder, from, to string) (Counts, error) {
	var rows []struct{ Grade, N int }
	err := db.NewQuery(countQuery).Bind(dbx.Params{"from": from, "to": to}).All(&rows)
	var c Counts
	for _, row := range rows {
		if row.Grade >= VeryBad && row.Grade <= VeryGood {
			c.ByGrade[row.Grade] = row.N
			c.Rated += row.N
		}
	}
	return c, wrap("count ratings", err)
}

const countQuery = `SELECT grade, count(*) AS n FROM rating_services
	WHERE region >= {:from} AND region <= {:to} GROUP BY grade`

// Unjoined counts the ratings of this node that no service has claimed: those
// that still wait, and those that are orphans at now.
func (r *Ratings) Unjoined(db dbx.Builder, now int64) (waiting, orphans int, err error) {
	err = db.NewQuery(`SELECT coalesce(sum(rated_at + {:limit} >= {:now}), 0), coalesce(sum(rated_at + {:limit} < {:now}), 0)
		FROM rating_joins WHERE state = 'waiting'`).
		Bind(dbx.Params{"limit": int64(OrphanDays * dayMS), "now": now}).Row(&waiting, &orphans)
	return waiting, orphans, wrap("count unjoined ratings", err)
}
