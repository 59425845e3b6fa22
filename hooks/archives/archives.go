// Package archives is the subject of the service archives of residents and
// enterprises (一人一档). Nobody must be registered to be served. Its rules are
// pure and judge synced changes; at a desk, where the paper is at hand, numbers are
// looked at more closely.
package archives

// The synced collections.
const (
	Residents   = "residents"
	Enterprises = "enterprises"
)

// State is where an archive stands.
type State string

// The states. A merged archive was found to be another one's double; the use of a
// restricted one was objected to (PIPL 44, 47); a closed enterprise has ended.
const (
	Active     State = "active"
	Merged     State = "merged"
	Restricted State = "restricted"
	Closed     State = "closed"
)

// States that each kind of archive knows.
var (
	ResidentStates   = []State{Active, Merged, Restricted}
	EnterpriseStates = []State{Active, Closed}
)

// Closed lists of values, as the unified data standard and the table of kinds of
// service name them.
var (
	Genders = []string{"male", "female", "unknown"}
	Groups  = []string{"elder", "minor", "disabled", "woman", "migrant_worker", "low_income", "veteran", "left_behind", "military_family", "general"}
)

// Limits in characters, and the year before which nobody alive is born.
const (
	MaxName        = 100
	MaxContact     = 60
	MaxAddress     = 200
	MaxPhone       = 30
	MaxNumber      = 18 // identity number, credit code
	FirstBirthYear = 1885
)

// personal are the fields of an archive that the REST interface never returns; a
// desk still writes them.
var personal = map[string][]string{
	Residents:   {"name", "phone", "id_no", "groups", "address"},
	Enterprises: {"contact", "phone"},
}

// Numbers are the fields that Verify and Marks look at.
var Numbers = []string{"id_no", "uscc", "phone"}
