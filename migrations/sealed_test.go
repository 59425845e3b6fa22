package migrations_test

import (
	"slices"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A node that is updated keeps what its papers say of their services, and the way
// back keeps it, too.
func TestTheFieldOfTheServiceChangesItsKindAndKeepsItsValues(t *testing.T) {
	app := migrated(t)
	at := slices.IndexFunc(core.AppMigrations.Items(), func(m *core.Migration) bool { return m.File == "0024_sealed.go" })
	require.GreaterOrEqual(t, at, 0)
	step := core.AppMigrations.Item(at)
	for _, table := range []string{"documents", "attachments"} {
		_, err := app.DB().Insert(table, dbx.Params{"id": "p00000000000001", "region": "500238101201", "service": "s00000000000001"}).Execute()
		require.NoError(t, err)
	}
	look := func(kind string) {
		t.Helper()
		for _, table := range []string{"documents", "attachments"} {
			collection, err := app.FindCollectionByNameOrId(table)
			require.NoError(t, err)
			assert.Equal(t, kind, collection.Fields.GetByName("service").Type(), table)
			assert.Contains(t, collection.Indexes, "CREATE INDEX idx_"+table+"_service ON "+table+" (service)")
			record, err := app.FindRecordById(table, "p00000000000001")
			require.NoError(t, err)
			assert.Equal(t, "s00000000000001", record.GetString("service"), table)
		}
	}
	look(core.FieldTypeRelation)
	require.NoError(t, step.Down(app))
	look(core.FieldTypeText)
	require.NoError(t, step.Up(app))
	look(core.FieldTypeRelation)
}
