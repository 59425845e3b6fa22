package archives

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cunju/hooks/fault"
	"cunju/hooks/standard"
	"cunju/sync/engine"
)

var today = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)

// Numbers that are made up; the identity number is the standard's own example.
const (
	trueID, falseID     = "11010519491231002X", "110105194912310021"
	trueUSCC, falseUSCC = "91350100M000100Y43", "91350100M000100Y44"
	truePhone           = "13800001234"
)

type m = map[string]any

func TestCheckResident(t *testing.T) {
	cases := []struct {
		name string
		was  m
		set  m
		node bool
		want string
	}{
		{"nobody must name himself", nil, m{"region": "500238101201"}, false, ""},
		{"a whole archive", nil, m{"name": "冉𬭩", "phone": truePhone, "id_no": trueID, "gender": "female", "birth_year": 1949.0,
			"groups": []any{"elder", "low_income"}, "address": "凤凰镇", "consent_at": "2026-11-24T17:59:00+08:00", "state": "active"}, false, ""},
		{"a false number is kept", nil, m{"id_no": falseID, "phone": "1380000"}, false, ""},
		{"a name of 101 characters", nil, m{"name": strings.Repeat("𬭩", 101)}, false, "rule:too_long_name"},
		{"a number of 19 characters", nil, m{"id_no": strings.Repeat("1", 19)}, false, "rule:too_long_id_no"},
		{"an address of 201 characters", nil, m{"address": strings.Repeat("村", 201)}, false, "rule:too_long_address"},
		{"an unknown gender", nil, m{"gender": "f"}, false, "rule:gender"},
		{"no year of birth", nil, m{"birth_year": 0.0}, false, ""},
		{"born too early", nil, m{"birth_year": 1884.0}, false, "rule:birth_year"},
		{"not yet born", nil, m{"birth_year": 2027.0}, false, "rule:birth_year"},
		{"half a year", nil, m{"birth_year": 1949.5}, false, "rule:birth_year"},
		{"an unknown group", nil, m{"groups": []any{"rich"}}, false, "rule:groups"},
		{"groups that are no list", nil, m{"groups": m{"elder": true}}, false, "rule:groups"},
		{"groups as a row holds them", nil, m{"groups": `["elder"]`}, true, ""},
		{"groups as a broken row holds them", nil, m{"groups": `["elder"`}, true, "rule:groups"},
		{"no groups", nil, m{"groups": nil}, false, ""},
		{"consent to come", nil, m{"consent_at": "2026-11-26T10:00:00Z"}, false, "rule:consent_at"},
		{"consent at no time", nil, m{"consent_at": "2026-11-24"}, false, "rule:consent_at"},
		{"an unknown state", nil, m{"state": "dead"}, true, "state"},
		{"closed is for enterprises", nil, m{"state": "closed"}, true, "state"},
		{"a phone restricts nothing", m{"state": "active"}, m{"state": "restricted"}, false, "state"},
		{"an office does", m{"state": "active"}, m{"state": "restricted"}, true, ""},
		{"a restricted archive is left alone by phones", m{"state": "restricted"}, m{"address": "别处"}, false, "frozen"},
		{"and not brought back by one", m{"state": "merged"}, m{"state": "active"}, false, "frozen"},
		{"an office lifts the restriction", m{"state": "restricted"}, m{"state": "active"}, true, ""},
		{"an old value blocks no other edit", m{"gender": "f", "state": "active"}, m{"address": "别处"}, false, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := engine.Proposed{Collection: Residents, Current: c.was, Set: c.set, Node: c.node, Tau: today.UnixMilli()}
			assert.Equal(t, c.want, CheckResident(p))
		})
	}
}

func TestCheckEnterprise(t *testing.T) {
	cases := []struct {
		name string
		was  m
		set  m
		want string
	}{
		{"a whole archive", nil, m{"name": "李子合作社", "uscc": trueUSCC, "contact": "冉某", "phone": "023-51220000", "state": "active"}, ""},
		{"a false code is kept", nil, m{"uscc": falseUSCC}, ""},
		{"a code of 19 characters", nil, m{"uscc": strings.Repeat("9", 19)}, "rule:too_long_uscc"},
		{"a contact of 61 characters", nil, m{"contact": strings.Repeat("冉", 61)}, "rule:too_long_contact"},
		{"closing", m{"state": "active"}, m{"state": "closed"}, ""},
		{"merged is for residents", m{"state": "active"}, m{"state": "merged"}, "state"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, c.want, CheckEnterprise(engine.Proposed{Collection: Enterprises, Current: c.was, Set: c.set, Tau: today.UnixMilli()}))
		})
	}
}

func TestVerifyAndMarks(t *testing.T) {
	cases := []struct {
		name        string
		field, typo string
		want, code  string
	}{
		{"a good identity number", "id_no", trueID, trueID, ""},
		{"full-width digits, blanks and a small x", "id_no", "１１０１０５ 19491231 002x", trueID, ""},
		{"a false check digit", "id_no", falseID, "", "id_check_digit"},
		{"a day that is none", "id_no", "110105194902300026", "", "id_check_digit"},
		{"a good credit code", "uscc", "91350100m000100y43", trueUSCC, ""},
		{"a false check character", "uscc", falseUSCC, "", "uscc_check"},
		{"a mobile number with blanks", "phone", "138 0000 1234", truePhone, ""},
		{"a landline", "phone", "（023）51220000", "023-51220000", ""},
		{"a digit too few", "phone", "1380000123", "", "phone_format"},
		{"nothing", "phone", "", "", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			fields := map[string]string{c.field: c.typo}
			marks := Marks(fields, today)
			err := Verify(fields, today)
			if c.code == "" {
				require.NoError(t, err)
				assert.Equal(t, map[string]string{c.field: c.want}, fields)
				assert.Empty(t, marks)
				return
			}
			assert.Equal(t, c.code, fault.Code(err))
			assert.NotContains(t, err.Error(), c.typo)
			assert.Equal(t, []string{c.code}, marks)
		})
	}
	assert.Equal(t, []string{"id_check_digit", "uscc_check", "phone_format"}, Marks(map[string]string{"id_no": "1", "uscc": "1", "phone": "1"}, today))
}

// What the subject calls personal and by which lists it judges is the standard's.
func TestTheStandardSaysTheSame(t *testing.T) {
	for name, want := range personal {
		c, ok := standard.Find(name)
		require.True(t, ok)
		hidden := []string{}
		for _, f := range c.Fields {
			if f.Hidden {
				hidden = append(hidden, f.Name)
			}
		}
		assert.ElementsMatch(t, want, hidden, name)
	}
	residents, _ := standard.Find(Residents)
	gender, _ := residents.Field("gender")
	assert.Equal(t, gender.Options, Genders)
	for name, states := range map[string][]State{Residents: ResidentStates, Enterprises: EnterpriseStates} {
		c, _ := standard.Find(name)
		f, _ := c.Field("state")
		options := []State{}
		for _, o := range f.Options {
			options = append(options, State(o))
		}
		assert.Equal(t, options, states, name)
	}
}
