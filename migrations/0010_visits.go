package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() {
	m.Register(func(app core.App) error {
		return create(app, core.NewBaseCollection("visits"), []core.Field{
			need(text("region", 12, code12)),
			text("counsel", 15, ""),
			text("started_at", 40, moment),
			text("ended_at", 40, moment),
			text("presence_kind", 40, `^(plate|clerk|signature|none)$`),
			text("presence_note", 200, ""),
			text("note", 2000, ""),
			text("state", 40, `^(open|closed)$`),
		},
			"CREATE INDEX idx_visits_region_started_at ON visits (region, started_at)",
			"CREATE INDEX idx_visits_counsel_started_at ON visits (counsel, started_at)",
		)
	}, drop("visits"))
}
