package sim

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"strings"
	"sync"

	"github.com/pocketbase/dbx"
	"modernc.org/sqlite"
)

// errKilled is what a process that was killed gets from every statement; errFull what a full disk answers.
var (
	errKilled = errors.New("process was killed")
	errFull   = errors.New("database or disk is full (13)")
)

// fuse sits between a node and its database. It can end the process at any statement, before or after a commit, and
// refuse writes as a full disk does. drop is for broken engines: a statement for which it answers true is
// claimed to have run.
type fuse struct {
	mu    sync.Mutex
	left  int // statements until the process is killed; 0: none set
	after bool
	dead  bool
	full  int // writes that fail
	drop  func(query string, args []driver.NamedValue) bool
}

func (f *fuse) set(statements int, afterCommit bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.left, f.after = statements, afterCommit
}

func (f *fuse) killed() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.dead
}

// fill makes that many writes fail.
func (f *fuse) fill(writes int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.full = writes
}

// reset is a new process on the same folder.
func (f *fuse) reset() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.left, f.dead, f.full = 0, false, 0
}

func (f *fuse) statement(write bool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.dead {
		return errKilled
	}
	if f.left > 0 {
		if f.left--; f.left == 0 {
			f.dead = true
			return errKilled
		}
	}
	if write && f.full > 0 {
		f.full--
		return errFull
	}
	return nil
}

// commit ends the transaction. When the fuse burns down here, after decides on which side of the commit.
func (f *fuse) commit(tx driver.Tx) error {
	f.mu.Lock()
	last := f.left == 1 && f.after && !f.dead
	f.mu.Unlock()
	if last {
		err := tx.Commit()
		f.statement(false)
		return errors.Join(err, errKilled)
	}
	if err := f.statement(true); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// connect opens PocketBase's databases through the fuse. Nothing here loses power, so nothing waits for the disk.
func (f *fuse) connect(path string) (*dbx.DB, error) {
	dsn := path + "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(OFF)&_pragma=foreign_keys(ON)&_pragma=temp_store(MEMORY)&_txlock=immediate"
	if strings.HasSuffix(path, "auxiliary.db") {
		return dbx.Open("sqlite", dsn)
	}
	return dbx.NewFromDB(sql.OpenDB(&connector{dsn, f}), "sqlite"), nil
}

type connector struct {
	dsn  string
	fuse *fuse
}

func (c *connector) Driver() driver.Driver { return &sqlite.Driver{} }

func (c *connector) Connect(context.Context) (driver.Conn, error) {
	inner, err := plain.Driver().Open(c.dsn)
	if err != nil {
		return nil, err
	}
	return &conn{inner.(sqliteConn), c.fuse}, nil
}

// plain gives the registered driver; it never connects.
var plain, _ = sql.Open("sqlite", "")

type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
}

type conn struct {
	sqliteConn
	fuse *fuse
}

// claimed is the result of a statement that did not run.
type claimed struct{}

func (claimed) LastInsertId() (int64, error) { return 1, nil }

func (claimed) RowsAffected() (int64, error) { return 1, nil }

func writes(query string) bool {
	word, _, _ := strings.Cut(strings.ToUpper(strings.TrimSpace(query)), " ")
	return word == "INSERT" || word == "UPDATE" || word == "DELETE" || word == "REPLACE"
}

func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if err := c.fuse.statement(writes(query)); err != nil {
		return nil, err
	}
	if c.fuse.drop != nil && c.fuse.drop(query, args) {
		return claimed{}, nil
	}
	return c.sqliteConn.ExecContext(ctx, query, args)
}

func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if err := c.fuse.statement(false); err != nil {
		return nil, err
	}
	return c.sqliteConn.QueryContext(ctx, query, args)
}

func (c *conn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	s, err := c.sqliteConn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	return &stmt{s, s.(stmtContext), query, c.fuse}, nil
}

func (c *conn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	if err := c.fuse.statement(false); err != nil {
		return nil, err
	}
	inner, err := c.sqliteConn.BeginTx(ctx, opts)
	return &tx{inner, c.fuse}, err
}

type tx struct {
	driver.Tx
	fuse *fuse
}

func (t *tx) Commit() error { return t.fuse.commit(t.Tx) }

type stmtContext interface {
	driver.StmtExecContext
	driver.StmtQueryContext
}

type stmt struct {
	driver.Stmt
	inner stmtContext
	query string
	fuse  *fuse
}

func (s *stmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	if err := s.fuse.statement(writes(s.query)); err != nil {
		return nil, err
	}
	if s.fuse.drop != nil && s.fuse.drop(s.query, args) {
		return claimed{}, nil
	}
	return s.inner.ExecContext(ctx, args)
}

func (s *stmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	if err := s.fuse.statement(false); err != nil {
		return nil, err
	}
	return s.inner.QueryContext(ctx, args)
}

// filled tells whether the next write will fail.
func (f *fuse) filled() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.full > 0
}
