package oplog

import (
	"github.com/pocketbase/dbx"

	"cunju/sync/statement"
)

// suspect marks feeds whose records may differ from the upstream node's although checkpoints do not show it.
const suspect = "suspect "

// Suspect has a feed read in full and made equal to the upstream's.
func Suspect(db dbx.Builder, feed string) error { return SetStateValue(db, suspect+feed, "1") }

// Suspected tells whether a feed is to be read in full.
func Suspected(db dbx.Builder, feed string) (bool, error) {
	v, err := State(db, suspect+feed)
	return v != "", err
}

// Trusted takes the mark away.
func Trusted(db dbx.Builder, feed string) error {
	_, err := statement.Exec(db, "DELETE FROM sync_state WHERE key = ?", suspect+feed)
	return wrap("trust feed", err)
}

// SuspectMoved makes the feed that a record moves to as suspect as the one that it leaves.
func SuspectMoved(db dbx.Builder, from, to string) error {
	_, err := statement.Exec(db, "INSERT OR IGNORE INTO sync_state (key, value) SELECT ?, '1' FROM sync_state WHERE key = ?", suspect+to, suspect+from)
	return wrap("suspect feed", err)
}
