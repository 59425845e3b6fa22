package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// Documents and attachments of sealed services are as hidden as the services:
// their rules walk to the one service by its key, for which the field has to be a
// relation. One that has not arrived yet may be sealed, so its papers wait.
func init() {
	const (
		readers  = `{active} && {here} && ((@request.auth.role = "officer" || @request.auth.role = "supervisor" || @request.auth.role = "admin") || ((@request.auth.role = "counsel") && {village}))`
		writers  = `{active} && {here} && ((@request.auth.role = "officer") || ((@request.auth.role = "counsel") && {village}))`
		unsealed = ` && service.region != "" && (service.secrecy != "sealed" || service.counsel = @request.auth.id || @request.auth.role = "admin")`
		kept     = ` && @request.body.region:changed = false && @request.body.service:changed = false && @request.body.state:changed = false && @request.body.no:changed = false && @request.body.device_no:changed = false && @request.body.filed_at:changed = false && @request.body.hash:changed = false && (state = "draft" || state = "submitted" || state = "returned")`
	)
	m.Register(func(app core.App) error {
		services, err := app.FindCollectionByNameOrId("services")
		if err != nil {
			return err
		}
		relation := func() core.Field {
			return &core.RelationField{Name: "service", CollectionId: services.Id, MaxSelect: 1, Required: true}
		}
		if err := belong(app, "documents", relation(), readers+unsealed, writers+unsealed+kept); err != nil {
			return err
		}
		return belong(app, "attachments", relation(), readers+unsealed, "")
	}, func(app core.App) error {
		if err := belong(app, "documents", need(text("service", 15, "")), readers, writers+kept); err != nil {
			return err
		}
		return belong(app, "attachments", need(text("service", 15, "")), readers, "")
	})
}

// belong puts another kind of field in the place of service, under its name and id.
// The column is the same text and keeps what it holds; PocketBase's validation, which
// forbids another kind because columns may differ, is passed by.
func belong(app core.App, name string, field core.Field, read, update string) error {
	collection, err := app.FindCollectionByNameOrId(name)
	if err != nil {
		return err
	}
	collection.Fields.Add(field)
	collection.ListRule, collection.ViewRule, collection.UpdateRule = rule(read), rule(read), rule(update)
	return app.SaveNoValidate(collection)
}
