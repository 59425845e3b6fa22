package migrations_test

import (
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cunju/hooks/standard"
	_ "cunju/migrations"
)

func migrated(t *testing.T) *tests.TestApp {
	t.Helper()
	app, err := tests.NewTestApp(t.TempDir())
	require.NoError(t, err)
	t.Cleanup(app.Cleanup)
	return app
}

func TestSchemaEqualsTheDataStandard(t *testing.T) {
	app := migrated(t)
	for _, want := range standard.Collections {
		t.Run(want.Name, func(t *testing.T) {
			got, err := app.FindCollectionByNameOrId(want.Name)
			require.NoError(t, err)
			assert.Equal(t, string(want.Base), got.Type)
			assert.Equal(t, wanted(want), found(t, app, got))
			assert.Equal(t, wantedIndexes(want), foundIndexes(got))
		})
	}
}

func TestEveryCollectionIsInTheDataStandard(t *testing.T) {
	app := migrated(t)
	all, err := app.FindAllCollections()
	require.NoError(t, err)
	var names, want []string
	for _, collection := range all {
		if !collection.System {
			names = append(names, collection.Name)
		}
	}
	for _, collection := range standard.Collections {
		want = append(want, collection.Name)
	}
	assert.ElementsMatch(t, want, names, "and the sample collection of users is gone")
}

// column is what the database and the standard must agree on.
type column struct {
	name, kind string
	hidden     bool
	needed     bool
	max        int64
	pattern    string
	of         string
}

func wanted(collection standard.Collection) []column {
	var columns []column
	for _, f := range collection.Fields {
		c := column{name: f.Name, kind: string(f.Type), hidden: f.Hidden, needed: f.Needed, of: f.Of}
		if collection.Base != standard.View {
			switch f.Type {
			case standard.Text:
				c.max, c.pattern = int64(f.Limit()), f.Match()
			case standard.JSON:
				c.max = int64(f.Limit())
			}
		}
		columns = append(columns, c)
	}
	return columns
}

func found(t *testing.T, app core.App, collection *core.Collection) []column {
	t.Helper()
	var columns []column
	for _, field := range collection.Fields {
		if field.GetSystem() || field.GetName() == "id" {
			continue
		}
		c := column{name: field.GetName(), kind: field.Type(), hidden: field.GetHidden()}
		switch f := field.(type) {
		case *core.TextField:
			c.needed, c.max, c.pattern = f.Required, int64(f.Max), f.Pattern
		case *core.JSONField:
			c.max = f.MaxSize
		case *core.RelationField:
			of, err := app.FindCollectionByNameOrId(f.CollectionId)
			require.NoError(t, err)
			c.of, c.needed = of.Name, f.Required
			assert.False(t, f.CascadeDelete)
			assert.False(t, f.IsMultiple(), "a single relation is stored as plain text")
		}
		columns = append(columns, c)
	}
	return columns
}

func wantedIndexes(collection standard.Collection) []string {
	columns := []string{}
	return append(columns, collection.Indexes...)
}

// foundIndexes gives the indexes in the notation of the standard. The account
// system's own two are left out.
func foundIndexes(collection *core.Collection) []string {
	columns := []string{}
	for _, index := range collection.Indexes {
		unique := ""
		if strings.HasPrefix(index, "CREATE UNIQUE") {
			unique = "unique "
		}
		inside := index[strings.Index(index, "(")+1 : strings.LastIndex(index, ")")]
		if strings.Contains(inside, "tokenKey") || strings.Contains(inside, "email") {
			continue
		}
		columns = append(columns, unique+inside)
	}
	return columns
}

func TestAuditCanOnlyGrow(t *testing.T) {
	app := migrated(t)
	hash := strings.Repeat("a", 64)
	insert := "INSERT INTO audit (id, at, action, hash) VALUES ('abc', '2026-11-24T09:30:00Z', 'login', '" + hash + "')"
	_, err := app.DB().NewQuery(insert).Execute()
	require.NoError(t, err)
	_, err = app.DB().NewQuery("UPDATE audit SET action = 'logout'").Execute()
	require.ErrorContains(t, err, "append-only")
	_, err = app.DB().NewQuery("DELETE FROM audit").Execute()
	require.ErrorContains(t, err, "append-only")
}

func TestInstallsViewReadsTheEnginesTable(t *testing.T) {
	app := migrated(t)
	_, err := app.DB().NewQuery("INSERT INTO sync_installs (id, kind, region, issuer, cert, last_no, created_at) VALUES ('abcdefghijklmnop', 'phone', '500238101201', 'i', 'c', 7, 1)").Execute()
	require.NoError(t, err)
	record, err := app.FindRecordById("installs", "abcdefghijklmnop")
	require.NoError(t, err)
	assert.Equal(t, "500238101201", record.GetString("region"))
	assert.Equal(t, 7, record.GetInt("last_no"))
	assert.Nil(t, record.Collection().Fields.GetByName("cert"))
}

func TestAccountsAndLimits(t *testing.T) {
	app := migrated(t)
	staff, err := app.FindCollectionByNameOrId("staff")
	require.NoError(t, err)
	assert.EqualValues(t, 8*3600, staff.AuthToken.Duration)
	assert.EqualValues(t, 180, staff.FileToken.Duration)
	assert.False(t, staff.OAuth2.Enabled)
	assert.Equal(t, 10, staff.Fields.GetByName("password").(*core.PasswordField).Min)
	superusers, err := app.FindCollectionByNameOrId(core.CollectionNameSuperusers)
	require.NoError(t, err)
	assert.EqualValues(t, 3600, superusers.AuthToken.Duration)
	assert.True(t, app.Settings().RateLimits.Enabled)
	assert.False(t, app.Settings().Batch.Enabled)
	assert.False(t, app.Settings().Logs.LogIP)
}

func TestMigrationsGoBackAndForthAgain(t *testing.T) {
	app := migrated(t)
	runner := core.NewMigrationsRunner(app, core.AppMigrations)
	_, err := runner.Down(len(core.AppMigrations.Items()))
	require.NoError(t, err)
	_, err = app.FindCollectionByNameOrId("services")
	require.Error(t, err)
	_, err = runner.Up()
	require.NoError(t, err)
	_, err = app.FindCollectionByNameOrId("services")
	require.NoError(t, err)
}
