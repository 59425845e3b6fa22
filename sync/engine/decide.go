package engine

import (
	"errors"

	"github.com/pocketbase/dbx"

	"cunju/sync/feed"
	"cunju/sync/oplog"
)

// Undecidable tells whether an error says that there is nothing to decide: somebody was faster, or it never waited.
func Undecidable(err error) bool {
	return errors.Is(err, ErrNotHeld) || errors.Is(err, ErrNotRevocable)
}

// Rev is a record's current revision, "" when it is unknown.
func (e *Engine) Rev(db dbx.Builder, c, r string) (string, error) {
	row, err := feed.Find(db, c, r)
	if err != nil || row == nil {
		return "", err
	}
	return row.Rev, nil
}

// SetConflict moves a kept value from one state to another; false: it was not in the first. States are "open" and the office's words for what it decided.
func (e *Engine) SetConflict(db dbx.Builder, id int64, from, to string) (bool, error) {
	return oplog.SetConflictState(db, id, from, to)
}
