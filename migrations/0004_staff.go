package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// The accounts take the place of PocketBase's sample collection of users.
func init() {
	m.Register(func(app core.App) error {
		if sample, err := app.FindCollectionByNameOrId("users"); err == nil {
			if err := app.Delete(sample); err != nil {
				return err
			}
		}
		return create(app, accounts(), []core.Field{
			need(text("name", 60, "")),
			need(text("role", 40, `^(counsel|officer|supervisor|provider|admin)$`)),
			need(text("region", 12, code12)),
			need(text("scope_from", 12, code12)),
			need(text("scope_to", 12, code12)),
			hide(text("phone", 30, "")),
			text("institution", 15, ""),
			text("practitioner", 15, ""),
			text("valid_from", 40, moment),
			text("valid_until", 40, moment),
			need(text("state", 40, `^(active|disabled)$`)),
		},
			"CREATE INDEX idx_staff_region ON staff (region)",
		)
	}, drop("staff"))
}

// accounts is the empty auth collection: a login lasts one working day, a
// password has at least ten characters, and nothing needs mail or the internet.
func accounts() *core.Collection {
	staff := core.NewAuthCollection("staff")
	staff.AuthToken.Duration = 8 * 60 * 60
	staff.FileToken.Duration = 3 * 60
	staff.AuthAlert.Enabled = false
	staff.OAuth2.Enabled = false
	staff.Fields.GetByName("password").(*core.PasswordField).Min = 10
	return staff
}
