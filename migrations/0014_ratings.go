package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() {
	m.Register(func(app core.App) error {
		return create(app, core.NewBaseCollection("ratings"), []core.Field{
			need(text("region", 12, code12)),
			text("tag", 14, `^[0-9a-f]{14}$`),
			text("install_alias", 8, `^[0-9a-f]{8}$`),
			number("day"),
			number("grade"),
			list("reasons", 1000),
			hide(text("remark", 1000, "")),
			hide(text("call_back_phone", 30, "")),
			text("assisted_by", 40, `^(family|clerk|counsel|other)$`),
			list("flags", 1000),
			text("rated_at", 40, moment),
			text("origin", 40, `^(township|city)$`),
		},
			"CREATE INDEX idx_ratings_tag ON ratings (tag)",
			"CREATE INDEX idx_ratings_region_rated_at ON ratings (region, rated_at)",
		)
	}, drop("ratings"))
}
