package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() {
	m.Register(func(app core.App) error {
		events := core.NewBaseCollection("rating_events")
		events.ListRule = rule(`{active} && {here} && ((@request.auth.role = "officer" || @request.auth.role = "supervisor" || @request.auth.role = "admin"))`)
		events.ViewRule = events.ListRule
		return create(app, events, []core.Field{
			need(text("region", 12, code12)),
			text("code", 22, `^[0-9a-f]{22}$`),
			text("rating", 15, ""),
			text("service", 15, ""),
			text("kind", 40, `^(accept|contact|verify|unfounded|plan|explain|fix|call_back|asked|close|reopen|remind|escalate|count|exclude|enter|sample)$`),
			text("answer", 40, `^(satisfied|fair|unsatisfied|unreached|anonymous)$`),
			text("note", 1000, ""),
			text("by", 15, ""),
			text("at", 40, moment),
		},
			"CREATE INDEX idx_rating_events_code_at ON rating_events (code, at)",
			"CREATE INDEX idx_rating_events_region_at ON rating_events (region, at)",
			"CREATE INDEX idx_rating_events_rating ON rating_events (rating)",
			"CREATE INDEX idx_rating_events_service ON rating_events (service)",
		)
	}, drop("rating_events"))
}
