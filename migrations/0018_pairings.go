package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() {
	m.Register(func(app core.App) error {
		return create(app, core.NewBaseCollection("pairings"), []core.Field{
			hide(need(text("code_hash", 100, ""))),
			text("staff", 15, ""),
			text("kind", 40, `^(phone|township)$`),
			need(text("region", 12, code12)),
			text("expires_at", 40, moment),
			text("used_at", 40, moment),
			number("tries"),
			text("created_by", 15, ""),
		},
			"CREATE UNIQUE INDEX idx_pairings_code_hash ON pairings (code_hash)",
			"CREATE INDEX idx_pairings_region ON pairings (region)",
		)
	}, drop("pairings"))
}
