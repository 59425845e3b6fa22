package devices

import (
	"database/sql"
	"encoding/base64"
	"encoding/json/v2"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	qrcode "github.com/skip2/go-qrcode"

	"cunju/hooks/fault"
	"cunju/hooks/region"
	"cunju/sync/bundle"
	"cunju/sync/engine"
	"cunju/sync/install"
	"cunju/sync/oplog"
)

// Deps is what pairing needs from the rest of the house.
type Deps struct {
	Engine *engine.Engine
	Tokens *Tokens
	// MayPair tells whether a logged-in person may pair devices in a region.
	MayPair func(db dbx.Builder, auth *core.Record, region string) (bool, error)
	// Audit notes who paired whom, in the caller's transaction.
	Audit func(db dbx.Builder, auth *core.Record, action, record, region string) error
	// RatingBase is scheme and host of rating codes.
	RatingBase string
	// Upstream is the city's origin, "" for a township on its own; HTTP calls it.
	Upstream string
	HTTP     *http.Client
	Now      func() time.Time
	// Caller verifies a signed request; the install is nil when it has been answered already.
	Caller func(e *core.RequestEvent) (*oplog.Install, install.Cert, error)
	// Box is where files for this node go; nil: it takes none.
	Box func() bundle.Box
}

type devices struct {
	Deps
	app     core.App
	tries   tries
	renewal hourly
}

// Devices is what the rest of the house asks this subject.
type Devices struct{ s *devices }

// Register puts the routes on the app: an office makes codes, phones and townships use them.
func Register(app core.App, d Deps) *Devices {
	s := &devices{Deps: d, app: app, tries: tries{now: d.Now, at: map[string][]time.Time{}}}
	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		se.Router.POST("/api/cunju/pairings", s.pair).Bind(apis.RequireAuth("staff"), apis.BodyLimit(64<<10))
		se.Router.POST("/api/cunju/join", s.join).Bind(apis.RequireAuth("staff"), apis.BodyLimit(64<<10))
		se.Router.GET("/api/cunju/node", s.node).Bind(apis.RequireAuth("staff"))
		se.Router.GET("/api/cunju/checkpoints", s.checkpoints).Bind(apis.RequireAuth("staff"))
		se.Router.POST("/api/office/phones/{id}/revoke", s.revoke).Bind(apis.RequireAuth("staff"), apis.BodyLimit(64<<10))
		se.Router.POST("/api/sync/enrol", s.enrol).Bind(apis.BodyLimit(64 << 10))
		se.Router.POST("/api/sync/renew", s.renew).Bind(apis.BodyLimit(1 << 10))
		return se.Next()
	})
	return &Devices{s}
}

// ask is the body of POST /api/cunju/pairings: a person for a phone, or a region for a township node.
type ask struct {
	Staff  string `json:"staff"`
	Region string `json:"region"`
}

// Pairing is its answer. Code is shown once and stored nowhere.
type Pairing struct {
	Code    string `json:"code"`
	Grouped string `json:"grouped"`
	Expires string `json:"expires_at"`
	URL     string `json:"url"`
	QR      string `json:"qr"` // PNG, data URL
	Name    string `json:"name"`
}

func (s *devices) pair(e *core.RequestEvent) error {
	var in ask
	if err := read(e, &in); err != nil {
		return fault.Write(e, err)
	}
	kind, code, name, err := s.target(in)
	if err != nil {
		return fault.Write(e, err)
	}
	ok, err := s.MayPair(s.app.DB(), e.Auth, code)
	if err != nil || !ok {
		return fault.Write(e, orForbidden(err))
	}
	secret := NewCode()
	expires := s.Now().Add(CodeLife)
	err = s.app.RunInTransaction(func(tx core.App) error {
		col, err := tx.FindCollectionByNameOrId("pairings")
		if err != nil {
			return fmt.Errorf("find pairings: %w", err)
		}
		r := core.NewRecord(col)
		r.Set("code_hash", hashOf(secret))
		r.Set("staff", in.Staff)
		r.Set("kind", kind)
		r.Set("region", code)
		r.Set("expires_at", expires.UTC().Format(time.RFC3339))
		r.Set("created_by", e.Auth.Id)
		if err := tx.Save(r); err != nil {
			return fmt.Errorf("store pairing: %w", err)
		}
		return s.Audit(tx.DB(), e.Auth, "pair", r.Id, code)
	})
	if err != nil {
		return fault.Write(e, err)
	}
	url := origin(e.Request) + "/field/#/pair/" + secret
	png, err := qrcode.Encode(url, qrcode.Medium, -8)
	if err != nil {
		return fault.Write(e, err)
	}
	e.Response.Header().Set("Cache-Control", "no-store")
	return e.JSON(http.StatusOK, Pairing{Code: secret, Grouped: Grouped(secret), Expires: expires.Format(time.RFC3339), URL: url,
		QR: "data:image/png;base64," + base64.StdEncoding.EncodeToString(png), Name: name})
}

// target finds whom or what a code is for: the kind, the region that decides who may make it, and a name to show.
func (s *devices) target(in ask) (kind, code, name string, err error) {
	if in.Staff == "" {
		if s.Engine.Tier() != install.City {
			return "", "", "", fault.New("malformed")
		}
		if region.LevelOf(in.Region) != region.Township {
			return "", "", "", fault.New("region_unknown")
		}
		name, err := s.regionName(in.Region)
		return KindTownship, in.Region, name, err
	}
	staff, err := s.app.FindRecordById("staff", in.Staff)
	if err != nil {
		return "", "", "", fault.New("not_found")
	}
	if staff.GetString("state") != "active" {
		return "", "", "", fault.New("state")
	}
	return KindPhone, staff.GetString("region"), staff.GetString("name"), nil
}

func (s *devices) regionName(code string) (string, error) {
	var name string
	err := s.app.DB().NewQuery("SELECT name FROM regions WHERE id = {:id}").Bind(dbx.Params{"id": code}).Row(&name)
	if errors.Is(err, sql.ErrNoRows) {
		return "", fault.New("region_unknown")
	}
	return name, err
}

// read decodes a small JSON body strictly.
func read(e *core.RequestEvent, v any) error {
	raw, err := io.ReadAll(e.Request.Body)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, v, json.RejectUnknownMembers(true)); err != nil {
		return fault.New("malformed").Wrap(err)
	}
	return nil
}

func orForbidden(err error) error {
	if err != nil {
		return err
	}
	return fault.New("forbidden")
}

// origin is how the asking browser reaches this node: what a phone beside it will reach, too.
func origin(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}

// tries counts wrong codes by address block.
type tries struct {
	mu  sync.Mutex
	now func() time.Time
	at  map[string][]time.Time
}

func (t *tries) spent(block string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.recent(block)) >= MaxTries
}

func (t *tries) add(block string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.at) > 10_000 {
		t.at = map[string][]time.Time{} // a flood from many addresses: forget rather than grow
	}
	t.at[block] = append(t.recent(block), t.now())
}

func (t *tries) recent(block string) []time.Time {
	var keep []time.Time
	for _, at := range t.at[block] {
		if t.now().Sub(at) < CodeLife {
			keep = append(keep, at)
		}
	}
	return keep
}

// addressBlock is what one guesser can easily change within: /24, or /48 for IPv6.
func addressBlock(ip string) string {
	a, err := netip.ParseAddr(strings.TrimSpace(ip))
	if err != nil {
		return "unknown"
	}
	bits := 48
	if a.Unmap().Is4() {
		bits = 24
	}
	p, err := a.Unmap().Prefix(bits)
	if err != nil {
		return "unknown"
	}
	return p.String()
}
