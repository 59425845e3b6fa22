package oplog

import (
	"encoding/json/v2"
	"errors"

	"github.com/pocketbase/dbx"

	"cunju/sync/batch"
	"cunju/sync/statement"
)

// OfferFrom makes an install's batches from a number on wait for the upstream node again: it lost them. found is false
// when this node has no batch of that number.
func OfferFrom(db dbx.Builder, install string, no int64) (found bool, err error) {
	hash, err := BatchHash(db, install, no)
	if err != nil || hash == "" {
		return false, err
	}
	_, err = statement.Exec(db, "UPDATE sync_batches SET up = 0 WHERE install = ? AND no >= ?", install, no)
	return true, wrap("offer batches again", err)
}

// OfferLast makes the newest acknowledged batch of every install wait again. An upstream that has it has all before
// it; one that has not says from where on.
func OfferLast(db dbx.Builder) error {
	_, err := statement.Exec(db, "UPDATE sync_batches SET up = 0 WHERE up = 1 AND (install, no) IN (SELECT install, max(no) FROM sync_batches GROUP BY install)")
	return wrap("offer last batches", err)
}

// Trouble notes why the upstream did not take a batch that goes on waiting.
func Trouble(db dbx.Builder, n int64, code string) error {
	_, err := statement.Exec(db, "UPDATE sync_batches SET up_error = ? WHERE n = ?", code, n)
	return wrap("note trouble", err)
}

// Waits tells whether any batch waits for the upstream node.
func Waits(db dbx.Builder) (bool, error) {
	var n int64
	found, err := statement.One(db, "SELECT n FROM sync_batches WHERE up = 0 LIMIT 1", nil, &n)
	return found, wrap("find waiting batch", err)
}

// WaitsOf is Waits for the batches of one install.
func WaitsOf(db dbx.Builder, install string) (bool, error) {
	var n int64
	found, err := statement.One(db, "SELECT n FROM sync_batches WHERE up = 0 AND install = ? LIMIT 1", []any{install}, &n)
	return found, wrap("find waiting batch", err)
}

// Stranded tells whether a record was touched by a change that the upstream node will not take.
func Stranded(db dbx.Builder, c, r string) (bool, error) {
	var n int64
	found, err := statement.One(db, `SELECT h.n FROM sync_history h CROSS JOIN sync_changes s ON s.n = h.n JOIN sync_batches b ON b.n = s.batch
		WHERE h.c = ? AND h.r = ? AND b.up = 2 LIMIT 1`, []any{c, r}, &n)
	return found, wrap("find stranded change", err)
}

// Taus lists the stamps of a batch's changes in order.
func Taus(db dbx.Builder, hash string) ([]int64, error) {
	rows, err := statement.Rows(db, `SELECT s.tau FROM sync_batches b CROSS JOIN sync_changes s ON s.n >= b.first AND s.batch = b.n WHERE b.hash = ? ORDER BY s.n`, hash)
	if err != nil {
		return nil, wrap("read stamps", err)
	}
	defer rows.Close()
	var taus []int64
	for rows.Next() {
		var tau int64
		if err := rows.Scan(&tau); err != nil {
			return nil, wrap("read stamps", err)
		}
		taus = append(taus, tau)
	}
	return taus, wrap("read stamps", rows.Err())
}

// Restamp takes over the stamps that the upstream node had given a batch before this node lost it.
func Restamp(db dbx.Builder, n int64, taus []int64) error {
	for i, tau := range taus {
		if _, err := statement.Exec(db, "UPDATE sync_changes SET tau = ? WHERE n = (SELECT first FROM sync_batches WHERE n = ?) + ? AND batch = ?", tau, n, i, n); err != nil {
			return wrap("restamp", err)
		}
	}
	return nil
}

// FeedsOf lists the feeds of the records that a batch touched. It reads all records: for the rare case that two nodes
// decided differently.
func FeedsOf(db dbx.Builder, n int64) ([]string, error) {
	var from, to int64
	if _, err := statement.One(db, "SELECT coalesce(min(n), 0), coalesce(max(n), -1) FROM sync_changes WHERE n >= (SELECT first FROM sync_batches WHERE n = ?) AND batch = ?",
		[]any{n, n}, &from, &to); err != nil {
		return nil, wrap("find changes", err)
	}
	rows, err := statement.Rows(db, `SELECT feed FROM sync_records WHERE first BETWEEN ? AND ? UNION
		SELECT r.feed FROM sync_touches t JOIN sync_records r ON r.c = t.c AND r.r = t.r WHERE t.n BETWEEN ? AND ?`, from, to, from, to)
	if err != nil {
		return nil, wrap("find feeds", err)
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, wrap("find feeds", err)
		}
		list = append(list, name)
	}
	return list, wrap("find feeds", rows.Err())
}

// Numbers are the newest batch of an install as somebody knows it.
type Numbers struct {
	No, Change int64
	Hash       string
}

// Behind tells whether an install's own node lost or replaced batches that another node has up to known.
func Behind(db dbx.Builder, row *Install, known Numbers) (bool, error) {
	if known.No >= row.LastNo {
		return known.No > row.LastNo || known.Hash != row.LastHash, nil
	}
	var header string
	found, err := statement.One(db, "SELECT header FROM sync_batches WHERE install = ? AND no = ?", []any{row.ID, known.No + 1}, &header)
	if err != nil || !found {
		return false, wrap("find next batch", err)
	}
	var next batch.Header
	if err := json.Unmarshal([]byte(header), &next); err != nil {
		return false, wrap("decode header", err)
	}
	return next.Prev != known.Hash, nil
}

// TakeNumbers lists an install's waiting batches in order and takes their numbers away: each must get a new one by
// Renumber in the same transaction.
func TakeNumbers(db dbx.Builder, install string) ([]Waiting, error) {
	var list []Waiting
	for after := int64(0); ; {
		page, err := WaitingAfter(db, after, 1000)
		if err != nil {
			return nil, err
		}
		if len(page) == 0 {
			break
		}
		for _, w := range page {
			after = w.N
			if w.Install == install {
				list = append(list, w)
			}
		}
	}
	_, err := statement.Exec(db, "UPDATE sync_batches SET no = -no WHERE install = ? AND up = 0", install)
	return list, wrap("take numbers", err)
}

// Renumber stores a batch under another number.
func Renumber(db dbx.Builder, n int64, h batch.Header, hash string) error {
	header, err := json.Marshal(h)
	if err != nil {
		return errors.Join(errors.New("encode header"), err)
	}
	_, err = statement.Exec(db, "UPDATE sync_batches SET no = ?, hash = ?, header = ?, up_error = '' WHERE n = ?", h.No, hash, string(header), n)
	return wrap("renumber batch", err)
}
