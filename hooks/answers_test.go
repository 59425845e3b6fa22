package hooks

import (
	"database/sql"
	"errors"
	"fmt"
	"testing"

	"github.com/pocketbase/pocketbase/tools/router"
	"github.com/stretchr/testify/assert"

	"cunju/hooks/fault"
)

func TestWhichPathsSpeakTheHousesWords(t *testing.T) {
	for path, want := range map[string][2]bool{
		"/api/collections/residents/records":          {true, false},
		"/api/collections/residents/records/abc":      {true, false},
		"/api/collections/staff/auth-with-password":   {},
		"/api/collections":                            {},
		"/api/office/today":                           {false, true},
		"/api/sync/batches":                           {false, true},
		"/api/cunju/pairings":                         {false, true},
		"/api/settings":                               {},
		"/field/":                                     {},
		"/api/collections/records/auth-with-password": {},
	} {
		records, own := spoken(path)
		assert.Equal(t, want, [2]bool{records, own}, path)
	}
}

func TestFaultsInsidePocketBasesErrors(t *testing.T) {
	cases := []struct {
		name string
		err  error
		code string
	}{
		{"a hook's own fault", router.NewBadRequestError("Failed to create record", fmt.Errorf("save: %w", fault.New("region_unknown"))), "region_unknown"},
		{"the rule of creating", router.NewBadRequestError("Failed to create record", fmt.Errorf("create rule failure: %w", sql.ErrNoRows)), "forbidden"},
		{"what is no JSON", router.NewBadRequestError("", errors.New("invalid character 'i'")), "malformed"},
		{"a missing record", router.NewNotFoundError("", sql.ErrNoRows), "not_found"},
		{"too large", router.NewApiError(413, "", nil), "too_large"},
		{"a fault by itself", fault.New("scope"), "scope"},
		{"anything else", errors.New("boom"), "internal"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { assert.Equal(t, c.code, faultOf(c.err).Code) })
	}
}
