package oplog

import (
	"encoding/json/v2"
	"fmt"

	"github.com/pocketbase/dbx"

	"cunju/sync/batch"
	"cunju/sync/statement"
	"cunju/sync/wire"
)

// AddReceipt stores a receipt, this node's or an upstream's; a second one of the
// same level changes nothing.
func AddReceipt(db dbx.Builder, r batch.Receipt) error {
	body, err := json.Marshal(r, json.Deterministic(true))
	if err != nil {
		return fmt.Errorf("encode receipt: %w", err)
	}
	_, err = statement.Exec(db, "INSERT OR IGNORE INTO sync_receipts (install, batch, level, body) VALUES (?, ?, ?, ?)", r.Install, r.Batch, r.Level, string(body))
	return wrap("store receipt", err)
}

// FindReceipt returns the stored receipt of a batch at a level, nil when there is none.
func FindReceipt(db dbx.Builder, hash, level string) (*batch.Receipt, error) {
	var body string
	found, err := statement.One(db, "SELECT body FROM sync_receipts WHERE batch = ? AND level = ?", []any{hash, level}, &body)
	if err != nil {
		return nil, fmt.Errorf("find receipt: %w", err)
	}
	if !found {
		return nil, nil
	}
	var r batch.Receipt
	return &r, wrap("decode receipt", json.Unmarshal([]byte(body), &r))
}

// Numbered is a receipt with its place in the order of arrival here.
type Numbered struct {
	N       int64
	Receipt batch.Receipt
}

// ReceiptsAfter lists receipts of an install's batches from other levels than own, in order.
func ReceiptsAfter(db dbx.Builder, install, own string, after int64, limit int) ([]Numbered, error) {
	var rows []struct {
		N    int64  `db:"n"`
		Body string `db:"body"`
	}
	err := db.NewQuery("SELECT n, body FROM sync_receipts WHERE install = {:i} AND n > {:n} AND level <> {:own} ORDER BY n LIMIT {:limit}").
		Bind(dbx.Params{"i": install, "n": after, "own": own, "limit": limit}).All(&rows)
	if err != nil {
		return nil, fmt.Errorf("read receipts: %w", err)
	}
	list := make([]Numbered, len(rows))
	for i, row := range rows {
		list[i].N = row.N
		if err := json.Unmarshal([]byte(row.Body), &list[i].Receipt); err != nil {
			return nil, fmt.Errorf("decode receipt: %w", err)
		}
	}
	return list, nil
}

// Waiting is a stored batch on its way up.
type Waiting struct {
	N       int64
	Hash    string
	Install string
	Sealed  wire.Sealed
	Changes []Change
}

// WaitingUp lists batches without an upstream answer, oldest first, until
// their changes exceed about maxChanges. Those of the installs named without are left out, so that what
// the upstream will not take from one does not hold up the others.
func WaitingUp(db dbx.Builder, maxChanges int, without ...string) ([]Waiting, error) {
	return waiting(db, 0, maxChanges, without)
}

// WaitingAfter is WaitingUp from behind a batch on, for what is written page after page.
func WaitingAfter(db dbx.Builder, after int64, maxChanges int) ([]Waiting, error) {
	return waiting(db, after, maxChanges, nil)
}

func waiting(db dbx.Builder, after int64, maxChanges int, without []string) ([]Waiting, error) {
	var rows []struct {
		N       int64  `db:"n"`
		Hash    string `db:"hash"`
		Install string `db:"install"`
		First   int64  `db:"first"`
		Header  string `db:"header"`
		Via     string `db:"via"`
	}
	skip, err := json.Marshal(append([]string{}, without...))
	if err != nil {
		return nil, fmt.Errorf("list installs: %w", err)
	}
	err = db.NewQuery("SELECT n, hash, install, first, header, via FROM sync_batches WHERE up = 0 AND n > {:after} AND install NOT IN (SELECT value FROM json_each({:skip})) ORDER BY n LIMIT {:limit}").
		Bind(dbx.Params{"after": after, "skip": string(skip), "limit": wire.MaxBatches}).All(&rows)
	if err != nil {
		return nil, fmt.Errorf("read waiting batches: %w", err)
	}
	var list []Waiting
	total := 0
	for _, row := range rows {
		w := Waiting{N: row.N, Hash: row.Hash, Install: row.Install}
		if err := json.Unmarshal([]byte(row.Header), &w.Sealed.Header); err != nil {
			return nil, fmt.Errorf("decode header: %w", err)
		}
		if err := loadLines(db, &w, row.First); err != nil {
			return nil, err
		}
		list = append(list, w)
		if total += len(w.Changes); total >= maxChanges {
			break
		}
	}
	return list, nil
}

func loadLines(db dbx.Builder, w *Waiting, first int64) error {
	err := db.NewQuery("SELECT * FROM sync_changes WHERE n >= {:n} AND n < {:end} ORDER BY n").
		Bind(dbx.Params{"n": first, "end": first + int64(w.Sealed.Header.N)}).All(&w.Changes)
	if err != nil {
		return fmt.Errorf("read changes: %w", err)
	}
	for _, c := range w.Changes {
		w.Sealed.Lines = append(w.Sealed.Lines, wire.Line{Bytes: c.Body, Hash: c.Hash, Erased: c.Body == nil})
	}
	return nil
}

// Answered marks a batch as answered by the upstream; code is "" for a receipt.
func Answered(db dbx.Builder, n int64, code string) error {
	up := 1
	if code != "" {
		up = 2
	}
	_, err := db.NewQuery("UPDATE sync_batches SET up = {:up}, up_error = {:code} WHERE n = {:n}").
		Bind(dbx.Params{"up": up, "code": code, "n": n}).Execute()
	return wrap("mark batch", err)
}

// State reads a value of sync_state, "" when absent.
func State(db dbx.Builder, key string) (string, error) {
	var v string
	_, err := statement.One(db, "SELECT value FROM sync_state WHERE key = ?", []any{key}, &v)
	return v, wrap("read state", err)
}

// SetStateValue writes a value of sync_state.
func SetStateValue(db dbx.Builder, key, value string) error {
	_, err := statement.Exec(db, "INSERT INTO sync_state (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", key, value)
	return wrap("write state", err)
}
