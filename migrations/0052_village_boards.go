package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

func init() {
	m.Register(func(app core.App) error {
		boards := core.NewBaseCollection("village_boards")
		boards.ListRule = rule(`{active} && {here} && ((@request.auth.role = "counsel" || @request.auth.role = "officer" || @request.auth.role = "supervisor" || @request.auth.role = "provider" || @request.auth.role = "admin"))`)
		boards.ViewRule = boards.ListRule
		return create(app, boards, []core.Field{
			need(text("region", 12, code12)),
			text("duty_times", 200, ""),
			text("next_lecture", 200, ""),
			text("complaint_phone", 30, ""),
			text("complaint_note", 200, ""),
		}, "CREATE INDEX idx_village_boards_region ON village_boards (region)")
	}, drop("village_boards"))
}
