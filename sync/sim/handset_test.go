package sim

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/stretchr/testify/require"

	"cunju/sync/change"
	"cunju/sync/dial"
	"cunju/sync/install"
	"cunju/sync/phone"
)

// handset is one phone and the person who holds it.
type handset struct {
	w       *land
	name    string
	staff   string
	home    *node
	regions []string // named by the certificate: the township's villages and the township itself
	clock   *clock
	flash   *flash

	p      *phone.Phone // nil while it is off
	lost   bool         // destroyed
	backup *saved
}

func (w *land) newPhone(home *node, staff string) *handset {
	h := &handset{w: w, name: fmt.Sprint("phone", len(w.phones)+1), staff: staff, home: home, clock: &clock{w: w}, flash: newFlash(),
		regions: append(villagesOf(home.region), home.region)}
	w.phones = append(w.phones, h)
	for _, r := range h.regions {
		w.rights.give(staff, r, w.at.UnixMilli())
	}
	if w.broken != nil && w.broken.phone != nil {
		w.broken.phone(h)
	}
	require.NoError(w.t, h.boot())
	require.NoError(w.t, h.enrol())
	return h
}

// boot starts the app on what its storage holds.
func (h *handset) boot() error {
	if h.p != nil && !h.flash.off {
		return nil
	}
	h.flash.start()
	p, err := phone.OpenOn(h.flash, "journal", "http://"+h.home.name, h.w.net.client(h.name), h.clock.now)
	if err != nil {
		h.p = nil
		return err
	}
	h.p = p
	return nil
}

// enrol is a visit to the office: a certificate for the phone's present key.
func (h *handset) enrol() error {
	n := h.home
	n.alive(h.w.t)
	var text string
	err := n.app.RunInTransaction(func(tx core.App) error {
		var err error
		now := n.clock.now()
		text, err = n.eng.Certify(tx.DB(), h.p.Public(), install.Cert{Kind: install.Phone, Staff: h.staff, Name: h.name, Regions: h.regions,
			From: now.Add(-time.Hour).UnixMilli(), Until: now.AddDate(0, 2, 0).UnixMilli()})
		return err
	})
	if err != nil {
		return err
	}
	who := dial.Enrolled{Install: h.p.Install(), Chain: append([]string{text}, n.eng.Chain()...), Staff: dial.Person{ID: h.staff},
		Epoch: n.eng.Epoch(), Now: n.clock.now().UnixMilli()}
	for _, r := range h.regions {
		who.Regions = append(who.Regions, dial.Named{Code: r})
	}
	return h.p.Adopt(who)
}

// save is one user action; what returns without error was seen as saved.
func (h *handset) save(edits ...change.Edit) string {
	if h.boot() != nil {
		return ""
	}
	id, err := h.p.Save(edits)
	h.w.say("  %s saved %s %v: %v", h.name, id, edits, err)
	if err != nil {
		return ""
	}
	h.w.changes++
	h.w.promises = append(h.w.promises, &promise{id: id, phone: h, node: h.home})
	return id
}

// refusals after which only a new install helps.
var needsOffice = []string{"fork", "install_suspended", "install_revoked", "unknown_install", "signature", "cert_expired"}

func deadEnd(err error) bool {
	return errors.Is(err, phone.ErrNotEnrolled) || slices.ContainsFunc(needsOffice, func(code string) bool { return phone.Refused(err, code) })
}

// sync is one meeting with the network.
func (h *handset) sync(ctx context.Context) error {
	if err := h.boot(); err != nil {
		return err
	}
	return h.p.Sync(ctx)
}

// renew is what the office does about a dead end.
func (h *handset) renew() error {
	h.w.say("  %s becomes a new install", h.name)
	if err := h.p.Renew(); err != nil {
		return err
	}
	return h.enrol()
}

// kill ends the app after that many operations on its storage; 0: now.
func (h *handset) kill(operations int) {
	if operations == 0 {
		h.flash.kill()
		return
	}
	h.flash.left = operations
}

// cut takes the power away.
func (h *handset) cut(rng *rand.Rand) { h.flash.cut(rng) }
