package engine

import (
	"cunju/sync/batch"
	"cunju/sync/oplog"
)

// SetBack is for a node whose data was rolled back without anybody telling it, such as a machine put back to an old
// snapshot. known is the newest batch of this install at the node above. What waits here is numbered anew behind
// it, so that no number is used twice, and a new epoch makes readers start over and offer their work again. back is false
// when nothing was lost.
func (e *Engine) SetBack(known oplog.Numbers) (back bool, err error) {
	epoch := ""
	err = e.transact(func(t *txn) error {
		row, err := oplog.FindInstall(t.db, e.key.ID())
		if err != nil || row == nil {
			return err
		}
		if back, err = oplog.Behind(t.db, row, known); err != nil || !back {
			return err
		}
		if err := e.renumber(t, known); err != nil {
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

// renumber seals this node's own waiting batches again, as the next after known.
func (e *Engine) renumber(t *txn, known oplog.Numbers) error {
	last := batch.Header{Install: e.key.ID(), No: known.No, First: known.Change, N: 1}
	hash := known.Hash
	list, err := oplog.TakeNumbers(t.db, e.key.ID())
	if err != nil {
		return err
	}
	for _, w := range list {
		h := w.Sealed.Header
		h.No, h.Prev, h.First = last.No+1, hash, last.First+int64(last.N)
		h, sealed := batch.SealBodies(e.key, h, w.Sealed.Bodies())
		if err := oplog.Renumber(t.db, w.N, h, sealed); err != nil {
			return err
		}
		last, hash = h, sealed
	}
	return oplog.Advance(t.db, last, hash, e.nowMs())
}
