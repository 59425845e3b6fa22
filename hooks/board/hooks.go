package board

import (
	"context"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"cunju/hooks/access"
	"cunju/hooks/codes"
	"cunju/hooks/fault"
	"cunju/hooks/region"
	"cunju/hooks/sheet"
	"cunju/sync/change"
)

// Collection holds what an office writes for a village's board.
const Collection = "village_boards"

// Folder writes a change of the node's own install; a refusal is an error.
type Folder interface {
	Fold(ctx context.Context, edits []change.Edit, by string) (verdict string, err error)
}

// Deps is what the subject needs from others.
type Deps struct {
	Folder Folder
	// PlateKeys are the keys that may have sealed a plate, the one to seal with first.
	PlateKeys func(db dbx.Builder, village string, year int) ([][]byte, error)
	Name      string // of the office, at the foot of plates
	Base      string // scheme and host of printed codes
	Now       func() time.Time
}

var villageForm = regexp.MustCompile(`^[0-9]{12}$`)

// Register puts the public pages and the office's routes on.
func Register(app core.App, d Deps) {
	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		for _, prefix := range []string{"/v", "/V"} {
			group := se.Router.Group(prefix)
			group.Unbind(apis.DefaultActivityLoggerMiddlewareId) // nobody is watched reading a public board
			group.GET("/board.css", style)
			group.GET("/{code}", d.public)
		}
		g := se.Router.Group("/api/office")
		g.GET("/figures", access.Desk(d.Now, d.figures))
		g.GET("/boards/{village}", access.Desk(d.Now, d.words))
		g.POST("/boards/{village}", access.Desk(d.Now, d.write))
		g.GET("/boards/{village}/{sheet}", access.Desk(d.Now, d.print))
		return se.Next()
	})
}

func style(e *core.RequestEvent) error {
	headers(e.Response.Header(), "text/css; charset=utf-8")
	e.Response.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	_, err := e.Response.Write(pageStyle)
	return err
}

// public answers a village's board as a page, as CSV or JSON; a plate's code leads to
// the page of its village.
func (d Deps) public(e *core.RequestEvent) error {
	asked := e.Request.PathValue("code")
	if len(asked) == codes.PlateChars {
		return d.plate(e, asked)
	}
	code, form, _ := strings.Cut(asked, ".")
	known := form == "" || form == "csv" || form == "json"
	if !known || !villageForm.MatchString(code) {
		return html(e, Village{}, false)
	}
	v, ok, err := read(e.App.DB(), code, d.Now())
	switch {
	case err != nil:
		return fault.Write(e, err)
	case !ok || form == "":
		return html(e, v, ok)
	case form == "csv":
		return asCSV(e, v)
	}
	return asJSON(e, v)
}

// plate tells a true plate from a sticker.
func (d Deps) plate(e *core.RequestEvent, text string) error {
	p, err := codes.ParsePlate(text)
	if err != nil {
		return html(e, Village{}, false)
	}
	keys, err := d.PlateKeys(e.App.DB(), p.Region, codes.Year(p.Day))
	if err != nil {
		return fault.Write(e, err)
	}
	genuine := false
	for _, key := range keys {
		genuine = p.Verify(key) || genuine
	}
	if !genuine {
		return html(e, Village{}, false)
	}
	headers(e.Response.Header(), "text/html; charset=utf-8")
	return e.Redirect(http.StatusSeeOther, "/v/"+p.Region)
}

// village gives the asked village, if it is the caller's.
func village(e *core.RequestEvent, who access.Staff) (string, error) {
	code := e.Request.PathValue("village")
	switch {
	case !villageForm.MatchString(code) || region.LevelOf(code) != region.Village:
		return "", fault.New("region_unknown")
	case !region.Covers(who.Region, code):
		return "", fault.New("scope")
	}
	return code, nil
}

// figures answers the indicators of a year, by village, counsel, office or county.
func (d Deps) figures(e *core.RequestEvent, who access.Staff) error {
	code, err := access.AskedRegion(e, who)
	if err != nil {
		return err
	}
	query := e.Request.URL.Query()
	by, ok := groupings[query.Get("by")]
	if !ok {
		by = byVillage
	}
	year, err := strconv.Atoi(query.Get("year"))
	if err != nil || year < 2000 || year > 2200 {
		year = d.Now().In(zone).Year()
	}
	from, to := region.Range(code)
	list, err := figures(e.App.DB(), by, from, to, year)
	if err != nil {
		return err
	}
	return e.JSON(http.StatusOK, map[string]any{"year": year, "publish_from": PublishFrom, "items": list})
}

func (d Deps) words(e *core.RequestEvent, who access.Staff) error {
	code, err := village(e, who)
	if err != nil {
		return err
	}
	v, ok, err := read(e.App.DB(), code, d.Now())
	if err != nil {
		return err
	}
	if !ok {
		return fault.New("region_unknown")
	}
	return e.JSON(http.StatusOK, v)
}

// Lengths of what the office writes, in characters.
const (
	maxWords = 200
	maxPhone = 30
)

// write keeps what the office wants on a village's board.
func (d Deps) write(e *core.RequestEvent, who access.Staff) error {
	var in struct {
		Duty    string `json:"duty_times"`
		Lecture string `json:"next_lecture"`
		Phone   string `json:"complaint_phone"`
		Note    string `json:"complaint_note"`
	}
	if err := access.DeskBody(e, &in); err != nil {
		return err
	}
	code, err := village(e, who)
	if err != nil {
		return err
	}
	set := map[string]any{"region": code}
	for field, text := range map[string]string{"duty_times": in.Duty, "next_lecture": in.Lecture, "complaint_phone": in.Phone, "complaint_note": in.Note} {
		text = strings.Join(strings.Fields(text), " ")
		limit := maxWords
		if field == "complaint_phone" {
			limit = maxPhone
		}
		if len([]rune(text)) > limit {
			return fault.New("text_too_long")
		}
		set[field] = text
	}
	// One record a village: its id is the village's code.
	id := "brd" + code
	var rev string
	err = e.App.DB().NewQuery("SELECT coalesce((SELECT rev FROM sync_records WHERE c = {:c} AND r = {:r}), '')").Bind(dbx.Params{"c": Collection, "r": id}).Row(&rev)
	if err != nil {
		return err
	}
	if _, err := d.Folder.Fold(e.Request.Context(), []change.Edit{{C: Collection, R: id, Base: rev, Set: set}}, who.ID); err != nil {
		return err
	}
	return d.words(e, who)
}

// print answers the plate or the card of a village as PDF.
func (d Deps) print(e *core.RequestEvent, who access.Staff) error {
	code, err := village(e, who)
	if err != nil {
		return err
	}
	v, ok, err := read(e.App.DB(), code, d.Now())
	if err != nil {
		return err
	}
	if !ok {
		return fault.New("region_unknown")
	}
	url, typed, err := d.code(e.App.DB(), code)
	if err != nil {
		return err
	}
	site := strings.ToLower(strings.TrimRight(d.Base, "/"))
	complaint := "投诉电话 " + v.Tell.Phone
	var file []byte
	switch e.Request.PathValue("sheet") {
	case "plate.pdf":
		file, err = sheet.Plate{Office: d.Name, Village: v.Township + v.Name, URL: url, Code: typed, Site: site, Complaint: complaint, PrintedAt: d.Now().In(zone)}.PDF()
	case "card.pdf":
		card := sheet.VillageCard{Village: v.Township + v.Name, Duty: v.Duty, Complaint: complaint, URL: url, Code: typed, Site: site + "/v/" + code, PrintedAt: d.Now().In(zone)}
		for _, c := range v.Counsel {
			card.Counsel = append(card.Counsel, sheet.CardCounsel{Name: c.Name, Institution: c.Firm, LicenceNo: c.Licence, Phone: c.Phone})
		}
		file, err = card.PDF()
	default:
		return fault.New("not_found")
	}
	if err != nil {
		return err
	}
	e.Response.Header().Set("Content-Disposition", `inline; filename="`+code+`.pdf"`)
	return e.Blob(http.StatusOK, "application/pdf", file)
}

// code makes the plate's code of today.
func (d Deps) code(db dbx.Builder, village string) (url, typed string, err error) {
	day, ok := codes.Day(d.Now())
	if !ok {
		return "", "", fault.New("clock")
	}
	keys, err := d.PlateKeys(db, village, codes.Year(day))
	if err != nil || len(keys) == 0 {
		return "", "", err
	}
	p, ok := codes.MakePlate(keys[0], village, day)
	if !ok {
		return "", "", fault.New("region_unknown")
	}
	return p.URL(d.Base), codes.Grouped(p.Text()), nil
}
