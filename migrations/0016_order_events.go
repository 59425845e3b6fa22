package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() {
	m.Register(func(app core.App) error {
		return create(app, core.NewBaseCollection("order_events"), []core.Field{
			need(text("region", 12, code12)),
			need(text("order_id", 15, "")),
			text("kind", 40, ""),
			text("from_state", 40, ""),
			text("to_state", 40, ""),
			text("by", 15, ""),
			text("at", 40, moment),
			text("note", 2000, ""),
		},
			"CREATE INDEX idx_order_events_order_id_at ON order_events (order_id, at)",
			"CREATE INDEX idx_order_events_region ON order_events (region)",
			"CREATE INDEX idx_order_events_by_at ON order_events (by, at)",
		)
	}, drop("order_events"))
}
