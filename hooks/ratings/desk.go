package ratings

import (
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"cunju/hooks/access"
	"cunju/hooks/codes"
	"cunju/hooks/fault"
	"cunju/hooks/region"
	"cunju/sync/change"
)

// desk puts the office's own routes on: the list of ratings, the decision about one
// that is held back, and keying in a slip or a call.
func (r *Ratings) desk(se *core.ServeEvent) {
	g := se.Router.Group("/api/office/ratings")
	g.GET("", access.Desk(r.deps.Now, r.listed))
	g.POST("", access.Desk(r.deps.Now, r.entered))
	g.POST("/{id}/decide", access.Desk(r.deps.Now, r.decide))
	se.Router.GET("/api/office/services/{id}/slip.pdf", access.Desk(r.deps.Now, r.slip))
}

// listRow is a rating as the office lists it: without remark and telephone number.
type listRow struct {
	ID         string   `db:"rating" json:"id"`
	Code       string   `db:"code" json:"code"`
	Service    string   `db:"service" json:"service"`
	Village    string   `db:"village" json:"village"`
	Counsel    string   `db:"counsel" json:"counsel"`
	Grade      int      `db:"grade" json:"grade"`
	State      string   `db:"state" json:"state"`
	AssistedBy string   `db:"assisted_by" json:"assisted_by"`
	Channel    string   `db:"-" json:"channel"`
	Flags      string   `db:"flags" json:"-"`
	Holds      string   `db:"holds" json:"-"`
	Rules      []string `db:"-" json:"rules"`
	Decision   string   `db:"decision" json:"decision"` // count, exclude or ""
	Counts     bool     `db:"counts" json:"counts"`
	RatedAt    int64    `db:"rated_at" json:"rated_at"`
	Day        int      `db:"day" json:"-"`
	Date       string   `db:"-" json:"date"` // day of the code
}

const deskQuery = `SELECT j.rating, j.alias || j.tag AS code, j.service, coalesce(v.short_name, '') AS village, coalesce(p.name, q.name, '') AS counsel, j.grade, j.state,
	j.assisted_by, j.flags, j.rated_at, j.day, coalesce(g.rating = j.rating, 0) AS counts,
	coalesce((SELECT group_concat(rule, ' ') FROM rating_holds h WHERE h.rating = j.rating), '') AS holds,
	CASE d.counts WHEN 1 THEN 'count' WHEN 0 THEN 'exclude' ELSE '' END AS decision
	FROM ratings r JOIN rating_joins j ON j.rating = r.id LEFT JOIN rating_tags t ON t.alias = j.alias AND t.tag = j.tag
	LEFT JOIN rating_services g ON g.service = j.service AND j.service <> '' LEFT JOIN rating_decisions d ON d.rating = j.rating
	LEFT JOIN sync_installs i ON i.alias = j.alias LEFT JOIN regions v ON v.id = t.region
	LEFT JOIN staff p ON p.id = t.counsel LEFT JOIN staff q ON q.id = i.staff
	WHERE r.region BETWEEN {:from} AND {:to}`

// MissingDays: a record that has not come so long after it was rated is withheld
// or lost, and somebody must ask for it.
const MissingDays = 7

// deskLists name what may be asked for; limit is a moment in ms.
var deskLists = map[string]struct {
	where string
	days  int64
}{
	"all":     {where: " AND {:limit} > 0"},
	"held":    {where: " AND {:limit} > 0 AND d.rating IS NULL AND EXISTS (SELECT 1 FROM rating_holds h WHERE h.rating = j.rating)"},
	"missing": {where: " AND j.state = 'waiting' AND j.rated_at < {:limit}", days: MissingDays},
	"orphans": {where: " AND (j.state = 'orphan' OR j.state = 'waiting' AND j.rated_at < {:limit})", days: OrphanDays},
}

func (r *Ratings) listed(e *core.RequestEvent, who access.Staff) error {
	code, err := access.AskedRegion(e, who)
	if err != nil {
		return err
	}
	list, ok := deskLists[e.Request.URL.Query().Get("list")]
	if !ok {
		list = deskLists["all"]
	}
	from, to := region.Range(code)
	rows := []listRow{}
	err = e.App.DB().NewQuery(deskQuery + list.where + " ORDER BY r.rated_at DESC LIMIT 200").
		Bind(dbx.Params{"from": from, "to": to, "limit": r.deps.Now().UnixMilli() - list.days*dayMS}).All(&rows)
	if err != nil {
		return fmt.Errorf("list ratings: %w", err)
	}
	for i := range rows {
		flags, _ := readFlags(rows[i].Flags) // written by the projection
		rows[i].Rules, rows[i].Channel = strings.Fields(rows[i].Holds), flags.Channel
		if rows[i].Day >= 0 && rows[i].Day <= 0xffff {
			rows[i].Date = codes.Date(uint16(rows[i].Day)).Format("2006-01-02")
		}
	}
	return e.JSON(http.StatusOK, map[string]any{"items": rows})
}

// decide is a person's word about a rating that was held back.
func (r *Ratings) decide(e *core.RequestEvent, who access.Staff) error {
	var in struct {
		Counts bool   `json:"counts"`
		Note   string `json:"note"`
	}
	if err := access.DeskBody(e, &in); err != nil {
		return err
	}
	id := e.Request.PathValue("id")
	var row struct{ Region, Code, Counsel, Staff, Entered string }
	err := e.App.DB().NewQuery(`SELECT r.region, j.alias || j.tag AS code, coalesce(t.counsel, '') AS counsel, coalesce(i.staff, '') AS staff,
		coalesce((SELECT v.by FROM rating_events v WHERE v.rating = r.id AND v.kind = 'enter' LIMIT 1), '') AS entered
		FROM ratings r JOIN rating_joins j ON j.rating = r.id LEFT JOIN rating_tags t ON t.alias = j.alias AND t.tag = j.tag
		LEFT JOIN sync_installs i ON i.alias = j.alias WHERE r.id = {:id} LIMIT 1`).Bind(dbx.Params{"id": id}).One(&row)
	note := Clean(in.Note)
	switch {
	case err != nil:
		return err
	case !region.Covers(who.Region, row.Region):
		return fault.New("not_found")
	case who.ID == row.Counsel || who.ID == row.Staff:
		return fault.New("case_rated")
	case who.ID == row.Entered:
		return fault.New("case_same_person")
	case note == "":
		return fault.New("case_note")
	}
	kind := decideExclude
	if in.Counts {
		kind = decideCount
	}
	_, err = r.deps.Folder.Fold(e.Request.Context(), []change.Edit{r.event(kind, id, row.Code, row.Region, who.ID, note)}, who.ID)
	if err != nil {
		return err
	}
	return e.JSON(http.StatusOK, map[string]any{"decision": kind})
}

func (r *Ratings) event(kind, rating, code, region, by, note string) change.Edit {
	return change.Edit{C: eventsTable, R: change.NewID(), Set: map[string]any{"region": region, "code": code, "rating": rating, "kind": kind,
		"by": by, "note": note, "at": r.deps.Now().In(zone).Format(timeForm)}}
}

// deskEntry is a slip or a call as it is keyed in.
type deskEntry struct {
	Code     string   `json:"code"`
	Channel  string   `json:"channel"`
	Assisted string   `json:"assisted_by"`
	Grade    int      `json:"grade"`
	Reasons  []string `json:"reasons"`
	Remark   string   `json:"remark"`
	Phone    string   `json:"phone"`
}

// entered takes a paper slip or a telephone call. It is marked as assisted and so held
// back until somebody else has looked at it.
func (r *Ratings) entered(e *core.RequestEvent, who access.Staff) error {
	in := deskEntry{Assisted: "clerk"}
	if err := access.DeskBody(e, &in); err != nil {
		return err
	}
	phone, ok := Phone(in.Phone)
	switch {
	case !slices.Contains(Grades, in.Grade) || !slices.Contains(Channels, in.Channel) || !slices.Contains(Helpers, in.Assisted) || !reasonsAllowed(in.Reasons):
		return fault.New("malformed")
	case !ok:
		return fault.New("phone_format")
	}
	k, err := r.typed(e.App, in.Code)
	if err != nil {
		return err
	}
	if k == nil || !region.Covers(who.Region, k.install.Region) {
		return fault.New("rate_invalid")
	}
	if rated, err := r.isRated(e.App.DB(), k, who.ID); err != nil || rated {
		return errors.Join(err, fault.New("case_rated"))
	}
	existing, err := codeRatings(e.App.DB(), k.id)
	if err != nil {
		return err
	}
	now := r.deps.Now()
	today, _ := codes.Day(now)
	voice := voiceOf(who.ID+in.Channel, k.id)
	a := Admit(existing, r.deps.Tier, voice, k.code.Day, today, now.UnixMilli())
	if a.Refused != "" {
		return fault.New(a.Refused)
	}
	a.Flags.Channel = in.Channel
	rating := Rating{ID: ratingID(k.key, r.deps.Tier, voice, k.id, len(a.Own)), Grade: in.Grade, Reasons: in.Reasons, Remark: Clean(in.Remark),
		Phone: phone, AssistedBy: in.Assisted, Flags: a.Flags}
	edits := []change.Edit{r.edit(k, rating, now), r.event(enteredAtDesk, rating.ID, k.id.Alias+k.id.Tag, k.install.Region[:9]+"000", who.ID, "")}
	if _, err := r.deps.Folder.Fold(e.Request.Context(), edits, who.ID); err != nil {
		return err
	}
	return e.JSON(http.StatusOK, map[string]any{"id": rating.ID})
}

// typed finds the code that was typed from a slip.
func (r *Ratings) typed(app core.App, text string) (*known, error) {
	code, err := codes.Typed(text)
	if err != nil {
		return nil, nil
	}
	return r.knownCode(app.DB(), code)
}

func (r *Ratings) isRated(db dbx.Builder, k *known, who string) (bool, error) {
	var counsel string
	err := db.NewQuery("SELECT counsel FROM rating_tags WHERE alias = {:a} AND tag = {:t}").Bind(dbx.Params{"a": k.id.Alias, "t": k.id.Tag}).Row(&counsel)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return false, wrap("find who is rated", err)
	}
	return who == counsel || who == k.install.Staff, nil
}
