package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() {
	m.Register(func(app core.App) error {
		return create(app, core.NewBaseCollection("practitioners"), []core.Field{
			need(text("region", 12, code12)),
			text("staff", 15, ""),
			need(text("name", 60, "")),
			text("institution", 15, ""),
			text("institution_name", 120, ""),
			text("licence_no", 40, ""),
			text("kind", 40, ""),
			text("phone", 30, ""),
			text("valid_from", 40, day),
			text("valid_until", 40, day),
			text("state", 40, `^(active|left)$`),
		},
			"CREATE INDEX idx_practitioners_region ON practitioners (region)",
			"CREATE INDEX idx_practitioners_staff ON practitioners (staff)",
		)
	}, drop("practitioners"))
}
