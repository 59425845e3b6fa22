package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() {
	m.Register(func(app core.App) error {
		return create(app, core.NewBaseCollection("orders"), []core.Field{
			need(text("region", 12, code12)),
			text("source", 40, `^(resident|counsel|hotline|governance|warning|rating|screening)$`),
			hide(text("requester", 120, "")),
			hide(text("phone", 30, "")),
			text("title", 120, ""),
			hide(text("detail", 20000, "")),
			text("topic", 4, `^[0-9]{4}$`),
			text("urgency", 40, `^(normal|urgent)$`),
			text("state", 40, `^(new|dispatched|signed|doing|transfer|return_request|done|call_back|closed|reopened)$`),
			text("assignee", 15, ""),
			text("due_at", 40, day),
			text("service", 15, ""),
		},
			"CREATE INDEX idx_orders_region_state ON orders (region, state)",
			"CREATE INDEX idx_orders_assignee_state ON orders (assignee, state)",
			"CREATE INDEX idx_orders_due_at ON orders (due_at)",
		)
	}, drop("orders"))
}
