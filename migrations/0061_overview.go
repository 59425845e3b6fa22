package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// What the projection of the overview keeps: where each service is counted now,
// so that it can be taken out again, and the counts.
func init() {
	m.Register(func(app core.App) error {
		_, err := app.DB().NewQuery(`
CREATE TABLE overview_services (
	service  TEXT PRIMARY KEY,
	month    TEXT NOT NULL,
	township TEXT NOT NULL,
	category TEXT NOT NULL,
	verified INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE overview_counts (
	month    TEXT NOT NULL,
	township TEXT NOT NULL,
	category TEXT NOT NULL,
	n        INTEGER NOT NULL,
	verified INTEGER NOT NULL,
	PRIMARY KEY (month, township, category)
) STRICT, WITHOUT ROWID;
`).Execute()
		return err
	}, func(app core.App) error {
		_, err := app.DB().NewQuery(`DROP TABLE overview_counts; DROP TABLE overview_services;`).Execute()
		return err
	})
}
