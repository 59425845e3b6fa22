package engine

import (
	"errors"
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"cunju/sync/batch"
	"cunju/sync/install"
	"cunju/sync/oplog"
)

// ErrNotRevocable means that an install is unknown, is this node, lies outside its region, or was revoked before.
var ErrNotRevocable = errors.New("install cannot be revoked here")

// Revoke takes an install back, in the caller's transaction: the batches that this node has seen stand, later ones are held. The
// node above and below learn of it from a signed list.
func (e *Engine) Revoke(tx core.App, id string) error {
	db := tx.DB()
	row, err := oplog.FindInstall(db, id)
	if err != nil {
		return err
	}
	if row == nil || id == e.key.ID() || row.State == oplog.Revoked || !install.Covers(e.cfg.Region, row.Region) {
		return ErrNotRevocable
	}
	if err := oplog.AddRevocation(db, oplog.Revocation{Install: id, Server: e.key.ID(), LastNo: row.LastNo, At: e.nowMs()}); err != nil {
		return err
	}
	if err := oplog.SetState(db, id, oplog.Revoked); err != nil {
		return err
	}
	return e.publish(db, 0)
}

// publish signs this node's list anew, with a number beyond above and beyond the last one.
func (e *Engine) publish(db dbx.Builder, above int64) error {
	before, err := oplog.RevocationList(db, e.key.ID())
	if err != nil {
		return err
	}
	list, err := oplog.RevokedBy(db, e.key.ID())
	if err != nil {
		return err
	}
	if before != nil {
		above = max(above, before.No)
	}
	if len(list) > batch.MaxRevoked { // the oldest have long been heard
		list = list[len(list)-batch.MaxRevoked:]
	}
	return oplog.PutRevocationList(db, batch.Revocations{No: above + 1, At: e.nowMs(), List: list}.Signed(e.key), e.cfg.Region)
}

// Resume makes a suspended install active again.
func (e *Engine) Resume(tx core.App, id string) error {
	row, err := oplog.FindInstall(tx.DB(), id)
	if err != nil {
		return err
	}
	if row == nil || row.State != oplog.Suspended {
		return ErrNotRevocable
	}
	return oplog.SetState(tx.DB(), id, oplog.Active)
}

// heed takes another server's list when it is newer than the one known. Anything that does not verify is passed over:
// the list comes again with every exchange.
func (e *Engine) heed(db dbx.Builder, l *batch.Revocations) error {
	server, err := oplog.FindInstall(db, l.Server)
	if err != nil || server == nil {
		return err
	}
	cert, err := e.CertOf(server)
	if err != nil {
		return err
	}
	if !cert.IsNode() || l.Verify(cert.PublicKey()) != nil {
		return nil
	}
	if l.Server == e.key.ID() {
		return e.recall(db, l)
	}
	before, err := oplog.RevocationList(db, l.Server)
	if err != nil || (before != nil && before.No >= l.No) {
		return err
	}
	if err := e.note(db, l.Server, l.List); err != nil {
		return err
	}
	return oplog.PutRevocationList(db, *l, cert.Region())
}

// recall takes this node's own list, forgotten with a backup. What was revoked since is put to it.
func (e *Engine) recall(db dbx.Builder, l *batch.Revocations) error {
	var forgotten []batch.Revoked
	for _, r := range l.List {
		known, err := oplog.FindRevocation(db, r.Install)
		if err != nil {
			return err
		}
		if known == nil {
			forgotten = append(forgotten, r)
		}
	}
	if len(forgotten) == 0 {
		return nil
	}
	if err := e.note(db, l.Server, forgotten); err != nil {
		return err
	}
	return e.publish(db, l.No)
}

func (e *Engine) note(db dbx.Builder, server string, list []batch.Revoked) error {
	for _, r := range list {
		if err := oplog.AddRevocation(db, oplog.Revocation{Install: r.Install, Server: server, LastNo: r.No, At: r.At}); err != nil {
			return err
		}
		if err := e.obey(db, r.Install); err != nil {
			return err
		}
	}
	return nil
}

// obey marks an install revoked when a server that answers for its region has said so.
func (e *Engine) obey(db dbx.Builder, id string) error {
	r, err := oplog.FindRevocation(db, id)
	if err != nil || r == nil {
		return err
	}
	row, err := oplog.FindInstall(db, id)
	if err != nil || row == nil || row.State == oplog.Revoked || id == e.key.ID() {
		return err
	}
	server, err := oplog.FindInstall(db, r.Server)
	if err != nil || server == nil {
		return err
	}
	by, err := e.CertOf(server)
	if err != nil {
		return err
	}
	if !by.IsNode() || r.Server == id || !install.Covers(by.Region(), row.Region) {
		return nil
	}
	return oplog.SetState(db, id, oplog.Revoked)
}

// Heed is heed in a transaction of its own, for a list that came down.
func (e *Engine) Heed(l *batch.Revocations) error {
	return e.app.RunInTransaction(func(tx core.App) error {
		if err := e.heed(tx.DB(), l); err != nil {
			return fmt.Errorf("take revocations: %w", err)
		}
		return nil
	})
}

// Revocations are the signed lists that another node should know: this node's own, and those of installs that answer or
// answered for the asker's region: a restored node is given back what it had revoked.
func (e *Engine) Revocations(db dbx.Builder, asker install.Cert) ([]batch.Revocations, error) {
	own, err := oplog.RevocationList(db, e.key.ID())
	if err != nil {
		return nil, err
	}
	var list []batch.Revocations
	if own != nil {
		list = append(list, *own)
	}
	others, err := oplog.RevocationLists(db, asker.Region(), asker.Region())
	for _, l := range others {
		if l.Server != e.key.ID() {
			list = append(list, l)
		}
	}
	return list, err
}
