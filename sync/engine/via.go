package engine

import (
	"slices"

	"github.com/pocketbase/dbx"

	"cunju/sync/batch"
	"cunju/sync/install"
	"cunju/sync/oplog"
	"cunju/sync/wire"
)

// otherTaus is nil when the node that brought a batch again stamped it as before.
func otherTaus(db dbx.Builder, s *wire.Sealed, hash string) ([]int64, error) {
	if s.Via == nil {
		return nil, nil
	}
	taus, err := oplog.Taus(db, hash)
	if err != nil || slices.Equal(taus, s.Via.Taus) {
		return nil, err
	}
	return taus, nil
}

// forwarded is what a node added that brought another's batch, and the region that it answers for.
type forwarded struct {
	*batch.Via
	region string
}

// viaOf checks what a forwarding node added. nil without code: the batch came
// from its author, this node is the first server.
func (e *Engine) viaOf(db dbx.Builder, s *wire.Sealed, hash string, author install.Cert) (*forwarded, string, error) {
	if s.Via == nil {
		return nil, "", nil
	}
	row, err := oplog.FindInstall(db, s.Via.Server)
	if err != nil {
		return nil, "", err
	}
	if row == nil || row.State == oplog.Suspended {
		return nil, "unknown_install", nil
	}
	if row.State == oplog.Revoked {
		return nil, "install_revoked", nil
	}
	node, err := e.CertOf(row)
	if err != nil {
		return nil, "", err
	}
	switch {
	case s.Via.Hash != hash || s.Via.Verify(node.PublicKey()) != nil:
		return nil, "signature", nil
	case !node.IsNode() || !coversAll(node.Region(), author.Regions):
		return nil, "scope", nil
	}
	return &forwarded{s.Via, node.Region()}, "", nil
}

// coversAll tells whether a node answers for all that an author may write. It need not be the node that certified the
// author: that one may have been replaced.
func coversAll(region string, author []string) bool {
	for _, r := range author {
		if !install.Covers(region, r) {
			return false
		}
	}
	return true
}
