package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() {
	m.Register(func(app core.App) error {
		return create(app, core.NewBaseCollection("residents"), []core.Field{
			need(text("region", 12, code12)),
			hide(text("name", 120, "")),
			hide(text("phone", 30, "")),
			hide(text("id_no", 18, "")),
			text("gender", 40, `^(male|female|unknown)$`),
			number("birth_year"),
			hide(list("groups", 1000)),
			hide(text("address", 200, "")),
			text("consent_at", 40, moment),
			text("state", 40, `^(active|merged|restricted)$`),
		},
			"CREATE INDEX idx_residents_region ON residents (region)",
		)
	}, drop("residents"))
}
