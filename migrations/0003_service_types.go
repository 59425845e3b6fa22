package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() {
	m.Register(func(app core.App) error {
		return create(app, keyed("service_types", `^[A-Z_]{2,20}$`, 20), []core.Field{
			need(text("code", 20, `^[A-Z_]{2,20}$`)),
			need(text("name", 60, "")),
			text("name_en", 120, ""),
			text("key", 60, ""),
			text("unit", 10, ""),
			list("required", 4000),
			list("optional", 4000),
			number("min_duration_min"),
			list("counts_toward", 1000),
			boolean("resident_rating"),
			list("documents", 1000),
			text("retention", 40, ""),
			text("verify", 40, ""),
			list("points", 1000),
			text("note", 500, ""),
		},
			"CREATE UNIQUE INDEX idx_service_types_code ON service_types (code)",
		)
	}, drop("service_types"))
}
