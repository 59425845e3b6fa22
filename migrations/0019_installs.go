package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// The sync engine keeps its installs in a plain table and makes it by the same
// statements when it starts first; the view shows what an office may see of it.
// Keys and certificates stay out. CAST tells PocketBase the types.
func init() {
	m.Register(func(app core.App) error {
		_, err := app.DB().NewQuery(`
CREATE TABLE IF NOT EXISTS sync_installs (id TEXT PRIMARY KEY, kind TEXT NOT NULL, staff TEXT NOT NULL DEFAULT '', region TEXT NOT NULL, name TEXT NOT NULL DEFAULT '', alias TEXT NOT NULL DEFAULT '', issuer TEXT NOT NULL, cert TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'active', last_no INTEGER NOT NULL DEFAULT 0, last_change INTEGER NOT NULL DEFAULT 0, last_hash TEXT NOT NULL DEFAULT '', seen_at INTEGER NOT NULL DEFAULT 0, unsent INTEGER NOT NULL DEFAULT 0, created_at INTEGER NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS sync_installs_alias ON sync_installs(alias);
CREATE INDEX IF NOT EXISTS sync_installs_region ON sync_installs(region);
`).Execute()
		if err != nil {
			return err
		}
		view := core.NewViewCollection("installs")
		view.ViewQuery = `SELECT id, CAST(kind AS TEXT) AS kind, CAST(staff AS TEXT) AS staff, CAST(region AS TEXT) AS region, ` +
			`CAST(name AS TEXT) AS name, CAST(alias AS TEXT) AS alias, CAST(state AS TEXT) AS state, ` +
			`CAST(last_no AS INTEGER) AS last_no, CAST(seen_at AS INTEGER) AS seen_at, CAST(unsent AS INTEGER) AS unsent FROM sync_installs`
		return app.Save(view)
	}, drop("installs"))
}
