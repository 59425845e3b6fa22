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

	"cunju/hooks/access"
	"cunju/hooks/fault"
	"cunju/hooks/region"
	"cunju/sync/bundle"
	"cunju/sync/dial"
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
	// Box is where files for this node go; nil: it takes none.
	Box func() bundle.Box
}

type devices struct {
	Deps
	app   core.App
	tries tries
}

// Register puts the routes on the app: an office makes codes, phones and townships use them.
func Register(app core.App, d Deps) {
	s := &devices{Deps: d, app: app, tries: tries{now: d.Now, at: map[string][]time.Time{}}}
	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		se.Router.POST("/api/cunju/pairings", s.pair).Bind(apis.RequireAuth("staff"), apis.BodyLimit(64<<10))
		se.Router.POST("/api/cunju/join", s.join).Bind(apis.RequireAuth("staff"), apis.BodyLimit(64<<10))
		se.Router.GET("/api/cunju/node", s.node).Bind(apis.RequireAuth("staff"))
		se.Router.GET("/api/cunju/checkpoints", s.checkpoints).Bind(apis.RequireAuth("staff"))
		se.Router.POST("/api/sync/enrol", s.enrol).Bind(apis.BodyLimit(64 << 10))
		return se.Next()
	})
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

func (s *devices) enrol(e *core.RequestEvent) error {
	var in dial.Enrol
	if err := read(e, &in); err != nil {
		return fault.Write(e, err)
	}
	public, err := base64.RawURLEncoding.DecodeString(in.Key)
	if err != nil || len(public) != 65 || len([]rune(in.Name)) > 60 {
		return fault.Write(e, fault.New("malformed"))
	}
	if !install.KnownSuite(in.Suite) {
		return fault.Write(e, fault.New("suite"))
	}
	block := addressBlock(e.RealIP())
	if s.tries.spent(block) {
		return fault.Write(e, fault.New("pairing_tries"))
	}
	code, ok := Normal(in.Code)
	if !ok {
		s.tries.add(block)
		return fault.Write(e, fault.New("pairing_wrong"))
	}
	var out *dial.Enrolled
	err = s.app.RunInTransaction(func(tx core.App) error {
		var err error
		out, err = s.redeem(tx, code, public, in)
		return err
	})
	if errors.Is(err, fault.New("pairing_wrong")) {
		s.tries.add(block)
	}
	if err != nil {
		return fault.Write(e, err)
	}
	s.Engine.Committed()
	e.Response.Header().Set("Cache-Control", "no-store")
	return e.JSON(http.StatusOK, out)
}

// redeem uses up a code and certifies the key, in one transaction: a code that
// was answered cannot be used again, whatever happens to the answer.
func (s *devices) redeem(tx core.App, code string, public []byte, in dial.Enrol) (*dial.Enrolled, error) {
	r, err := tx.FindFirstRecordByData("pairings", "code_hash", hashOf(code))
	if err != nil {
		return nil, fault.New("pairing_wrong")
	}
	if r.GetString("used_at") != "" {
		return nil, fault.New("pairing_used")
	}
	expires, err := time.Parse(time.RFC3339, r.GetString("expires_at"))
	if err != nil || s.Now().After(expires) {
		return nil, fault.New("pairing_expired")
	}
	r.Set("used_at", s.Now().UTC().Format(time.RFC3339))
	if err := tx.Save(r); err != nil {
		return nil, fmt.Errorf("use pairing: %w", err)
	}
	if known, err := oplog.FindInstall(tx.DB(), install.ID(in.Suite, public)); err != nil || (known != nil && known.Kind != r.GetString("kind")) {
		return nil, fault.New("pairing_wrong")
	}
	var out *dial.Enrolled
	if r.GetString("kind") == KindTownship {
		out, err = s.township(tx.DB(), r.GetString("region"), public, in)
	} else {
		out, err = s.phone(tx, r.GetString("staff"), public, in)
	}
	if err != nil {
		return nil, err
	}
	out.Epoch, out.Now, out.RatingBase = s.Engine.Epoch(), s.Now().UnixMilli(), s.RatingBase
	if s.Box != nil {
		box := s.Box()
		out.Box = &box
	}
	return out, nil
}

func (s *devices) phone(tx core.App, staff string, public []byte, in dial.Enrol) (*dial.Enrolled, error) {
	person, err := tx.FindRecordById("staff", staff)
	if err != nil || person.GetString("state") != "active" {
		return nil, fault.New("pairing_wrong")
	}
	regions, err := s.villages(tx.DB(), staff)
	if err != nil {
		return nil, err
	}
	if len(regions) == 0 {
		return nil, fault.New("no_villages")
	}
	text, err := s.certify(tx.DB(), public, install.Cert{Suite: in.Suite, Kind: install.Phone, Staff: staff, Name: in.Name, Regions: codesOf(regions)}, PhoneLife)
	if err != nil {
		return nil, err
	}
	tokens, err := s.Tokens.Keys(install.ID(in.Suite, public), s.Now().Year())
	if err != nil {
		return nil, err
	}
	above, err := s.above(tx.DB(), regions[0].Code)
	if err != nil {
		return nil, err
	}
	who := dial.Person{ID: staff, Name: person.GetString("name"), Role: person.GetString("role")}
	_ = tx.DB().NewQuery("SELECT institution_name FROM practitioners WHERE staff = {:s} LIMIT 1").Bind(dbx.Params{"s": staff}).Row(&who.Firm)
	return &dial.Enrolled{Install: install.ID(in.Suite, public), Chain: append([]string{text}, s.Engine.Chain()...), Staff: who,
		Regions: append(regions, above...), Tokens: tokens}, nil
}

func (s *devices) township(db dbx.Builder, code string, public []byte, in dial.Enrol) (*dial.Enrolled, error) {
	if s.Engine.Tier() != install.City || in.Region != code {
		return nil, fault.New("region_unknown")
	}
	text, err := s.certify(db, public, install.Cert{Suite: in.Suite, Kind: install.Township, Name: in.Name, Regions: []string{code}}, NodeLife)
	if err != nil {
		return nil, err
	}
	shares, err := s.Tokens.Shares(install.ID(in.Suite, public), s.Now().Year())
	if err != nil {
		return nil, err
	}
	return &dial.Enrolled{Install: install.ID(in.Suite, public), Chain: append([]string{text}, s.Engine.Chain()...), Tokens: shares}, nil
}

func (s *devices) certify(db dbx.Builder, public []byte, c install.Cert, life time.Duration) (string, error) {
	now := s.Now()
	c.From, c.Until = now.Add(-10*time.Minute).UnixMilli(), now.Add(life).UnixMilli()
	return s.Engine.Certify(db, public, c)
}

// villages lists the villages that a person is assigned to now.
func (s *devices) villages(db dbx.Builder, staff string) ([]dial.Named, error) {
	assigned, err := access.Villages(db, staff, s.Now())
	if err != nil {
		return nil, fmt.Errorf("list villages: %w", err)
	}
	list := []dial.Named{}
	for _, code := range assigned {
		one := dial.Named{Code: code}
		err := db.NewQuery("SELECT name FROM regions WHERE id = {:id}").Bind(dbx.Params{"id": code}).Row(&one.Name)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("name village: %w", err)
		}
		list = append(list, one)
	}
	return list, nil
}

// above names the township, county and city of a village.
func (s *devices) above(db dbx.Builder, village string) ([]dial.Named, error) {
	list := []dial.Named{}
	for code := region.Parent(village); code != ""; code = region.Parent(code) {
		one := dial.Named{Code: code}
		err := db.NewQuery("SELECT name FROM regions WHERE id = {:id}").Bind(dbx.Params{"id": code}).Row(&one.Name)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return nil, fmt.Errorf("name region: %w", err)
		}
		if err == nil {
			list = append(list, one)
		}
	}
	return list, nil
}

func codesOf(regions []dial.Named) []string {
	list := make([]string, len(regions))
	for i, r := range regions {
		list[i] = r.Code
	}
	return list
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
