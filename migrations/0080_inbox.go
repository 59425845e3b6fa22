package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// What the office decided about what came in and did not simply apply. before is what a
// choice replaced, so that it can be undone.
func init() {
	m.Register(func(app core.App) error {
		_, err := app.DB().NewQuery(`
CREATE TABLE inbox_decisions (
	kind   TEXT NOT NULL,
	item   INTEGER NOT NULL,
	action TEXT NOT NULL,
	reason TEXT NOT NULL,
	staff  TEXT NOT NULL,
	at     INTEGER NOT NULL,
	before TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (kind, item)
) STRICT, WITHOUT ROWID;
`).Execute()
		return err
	}, func(app core.App) error {
		_, err := app.DB().NewQuery("DROP TABLE inbox_decisions").Execute()
		return err
	})
}
