package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() {
	m.Register(func(app core.App) error {
		return create(app, core.NewBaseCollection("enterprises"), []core.Field{
			need(text("region", 12, code12)),
			text("name", 120, ""),
			text("uscc", 18, ""),
			hide(text("contact", 60, "")),
			hide(text("phone", 30, "")),
			text("address", 200, ""),
			text("state", 40, `^(active|closed)$`),
		},
			"CREATE INDEX idx_enterprises_region ON enterprises (region)",
		)
	}, drop("enterprises"))
}
