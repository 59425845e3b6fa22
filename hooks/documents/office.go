package documents

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json/jsontext"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"cunju/hooks/access"
	"cunju/hooks/audit"
	"cunju/hooks/fault"
	"cunju/hooks/region"
	"cunju/sync/change"
)

// Folder writes a change of the node's own install inside a transaction; a refusal is an error.
type Folder interface {
	FoldIn(tx core.App, edits []change.Edit, by string) (string, error)
}

// Deps is what the subject needs from others.
type Deps struct {
	Tier      string // "township" or "city": each numbers for an office of its own
	Folder    Folder
	Committed func() // tells the engine's listeners of what FoldIn committed
	// Code makes the public code of a filed document; "" without an error where none can be made.
	Code func(app core.App, document string) (url, typed string, err error)
	Now  func() time.Time
}

// pageSize is what fits a desk's screen twice.
const pageSize = 50

// Register puts the office's routes on.
func Register(app core.App, d Deps) {
	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		g := se.Router.Group("/api/office/documents")
		g.GET("", access.Desk(d.Now, d.list))
		g.POST("/{id}/file", access.Desk(d.Now, d.file))
		g.POST("/{id}/return", access.Desk(d.Now, d.giveBack))
		return se.Next()
	})
}

// paper is a document in the office's list; its title may name people and is left out (D1).
type paper struct {
	ID       string `json:"id"`
	Region   string `json:"region"`
	Village  string `json:"village"`
	Service  string `json:"service"`
	Template string `json:"template"`
	State    string `json:"state"`
	No       string `json:"no"`
	DeviceNo string `json:"device_no" db:"device_no"`
	FiledAt  string `json:"filed_at" db:"filed_at"`
	Secrecy  string `json:"-"`
	Title    string `json:"-"`
	Body     string `json:"-"`
	Rev      string `json:"-"`
	URL      string `json:"url,omitempty" db:"-"`
	Code     string `json:"code,omitempty" db:"-"`
}

const papers = `SELECT d.id, d.region, coalesce(v.short_name, '') AS village, d.service, d.template, d.state, d.no, d.device_no, d.filed_at, d.title, d.body,
	coalesce(s.secrecy, '') AS secrecy, coalesce(r.rev, '') AS rev
	FROM documents d LEFT JOIN services s ON s.id = d.service LEFT JOIN regions v ON v.id = d.region
	LEFT JOIN sync_records r ON r.c = 'documents' AND r.r = d.id WHERE `

func (d Deps) list(e *core.RequestEvent, who access.Staff) error {
	code, err := access.AskedRegion(e, who)
	if err != nil {
		return err
	}
	state := e.Request.URL.Query().Get("state")
	if state == "" {
		state = string(Submitted)
	}
	if orDraft(state) == Draft || !slices.Contains(States, State(state)) { // a draft is still its author's
		return fault.New("malformed")
	}
	low, high := region.Range(code)
	rows := []paper{}
	err = e.App.DB().NewQuery(papers + `d.region >= {:low} AND d.region <= {:high} AND d.state = {:state} AND d.id > {:after}
		AND (coalesce(s.secrecy, '') <> 'sealed' OR {:admin}) ORDER BY d.id LIMIT ` + strconv.Itoa(pageSize)).
		Bind(dbx.Params{"low": low, "high": high, "state": state, "after": e.Request.URL.Query().Get("after"), "admin": who.Role == access.Admin}).All(&rows)
	if err != nil {
		return fmt.Errorf("list documents: %w", err)
	}
	for i := range rows {
		if err := d.coded(e.App, &rows[i]); err != nil {
			return err
		}
	}
	return e.JSON(http.StatusOK, map[string]any{"items": rows})
}

// coded puts the public code on a filed document.
func (d Deps) coded(app core.App, p *paper) (err error) {
	if p.State == string(Filed) || p.State == string(Superseded) {
		p.URL, p.Code, err = d.Code(app, p.ID)
	}
	return err
}

// find reads one that the caller may work on.
func find(db dbx.Builder, who access.Staff, id string) (p paper, err error) {
	if err := db.NewQuery(papers + "d.id = {:id}").Bind(dbx.Params{"id": id}).One(&p); err != nil {
		return p, err
	}
	if !region.Covers(who.Region, p.Region) || p.Secrecy == "sealed" && who.Role != access.Admin {
		return p, fault.New("not_found")
	}
	if who.Role != access.Officer { // as the table of access says
		return p, fault.New("forbidden")
	}
	return p, nil
}

// Digest is the digest of what is filed: template, title and body as they are kept, so that a printed
// code names one text (档案法 37). The body is canonical JSON (RFC 8785), whatever wrote it.
func Digest(template, title, body string) (string, error) {
	canonical := jsontext.Value(body)
	if body == "" {
		canonical = jsontext.Value("null")
	}
	if err := canonical.Canonicalize(); err != nil {
		return "", fmt.Errorf("read document: %w", err)
	}
	sum := sha256.Sum256([]byte(template + "\n" + title + "\n" + string(canonical)))
	return "sha256:" + hex.EncodeToString(sum[:]), nil
}

// file freezes a document: number, digest and day come into being together with the state.
func (d Deps) file(e *core.RequestEvent, who access.Staff) error {
	now := d.Now().In(time.FixedZone("", 8*3600))
	return d.decide(e, who, Filed, func(tx core.App, p paper, set map[string]any) (err error) {
		if set["hash"], err = Digest(p.Template, p.Title, p.Body); err != nil {
			return fault.New("malformed").Wrap(err)
		}
		set["filed_at"] = now.Format(time.RFC3339)
		set["no"], err = nextNumber(tx.DB(), deskOf(d.Tier, p.Region), now.Year())
		return err
	})
}

func (d Deps) giveBack(e *core.RequestEvent, who access.Staff) error {
	return d.decide(e, who, Returned, func(core.App, paper, map[string]any) error { return nil })
}

// decide moves a document and writes the trail in one transaction.
func (d Deps) decide(e *core.RequestEvent, who access.Staff, to State, more func(core.App, paper, map[string]any) error) error {
	if err := access.DeskBody(e, &struct{}{}); err != nil {
		return err
	}
	id := e.Request.PathValue("id")
	err := e.App.RunInTransaction(func(tx core.App) error {
		p, err := find(tx.DB(), who, id)
		if err != nil {
			return err
		}
		if State(p.State) == to || !MayMove(orDraft(p.State), to, true) {
			return fault.New("state")
		}
		set := map[string]any{"state": string(to), "no": p.No, "filed_at": p.FiledAt}
		if err := more(tx, p, set); err != nil {
			return err
		}
		if _, err := d.Folder.FoldIn(tx, []change.Edit{{C: Collection, R: id, Base: p.Rev, Set: set}}, who.ID); err != nil {
			return fmt.Errorf("file document: %w", err)
		}
		return audit.Write(tx.DB(), audit.Entry{At: d.Now(), Who: who.ID, Role: string(who.Role), Action: "document." + string(to), Collection: Collection, Record: id, Region: p.Region})
	})
	if err != nil {
		return err
	}
	d.Committed()
	p, err := find(e.App.DB(), who, id)
	if err != nil {
		return err
	}
	if err := d.coded(e.App, &p); err != nil {
		return err
	}
	return e.JSON(http.StatusOK, p)
}

// deskOf is who gives a number, 9 digits: a township's node for its own, a city's node for the county of the
// record, so that two nodes that have not met never give the same one.
func deskOf(tier, code string) string {
	if tier == "city" {
		return code[:6] + "000"
	}
	return code[:9]
}

// nextNumber takes the next number of the office and year (rule R8), W for 文书, gap-free: it stands or
// falls with the filing. Numbers that came back by sync after a restore count, too.
func nextNumber(db dbx.Builder, desk string, year int) (string, error) {
	head := fmt.Sprintf("%s-%d-W%s", desk[:6], year, desk[6:])
	var greatest string
	err := db.NewQuery("SELECT coalesce(max(no), '') FROM documents WHERE no > {:low} AND no < {:high}").Bind(dbx.Params{"low": head, "high": head + ":"}).Row(&greatest)
	if err != nil {
		return "", fmt.Errorf("read greatest number: %w", err)
	}
	used := 0
	if len(greatest) > len(head) {
		used, _ = strconv.Atoi(greatest[len(head):])
	}
	return fmt.Sprintf("%s%05d", head, used+1), nil
}
