package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// staff is a relation, not a plain text, because the rules walk from an account
// to its own few assignments; a text could only be joined with all of them.
func init() {
	m.Register(func(app core.App) error {
		staff, err := app.FindCollectionByNameOrId("staff")
		if err != nil {
			return err
		}
		return create(app, core.NewBaseCollection("assignments"), []core.Field{
			need(text("region", 12, code12)),
			&core.RelationField{Name: "staff", CollectionId: staff.Id, MaxSelect: 1},
			text("practitioner", 15, ""),
			text("valid_from", 40, moment),
			text("valid_until", 40, moment),
			number("grace_days"),
		},
			"CREATE INDEX idx_assignments_staff_region ON assignments (staff, region)",
			"CREATE INDEX idx_assignments_region ON assignments (region)",
		)
	}, drop("assignments"))
}
