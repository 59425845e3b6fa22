package cases

import (
	"fmt"

	"github.com/pocketbase/dbx"

	"cunju/sync/engine"
)

// ratingsTable and servicesTable are collections of other subjects that a case is
// read from.
const (
	ratingsTable  = "ratings"
	servicesTable = "services"
)

// Projection keeps case_states: a case is there as soon as a bad rating is, whoever
// took it and whether or not its record has come. It runs after the one of the
// ratings, which leads a service to its codes.
func Projection() engine.Projection {
	return engine.Projection{Name: "cases", Collections: []string{ratingsTable, Collection, servicesTable}, Apply: apply, Reset: reset}
}

func reset(db dbx.Builder) error {
	if _, err := db.NewQuery("DELETE FROM case_states").Execute(); err != nil {
		return fmt.Errorf("empty cases: %w", err)
	}
	return nil
}

func apply(db dbx.Builder, items []engine.Item) error {
	touched := map[string]bool{}
	for _, item := range items {
		text := func(field string) string { s, _ := item.Set[field].(string); return s }
		switch item.Collection {
		case ratingsTable:
			touched[text("install_alias")+text("tag")] = true
		case Collection:
			touched[text("code")] = true
		case servicesTable:
			var codes []string
			err := db.NewQuery("SELECT c.code FROM rating_tags t JOIN case_states c ON c.code = t.alias || t.tag WHERE t.service = {:s}").
				Bind(dbx.Params{"s": item.Record}).Column(&codes)
			if err != nil {
				return fmt.Errorf("find cases of service: %w", err)
			}
			for _, code := range codes {
				touched[code] = true
			}
		}
	}
	for code := range touched {
		if !codeForm.MatchString(code) {
			continue
		}
		if err := put(db, code); err != nil {
			return err
		}
	}
	return nil
}
