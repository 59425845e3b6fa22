package services

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/pocketbase/dbx"

	"cunju/sync/change"
)

// What stands around a record: its visit, files, papers, ratings and history. Each
// function answers one question with one query.

// Visit is the trip during which a service was given.
type Visit struct {
	StartedAt    string `json:"started_at" db:"started_at"`
	EndedAt      string `json:"ended_at" db:"ended_at"`
	PresenceKind string `json:"presence_kind" db:"presence_kind"`
	PresenceNote string `json:"presence_note" db:"presence_note"`
	Note         string `json:"note" db:"note"`
	State        string `json:"state" db:"state"`
}

func visitOf(db dbx.Builder, id string) (*Visit, error) {
	if id == "" {
		return nil, nil
	}
	var rows []Visit
	err := db.NewQuery("SELECT started_at, ended_at, presence_kind, presence_note, note, state FROM visits WHERE id = {:id}").
		Bind(dbx.Params{"id": id}).All(&rows)
	if err != nil {
		return nil, fmt.Errorf("read visit: %w", err)
	}
	if len(rows) == 0 {
		return nil, nil // it may still be on its way
	}
	return &rows[0], nil
}

// Attachment is a file by its content; its name may name somebody and stays hidden.
type Attachment struct {
	ID     string `json:"id" db:"id"`
	Kind   string `json:"kind" db:"kind"`
	Mime   string `json:"mime" db:"mime"`
	Size   int64  `json:"size" db:"size"`
	SHA256 string `json:"sha256" db:"sha256"`
}

func attachments(db dbx.Builder, service string) ([]Attachment, error) {
	rows := []Attachment{}
	err := db.NewQuery("SELECT id, kind, mime, CAST(size AS INTEGER) AS size, sha256 FROM attachments WHERE service = {:s} ORDER BY id LIMIT 200").
		Bind(dbx.Params{"s": service}).All(&rows)
	if err != nil {
		return nil, fmt.Errorf("list attachments: %w", err)
	}
	return rows, nil
}

// Paper is a document without what it says.
type Paper struct {
	ID       string `json:"id" db:"id"`
	Template string `json:"template" db:"template"`
	State    string `json:"state" db:"state"`
	No       string `json:"no" db:"no"`
}

func papers(db dbx.Builder, service string) ([]Paper, error) {
	rows := []Paper{}
	err := db.NewQuery("SELECT id, template, state, no FROM documents WHERE service = {:s} ORDER BY id LIMIT 200").
		Bind(dbx.Params{"s": service}).All(&rows)
	if err != nil {
		return nil, fmt.Errorf("list documents: %w", err)
	}
	return rows, nil
}

// Voice is one rating; remark and call-back number are shown only when revealed.
type Voice struct {
	ID         string   `json:"id" db:"id"`
	Grade      int      `json:"grade" db:"grade"`
	RatedAt    string   `json:"rated_at" db:"rated_at"`
	AssistedBy string   `json:"assisted_by" db:"assisted_by"`
	ReasonsRaw string   `json:"-" db:"reasons"`
	Reasons    []string `json:"reasons" db:"-"`
	Counts     bool     `json:"counts" db:"counts"` // the one that stands for the service
	Read       bool     `json:"read" db:"seen"`
	Remark     string   `json:"-" db:"remark"`
	Phone      string   `json:"-" db:"call_back_phone"`
}

func ratingsOf(db dbx.Builder, service string) ([]Voice, error) {
	rows := []Voice{}
	err := db.NewQuery(`SELECT j.rating AS id, j.grade, coalesce(r.rated_at, '') AS rated_at, coalesce(r.assisted_by, '') AS assisted_by,
		coalesce(r.reasons, '') AS reasons, coalesce(r.remark, '') AS remark, coalesce(r.call_back_phone, '') AS call_back_phone,
		coalesce(g.rating = j.rating, 0) AS counts, (x.rating IS NOT NULL) AS seen
		FROM rating_joins j LEFT JOIN ratings r ON r.id = j.rating LEFT JOIN rating_services g ON g.service = j.service
		LEFT JOIN service_rating_reads x ON x.service = j.service AND x.rating = j.rating
		WHERE j.service = {:s} ORDER BY j.rated_at DESC LIMIT 100`).Bind(dbx.Params{"s": service}).All(&rows)
	if err != nil {
		return nil, fmt.Errorf("list ratings: %w", err)
	}
	for i := range rows {
		rows[i].Reasons = []string{}
		if rows[i].ReasonsRaw != "" {
			if err := json.Unmarshal([]byte(rows[i].ReasonsRaw), &rows[i].Reasons); err != nil || rows[i].Reasons == nil {
				rows[i].Reasons = []string{}
			}
		}
	}
	return rows, nil
}

// Line is one change of a record: who, with which phone or office, what and when. It
// names the fields, never their values.
type Line struct {
	ID          string   `json:"id" db:"id"`
	At          string   `json:"at" db:"-"`
	Tau         int64    `json:"tau" db:"tau"`
	By          string   `json:"by" db:"-"`
	ByName      string   `json:"by_name" db:"-"`
	Install     string   `json:"install" db:"install"`
	InstallName string   `json:"install_name" db:"install_name"`
	InstallKind string   `json:"install_kind" db:"install_kind"`
	Verdict     string   `json:"verdict" db:"verdict"`
	Fields      []string `json:"fields" db:"-"`
	Creates     bool     `json:"creates" db:"-"`
	Body        []byte   `json:"-" db:"body"`
}

func history(db dbx.Builder, service string) ([]Line, error) {
	lines := []Line{}
	err := db.NewQuery(`SELECT c.id, c.tau, c.install, c.verdict, coalesce(c.body, x'') AS body, coalesce(i.name, '') AS install_name, coalesce(i.kind, '') AS install_kind
		FROM sync_history h JOIN sync_changes c ON c.n = h.n LEFT JOIN sync_installs i ON i.id = c.install
		WHERE h.c = 'services' AND h.r = {:s} ORDER BY h.n DESC LIMIT 200`).Bind(dbx.Params{"s": service}).All(&lines)
	if err != nil {
		return nil, fmt.Errorf("read history: %w", err)
	}
	people := map[string]string{}
	for i := range lines {
		lines[i].open(service)
		people[lines[i].By] = ""
	}
	if err := nameStaff(db, people); err != nil {
		return nil, err
	}
	for i := range lines {
		lines[i].ByName = people[lines[i].By]
	}
	return lines, nil
}

// open reads the stored change; an erased one keeps its place without content.
func (l *Line) open(service string) {
	l.Fields = []string{}
	c, err := change.Parse(l.Body)
	if err != nil {
		return
	}
	l.At, l.By = c.At, c.By
	for _, e := range c.Edits {
		if e.C != Collection || e.R != service {
			continue
		}
		l.Creates = e.Base == ""
		for f := range e.Set {
			l.Fields = append(l.Fields, f)
		}
	}
	slices.Sort(l.Fields)
}

// nameStaff fills in the names of staff ids, from accounts or the public board.
func nameStaff(db dbx.Builder, people map[string]string) error {
	for id := range people {
		var name string
		err := db.NewQuery(`SELECT coalesce((SELECT name FROM staff WHERE id = {:id}), (SELECT name FROM practitioners WHERE staff = {:id} AND {:id} <> '' LIMIT 1), '')`).
			Bind(dbx.Params{"id": id}).Row(&name)
		if err != nil {
			return fmt.Errorf("name staff: %w", err)
		}
		people[id] = name
	}
	return nil
}
