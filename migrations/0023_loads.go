package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// What reference data were loaded last and from where, so that a start loads
// them once and an office's own import is not overwritten by the built-in copy.
func init() {
	m.Register(func(app core.App) error {
		_, err := app.DB().NewQuery(`
CREATE TABLE directory_loads (
	name   TEXT PRIMARY KEY,
	source TEXT NOT NULL CHECK (source IN ('built-in', 'import')),
	digest TEXT NOT NULL,
	rows   INTEGER NOT NULL
) STRICT;
`).Execute()
		return err
	}, func(app core.App) error {
		_, err := app.DB().NewQuery("DROP TABLE directory_loads").Execute()
		return err
	})
}
