package directory

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"sync"

	"github.com/pocketbase/dbx"
)

// ServiceType is a kind of service and what it asks for.
type ServiceType struct {
	Code           string   `json:"code"`
	Key            string   `json:"key"`
	Name           string   `json:"name"`
	NameEn         string   `json:"name_en"`
	Unit           string   `json:"unit"`
	Required       []string `json:"required"`
	Optional       []string `json:"optional"`
	MinDurationMin int      `json:"min_duration_min"` // minutes; 0: none
	CountsToward   []string `json:"counts_toward"`
	ResidentRating bool     `json:"resident_rating"`
	Documents      []string `json:"documents"`
	Retention      string   `json:"retention"`
	Verify         string   `json:"verify"`
	Points         Points   `json:"points"`
	Note           string   `json:"note"`
}

// Points are what a verified service of a kind earns.
type Points struct {
	Base        float64 `json:"base"`
	CapPerMonth int     `json:"cap_per_month"`
}

var serviceTypeCode = regexp.MustCompile(`^[A-Z_]{2,20}$`)

// ReadServiceTypes reads a file of the form service_types/1.
func ReadServiceTypes(raw []byte) ([]ServiceType, error) {
	var file struct {
		Schema string        `json:"schema"`
		Types  []ServiceType `json:"types"`
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		return nil, err
	}
	if file.Schema != "service_types/1" || len(file.Types) == 0 {
		return nil, errors.New("not a file of the form service_types/1")
	}
	seen := map[string]bool{}
	for _, t := range file.Types {
		if !serviceTypeCode.MatchString(t.Code) || t.Name == "" || seen[t.Code] {
			return nil, fmt.Errorf("kind of service %q: wrong code, double code or no name", t.Code)
		}
		seen[t.Code] = true
	}
	return file.Types, nil
}

// ServiceTypes gives the built-in kinds of service.
var ServiceTypes = sync.OnceValue(func() []ServiceType {
	return mustRead("data/service_types.json", ReadServiceTypes)
})

// ServiceTypeByCode finds a built-in kind of service.
func ServiceTypeByCode(code string) (ServiceType, bool) {
	for _, t := range ServiceTypes() {
		if t.Code == code {
			return t, true
		}
	}
	return ServiceType{}, false
}

func fillServiceTypes(db dbx.Builder, raw []byte) (int, error) {
	types, err := ReadServiceTypes(raw)
	if err != nil {
		return 0, err
	}
	params := make([]dbx.Params, 0, len(types))
	for _, t := range types {
		params = append(params, dbx.Params{
			"id": t.Code, "code": t.Code, "name": t.Name, "name_en": t.NameEn, "key": t.Key, "unit": t.Unit,
			"required": asJSON(t.Required), "optional": asJSON(t.Optional), "min_duration_min": t.MinDurationMin,
			"counts_toward": asJSON(t.CountsToward), "resident_rating": t.ResidentRating, "documents": asJSON(t.Documents),
			"retention": t.Retention, "verify": t.Verify, "points": asJSON(t.Points), "note": t.Note,
		})
	}
	columns := []string{"code", "name", "name_en", "key", "unit", "required", "optional", "min_duration_min", "counts_toward",
		"resident_rating", "documents", "retention", "verify", "points", "note"}
	return len(types), fill(db, ServiceTypesCollection, columns, params)
}
