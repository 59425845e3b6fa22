package statement_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"cunju/sync/statement"
)

func open(t *testing.T) *dbx.DB {
	db, err := dbx.Open("sqlite", filepath.Join(t.TempDir(), "data.db")+"?_txlock=immediate")
	require.NoError(t, err)
	t.Cleanup(func() { db.Close() })
	_, err = db.NewQuery("CREATE TABLE t (a TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT").Execute()
	require.NoError(t, err)
	return db
}

const insert = "INSERT INTO t (a, n) VALUES (?, ?)"

func all(t *testing.T, db dbx.Builder) []string {
	var list []string
	rows, err := statement.Rows(db, "SELECT a FROM t WHERE n > ? ORDER BY a", 0)
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var a string
		require.NoError(t, rows.Scan(&a))
		list = append(list, a)
	}
	return list
}

func TestTheSameSQLRunsInsideAndOutside(t *testing.T) {
	db := open(t)
	var c statement.Cache
	require.NoError(t, c.Transact(db, func(tx *statement.Tx) error {
		for i, a := range []string{"x", "y"} {
			_, err := statement.Exec(tx, insert, a, i+1)
			require.NoError(t, err)
		}
		require.Equal(t, []string{"x", "y"}, all(t, tx))
		return nil
	}))
	_, err := statement.Exec(db, insert, "z", 3)
	require.NoError(t, err)
	require.Equal(t, []string{"x", "y", "z"}, all(t, db))
	one(t, db)
	r := statement.NewReader(db)
	one(t, r)
	one(t, r)
	require.Equal(t, []string{"x", "y", "z"}, all(t, r))
	for range 3 { // prepared, kept, kept again
		require.NoError(t, c.Transact(db, func(tx *statement.Tx) error {
			one(t, tx)
			return nil
		}))
	}
}

func one(t *testing.T, db dbx.Builder) {
	var n int
	found, err := statement.One(db, "SELECT n FROM t WHERE a = ?", []any{"y"}, &n)
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, 2, n)
	found, err = statement.One(db, "SELECT n FROM t WHERE a = ?", []any{"none"}, &n)
	require.NoError(t, err)
	require.False(t, found)
}

func TestKeptStatementsSurviveAnotherDatabaseAndAnotherSchema(t *testing.T) {
	var c statement.Cache
	for range 2 {
		db := open(t)
		for i := range 3 {
			require.NoError(t, c.Transact(db, func(tx *statement.Tx) error {
				_, err := statement.Exec(tx, insert, string(rune('a'+i)), i+1)
				return err
			}))
			_, err := db.NewQuery("ALTER TABLE t ADD COLUMN more" + string(rune('a'+i)) + " TEXT").Execute()
			require.NoError(t, err)
		}
		require.Equal(t, []string{"a", "b", "c"}, all(t, db))
	}
}

func TestAnErrorOrAPanicUndoesEverything(t *testing.T) {
	db := open(t)
	var c statement.Cache
	oops := errors.New("oops")
	require.ErrorIs(t, c.Transact(db, func(tx *statement.Tx) error {
		_, err := statement.Exec(tx, insert, "x", 1)
		require.NoError(t, err)
		return oops
	}), oops)
	require.Panics(t, func() {
		_ = c.Transact(db, func(tx *statement.Tx) error {
			_, err := statement.Exec(tx, insert, "x", 1)
			require.NoError(t, err)
			panic("oops")
		})
	})
	require.Empty(t, all(t, db))
	_, err := statement.Exec(db, insert, "x", 1)
	require.NoError(t, err, "the connection is free again")
}

func TestABrokenStatementIsAnError(t *testing.T) {
	db := open(t)
	var c statement.Cache
	require.Error(t, c.Transact(db, func(tx *statement.Tx) error {
		_, err := statement.Exec(tx, "INSERT INTO nowhere VALUES (?)", 1)
		return err
	}))
	_, err := statement.Rows(db, "SELECT ? FROM nowhere", 1)
	require.Error(t, err)
}

func TestATransactionInTheNextOnesWayGoesOn(t *testing.T) {
	db := open(t)
	db.DB().SetMaxOpenConns(1) // as the write connection of a node
	var c statement.Cache
	done := make(chan error, 2)
	go func() {
		done <- c.Transact(db, func(tx *statement.Tx) error {
			if _, err := statement.Exec(tx, insert, "x", 1); err != nil { // the next one will prepare it
				return err
			}
			go func() { done <- c.Transact(db, func(tx *statement.Tx) error { return nil }) }()
			for db.DB().Stats().WaitCount == 0 { // the next one waits for this connection
				time.Sleep(time.Millisecond)
			}
			_, err := statement.Exec(tx, "UPDATE t SET n = ? WHERE a = ?", 2, "x")
			return err
		})
	}()
	for range 2 {
		select {
		case err := <-done:
			require.NoError(t, err)
		case <-time.After(20 * time.Second):
			t.Fatal("two transactions wait for each other")
		}
	}
}
