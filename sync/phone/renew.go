package phone

import (
	"context"
	"net/http"

	"cunju/sync/dial"
	"cunju/sync/install"
	"cunju/sync/wire"
)

// renewAfter is the age at which a certificate is renewed, ms. It lasts twice as long.
const renewAfter = 30 * 24 * 3600 * 1000

// closed notes what the closing line of a feed's answer says about this install.
func (p *Phone) closed(l wire.FeedLine) {
	p.revoked = l.State == "revoked"
	p.due = !p.revoked && (l.Renew || p.aged(l.Now))
}

func (p *Phone) aged(now int64) bool {
	if len(p.who.Chain) == 0 {
		return false
	}
	own, err := install.Parse(p.who.Chain[0])
	return err == nil && now-own.From > renewAfter
}

// afterwards does what the exchange made known: a revoked store forgets what is not its own, an old certificate
// is renewed. A renewal that fails is tried again at the next contact.
func (p *Phone) afterwards(ctx context.Context) error {
	switch {
	case p.revoked:
		if err := p.keep(entry{Wiped: true}); err != nil {
			return err
		}
		return &dial.Status{HTTP: http.StatusForbidden, Code: "install_revoked"}
	case !p.due:
		return nil
	}
	p.due = false
	who, err := p.conn.Renew(ctx)
	if err != nil || p.renewed(who) != nil {
		return nil
	}
	return p.pull(ctx) // of the villages that came with it
}

// renewed takes a certificate for the present key that a server believed so far has issued.
func (p *Phone) renewed(who dial.Enrolled) error {
	if err := checkChain(who.Chain, p.key.ID(), who.Now); err != nil {
		return err
	}
	own, err := install.Parse(who.Chain[0])
	if err != nil {
		return err
	}
	if _, known := p.servers[own.Issuer]; !known || who.Staff.ID != p.who.Staff.ID {
		return errStranger
	}
	return p.keep(entry{Enrolled: &who})
}

// wipe forgets everything but the store's own work.
func (p *Phone) wipe() {
	p.records, p.feeds, p.who.Tokens = map[string]*Record{}, map[string]*checkpoint{}, nil
}
