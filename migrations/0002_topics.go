package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() {
	m.Register(func(app core.App) error {
		return create(app, keyed("topics", `^([0-9]{2}|[0-9]{4})$`, 4), []core.Field{
			need(text("code", 4, `^([0-9]{2}|[0-9]{4})$`)),
			need(text("name", 60, "")),
			text("name_en", 120, ""),
			text("key", 60, ""),
			text("parent", 2, ""),
			list("keywords", 8000),
			list("dialect", 8000),
			list("documents", 2000),
			list("flags", 2000),
			text("retired", 40, day),
		},
			"CREATE UNIQUE INDEX idx_topics_code ON topics (code)",
		)
	}, drop("topics"))
}
