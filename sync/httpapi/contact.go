package httpapi

import (
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"cunju/sync/install"
	"cunju/sync/oplog"
	"cunju/sync/wire"
)

// RenewWhen gives the question whether an install should renew its certificate at this contact. It is asked
// at each feed request; nil: never.
func (a *API) RenewWhen(due func(db dbx.Builder, c install.Cert) (bool, error)) { a.due = due }

// Caller verifies a signed request of an install in good standing. row is nil when it has been answered already.
func (a *API) Caller(e *core.RequestEvent) (row *oplog.Install, cert install.Cert, err error) {
	return a.caller(e)
}

// farewell answers the feeds of a revoked install: let go of everything, here are the receipts for what you
// sent. Its own work without a receipt stays with it.
func (a *API) farewell(e *core.RequestEvent, row *oplog.Install, q ask) error {
	a.seen(row, q.unsent)
	out, done := packed(e)
	write := func(l wire.FeedLine) error { return wire.Write(out, l) }
	for _, c := range q.cursors {
		if err := write(wire.FeedLine{Gone: c.Feed}); err != nil {
			return nil // cut: the closing line is missing
		}
	}
	receipts, err := a.eng.Receipts(a.eng.App().DB(), row.ID, q.receipts)
	if err != nil {
		return err
	}
	for i := range receipts {
		if err := write(wire.FeedLine{Receipt: &receipts[i].Receipt, Rn: receipts[i].N}); err != nil {
			return nil
		}
	}
	if err := write(wire.FeedLine{Now: a.now(), State: row.State}); err != nil {
		return nil
	}
	return done()
}

// revocations gives a node the lists that it should know, every time: they are short, and whoever has them passes them over.
func (a *API) revocations(db dbx.Builder, cert install.Cert, write func(wire.FeedLine) error) error {
	if !cert.IsNode() {
		return nil
	}
	lists, err := a.eng.Revocations(db, cert)
	if err != nil {
		return err
	}
	for i := range lists {
		if err := write(wire.FeedLine{Revocations: &lists[i]}); err != nil {
			return err
		}
	}
	return nil
}

func (a *API) renews(db dbx.Builder, cert install.Cert) (bool, error) {
	if a.due == nil {
		return false, nil
	}
	return a.due(db, cert)
}
