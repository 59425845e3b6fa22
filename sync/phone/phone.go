package phone

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"sort"
	"time"

	"cunju/sync/change"
	"cunju/sync/dial"
	"cunju/sync/install"
)

// ErrNotEnrolled means that the store's key has no certificate yet.
var ErrNotEnrolled = errors.New("not enrolled")

// Phone is one install's store and its line to a server. Not safe for use by
// several goroutines at once.
type Phone struct {
	disk    Disk
	suite   string // of keys that are made here
	path    string
	file    Journal // nil after a failed write, until the next one
	size    int64   // bytes of the journal that are durable
	conn    *dial.Conn
	key     *install.Key
	who     dial.Enrolled
	servers map[string]install.Cert // whose receipts are believed
	epoch   string                  // the server's incarnation, as last heard
	due     bool                    // the certificate should be renewed
	revoked bool                    // the server has let go of this install

	changes  []*Saved
	unsealed []*Saved
	batches  []*sealed
	last     *sealed // newest batch of the present key
	byHash   map[string]*sealed
	rn       int64
	records  map[string]*Record
	feeds    map[string]*checkpoint
}

// Open opens or creates a store. A new store gets a new key: an identity is never resumed elsewhere.
func Open(path, url string, client *http.Client, now func() time.Time) (*Phone, error) {
	return OpenOn(Files{}, path, url, client, now)
}

// OpenOn is Open on another disk.
func OpenOn(disk Disk, path, url string, client *http.Client, now func() time.Time) (*Phone, error) {
	return OpenAs(install.SuiteStd, disk, path, url, client, now)
}

// OpenAs is OpenOn for a key of another suite. A store that has a key keeps it.
func OpenAs(suite string, disk Disk, path, url string, client *http.Client, now func() time.Time) (*Phone, error) {
	p := &Phone{disk: disk, suite: suite, path: path, conn: &dial.Conn{URL: url, HTTP: client, Now: now}, servers: map[string]install.Cert{},
		byHash: map[string]*sealed{}, records: map[string]*Record{}, feeds: map[string]*checkpoint{}}
	if err := p.open(); err != nil {
		return nil, err
	}
	if p.key == nil {
		if err := p.newKey(); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (p *Phone) newKey() error {
	key, err := install.NewKeyOf(p.suite)
	if err != nil {
		return err
	}
	text, err := key.Text()
	if err != nil {
		return err
	}
	return p.keep(entry{Key: text})
}

// Renew makes this store a new install with a new key, after a fork, a restored copy or a revocation: an identity is
// never resumed. Work without a receipt is sealed again under the new key once it is enrolled.
func (p *Phone) Renew() error { return p.newKey() }

// Close closes the store's file.
func (p *Phone) Close() error {
	if p.file == nil {
		return nil
	}
	return p.file.Close()
}

// Install is the phone's id, Staff whose it is.
func (p *Phone) Install() string { return p.key.ID() }

// Who is what enrolment answered.
func (p *Phone) Who() dial.Enrolled { return p.who }

// Alias is the install's short name in rating codes, 8 hex digits.
func (p *Phone) Alias() string {
	if len(p.who.Chain) == 0 {
		return ""
	}
	c, err := install.Parse(p.who.Chain[0])
	if err != nil {
		return ""
	}
	return c.Alias
}

// TokenKey is the key for rating codes of a year, nil when none was given.
func (p *Phone) TokenKey(year int) []byte {
	k, err := base64.RawURLEncoding.DecodeString(p.who.Tokens[fmt.Sprint(year)])
	if err != nil || len(k) == 0 {
		return nil
	}
	return k
}

// Enrol exchanges a one-time code for a certificate and checks the chain it gets.
func (p *Phone) Enrol(ctx context.Context, code, name string) error {
	var out dial.Enrolled
	err := p.conn.Call(ctx, "/api/sync/enrol", dial.Enrol{Suite: p.key.Suite(), Code: code,
		Key: base64.RawURLEncoding.EncodeToString(p.key.Public()), Name: name}, &out)
	if err != nil {
		return err
	}
	return p.enrolled(out)
}

// enrolled checks the chain by the server's clock, which is kept as the first contact.
func (p *Phone) enrolled(who dial.Enrolled) error {
	if err := checkChain(who.Chain, p.key.ID(), who.Now); err != nil {
		return err
	}
	return p.keep(entry{Enrolled: &who, Clock: &[2]int64{who.Now - p.conn.Now().UnixMilli(), who.Now}})
}

func checkChain(chain []string, own string, now int64) error {
	if len(chain) < 2 {
		return install.ErrChain
	}
	by, err := install.Parse(chain[len(chain)-1])
	if err != nil {
		return err
	}
	for i := len(chain) - 1; i >= 0; i-- {
		if by, err = install.VerifiedBy(chain[i], by, now); err != nil {
			return err
		}
	}
	if by.Install != own {
		return install.ErrChain
	}
	return nil
}

// Save makes one user action durable. Bases are filled in from what this phone sees.
// No cryptography and no network: this is the moment of the single ✓.
func (p *Phone) Save(edits []change.Edit) (string, error) {
	for i := range edits {
		edits[i].Base = p.seen(edits[i].C, edits[i].R)
	}
	c, line, err := change.Line(p.conn.Now(), p.who.Staff.ID, 1, edits)
	if err != nil {
		return "", err
	}
	return c.ID, p.keep(entry{Change: string(line)})
}

// seen is the rev of a record as its user sees it: own changes that have not come back lie over the server's state.
func (p *Phone) seen(c, r string) string {
	for i := len(p.changes) - 1; i >= 0; i-- {
		if p.changes[i].back {
			continue
		}
		for _, e := range p.changes[i].Change.Edits {
			if e.C == c && e.R == r {
				return p.changes[i].Change.ID
			}
		}
	}
	if rec := p.records[c+"/"+r]; rec != nil {
		return rec.Rev
	}
	return ""
}

// Changes lists own changes in order.
func (p *Phone) Changes() []*Saved { return p.changes }

// Unsent counts own changes without any receipt.
func (p *Phone) Unsent() int {
	n := 0
	for _, c := range p.changes {
		if c.Level == "" {
			n++
		}
	}
	return n
}

// Records lists what the server holds of a collection, by id.
func (p *Phone) Records(c string) []*Record {
	var list []*Record
	for _, r := range p.records {
		if r.C == c {
			list = append(list, r)
		}
	}
	sort.Slice(list, func(a, b int) bool { return list[a].R < list[b].R })
	return list
}

// Refused tells whether an error is the server's refusal with this code.
func Refused(err error, code string) bool {
	var s *dial.Status
	return errors.As(err, &s) && s.Code == code
}

// Public is the phone's public key, for enrolment by other means than a code.
func (p *Phone) Public() []byte { return p.key.Public() }

// Suite is the suite of the phone's key.
func (p *Phone) Suite() string { return p.key.Suite() }

// Adopt takes an enrolment that reached the phone by another way, such as a file.
func (p *Phone) Adopt(who dial.Enrolled) error {
	if who.Now == 0 {
		who.Now = p.conn.Now().UnixMilli()
	}
	return p.enrolled(who)
}
