package oplog

import (
	"github.com/pocketbase/dbx"

	"cunju/sync/statement"
)

// Authored says who made a change and when this node got it.
type Authored struct {
	N        int64 // order of arrival here
	Install  string
	Received int64
	Body     []byte
}

// FindAuthored finds a change that touched a record; nil without error when there is none.
func FindAuthored(db dbx.Builder, c, r, id string) (*Authored, error) {
	var a Authored
	found, err := statement.One(db, `SELECT s.n, s.install, b.received, s.body FROM sync_history h CROSS JOIN sync_changes s ON s.n = h.n
		JOIN sync_batches b ON b.n = s.batch WHERE h.c = ? AND h.r = ? AND s.id = ?`, []any{c, r, id}, &a.N, &a.Install, &a.Received, &a.Body)
	if err != nil || !found {
		return nil, wrap("find author", err)
	}
	return &a, nil
}
