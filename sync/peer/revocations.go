package peer

import (
	"fmt"
	"strconv"

	"github.com/pocketbase/pocketbase/core"

	"cunju/sync/batch"
	"cunju/sync/oplog"
)

// revokedKey marks which version of this node's list of revocations the upstream was last given.
const revokedKey = "revocations told"

// untold is this node's list of revocations when the upstream does not have it yet, else nil.
func (p *Peer) untold() (*batch.Revocations, error) {
	db := p.eng.App().DB()
	list, err := oplog.RevocationList(db, p.eng.Install())
	if err != nil || list == nil {
		return nil, err
	}
	v, err := oplog.State(db, revokedKey)
	if err != nil {
		return nil, err
	}
	if v == strconv.FormatInt(list.No, 10) {
		return nil, nil
	}
	return list, nil
}

func (p *Peer) told(list *batch.Revocations) error {
	if list == nil {
		return nil
	}
	err := p.store(func(tx core.App) error {
		return oplog.SetStateValue(tx.DB(), revokedKey, strconv.FormatInt(list.No, 10))
	})
	if err != nil {
		return fmt.Errorf("note told revocations: %w", err)
	}
	return nil
}
