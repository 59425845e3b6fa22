// Package oplog keeps what a node received: batches verbatim, the verdict on every
// change, receipts, conflicts and quarantine. It knows SQL and nothing of meaning. Every function works inside
// the caller's transaction.
package oplog

import (
	_ "embed"
	"encoding/json/v2"
	"fmt"

	"github.com/pocketbase/dbx"

	"cunju/sync/batch"
	"cunju/sync/statement"
	"cunju/sync/wire"
)

// Schema creates the log's tables; running it again changes nothing.
//
//go:embed schema.sql
var Schema string

// Install is a row of sync_installs.
type Install struct {
	ID         string `db:"id"`
	Kind       string `db:"kind"`
	Staff      string `db:"staff"`
	Region     string `db:"region"`
	Name       string `db:"name"`
	Alias      string `db:"alias"`
	Issuer     string `db:"issuer"`
	Cert       string `db:"cert"`
	State      string `db:"state"`
	LastNo     int64  `db:"last_no"`
	LastChange int64  `db:"last_change"`
	LastHash   string `db:"last_hash"`
	SeenAt     int64  `db:"seen_at"`
	Unsent     int64  `db:"unsent"`
	CreatedAt  int64  `db:"created_at"`
}

// States of an install.
const (
	Active    = "active"
	Suspended = "suspended" // a fork was seen; an officer decides
	Revoked   = "revoked"
)

// FindInstall returns nil without error when the id is unknown.
func FindInstall(db dbx.Builder, id string) (*Install, error) {
	var r Install
	found, err := statement.One(db, `SELECT id, kind, staff, region, name, alias, issuer, cert, state, last_no, last_change, last_hash, seen_at, unsent, created_at
		FROM sync_installs WHERE id = ?`, []any{id}, &r.ID, &r.Kind, &r.Staff, &r.Region, &r.Name, &r.Alias, &r.Issuer, &r.Cert, &r.State,
		&r.LastNo, &r.LastChange, &r.LastHash, &r.SeenAt, &r.Unsent, &r.CreatedAt)
	if err != nil {
		return nil, fmt.Errorf("find install: %w", err)
	}
	if !found {
		return nil, nil
	}
	return &r, nil
}

// PutInstall inserts an install or renews its certificate; numbers and state stay.
func PutInstall(db dbx.Builder, row Install) error {
	_, err := db.NewQuery(`INSERT INTO sync_installs (id, kind, staff, region, name, alias, issuer, cert, created_at)
		VALUES ({:id}, {:kind}, {:staff}, {:region}, {:name}, {:alias}, {:issuer}, {:cert}, {:now})
		ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, staff = excluded.staff, region = excluded.region, name = excluded.name,
		alias = excluded.alias, issuer = excluded.issuer, cert = excluded.cert`).
		Bind(dbx.Params{"id": row.ID, "kind": row.Kind, "staff": row.Staff, "region": row.Region, "name": row.Name,
			"alias": row.Alias, "issuer": row.Issuer, "cert": row.Cert, "now": row.CreatedAt}).Execute()
	if err != nil {
		return fmt.Errorf("store install: %w", err)
	}
	return nil
}

// EnrolledSince lists installs that issuer certified after a time, oldest first.
func EnrolledSince(db dbx.Builder, issuer string, after int64, limit int) ([]Install, error) {
	list := []Install{}
	err := db.NewQuery("SELECT * FROM sync_installs WHERE issuer = {:i} AND created_at > {:a} AND id <> {:i} ORDER BY created_at LIMIT {:l}").
		Bind(dbx.Params{"i": issuer, "a": after, "l": limit}).All(&list)
	if err != nil {
		return nil, fmt.Errorf("list installs: %w", err)
	}
	return list, nil
}

// Advance moves an install's numbers after a batch.
func Advance(db dbx.Builder, h batch.Header, hash string, seen int64) error {
	_, err := statement.Exec(db, "UPDATE sync_installs SET last_no = ?, last_change = ?, last_hash = ?, seen_at = max(seen_at, ?) WHERE id = ?",
		h.No, h.First+int64(h.N)-1, hash, seen, h.Install)
	return wrap("advance install", err)
}

// Seen notes a contact and what the install said is unsent.
func Seen(db dbx.Builder, id string, at, unsent int64) error {
	_, err := db.NewQuery("UPDATE sync_installs SET seen_at = {:at}, unsent = {:unsent} WHERE id = {:id}").
		Bind(dbx.Params{"at": at, "unsent": unsent, "id": id}).Execute()
	return wrap("note contact", err)
}

// SetState changes an install's state.
func SetState(db dbx.Builder, id, state string) error {
	_, err := db.NewQuery("UPDATE sync_installs SET state = {:state} WHERE id = {:id}").
		Bind(dbx.Params{"state": state, "id": id}).Execute()
	return wrap("set install state", err)
}

// AddBatch stores a batch's header and returns its local number. first is the place of its first change.
func AddBatch(db dbx.Builder, s *wire.Sealed, hash string, received, first int64) (int64, error) {
	header, err := json.Marshal(s.Header)
	if err != nil {
		return 0, fmt.Errorf("encode header: %w", err)
	}
	via := ""
	if s.Via != nil {
		b, err := json.Marshal(s.Via)
		if err != nil {
			return 0, fmt.Errorf("encode via: %w", err)
		}
		via = string(b)
	}
	res, err := statement.Exec(db, "INSERT INTO sync_batches (hash, install, no, header, via, received, first) VALUES (?, ?, ?, ?, ?, ?, ?)",
		hash, s.Header.Install, s.Header.No, string(header), via, received, first)
	if err != nil {
		return 0, fmt.Errorf("store batch: %w", err)
	}
	return res.LastInsertId()
}

// BatchHash returns the hash stored for (install, no), "" when there is none.
func BatchHash(db dbx.Builder, install string, no int64) (string, error) {
	var hash string
	_, err := statement.One(db, "SELECT hash FROM sync_batches WHERE install = ? AND no = ?", []any{install, no}, &hash)
	return hash, wrap("find batch", err)
}

// Change is a row of sync_changes. Made is the time that its author claims, ms.
type Change struct {
	N       int64  `db:"n"`
	ID      string `db:"id"`
	Made    int64  `db:"made"`
	Batch   int64  `db:"batch"`
	I       int    `db:"i"`
	Install string `db:"install"`
	Tau     int64  `db:"tau"`
	Verdict string `db:"verdict"`
	Hash    string `db:"hash"`
	Body    []byte `db:"body"`
}

// LastChange is the newest place in this node's order of arrival, 0 when there is none.
func LastChange(db dbx.Builder) (n int64, err error) {
	_, err = statement.One(db, "SELECT coalesce(max(n), 0) FROM sync_changes", nil, &n)
	return n, wrap("find last change", err)
}

// AddChange stores one line at place c.N. added is false, and nothing was stored, when a
// change of that id and time is there already.
func AddChange(db dbx.Builder, c Change) (added bool, err error) {
	res, err := statement.Exec(db, "INSERT INTO sync_changes (n, id, made, batch, i, install, tau, verdict, hash, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (made, id) DO NOTHING",
		c.N, c.ID, c.Made, c.Batch, c.I, c.Install, c.Tau, c.Verdict, c.Hash, c.Body)
	if err != nil {
		return false, fmt.Errorf("store change: %w", err)
	}
	n, err := res.RowsAffected()
	return n > 0, wrap("store change", err)
}

// SetVerdict writes what folding a change made of it.
func SetVerdict(db dbx.Builder, n int64, verdict string) error {
	_, err := statement.Exec(db, "UPDATE sync_changes SET verdict = ? WHERE n = ?", verdict, n)
	return wrap("store verdict", err)
}

// FindChange returns order of arrival and stamp of a change by its id alone; zeros when unknown. It reads the whole
// log: for whoever checks a node, not for serving.
func FindChange(db dbx.Builder, id string) (n, tau int64, err error) {
	_, err = statement.One(db, "SELECT n, tau FROM sync_changes WHERE id = ?", []any{id}, &n, &tau)
	return n, tau, wrap("find change", err)
}

// FindTouch returns order of arrival and stamp of a change that touched a record; zeros when there is none.
func FindTouch(db dbx.Builder, c, r, id string) (n, tau int64, err error) {
	_, err = statement.One(db, "SELECT s.n, s.tau FROM sync_history h CROSS JOIN sync_changes s ON s.n = h.n WHERE h.c = ? AND h.r = ? AND s.id = ?",
		[]any{c, r, id}, &n, &tau)
	return n, tau, wrap("find change", err)
}

// FindOpen is FindTouch for what an install sent and was not simply applied.
func FindOpen(db dbx.Builder, install, id string) (n, tau int64, err error) {
	_, err = statement.One(db, "SELECT n, tau FROM sync_changes WHERE install = ? AND verdict <> 'applied' AND id = ?", []any{install, id}, &n, &tau)
	return n, tau, wrap("find change", err)
}

// Touch notes that a change touched a record that was there already.
func Touch(db dbx.Builder, c, r string, n int64) error {
	_, err := statement.Exec(db, "INSERT INTO sync_touches (c, r, n) VALUES (?, ?, ?)", c, r, n)
	return wrap("note history", err)
}

// History lists the changes of one record, oldest first, at most limit.
func History(db dbx.Builder, c, r string, limit int) ([]Change, error) {
	rows := []Change{}
	err := db.NewQuery(`SELECT s.* FROM sync_history h JOIN sync_changes s ON s.n = h.n WHERE h.c = {:c} AND h.r = {:r} ORDER BY h.n LIMIT {:limit}`).
		Bind(dbx.Params{"c": c, "r": r, "limit": limit}).All(&rows)
	return rows, wrap("read history", err)
}

// Conflict is a value that did not stand although its author, or the author of the one that stands, had not seen the other.
type Conflict struct {
	C, R, Field, Value, Change, Stands, Install string
	At                                          int64
}

// AddConflict keeps a losing value for a person to look at.
func AddConflict(db dbx.Builder, c Conflict) error {
	_, err := db.NewQuery(`INSERT INTO sync_conflicts (c, r, field, value, change, stands, install, at) VALUES ({:c}, {:r}, {:f}, {:v}, {:ch}, {:st}, {:in}, {:at})`).
		Bind(dbx.Params{"c": c.C, "r": c.R, "f": c.Field, "v": c.Value, "ch": c.Change, "st": c.Stands, "in": c.Install, "at": c.At}).Execute()
	return wrap("keep conflict", err)
}

// Quarantine keeps bytes that are authentic but cannot be taken.
func Quarantine(db dbx.Builder, install, reason string, at int64, bytes []byte) error {
	_, err := db.NewQuery("INSERT INTO sync_quarantine (install, reason, at, bytes) VALUES ({:i}, {:r}, {:at}, {:b})").
		Bind(dbx.Params{"i": install, "r": reason, "at": at, "b": bytes}).Execute()
	return wrap("quarantine", err)
}

func wrap(what string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}
