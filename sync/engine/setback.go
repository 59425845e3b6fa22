package engine

import (
	"cunju/sync/batch"
	"cunju/sync/oplog"
)

// SetBack is for a node whose data was rolled back without anybody telling it, such as a machine put back to an old
// snapshot: the node above knows batches of this install that are missing here. Their numbers are passed over, so
// that none is used twice, and a new epoch makes readers start over and offer their work again. back is false when
// nothing was missing.
func (e *Engine) SetBack(lastNo, lastChange int64, lastHash string) (back bool, err error) {
	epoch := ""
	err = e.transact(func(t *txn) error {
		back = false
		row, err := oplog.FindInstall(t.db, e.key.ID())
		if err != nil || row == nil || lastNo <= row.LastNo {
			return err
		}
		back = true
		h := batch.Header{Install: row.ID, No: lastNo, First: lastChange, N: 1}
		if err := oplog.Advance(t.db, h, lastHash, e.nowMs()); err != nil {
			return err
		}
		epoch, err = newEpoch(t.db)
		return err
	})
	if err != nil || !back {
		return false, err
	}
	e.setEpoch(epoch)
	return true, nil
}
