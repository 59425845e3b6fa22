package migrations

import (
	"strings"

	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
	"github.com/pocketbase/pocketbase/tools/types"
)

// Parts that many rules share: an account that is active today, a region inside
// the account's, a village that is the counsel's today.
var parts = strings.NewReplacer(
	"{active}", `@request.auth.collectionName = "staff" && @request.auth.state = "active" && (@request.auth.valid_from = "" || (strftime("%Y-%m-%d %H:%M:%fZ", @request.auth.valid_from) > "" && strftime("%Y-%m-%d %H:%M:%fZ", @request.auth.valid_from) <= @now)) && (@request.auth.valid_until = "" || strftime("%Y-%m-%d %H:%M:%fZ", @request.auth.valid_until) > @now)`,
	"{village}", `(@request.auth.assignments_via_staff.region ?= region && (@request.auth.assignments_via_staff.valid_from ?= "" || (strftime("%Y-%m-%d %H:%M:%fZ", @request.auth.assignments_via_staff.valid_from) ?> "" && strftime("%Y-%m-%d %H:%M:%fZ", @request.auth.assignments_via_staff.valid_from) ?<= @now)) && (@request.auth.assignments_via_staff.valid_until ?= "" || strftime("%Y-%m-%d %H:%M:%fZ", @request.auth.assignments_via_staff.valid_until) ?> @now))`,
	"{here}", `@request.auth.scope_from <= region && @request.auth.scope_to >= region`,
)

// The API rules as hooks/access made them. A change of the table there needs a
// new migration; a test says so. A verb that is not named is for superusers.
func init() {
	m.Register(func(app core.App) error {
		for _, rules := range []struct{ name, read, create, update string }{
			{"regions",
				`{active} && ((@request.auth.role = "counsel" || @request.auth.role = "officer" || @request.auth.role = "supervisor" || @request.auth.role = "provider" || @request.auth.role = "admin"))`,
				"",
				""},
			{"topics",
				`{active} && ((@request.auth.role = "counsel" || @request.auth.role = "officer" || @request.auth.role = "supervisor" || @request.auth.role = "provider" || @request.auth.role = "admin"))`,
				"",
				""},
			{"service_types",
				`{active} && ((@request.auth.role = "counsel" || @request.auth.role = "officer" || @request.auth.role = "supervisor" || @request.auth.role = "provider" || @request.auth.role = "admin"))`,
				"",
				""},
			{"staff",
				`{active} && {here} && ((@request.auth.role = "officer" || @request.auth.role = "supervisor" || @request.auth.role = "admin") || ((@request.auth.role = "counsel" || @request.auth.role = "provider") && id = @request.auth.id))`,
				`{active} && {here} && ((@request.auth.role = "admin"))`,
				`{active} && {here} && ((@request.auth.role = "admin") || ((@request.auth.role = "counsel" || @request.auth.role = "officer" || @request.auth.role = "supervisor" || @request.auth.role = "provider") && id = @request.auth.id)) && @request.body.region:changed = false && @request.body.scope_from:changed = false && @request.body.scope_to:changed = false && (@request.auth.role = "admin" || (@request.body.name:changed = false && @request.body.role:changed = false && @request.body.state:changed = false && @request.body.valid_from:changed = false && @request.body.valid_until:changed = false && @request.body.institution:changed = false && @request.body.practitioner:changed = false))`},
			{"institutions",
				`{active} && {here} && ((@request.auth.role = "counsel" || @request.auth.role = "officer" || @request.auth.role = "supervisor" || @request.auth.role = "provider" || @request.auth.role = "admin"))`,
				`{active} && {here} && ((@request.auth.role = "officer" || @request.auth.role = "supervisor" || @request.auth.role = "admin"))`,
				`{active} && {here} && ((@request.auth.role = "officer" || @request.auth.role = "supervisor" || @request.auth.role = "admin")) && @request.body.region:changed = false`},
			{"practitioners",
				`{active} && {here} && ((@request.auth.role = "counsel" || @request.auth.role = "officer" || @request.auth.role = "supervisor" || @request.auth.role = "provider" || @request.auth.role = "admin"))`,
				`{active} && {here} && ((@request.auth.role = "officer" || @request.auth.role = "supervisor" || @request.auth.role = "admin"))`,
				`{active} && {here} && ((@request.auth.role = "officer" || @request.auth.role = "supervisor" || @request.auth.role = "admin")) && @request.body.region:changed = false && @request.body.staff:changed = false`},
			{"assignments",
				`{active} && {here} && ((@request.auth.role = "counsel" || @request.auth.role = "officer" || @request.auth.role = "supervisor" || @request.auth.role = "provider" || @request.auth.role = "admin"))`,
				`{active} && {here} && ((@request.auth.role = "officer" || @request.auth.role = "supervisor" || @request.auth.role = "admin"))`,
				`{active} && {here} && ((@request.auth.role = "officer" || @request.auth.role = "supervisor" || @request.auth.role = "admin")) && @request.body.region:changed = false && @request.body.staff:changed = false`},
			{"residents",
				`{active} && {here} && ((@request.auth.role = "officer" || @request.auth.role = "supervisor" || @request.auth.role = "admin") || ((@request.auth.role = "counsel") && {village}))`,
				`{active} && {here} && ((@request.auth.role = "officer") || ((@request.auth.role = "counsel") && {village}))`,
				`{active} && {here} && ((@request.auth.role = "officer") || ((@request.auth.role = "counsel") && {village})) && @request.body.region:changed = false`},
			{"enterprises",
				`{active} && {here} && ((@request.auth.role = "officer" || @request.auth.role = "supervisor" || @request.auth.role = "admin") || ((@request.auth.role = "counsel") && {village}))`,
				`{active} && {here} && ((@request.auth.role = "officer") || ((@request.auth.role = "counsel") && {village}))`,
				`{active} && {here} && ((@request.auth.role = "officer") || ((@request.auth.role = "counsel") && {village})) && @request.body.region:changed = false`},
			{"visits",
				`{active} && {here} && ((@request.auth.role = "officer" || @request.auth.role = "supervisor" || @request.auth.role = "admin") || ((@request.auth.role = "counsel") && (counsel = @request.auth.id || {village})))`,
				`{active} && {here} && ((@request.auth.role = "officer") || ((@request.auth.role = "counsel") && counsel = @request.auth.id && {village}))`,
				`{active} && {here} && ((@request.auth.role = "officer") || ((@request.auth.role = "counsel") && counsel = @request.auth.id && {village})) && @request.body.region:changed = false && @request.body.counsel:changed = false`},
			{"services",
				`{active} && {here} && ((@request.auth.role = "officer" || @request.auth.role = "supervisor" || @request.auth.role = "admin") || ((@request.auth.role = "counsel") && (counsel = @request.auth.id || {village}))) && (secrecy != "sealed" || counsel = @request.auth.id || @request.auth.role = "admin")`,
				`{active} && {here} && ((@request.auth.role = "officer") || ((@request.auth.role = "counsel") && counsel = @request.auth.id && {village})) && no = "" && verified_by = "" && verified_at = "" && return_reason = "" && (state = "draft" || state = "submitted")`,
				`{active} && {here} && ((@request.auth.role = "officer") || ((@request.auth.role = "counsel") && counsel = @request.auth.id && {village})) && (secrecy != "sealed" || counsel = @request.auth.id || @request.auth.role = "admin") && @request.body.region:changed = false && @request.body.counsel:changed = false && @request.body.state:changed = false && @request.body.no:changed = false && @request.body.device_no:changed = false && @request.body.verified_by:changed = false && @request.body.verified_at:changed = false && @request.body.return_reason:changed = false && (state = "draft" || state = "submitted" || state = "returned")`},
			{"documents",
				`{active} && {here} && ((@request.auth.role = "officer" || @request.auth.role = "supervisor" || @request.auth.role = "admin") || ((@request.auth.role = "counsel") && {village}))`,
				`{active} && {here} && ((@request.auth.role = "officer") || ((@request.auth.role = "counsel") && {village})) && no = "" && filed_at = "" && hash = "" && (state = "draft" || state = "submitted")`,
				`{active} && {here} && ((@request.auth.role = "officer") || ((@request.auth.role = "counsel") && {village})) && @request.body.region:changed = false && @request.body.service:changed = false && @request.body.state:changed = false && @request.body.no:changed = false && @request.body.device_no:changed = false && @request.body.filed_at:changed = false && @request.body.hash:changed = false && (state = "draft" || state = "submitted" || state = "returned")`},
			{"attachments",
				`{active} && {here} && ((@request.auth.role = "officer" || @request.auth.role = "supervisor" || @request.auth.role = "admin") || ((@request.auth.role = "counsel") && {village}))`,
				`{active} && {here} && ((@request.auth.role = "officer") || ((@request.auth.role = "counsel") && {village}))`,
				""},
			{"ratings",
				`{active} && {here} && ((@request.auth.role = "officer" || @request.auth.role = "supervisor" || @request.auth.role = "admin"))`,
				"",
				""},
			{"orders",
				`{active} && {here} && ((@request.auth.role = "officer" || @request.auth.role = "supervisor" || @request.auth.role = "admin") || ((@request.auth.role = "provider") && assignee = @request.auth.id) || ((@request.auth.role = "counsel") && (assignee = @request.auth.id || {village})))`,
				`{active} && {here} && ((@request.auth.role = "officer" || @request.auth.role = "supervisor" || @request.auth.role = "admin")) && assignee = "" && (state = "new")`,
				`{active} && {here} && ((@request.auth.role = "officer" || @request.auth.role = "supervisor" || @request.auth.role = "admin")) && @request.body.region:changed = false && @request.body.assignee:changed = false && @request.body.state:changed = false && (state = "new" || state = "dispatched" || state = "signed" || state = "doing" || state = "transfer" || state = "return_request" || state = "reopened")`},
			{"order_events",
				`{active} && {here} && ((@request.auth.role = "officer" || @request.auth.role = "supervisor" || @request.auth.role = "admin") || ((@request.auth.role = "provider") && by = @request.auth.id) || ((@request.auth.role = "counsel") && (by = @request.auth.id || {village})))`,
				`{active} && {here} && (((@request.auth.role = "officer" || @request.auth.role = "supervisor" || @request.auth.role = "admin") && by = @request.auth.id) || ((@request.auth.role = "counsel") && by = @request.auth.id && {village}))`,
				""},
			{"audit",
				`{active} && {here} && ((@request.auth.role = "supervisor" || @request.auth.role = "admin"))`,
				"",
				""},
			{"installs",
				`{active} && {here} && ((@request.auth.role = "officer" || @request.auth.role = "supervisor" || @request.auth.role = "admin") || ((@request.auth.role = "counsel" || @request.auth.role = "provider") && staff = @request.auth.id))`,
				"",
				""},
		} {
			collection, err := app.FindCollectionByNameOrId(rules.name)
			if err != nil {
				return err
			}
			collection.ListRule, collection.ViewRule = rule(rules.read), rule(rules.read)
			collection.CreateRule, collection.UpdateRule, collection.DeleteRule = rule(rules.create), rule(rules.update), nil
			if collection.IsAuth() {
				collection.AuthRule = rule(`state = "active" && (valid_from = "" || (strftime("%Y-%m-%d %H:%M:%fZ", valid_from) > "" && strftime("%Y-%m-%d %H:%M:%fZ", valid_from) <= @now)) && (valid_until = "" || strftime("%Y-%m-%d %H:%M:%fZ", valid_until) > @now)`)
				collection.ManageRule = rule(`{active} && {here} && @request.auth.role = "admin"`)
			}
			if err := app.Save(collection); err != nil {
				return err
			}
		}
		return nil
	}, nil)
}

// rule keeps an empty text, which PocketBase would take for "everybody", out.
func rule(text string) *string {
	if text == "" {
		return nil
	}
	return types.Pointer(parts.Replace(text))
}
