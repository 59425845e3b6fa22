package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() {
	m.Register(func(app core.App) error {
		return create(app, core.NewBaseCollection("attachments"), []core.Field{
			need(text("region", 12, code12)),
			need(text("service", 15, "")),
			text("kind", 40, `^(photo|signature|audio|scan|other)$`),
			need(text("sha256", 64, sha256)),
			number("size"),
			text("mime", 100, ""),
			hide(text("name", 200, "")),
		},
			"CREATE INDEX idx_attachments_service ON attachments (service)",
			"CREATE INDEX idx_attachments_region ON attachments (region)",
			"CREATE INDEX idx_attachments_sha256 ON attachments (sha256)",
		)
	}, drop("attachments"))
}
