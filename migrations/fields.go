// Package migrations makes the database, one noun a file, in literals only:
// history is frozen, so nothing here may follow later changes of the code. It
// imports nothing of ours. A test compares the result with hooks/standard.
package migrations

import (
	"github.com/pocketbase/pocketbase/core"
)

// create saves a collection with its fields and indexes and without any API
// rule, which leaves it to superusers until the rules are set.
func create(app core.App, collection *core.Collection, fields []core.Field, indexes ...string) error {
	collection.Fields.Add(fields...)
	collection.Indexes = append(collection.Indexes, indexes...)
	return app.Save(collection)
}

// drop removes a collection, the way back of create.
func drop(name string) func(core.App) error {
	return func(app core.App) error {
		collection, err := app.FindCollectionByNameOrId(name)
		if err != nil {
			return err
		}
		return app.Delete(collection)
	}
}

// keyed makes a collection whose ids are codes of the outside world instead of
// random ones.
func keyed(name, pattern string, max int) *core.Collection {
	collection := core.NewBaseCollection(name)
	id := collection.Fields.GetByName("id").(*core.TextField)
	id.Pattern, id.Min, id.Max, id.AutogeneratePattern = pattern, 1, max, ""
	return collection
}

func text(name string, max int, pattern string) *core.TextField {
	return &core.TextField{Name: name, Max: max, Pattern: pattern}
}

func number(name string) *core.NumberField { return &core.NumberField{Name: name} }

func boolean(name string) *core.BoolField { return &core.BoolField{Name: name} }

func list(name string, max int64) *core.JSONField { return &core.JSONField{Name: name, MaxSize: max} }

func need(field *core.TextField) *core.TextField {
	field.Required = true
	return field
}

// hide keeps a field out of every answer of the REST interface.
func hide(field core.Field) core.Field {
	field.SetHidden(true)
	return field
}

// Patterns of texts that are not empty.
const (
	code12 = `^[0-9]{12}$`
	moment = `^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})$`
	day    = `^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2}))?$`
	sha256 = `^[0-9a-f]{64}$`
)
