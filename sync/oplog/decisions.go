package oplog

import (
	"encoding/json/v2"
	"fmt"

	"github.com/pocketbase/dbx"

	"cunju/sync/batch"
	"cunju/sync/statement"
)

// Held is the verdict on a change that waits for an officer.
const Held = "held"

const changeColumns = "n, id, made, batch, i, install, tau, verdict, hash, body"

func oneChange(db dbx.Builder, where string, args ...any) (*Change, error) {
	var c Change
	found, err := statement.One(db, "SELECT "+changeColumns+" FROM sync_changes WHERE "+where, args,
		&c.N, &c.ID, &c.Made, &c.Batch, &c.I, &c.Install, &c.Tau, &c.Verdict, &c.Hash, &c.Body)
	if err != nil || !found {
		return nil, wrap("find change", err)
	}
	return &c, nil
}

// ChangeAt returns the change at a place of the order of arrival, nil when there is none.
func ChangeAt(db dbx.Builder, n int64) (*Change, error) { return oneChange(db, "n = ?", n) }

// FindHeld returns the held change of that time and id, nil when there is none.
func FindHeld(db dbx.Builder, made int64, id string) (*Change, error) {
	return oneChange(db, "made = ? AND id = ? AND verdict = '"+Held+"'", made, id)
}

// Stored is what is kept of a batch beside its lines.
type Stored struct {
	Hash     string
	Header   batch.Header
	First    int64 // place of its first change
	Received int64
}

// BatchAt returns a stored batch by its local number.
func BatchAt(db dbx.Builder, n int64) (Stored, error) {
	var s Stored
	var header string
	found, err := statement.One(db, "SELECT hash, header, first, received FROM sync_batches WHERE n = ?", []any{n}, &s.Hash, &header, &s.First, &s.Received)
	if err == nil && !found {
		err = fmt.Errorf("no batch %d", n)
	}
	if err != nil {
		return s, wrap("read batch", err)
	}
	return s, wrap("decode header", json.Unmarshal([]byte(header), &s.Header))
}

// revised marks this node's receipts that replace an earlier one: they are given out like those from above.
const revised = "/revised"

// ReviseReceipt stores a receipt that says more than the one that this node gave before.
func ReviseReceipt(db dbx.Builder, r batch.Receipt) error {
	body, err := json.Marshal(r, json.Deterministic(true))
	if err != nil {
		return fmt.Errorf("encode receipt: %w", err)
	}
	_, err = statement.Exec(db, "INSERT OR REPLACE INTO sync_receipts (install, batch, level, body) VALUES (?, ?, ?, ?)", r.Install, r.Batch, r.Level+revised, string(body))
	return wrap("store receipt", err)
}

// NewestReceipt is this node's last word on a batch, nil when there is none.
func NewestReceipt(db dbx.Builder, hash, level string) (*batch.Receipt, error) {
	if r, err := FindReceipt(db, hash, level+revised); err != nil || r != nil {
		return r, err
	}
	return FindReceipt(db, hash, level)
}

// VerdictsOf lists by index what is not "applied" among a batch's n changes.
func VerdictsOf(db dbx.Builder, first int64, n int) (map[string]string, error) {
	rows, err := statement.Rows(db, "SELECT i, verdict FROM sync_changes WHERE n >= ? AND n < ? AND verdict <> 'applied'", first, first+int64(n))
	if err != nil {
		return nil, wrap("read verdicts", err)
	}
	defer rows.Close()
	m := map[string]string{}
	for rows.Next() {
		var i int
		var verdict string
		if err := rows.Scan(&i, &verdict); err != nil {
			return nil, wrap("read verdicts", err)
		}
		m[fmt.Sprint(i)] = verdict
	}
	return m, rows.Err()
}

// Quarantined is a row of sync_quarantine.
type Quarantined struct {
	ID      int64
	Install string
	Reason  string
	At      int64
	Bytes   []byte
}

// FindQuarantined returns one row, nil when there is none.
func FindQuarantined(db dbx.Builder, id int64) (*Quarantined, error) {
	q := Quarantined{ID: id}
	found, err := statement.One(db, "SELECT install, reason, at, bytes FROM sync_quarantine WHERE id = ?", []any{id}, &q.Install, &q.Reason, &q.At, &q.Bytes)
	if err != nil || !found {
		return nil, wrap("find quarantined", err)
	}
	return &q, nil
}

// SetConflictState moves a conflict from one state to another; found is false when it was not in the first.
func SetConflictState(db dbx.Builder, id int64, from, to string) (found bool, err error) {
	res, err := statement.Exec(db, "UPDATE sync_conflicts SET state = ? WHERE id = ? AND state = ?", to, id, from)
	if err != nil {
		return false, wrap("close conflict", err)
	}
	n, err := res.RowsAffected()
	return n > 0, wrap("close conflict", err)
}
