package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// The platform's own memory: facts of the node by key, and when each job last
// ran, so that what a switched-off machine missed is caught up.
func init() {
	m.Register(func(app core.App) error {
		_, err := app.DB().NewQuery(`
CREATE TABLE platform_state (
	key   TEXT PRIMARY KEY,
	value TEXT NOT NULL
) STRICT;
CREATE TABLE platform_jobs (
	name    TEXT PRIMARY KEY,
	started INTEGER NOT NULL,
	ended   INTEGER NOT NULL DEFAULT 0,
	good    INTEGER NOT NULL DEFAULT 0,
	error   TEXT NOT NULL DEFAULT ''
) STRICT;
`).Execute()
		return err
	}, func(app core.App) error {
		_, err := app.DB().NewQuery("DROP TABLE platform_jobs; DROP TABLE platform_state;").Execute()
		return err
	})
}
