package platform

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// harden sets what PocketBase leaves open by default. It runs at each start, so
// that nobody can loosen these by the dashboard for longer than that.
func harden(app core.App, cfg Config) error {
	settings, err := app.Settings().Clone()
	if err != nil {
		return fmt.Errorf("copy settings: %w", err)
	}
	settings.Meta.AppName = orElse(cfg.Name, "cunju")
	settings.Meta.HideControls = true
	settings.Logs = core.LogsConfig{MaxDays: 3, MinLevel: 8} // errors only; no addresses, no account ids
	settings.Backups.Cron = ""                               // ours does not stop writers and is checked
	settings.Batch.Enabled = false
	settings.SuperuserIPs = []string{"127.0.0.1", "::1"}
	settings.TrustedProxy = core.TrustedProxyConfig{}
	if cfg.TrustedProxy != "" {
		settings.TrustedProxy.Headers = []string{cfg.TrustedProxy}
	}
	settings.RateLimits = rateLimits()
	if err := app.Save(settings); err != nil {
		return fmt.Errorf("save settings: %w", err)
	}
	return shortenSuperusers(app)
}

// rateLimits are per address. A whole village may sit behind one, so they stop
// guessing and flooding, not work; the calls that guess at codes have narrower
// limits of their own.
func rateLimits() core.RateLimitsConfig {
	return core.RateLimitsConfig{Enabled: true, Rules: []core.RateLimitRule{
		{Label: "*:auth", Duration: 60, MaxRequests: 30},
		{Label: "POST /api/cunju/setup", Duration: 60, MaxRequests: 10},
		{Label: "POST /api/cunju/password", Duration: 60, MaxRequests: 10},
		{Label: "/api/", Duration: 10, MaxRequests: 3000},
	}}
}

// shortenSuperusers lets a superuser's login last an hour.
func shortenSuperusers(app core.App) error {
	superusers, err := app.FindCollectionByNameOrId(core.CollectionNameSuperusers)
	if err != nil {
		return err
	}
	if superusers.AuthToken.Duration == 3600 {
		return nil
	}
	superusers.AuthToken.Duration = 3600
	return app.Save(superusers)
}

// claimDataFolder writes into a new data folder whose it is, and refuses to
// serve another tier's or region's: starting with a wrong cunju.conf would mix
// two offices' records for good.
func claimDataFolder(app core.App, cfg Config) error {
	mine := cfg.Tier + " " + cfg.Region
	was, err := State(app.DB(), "node")
	if err != nil {
		return err
	}
	if was == "" {
		if err := SetState(app.NonconcurrentDB(), "born", time.Now().Format(time.RFC3339)); err != nil {
			return err
		}
		return SetState(app.NonconcurrentDB(), "node", mine)
	}
	if was != mine {
		return fmt.Errorf("this data folder belongs to %q, the settings say %q: correct %s or choose another --dir", was, mine, ConfigFile)
	}
	return nil
}

// State reads one of the platform's own remembered values, "" when unset.
func State(db dbx.Builder, key string) (string, error) {
	var value string
	err := db.Select("value").From("platform_state").Where(dbx.HashExp{"key": key}).Row(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read state %s: %w", key, err)
	}
	return value, nil
}

// SetState remembers a value.
func SetState(db dbx.Builder, key, value string) error {
	_, err := db.NewQuery("INSERT INTO platform_state (key, value) VALUES ({:key}, {:value}) ON CONFLICT (key) DO UPDATE SET value = excluded.value").
		Bind(dbx.Params{"key": key, "value": value}).Execute()
	if err != nil {
		return fmt.Errorf("write state %s: %w", key, err)
	}
	return nil
}
