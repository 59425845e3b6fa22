package cases

import (
	"encoding/json/v2"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"cunju/hooks/access"
	"cunju/hooks/audit"
	"cunju/hooks/fault"
	"cunju/hooks/holidays"
	"cunju/hooks/region"
	"cunju/sync/change"
)

// row is a case in the list.
type row struct {
	Code       string `db:"code" json:"code"`
	Region     string `db:"region" json:"region"`
	Village    string `db:"village" json:"village"`
	Township   string `db:"township" json:"township"`
	Service    string `db:"service" json:"service"`
	Counsel    string `db:"counsel" json:"counsel"`
	Grade      int    `db:"grade" json:"grade"`
	Phone      bool   `db:"phone" json:"phone"`
	State      string `db:"state" json:"state"`
	Answer     string `db:"answer" json:"answer"`
	ReceivedAt int64  `db:"received_at" json:"received_at"`
	Escalated  int    `db:"escalated" json:"escalated"`
	Mine       bool   `db:"mine" json:"mine"` // the caller is the one who was rated
}

const listQuery = `SELECT c.code, c.region, coalesce(v.short_name, '') AS village, coalesce(n.short_name, '') AS township, coalesce(t.service, '') AS service,
	coalesce(p.name, q.name, '') AS counsel, c.grade, c.phone, c.state, c.answer, c.received_at, c.escalated,
	coalesce(t.counsel = {:who} OR i.staff = {:who}, 0) AS mine
	FROM case_states c LEFT JOIN rating_tags t ON t.alias = substr(c.code, 1, 8) AND t.tag = substr(c.code, 9)
	LEFT JOIN sync_installs i ON i.alias = substr(c.code, 1, 8)
	LEFT JOIN regions v ON v.id = t.region LEFT JOIN regions n ON n.id = c.region
	LEFT JOIN staff p ON p.id = t.counsel LEFT JOIN staff q ON q.id = i.staff
	WHERE c.region BETWEEN {:from} AND {:to}`

// lists name what may be asked for.
var lists = map[string]string{
	"open":      " AND c.state <> 'closed' ORDER BY c.received_at",
	"escalated": " AND c.escalated > 0 AND c.state <> 'closed' ORDER BY c.received_at",
	"closed":    " AND c.state = 'closed' ORDER BY c.received_at DESC",
}

func (c *Cases) list(e *core.RequestEvent, who access.Staff) error {
	code, err := access.AskedRegion(e, who)
	if err != nil {
		return err
	}
	which, ok := lists[e.Request.URL.Query().Get("list")]
	if !ok {
		which = lists["open"]
	}
	from, to := region.Range(code)
	rows := []row{}
	err = e.App.DB().NewQuery(listQuery + which + " LIMIT 200").Bind(dbx.Params{"from": from, "to": to, "who": who.ID}).All(&rows)
	if err != nil {
		return fmt.Errorf("list cases: %w", err)
	}
	cal, err := Calendar(e.App.DB())
	if err != nil {
		return err
	}
	items := make([]map[string]any, 0, len(rows))
	for _, r := range rows {
		found, _, _, err := load(e.App.DB(), r.Code)
		if err != nil {
			return err
		}
		items = append(items, map[string]any{"case": r, "clocks": c.clocks(&found, cal)})
	}
	return e.JSON(http.StatusOK, map[string]any{"items": items})
}

// clocks as a page shows them.
func (c *Cases) clocks(found *Case, cal holidays.Calendar) []map[string]any {
	now := c.deps.Now().UnixMilli()
	list := []map[string]any{}
	for _, k := range found.Clocks(cal) {
		list = append(list, map[string]any{"name": k.Name, "due": k.Due, "done": k.Done, "late": k.Late(now)})
	}
	return list
}

// find gives a case of the caller's region by the code of the request.
func (c *Cases) find(e *core.RequestEvent, who access.Staff) (Case, []voice, row, error) {
	code := e.Request.PathValue("code")
	if !codeForm.MatchString(code) {
		return Case{}, nil, row{}, fault.New("not_found")
	}
	var r row
	from, to := region.Range(who.Region)
	err := e.App.DB().NewQuery(listQuery + " AND c.code = {:code} LIMIT 1").
		Bind(dbx.Params{"from": from, "to": to, "who": who.ID, "code": code}).One(&r)
	if err != nil {
		return Case{}, nil, r, err // no row: not_found, also outside the region
	}
	found, said, ok, err := load(e.App.DB(), code)
	if err == nil && !ok {
		err = fault.New("not_found")
	}
	return found, said, r, err
}

func (c *Cases) one(e *core.RequestEvent, who access.Staff) error {
	found, said, r, err := c.find(e, who)
	if err != nil {
		return err
	}
	return c.show(e, who, found, said, r)
}

// show answers a case without what only reveal shows.
func (c *Cases) show(e *core.RequestEvent, who access.Staff, found Case, said []voice, r row) error {
	cal, err := Calendar(e.App.DB())
	if err != nil {
		return err
	}
	ratings := make([]map[string]any, 0, len(said))
	for _, v := range said {
		reasons := []string{}
		if v.Reasons != "" && json.Unmarshal([]byte(v.Reasons), &reasons) != nil {
			reasons = []string{}
		}
		ratings = append(ratings, map[string]any{"id": v.ID, "grade": v.Grade, "reasons": reasons, "rated_at": v.RatedAt,
			"remark": v.Remark != "", "phone": v.Phone != ""})
	}
	steps, err := c.steps(e.App.DB(), found)
	if err != nil {
		return err
	}
	next := []string{}
	for _, kind := range found.Next() {
		next = append(next, string(kind))
	}
	if slices.Contains(found.Rated, who.ID) {
		next = []string{}
	}
	return e.JSON(http.StatusOK, map[string]any{"case": r, "state": found.State, "answer": found.Answer, "ratings": ratings, "steps": steps,
		"clocks": c.clocks(&found, cal), "next": next})
}

// steps with the names of who took them.
func (c *Cases) steps(db dbx.Builder, found Case) ([]map[string]any, error) {
	names := map[string]string{}
	list := []map[string]any{}
	for _, s := range found.Steps {
		if _, known := names[s.By]; !known && s.By != "" {
			var name string
			if err := db.NewQuery("SELECT coalesce((SELECT name FROM staff WHERE id = {:id}), '')").Bind(dbx.Params{"id": s.By}).Row(&name); err != nil {
				return nil, fmt.Errorf("name staff: %w", err)
			}
			names[s.By] = name
		}
		list = append(list, map[string]any{"kind": s.Kind, "by": s.By, "by_name": names[s.By], "at": s.At, "answer": s.Answer, "note": s.Note, "refused": s.Refused})
	}
	return list, nil
}

// faults names what the office is told about a refused step.
var faults = map[string]string{WrongState: "state", IsRated: "case_rated", SamePerson: "case_same_person", NoteShort: "case_note", WrongAnswer: "case_answer", WrongAuthor: "forbidden"}

// step takes the next step of a case.
func (c *Cases) step(e *core.RequestEvent, who access.Staff) error {
	var in struct {
		Kind   Kind   `json:"kind"`
		Answer string `json:"answer"`
		Note   string `json:"note"`
	}
	if err := access.DeskBody(e, &in); err != nil {
		return err
	}
	if !slices.Contains(Moves, in.Kind) && in.Kind != Contact {
		return fault.New("malformed")
	}
	found, _, r, err := c.find(e, who)
	if err != nil {
		return err
	}
	event := Event{Kind: in.Kind, By: who.ID, Answer: in.Answer, Note: strings.TrimSpace(in.Note), At: found.after(c.deps.Now().UnixMilli())}
	if refused := found.Allows(event); refused != "" {
		return fault.New(faults[refused])
	}
	if utf8.RuneCountInString(event.Note) > MaxNote {
		return fault.New("text_too_long")
	}
	if err := c.append(e.Request.Context(), change.NewID(), r.Code, r.Region, event, nil); err != nil {
		return err
	}
	found, said, ok, err := load(e.App.DB(), r.Code)
	if err != nil || !ok {
		return err
	}
	r.State, r.Answer = string(found.State), found.Answer
	return c.show(e, who, found, said, r)
}

// Purposes of a reveal, in characters.
const (
	minPurpose = 4
	maxPurpose = 200
)

// reveal shows what the resident wrote and the number to call to who handles the
// case and says what for. It is written to the trail first.
func (c *Cases) reveal(e *core.RequestEvent, who access.Staff) error {
	var in struct {
		Purpose string `json:"purpose"`
	}
	if err := access.DeskBody(e, &in); err != nil {
		return err
	}
	purpose := strings.TrimSpace(in.Purpose)
	if n := utf8.RuneCountInString(purpose); n < minPurpose || n > maxPurpose {
		return fault.New("purpose_required")
	}
	found, said, r, err := c.find(e, who)
	if err != nil {
		return err
	}
	if slices.Contains(found.Rated, who.ID) {
		return fault.New("case_rated")
	}
	err = e.App.RunInTransaction(func(tx core.App) error {
		return audit.Write(tx.DB(), audit.Entry{At: c.deps.Now().In(holidays.China), Who: who.ID, Role: string(who.Role), Action: "case.reveal",
			Collection: ratingsTable, Record: said[len(said)-1].ID, Purpose: purpose, Region: r.Region})
	})
	if err != nil {
		return err
	}
	items := make([]map[string]any, 0, len(said))
	for _, v := range said {
		items = append(items, map[string]any{"id": v.ID, "remark": v.Remark, "phone": v.Phone})
	}
	return e.JSON(http.StatusOK, map[string]any{"items": items, "at": c.deps.Now().In(holidays.China).Format(time.RFC3339)})
}
