package hooks

import (
	"time"

	"cunju/hooks/archives"
	"cunju/hooks/cases"
	"cunju/hooks/directory"
	"cunju/hooks/documents"
	"cunju/hooks/orders"
	"cunju/hooks/ratings"
	"cunju/hooks/services"
	"cunju/hooks/standard"
	"cunju/hooks/visits"
	"cunju/sync/engine"
)

// rule is a subject's pure judgement of an edit.
type rule func(engine.Proposed) string

// rules names the subject that judges each synced collection; the others have
// only their form and their rights.
func rules(catalog services.Catalog) map[string]rule {
	return map[string]rule{
		services.Collection:  services.Rules{Catalog: catalog}.Check,
		visits.Collection:    visits.Check,
		documents.Collection: documents.Check,
		ratings.Collection:   ratings.Check,
		cases.Collection:     cases.Check,
		orders.Collection:    orders.Check,
		archives.Residents:   archives.CheckResident,
		archives.Enterprises: archives.CheckEnterprise,
	}
}

// synced turns the unified data standard into what the engine folds.
func synced(book *directory.Book, judges map[string]rule) []engine.Collection {
	var list []engine.Collection
	for _, c := range standard.Collections {
		if !c.Synced() {
			continue
		}
		col := engine.Collection{LaneOf: lanes[c.Name], Followers: followers[c.Name], Name: c.Name, Policy: policies[c.Policy], Lane: c.Lane, Check: inKnownRegion(book, inForm(c, judges[c.Name]))}
		for _, f := range c.Fields {
			col.Fields = append(col.Fields, engine.Field{Name: f.Name, Kind: kinds[f.Type], Max: f.Limit(), Group: f.Group})
		}
		list = append(list, col)
	}
	return list
}

var policies = map[standard.Policy]engine.Policy{standard.Merge: engine.Merge, standard.Append: engine.Append, standard.Authority: engine.Authority}

var kinds = map[standard.Type]engine.Kind{standard.Number: engine.Number, standard.Bool: engine.Bool, standard.JSON: engine.JSON}

// inKnownRegion asks first whether the record's region existed at the time of the work.
func inKnownRegion(book *directory.Book, next rule) rule {
	return func(p engine.Proposed) string {
		if code, ok := p.Set["region"].(string); ok && !book.Known(code, time.UnixMilli(p.Tau)) {
			return "rule:region_unknown"
		}
		return next(p)
	}
}

// catalog is the directory as the rules of services read it.
type catalog struct{}

func (catalog) ServiceType(code string) (services.Type, bool) {
	t, ok := directory.ServiceTypeByCode(code)
	return kindOf(t), ok
}

func (catalog) ServiceTypes() []services.Type {
	var list []services.Type
	for _, t := range directory.ServiceTypes() {
		list = append(list, kindOf(t))
	}
	return list
}

func (catalog) Topic(code string) (zh, en string, ok bool) {
	t, ok := directory.TopicByCode(code)
	return t.Name, englishOf(t), ok && len(code) == 4
}

func kindOf(t directory.ServiceType) services.Type {
	return services.Type{Code: t.Code, Name: t.Name, NameEn: t.NameEn, Required: t.Required, MinMinutes: t.MinDurationMin, Rated: t.ResidentRating}
}

// category gives the names of a 2-digit category of topics.
func category(code string) (zh, en string, ok bool) {
	t, ok := directory.TopicByCode(code)
	return t.Name, englishOf(t), ok && len(code) == 2
}

// englishOf falls back on the key, which is English, where the standard gives no English name.
func englishOf(t directory.Topic) string {
	if t.NameEn != "" {
		return t.NameEn
	}
	return spaced(t.Key)
}
