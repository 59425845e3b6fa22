// Package audit writes the trail of what people did with personal data and
// rights: rows that can only be added, each carrying the hash of the one before
// it, so that an edited, removed or inserted row is found. Rows hold no personal
// data of residents, only ids. It imports nothing of ours.
package audit

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
)

// Collection is the name of the collection and its table.
const Collection = "audit"

// Entry is one act.
type Entry struct {
	At         time.Time // when, in the zone of the node
	Who        string    // staff account, superuser or install; empty: the node itself
	Role       string
	Action     string // login, reveal, export, verify …
	Collection string
	Record     string
	Purpose    string // why personal data were viewed; 500 characters are kept
	Region     string // 12 digits
}

// maxPurpose is the length of the column, in characters.
const maxPurpose = 500

// row is an entry as it is stored and hashed.
type row struct {
	ID         string `db:"id"`
	At         string `db:"at"`
	Who        string `db:"who"`
	Role       string `db:"role"`
	Action     string `db:"action"`
	Collection string `db:"collection"`
	Record     string `db:"record"`
	Purpose    string `db:"purpose"`
	Region     string `db:"region"`
	Prev       string `db:"prev"`
	Hash       string `db:"hash"`
}

// digest hashes the row and the hash before it. Every value is preceded by its
// length, so that no two rows give the same text.
func (r row) digest() string {
	hash := sha256.New()
	fmt.Fprintln(hash, "cunju audit v1")
	for _, value := range []string{r.Prev, r.ID, r.At, r.Who, r.Role, r.Action, r.Collection, r.Record, r.Purpose, r.Region} {
		fmt.Fprintf(hash, "%d:%s\n", len(value), value)
	}
	return hex.EncodeToString(hash.Sum(nil))
}

// tries bounds the writers that may come between reading the head and adding a
// row; inside a transaction the first try succeeds.
const tries = 200

// Write adds the entry. Called with the builder of a transaction it stands or
// falls with it: write the trail in the transaction of the act.
func Write(db dbx.Builder, e Entry) error {
	if e.At.IsZero() || e.Action == "" {
		return errors.New("write audit row: no time or no action")
	}
	r := row{
		At: e.At.Format("2006-01-02T15:04:05.000Z07:00"), Who: e.Who, Role: e.Role, Action: e.Action,
		Collection: e.Collection, Record: e.Record, Purpose: clip(e.Purpose), Region: e.Region,
	}
	var err error
	for range tries {
		if r.Prev, err = head(db); err != nil {
			return err
		}
		r.ID = newID()
		r.Hash = r.digest()
		_, err = db.Insert(Collection, dbx.Params{
			"id": r.ID, "at": r.At, "who": r.Who, "role": r.Role, "action": r.Action, "collection": r.Collection,
			"record": r.Record, "purpose": r.Purpose, "region": r.Region, "prev": r.Prev, "hash": r.Hash,
		}).Execute()
		// the unique index on prev refuses a second row after the same one
		if err == nil || !strings.Contains(err.Error(), "audit.prev") {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("write audit row: %w", err)
	}
	return nil
}

func clip(s string) string {
	runes := []rune(s)
	return string(runes[:min(len(runes), maxPurpose)])
}

// newID makes an id in the form of PocketBase's own.
func newID() string {
	const letters = "abcdefghijklmnopqrstuvwxyz012345"
	raw := make([]byte, 15)
	rand.Read(raw) // never fails since Go 1.24
	for i := range raw {
		raw[i] = letters[raw[i]%32]
	}
	return string(raw)
}

// head gives the hash of the newest row, "" when there is none. Rows are in the
// order of their rowid, which VACUUM keeps.
func head(db dbx.Builder) (string, error) {
	var heads []string
	err := db.NewQuery("SELECT hash FROM audit ORDER BY rowid DESC LIMIT 1").Column(&heads)
	if err != nil {
		return "", fmt.Errorf("read audit head: %w", err)
	}
	if len(heads) == 0 {
		return "", nil
	}
	return heads[0], nil
}
