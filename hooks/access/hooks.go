package access

import (
	"github.com/pocketbase/pocketbase/core"

	"cunju/hooks/fault"
	"cunju/hooks/region"
)

// Register keeps the two ends of an account's scope equal to its region, so
// that no caller has to compute them and nobody can widen them.
func Register(app core.App) {
	app.OnRecordCreate("staff").BindFunc(scoped)
	app.OnRecordUpdate("staff").BindFunc(scoped)
}

func scoped(e *core.RecordEvent) error {
	code := e.Record.GetString("region")
	if !region.Valid(code) {
		return fault.New("region_unknown")
	}
	from, to := region.Range(code)
	e.Record.Set("scope_from", from)
	e.Record.Set("scope_to", to)
	return e.Next()
}
