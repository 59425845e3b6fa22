package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() {
	m.Register(func(app core.App) error {
		return create(app, core.NewBaseCollection("services"), []core.Field{
			need(text("region", 12, code12)),
			text("visit", 15, ""),
			need(text("counsel", 15, "")),
			text("kind", 20, `^[A-Z_]{2,20}$`),
			text("topic", 4, `^[0-9]{4}$`),
			text("topic_suggested", 4, `^[0-9]{4}$`),
			text("title", 120, ""),
			hide(text("summary", 20000, "")),
			text("advice", 20000, ""),
			text("outcome", 40, `^(answered|drafted|referred|mediated_agreed|mediated_failed|ordered|declined|to_follow)$`),
			text("mode", 40, `^(onsite|phone|chat_group|video|letter)$`),
			text("place", 200, ""),
			text("occurred_at", 40, moment),
			number("duration_min"),
			text("client_kind", 40, `^(resident|household|villagers|committee|enterprise|anonymous)$`),
			text("client", 15, ""),
			text("enterprise", 15, ""),
			hide(text("client_name", 120, "")),
			hide(text("client_phone", 30, "")),
			hide(text("client_id_no", 18, "")),
			hide(list("client_groups", 1000)),
			number("persons"),
			list("consent", 4000),
			text("secrecy", 40, `^(normal|private|sealed)$`),
			hide(list("details", 100000)),
			text("follow_up_at", 40, day),
			text("order_id", 15, ""),
			text("state", 40, `^(draft|submitted|verified|returned|voided)$`),
			text("no", 40, ""),
			text("device_no", 40, ""),
			text("verified_by", 15, ""),
			text("verified_at", 40, moment),
			text("return_reason", 500, ""),
		},
			"CREATE INDEX idx_services_region_occurred_at ON services (region, occurred_at)",
			"CREATE INDEX idx_services_counsel_occurred_at ON services (counsel, occurred_at)",
			"CREATE INDEX idx_services_state_region ON services (state, region)",
			"CREATE INDEX idx_services_visit ON services (visit)",
			"CREATE INDEX idx_services_order_id ON services (order_id)",
			"CREATE INDEX idx_services_no ON services (no)",
		)
	}, drop("services"))
}
