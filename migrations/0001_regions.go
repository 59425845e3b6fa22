package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() {
	m.Register(func(app core.App) error {
		return create(app, keyed("regions", code12, 12), []core.Field{
			need(text("name", 120, "")),
			text("short_name", 60, ""),
			need(text("level", 40, `^(province|county|township|village)$`)),
			text("parent", 12, code12),
			text("kind", 20, ""),
			text("pinyin_initials", 60, ""),
			text("valid_from", 40, day),
			text("valid_to", 40, day),
			text("successor", 200, ""),
		},
			"CREATE INDEX idx_regions_parent ON regions (parent)",
			"CREATE INDEX idx_regions_pinyin_initials ON regions (pinyin_initials)",
		)
	}, drop("regions"))
}
