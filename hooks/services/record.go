package services

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"cunju/hooks/access"
	"cunju/hooks/fault"
	"cunju/hooks/identity"
)

// full is a whole record, personal fields included.
type full struct {
	row
	Visit        string  `db:"visit"`
	Place        string  `db:"place"`
	Persons      float64 `db:"persons"`
	Summary      string  `db:"summary"`
	Advice       string  `db:"advice"`
	ClientPhone  string  `db:"client_phone"`
	ClientIDNo   string  `db:"client_id_no"`
	ClientGroups string  `db:"client_groups"`
	Consent      string  `db:"consent"`
	Details      string  `db:"details"`
	ReturnReason string  `db:"return_reason"`
	VerifiedBy   string  `db:"verified_by"`
	VerifiedName string  `db:"verified_name"`
	VerifiedAt   string  `db:"verified_at"`
	Rev          string  `db:"rev"`
	Install      string  `db:"install"` // that made the first change
	Institution  string  `db:"institution_name"`
	LicenceNo    string  `db:"licence_no"`
}

const record = `SELECT ` + shown + `, s.visit, s.place, s.persons, s.summary, s.advice, s.client_phone, s.client_id_no,
	coalesce(s.client_groups, '') AS client_groups, coalesce(s.consent, '') AS consent, coalesce(s.details, '') AS details,
	s.return_reason, s.verified_by, s.verified_at, coalesce(w.name, '') AS verified_name, coalesce(x.rev, '') AS rev,
	coalesce((SELECT ch.install FROM sync_records sr JOIN sync_changes ch ON ch.n = sr.first WHERE sr.c = 'services' AND sr.r = s.id), '') AS install,
	coalesce((SELECT p.institution_name FROM practitioners p WHERE p.staff = s.counsel AND s.counsel <> '' LIMIT 1), '') AS institution_name,
	coalesce((SELECT p.licence_no FROM practitioners p WHERE p.staff = s.counsel AND s.counsel <> '' LIMIT 1), '') AS licence_no
	FROM services s` + names + ` LEFT JOIN staff w ON w.id = s.verified_by LEFT JOIN sync_records x ON x.c = 'services' AND x.r = s.id WHERE s.id = {:id}`

// find reads a record that the actor may see. A sealed one that is not for the
// actor's eyes answers like one that does not exist.
func find(db dbx.Builder, a actor, id string, now time.Time) (full, error) {
	var rows []full
	if err := db.NewQuery(record).Bind(dbx.Params{"id": id}).All(&rows); err != nil {
		return full{}, fmt.Errorf("read service: %w", err)
	}
	if len(rows) == 0 {
		return full{}, fault.New("not_found")
	}
	f := rows[0]
	if !a.covers(f.Region) {
		return full{}, fault.New("scope")
	}
	target := access.Target{Region: f.Region, Owner: f.Counsel, State: f.State, Sealed: f.Secrecy == Sealed}
	may, err := access.MayRecord(db, a.Staff, access.View, Collection, target, now)
	if err != nil {
		return full{}, err
	}
	if !may {
		return full{}, fault.New("not_found")
	}
	return f, nil
}

// Detail is one record with its personal fields masked.
type Detail struct {
	Item
	Place         string         `json:"place"`
	Persons       int            `json:"persons"`
	Summary       string         `json:"summary"`
	SummaryHidden bool           `json:"summary_hidden"`
	Advice        string         `json:"advice"`
	ClientPhone   string         `json:"client_phone"`
	ClientIDNo    string         `json:"client_id_no"`
	Details       map[string]any `json:"details"`
	DetailsHidden []string       `json:"details_hidden"`
	Consent       any            `json:"consent"`
	ReturnReason  string         `json:"return_reason"`
	VerifiedBy    string         `json:"verified_by_name"`
	VerifiedAt    string         `json:"verified_at"`
}

// detail masks a record. Free text of a private or sealed record cannot be masked
// word by word: it is withheld until somebody gives a purpose.
func (r Rules) detail(f full) Detail {
	d := Detail{Item: r.item(f.row), Place: f.Place, Persons: int(f.Persons), Summary: MaskText(f.Summary, f.ClientName, f.ClientKind),
		Advice: MaskText(f.Advice, f.ClientName, f.ClientKind), ClientPhone: identity.MaskPhone(f.ClientPhone), ClientIDNo: identity.MaskID(f.ClientIDNo),
		Consent: value(f.Consent), ReturnReason: f.ReturnReason, VerifiedBy: f.VerifiedName, VerifiedAt: f.VerifiedAt}
	d.Details, d.DetailsHidden = MaskDetails(object(f.Details))
	if d.DetailsHidden == nil {
		d.DetailsHidden = []string{}
	}
	if f.Secrecy == Private || f.Secrecy == Sealed {
		d.SummaryHidden, d.Summary, d.Advice = f.Summary != "", "", ""
	}
	return d
}

// value reads any JSON column; an empty one is nil.
func value(s string) any {
	var v any
	if s == "" || json.Unmarshal([]byte(s), &v) != nil {
		return nil
	}
	return v
}

// May lists what the actor may do with a record as it stands.
type May struct {
	Verify bool `json:"verify"`
	Return bool `json:"return"`
	Void   bool `json:"void"`
}

func (f full) may() May {
	s := State(f.State)
	return May{Verify: s != Verified && MayMove(s, Verified, true), Return: s != Returned && MayMove(s, Returned, true),
		Void: s != Voided && s != Draft && MayMove(s, Voided, true)}
}

func (d Deps) one(e *core.RequestEvent, a actor) error {
	db := e.App.DB()
	f, err := find(db, a, e.Request.PathValue("id"), d.Now())
	if err != nil {
		return err
	}
	visit, err := visitOf(db, f.Visit)
	if err != nil {
		return err
	}
	attached, err := attachments(db, f.ID)
	if err != nil {
		return err
	}
	papers, err := papers(db, f.ID)
	if err != nil {
		return err
	}
	voices, err := ratingsOf(db, f.ID)
	if err != nil {
		return err
	}
	lines, err := history(db, f.ID)
	if err != nil {
		return err
	}
	return answer(e, map[string]any{"service": d.Rules.detail(f), "may": f.may(), "visit": visit,
		"attachments": attached, "documents": papers, "ratings": voices, "history": lines})
}
