package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// A whole office, a village hotspot and a demo are one address each, so the
// limits stop a machine that guesses, not a room full of people: thirty logins a
// minute, three hundred calls a second. Logs hold no addresses and no request
// that went well.
func init() {
	m.Register(func(app core.App) error {
		settings := app.Settings()
		settings.Meta.AppName = "村居"
		settings.RateLimits.Enabled = true
		settings.RateLimits.Rules = []core.RateLimitRule{
			{Label: "*:auth", MaxRequests: 30, Duration: 60},
			{Label: "/api/batch", MaxRequests: 10, Duration: 1},
			{Label: "/api/", MaxRequests: 3000, Duration: 10},
		}
		settings.Batch.Enabled = false
		settings.Logs.MaxDays = 30
		settings.Logs.MinLevel = 4
		settings.Logs.LogIP = false
		if err := app.Save(settings); err != nil {
			return err
		}
		superusers, err := app.FindCollectionByNameOrId(core.CollectionNameSuperusers)
		if err != nil {
			return err
		}
		superusers.AuthToken.Duration = 60 * 60
		superusers.FileToken.Duration = 3 * 60
		return app.Save(superusers)
	}, nil)
}
