package oplog

import (
	"encoding/json/v2"
	"fmt"

	"github.com/pocketbase/dbx"

	"cunju/sync/batch"
	"cunju/sync/statement"
)

// Revocation is an install taken back: its batches up to LastNo stand, later ones are held.
type Revocation struct {
	Install string
	Server  string
	LastNo  int64
	At      int64
}

// FindRevocation returns nil without error when the install was not revoked.
func FindRevocation(db dbx.Builder, id string) (*Revocation, error) {
	r := Revocation{Install: id}
	found, err := statement.One(db, "SELECT server, last_no, at FROM sync_revocations WHERE install = ?", []any{id}, &r.Server, &r.LastNo, &r.At)
	if err != nil || !found {
		return nil, wrap("find revocation", err)
	}
	return &r, nil
}

// AddRevocation notes one; the first word stands.
func AddRevocation(db dbx.Builder, r Revocation) error {
	_, err := statement.Exec(db, "INSERT OR IGNORE INTO sync_revocations (install, server, last_no, at) VALUES (?, ?, ?, ?)", r.Install, r.Server, r.LastNo, r.At)
	return wrap("note revocation", err)
}

// RevokedBy lists what a server took back, oldest first.
func RevokedBy(db dbx.Builder, server string) ([]batch.Revoked, error) {
	list := []batch.Revoked{}
	rows, err := statement.Rows(db, "SELECT install, last_no, at FROM sync_revocations WHERE server = ? ORDER BY at, install", server)
	if err != nil {
		return nil, wrap("list revocations", err)
	}
	defer rows.Close()
	for rows.Next() {
		var r batch.Revoked
		if err := rows.Scan(&r.Install, &r.No, &r.At); err != nil {
			return nil, wrap("list revocations", err)
		}
		list = append(list, r)
	}
	return list, rows.Err()
}

// PutRevocationList keeps a server's newest signed list.
func PutRevocationList(db dbx.Builder, l batch.Revocations, region string) error {
	body, err := json.Marshal(l, json.Deterministic(true))
	if err != nil {
		return fmt.Errorf("encode revocations: %w", err)
	}
	_, err = statement.Exec(db, "INSERT OR REPLACE INTO sync_revocation_lists (server, no, region, body) VALUES (?, ?, ?, ?)", l.Server, l.No, region, string(body))
	return wrap("store revocations", err)
}

// RevocationList returns a server's newest list, nil when it has revoked nobody.
func RevocationList(db dbx.Builder, server string) (*batch.Revocations, error) {
	lists, err := lists(db, "server = ?", server)
	if err != nil || len(lists) == 0 {
		return nil, err
	}
	return &lists[0], nil
}

// RevocationLists returns the lists of servers whose region lies in [from, to].
func RevocationLists(db dbx.Builder, from, to string) ([]batch.Revocations, error) {
	return lists(db, "region >= ? AND region <= ? ORDER BY server", from, to)
}

func lists(db dbx.Builder, where string, args ...any) ([]batch.Revocations, error) {
	rows, err := statement.Rows(db, "SELECT body FROM sync_revocation_lists WHERE "+where, args...)
	if err != nil {
		return nil, wrap("read revocations", err)
	}
	defer rows.Close()
	var list []batch.Revocations
	for rows.Next() {
		var body string
		var l batch.Revocations
		if err := rows.Scan(&body); err != nil {
			return nil, wrap("read revocations", err)
		}
		if err := json.Unmarshal([]byte(body), &l); err != nil {
			return nil, wrap("decode revocations", err)
		}
		list = append(list, l)
	}
	return list, rows.Err()
}
