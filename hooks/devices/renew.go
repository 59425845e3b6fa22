package devices

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"cunju/hooks/access"
	"cunju/hooks/fault"
	"cunju/sync/dial"
	"cunju/sync/install"
)

// RenewAfter is the age at which a certificate is renewed at the next contact: half a phone's life.
const RenewAfter = 30 * 24 * time.Hour

// renew gives the asking install a new certificate for its key, with what its person's assignments say now.
func (s *devices) renew(e *core.RequestEvent) error {
	row, cert, err := s.Caller(e)
	if row == nil {
		return err
	}
	var out *dial.Enrolled
	err = s.app.RunInTransaction(func(tx core.App) error {
		var err error
		out, err = s.anew(tx, cert)
		return err
	})
	if err != nil {
		return fault.Write(e, err)
	}
	s.Engine.Committed()
	e.Response.Header().Set("Cache-Control", "no-store")
	return e.JSON(http.StatusOK, out)
}

func (s *devices) anew(tx core.App, cert install.Cert) (*dial.Enrolled, error) {
	in := dial.Enrol{Suite: cert.Suite, Name: cert.Name, Region: cert.Region()}
	var out *dial.Enrolled
	var err error
	switch cert.Kind {
	case install.Phone:
		var before []string
		if before, err = s.stillComing(tx.DB(), cert); err != nil {
			return nil, err
		}
		out, err = s.phone(tx, cert.Staff, cert.PublicKey(), in, before)
	case install.Township:
		out, err = s.township(tx.DB(), cert.Region(), cert.PublicKey(), in)
	default:
		err = fault.New("forbidden")
	}
	if err != nil {
		return nil, err
	}
	return s.complete(out), nil
}

// stillComing lists regions of a certificate in which its person could work when it began: work done there in
// time may come late, and a certificate that no longer names them would turn it away. They go with the next one.
func (s *devices) stillComing(db dbx.Builder, cert install.Cert) ([]string, error) {
	var list []string
	for _, code := range cert.Regions {
		ok, err := access.Rights{}.MayWrite(db, cert.Staff, code, cert.From)
		if err != nil {
			return nil, fmt.Errorf("ask rights: %w", err)
		}
		if ok {
			list = append(list, code)
		}
	}
	return list, nil
}

func union(a, b []string) []string {
	list := slices.Concat(a, b)
	slices.Sort(list)
	return slices.Compact(list)
}

// Due tells whether an install should renew at this contact: its certificate is old, its person has a village that the
// certificate does not name, or the keys for rating codes are other ones since the township joined the city.
func (d *Devices) Due(db dbx.Builder, c install.Cert) (bool, error) {
	s := d.s
	if s.Now().UnixMilli()-c.From > RenewAfter.Milliseconds() || c.No < s.Tokens.Since() {
		return true, nil
	}
	if c.Kind != install.Phone {
		return false, nil
	}
	assigned, err := access.Villages(db, c.Staff, s.Now())
	if err != nil {
		return false, fmt.Errorf("list villages: %w", err)
	}
	return slices.ContainsFunc(assigned, func(code string) bool { return !slices.Contains(c.Regions, code) }), nil
}

// RenewNode renews this township's own certificate at the city when it is old. A clock that is far
// off must not make it ask at every exchange: one try an hour.
func (d *Devices) RenewNode(ctx context.Context) error {
	s := d.s
	cert := s.Engine.Cert()
	now := s.Now()
	if s.Engine.Tier() != install.Township || len(s.Engine.Chain()) < 2 || now.UnixMilli()-cert.From <= RenewAfter.Milliseconds() || !s.renewal.due(now) {
		return nil
	}
	conn := &dial.Conn{URL: s.Upstream, HTTP: s.HTTP, Key: s.Engine.Key(), Now: s.Now}
	out, err := conn.Renew(ctx)
	if err != nil {
		return fmt.Errorf("renew certificate: %w", err)
	}
	if err := s.Engine.Join(out.Chain); err != nil {
		return fmt.Errorf("take renewed certificate: %w", err)
	}
	return s.Tokens.Adopt(out.Tokens, now)
}

// hourly lets something happen once an hour.
type hourly struct {
	mu   sync.Mutex
	last time.Time
}

func (h *hourly) due(now time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if d := now.Sub(h.last); d >= 0 && d < time.Hour {
		return false
	}
	h.last = now
	return true
}
