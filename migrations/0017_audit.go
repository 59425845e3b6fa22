package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// The triggers hold against every way into the table, PocketBase's own included.
func init() {
	m.Register(func(app core.App) error {
		err := create(app, core.NewBaseCollection("audit"), []core.Field{
			need(text("at", 40, moment)),
			text("who", 40, ""),
			text("role", 20, ""),
			need(text("action", 60, "")),
			text("collection", 40, ""),
			text("record", 40, ""),
			text("purpose", 500, ""),
			text("region", 12, code12),
			text("prev", 64, sha256),
			need(text("hash", 64, sha256)),
		},
			"CREATE UNIQUE INDEX idx_audit_prev ON audit (prev)",
			"CREATE INDEX idx_audit_region_at ON audit (region, at)",
			"CREATE INDEX idx_audit_collection_record ON audit (collection, record)",
		)
		if err != nil {
			return err
		}
		_, err = app.DB().NewQuery(`
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
`).Execute()
		return err
	}, drop("audit"))
}
