// Package statement runs SQL on dbx. Inside its own transactions a statement is
// prepared once and used again, also by the transactions that follow: building, parsing and planning one
// costs several times what its row costs. It knows no table. SQL is written with ? for each argument, in order.
package statement

import (
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/pocketbase/dbx"
)

// maxKept bounds what stays prepared; further statements live as long as their transaction.
const maxKept = 200

// Cache keeps prepared statements from one transaction to the next. The zero value is ready; it serves
// one database at a time.
type Cache struct {
	mu   sync.Mutex
	db   *sql.DB
	kept map[string]*sql.Stmt
	want []string // to be prepared before the next transaction
}

// Tx is one transaction. It is a dbx.Builder, so that it can be handed to whoever knows nothing of it.
type Tx struct {
	dbx.Builder
	tx    *sql.Tx
	cache *Cache
	open  map[string]*sql.Stmt
}

// Transact runs do in one transaction; an error rolls everything back.
func (c *Cache) Transact(db *dbx.DB, do func(*Tx) error) (err error) {
	c.prepare(db.DB())
	raw, err := db.DB().Begin()
	if err != nil {
		return fmt.Errorf("begin transaction: %w", err)
	}
	defer func() {
		// After a commit this says ErrTxDone; after an error or a panic it undoes everything.
		if undone := raw.Rollback(); undone != nil && !errors.Is(undone, sql.ErrTxDone) {
			err = errors.Join(err, fmt.Errorf("roll back: %w", undone))
		}
	}()
	if err := do(&Tx{Builder: db.Wrap(raw), tx: raw, cache: c, open: map[string]*sql.Stmt{}}); err != nil {
		return err
	}
	if err := raw.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// prepare keeps what earlier transactions asked for. It needs the connection that a transaction
// occupies, so it comes before one, and the lock is not held while it waits: the transaction that
// occupies the connection asks find. What cannot be prepared any more is left to whoever uses it.
func (c *Cache) prepare(db *sql.DB) {
	for _, query := range c.wanted(db) {
		s, err := db.Prepare(query)
		if err != nil {
			continue
		}
		if !c.keep(db, query, s) {
			s.Close() // another transaction was faster
		}
	}
}

// wanted takes over the list of what is to be prepared.
func (c *Cache) wanted(db *sql.DB) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.db != db {
		c.db, c.kept = db, map[string]*sql.Stmt{}
	}
	list := c.want
	c.want = nil
	return list
}

func (c *Cache) keep(db *sql.DB, query string, s *sql.Stmt) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.db != db || c.kept[query] != nil || len(c.kept) >= maxKept {
		return false
	}
	c.kept[query] = s
	return true
}

// find returns a kept statement, or notes that one is wanted.
func (c *Cache) find(query string) *sql.Stmt {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.kept[query]
	if s == nil && len(c.kept)+len(c.want) < maxKept {
		c.want = append(c.want, query)
	}
	return s
}

// prepared ends with its transaction, which closes it.
func (t *Tx) prepared(query string) (*sql.Stmt, error) {
	if s, ok := t.open[query]; ok {
		return s, nil
	}
	var s *sql.Stmt
	if kept := t.cache.find(query); kept != nil {
		s = t.tx.Stmt(kept)
	} else {
		var err error
		if s, err = t.tx.Prepare(query); err != nil {
			return nil, fmt.Errorf("prepare: %w", err)
		}
	}
	t.open[query] = s
	return s, nil
}

// Reader is a database whose queries by this package stay prepared, once on each of its connections. It is a
// dbx.Builder, too.
type Reader struct {
	dbx.Builder
	db   *sql.DB
	mu   sync.Mutex
	kept map[string]*sql.Stmt
}

// NewReader reads from db, which may have many connections.
func NewReader(db *dbx.DB) *Reader {
	return &Reader{Builder: db, db: db.DB(), kept: map[string]*sql.Stmt{}}
}

func (r *Reader) prepared(query string) (*sql.Stmt, error) {
	r.mu.Lock()
	kept := r.kept[query]
	r.mu.Unlock()
	if kept != nil {
		return kept, nil
	}
	s, err := r.db.Prepare(query) // may wait for a connection, so without the lock
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if kept = r.kept[query]; kept != nil { // another one was faster
		return kept, s.Close()
	}
	r.kept[query] = s
	return s, nil
}

// preparer is a Tx or a Reader.
type preparer interface {
	prepared(query string) (*sql.Stmt, error)
}

// Exec runs a statement that returns no rows.
func Exec(db dbx.Builder, query string, args ...any) (sql.Result, error) {
	t, ok := db.(*Tx)
	if !ok { // writes have one connection, in a transaction or not
		return named(db, query, args).Execute()
	}
	s, err := t.prepared(query)
	if err != nil {
		return nil, err
	}
	return s.Exec(args...)
}

// Rows runs a query; the caller closes what it gets.
func Rows(db dbx.Builder, query string, args ...any) (*sql.Rows, error) {
	t, ok := db.(preparer)
	if !ok {
		rows, err := named(db, query, args).Rows()
		if err != nil {
			return nil, err
		}
		return rows.Rows, nil
	}
	s, err := t.prepared(query)
	if err != nil {
		return nil, err
	}
	return s.Query(args...)
}

// One reads the first row into into; found is false when there is none.
func One(db dbx.Builder, query string, args []any, into ...any) (found bool, err error) {
	rows, err := Rows(db, query, args...)
	if err != nil {
		return false, err
	}
	defer rows.Close()
	if !rows.Next() {
		return false, rows.Err()
	}
	if err := rows.Scan(into...); err != nil {
		return false, err
	}
	return true, rows.Close()
}

// named writes the arguments the way dbx wants them.
func named(db dbx.Builder, query string, args []any) *dbx.Query {
	var b strings.Builder
	params := make(dbx.Params, len(args))
	for i, part := range strings.Split(query, "?") {
		if i > 0 {
			name := "a" + strconv.Itoa(i)
			params[name] = args[i-1]
			b.WriteString("{:" + name + "}")
		}
		b.WriteString(part)
	}
	return db.NewQuery(b.String()).Bind(params)
}
