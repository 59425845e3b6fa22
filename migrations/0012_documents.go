package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() {
	m.Register(func(app core.App) error {
		return create(app, core.NewBaseCollection("documents"), []core.Field{
			need(text("region", 12, code12)),
			need(text("service", 15, "")),
			text("template", 40, ""),
			hide(text("title", 200, "")),
			hide(list("body", 200000)),
			text("state", 40, `^(draft|submitted|filed|returned|superseded)$`),
			text("no", 40, ""),
			text("device_no", 40, ""),
			text("filed_at", 40, moment),
			text("hash", 100, ""),
			text("supersedes", 15, ""),
		},
			"CREATE INDEX idx_documents_service ON documents (service)",
			"CREATE INDEX idx_documents_region_state ON documents (region, state)",
			"CREATE INDEX idx_documents_no ON documents (no)",
		)
	}, drop("documents"))
}
