package audit_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cunju/hooks/audit"
	_ "cunju/migrations"
)

var at = time.Date(2026, 11, 24, 9, 30, 0, 0, time.FixedZone("", 8*3600))

func migrated(t *testing.T) *tests.TestApp {
	t.Helper()
	app, err := tests.NewTestApp(t.TempDir())
	require.NoError(t, err)
	t.Cleanup(app.Cleanup)
	return app
}

// written gives a trail of five rows.
func written(t *testing.T) *tests.TestApp {
	t.Helper()
	app := migrated(t)
	for i := range 5 {
		require.NoError(t, audit.Write(app.DB(), audit.Entry{
			At: at.Add(time.Duration(i) * time.Minute), Who: "abc", Role: "officer", Action: "reveal",
			Collection: "services", Record: fmt.Sprint("record", i), Purpose: "回访", Region: "500238101201",
		}))
	}
	return app
}

func run(t *testing.T, app core.App, sql string) {
	t.Helper()
	_, err := app.DB().NewQuery(sql).Execute()
	require.NoError(t, err, sql)
}

func TestWriteRefusesARowWithoutTimeOrAction(t *testing.T) {
	app := migrated(t)
	require.Error(t, audit.Write(app.DB(), audit.Entry{Action: "login"}))
	require.Error(t, audit.Write(app.DB(), audit.Entry{At: at}))
}

func TestVerifyOfASoundTrail(t *testing.T) {
	app := migrated(t)
	chain, err := audit.Verify(app.DB())
	require.NoError(t, err)
	assert.Equal(t, audit.Chain{}, chain)

	app = written(t)
	chain, err = audit.Verify(app.DB())
	require.NoError(t, err)
	assert.Equal(t, 5, chain.Rows)
	assert.Len(t, chain.Head, 64)
	var stored string
	require.NoError(t, app.DB().NewQuery("SELECT at FROM audit WHERE record = 'record0'").Row(&stored))
	assert.Equal(t, "2026-11-24T09:30:00.000+08:00", stored, "the zone is kept")
}

func TestARowIsGoodForPocketBaseToo(t *testing.T) {
	app := written(t)
	records, err := app.FindAllRecords(audit.Collection)
	require.NoError(t, err)
	for _, record := range records {
		require.NoError(t, app.Validate(record))
	}
}

func TestEveryKindOfTamperingIsFound(t *testing.T) {
	cases := []struct {
		name, sql string
		row       int
		reason    string
	}{
		{"a row edited", "UPDATE audit SET purpose = '别的' WHERE record = 'record2'", 3, "edited"},
		{"a row's person changed", "UPDATE audit SET who = 'xyz' WHERE record = 'record0'", 1, "edited"},
		{"a text moved to the next column", "UPDATE audit SET who = 'abcofficer', role = '' WHERE record = 'record1'", 2, "edited"},
		{"a row removed", "DELETE FROM audit WHERE record = 'record1'", 2, "missing"},
		{"the first row removed", "DELETE FROM audit WHERE record = 'record0'", 1, "missing"},
		{"two rows exchanged", "UPDATE audit SET rowid = 100 WHERE record = 'record3'", 4, "missing"},
		{"a forged row inserted", "INSERT INTO audit (id, at, action, prev, hash) SELECT 'forged', at, action, 'x', hash FROM audit WHERE record = 'record4'", 6, "inserted"},
		{"a hash replaced", "UPDATE audit SET hash = prev WHERE record = 'record3'", 4, "edited"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			app := written(t)
			run(t, app, "DROP TRIGGER audit_no_update")
			run(t, app, "DROP TRIGGER audit_no_delete")
			run(t, app, c.sql)
			_, err := audit.Verify(app.DB())
			var broken *audit.Broken
			require.True(t, errors.As(err, &broken), "%v", err)
			assert.Equal(t, c.row, broken.Row)
			assert.Contains(t, broken.Reason, c.reason)
		})
	}
}

func TestRowsCutOffAreSeenInTheChain(t *testing.T) {
	app := written(t)
	before, err := audit.Verify(app.DB())
	require.NoError(t, err)
	run(t, app, "DROP TRIGGER audit_no_delete")
	run(t, app, "DELETE FROM audit WHERE record = 'record4'")
	after, err := audit.Verify(app.DB())
	require.NoError(t, err)
	assert.NotEqual(t, before, after)
}

func TestAVacuumKeepsTheChain(t *testing.T) {
	app := written(t)
	run(t, app, "VACUUM")
	chain, err := audit.Verify(app.DB())
	require.NoError(t, err)
	assert.Equal(t, 5, chain.Rows)
}

func TestWriteStandsOrFallsWithItsTransaction(t *testing.T) {
	app := written(t)
	failed := errors.New("the act failed")
	err := app.RunInTransaction(func(tx core.App) error {
		require.NoError(t, audit.Write(tx.DB(), audit.Entry{At: at, Action: "verify"}))
		return failed
	})
	require.ErrorIs(t, err, failed)
	chain, err := audit.Verify(app.DB())
	require.NoError(t, err)
	assert.Equal(t, 5, chain.Rows)
}

func TestWritersAtOnceMakeOneChain(t *testing.T) {
	app := migrated(t)
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for range 10 {
				assert.NoError(t, app.RunInTransaction(func(tx core.App) error {
					return audit.Write(tx.DB(), audit.Entry{At: at, Action: "login"})
				}))
			}
		})
		wait.Go(func() {
			for range 10 {
				assert.NoError(t, audit.Write(app.DB(), audit.Entry{At: at, Action: "login"}))
			}
		})
	}
	wait.Wait()
	chain, err := audit.Verify(app.DB())
	require.NoError(t, err)
	assert.Equal(t, 80, chain.Rows)
}

func TestALongPurposeIsClippedNotRefused(t *testing.T) {
	app := migrated(t)
	require.NoError(t, audit.Write(app.DB(), audit.Entry{At: at, Action: "reveal", Purpose: strings.Repeat("因", 600)}))
	var n int
	require.NoError(t, app.DB().NewQuery("SELECT length(purpose) FROM audit").Row(&n))
	assert.Equal(t, 500, n)
	_, err := audit.Verify(app.DB())
	require.NoError(t, err)
}
