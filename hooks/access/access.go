// Package access is the one table of who may do what where: role, collection,
// verb, scope. From it come the API rules of the migrations (a test compares
// them), the answers to own routes and the rights of the sync engine. It imports
// hooks/region and hooks/fault only.
package access

// Role is what a staff account is.
type Role string

// The roles.
const (
	Counsel    Role = "counsel"
	Officer    Role = "officer"
	Supervisor Role = "supervisor"
	Provider   Role = "provider"
	Admin      Role = "admin"
)

// Roles lists all roles.
var Roles = []Role{Counsel, Officer, Supervisor, Provider, Admin}

// Verb is what is done to a record.
type Verb string

// The verbs. Nobody deletes but a superuser.
const (
	List   Verb = "list"
	View   Verb = "view"
	Create Verb = "create"
	Update Verb = "update"
	Delete Verb = "delete"
)

// Verbs lists all verbs.
var Verbs = []Verb{List, View, Create, Update, Delete}

// Scope says which records of a collection a grant reaches. Every scope but
// Everything also asks that the record's region lies in the account's region.
type Scope int

// The scopes.
const (
	Nothing       Scope = iota
	Everything          // reference data without a region
	InRegion            // all in the account's region
	Own                 // whose owner is the account
	Assigned            // of villages assigned to the account now
	AssignedOrOwn       // either
	AssignedOwn         // both
)

// Grants says how far each role reaches.
type Grants map[Role]Scope

// Entry is the line of one collection. What it does not name is for superusers.
type Entry struct {
	Collection string
	Owner      string // field that names the staff account a record belongs to
	Read       Grants // list and view
	Create     Grants
	Update     Grants
	// Fixed fields cannot be changed over REST: region, owner, and what is given
	// out by the office's own routes.
	Fixed []string
	// Kept fields are changed by administrators only, not by the owner.
	Kept []string
	// Unset fields must be empty when a record is made over REST.
	Unset []string
	// First are the states a record may be made in, While those in which it may
	// be changed. Empty: any.
	First, While []string
	// Sealed records (secrecy = sealed) are only for their owner and administrators.
	Sealed bool
	// SealedBy is the field that names the service whose secrecy and owner decide
	// about a record that has none of its own. While the service is unknown here, nobody
	// is shown what may belong to a sealed one.
	SealedBy string
}

// everybody grants one scope to all roles.
func everybody(scope Scope) Grants {
	grants := Grants{}
	for _, role := range Roles {
		grants[role] = scope
	}
	return grants
}

// Table is the whole of it.
var Table = []Entry{
	{Collection: "regions", Read: everybody(Everything)},
	{Collection: "topics", Read: everybody(Everything)},
	{Collection: "service_types", Read: everybody(Everything)},
	{
		Collection: "staff", Owner: "id",
		Read:   Grants{Counsel: Own, Officer: InRegion, Supervisor: InRegion, Provider: Own, Admin: InRegion},
		Create: Grants{Admin: InRegion},
		Update: Grants{Counsel: Own, Officer: Own, Supervisor: Own, Provider: Own, Admin: InRegion},
		Fixed:  []string{"region", "scope_from", "scope_to"},
		Kept:   []string{"name", "role", "state", "valid_from", "valid_until", "institution", "practitioner"},
	},
	{
		Collection: "institutions", Read: everybody(InRegion), Create: office, Update: office, Fixed: []string{"region"},
	},
	{
		Collection: "practitioners", Read: everybody(InRegion), Create: office, Update: office, Fixed: []string{"region", "staff"},
	},
	{
		Collection: "assignments", Read: everybody(InRegion), Create: office, Update: office, Fixed: []string{"region", "staff"},
	},
	{
		Collection: "residents", Read: villagers, Create: archives, Update: archives, Fixed: []string{"region"},
	},
	{
		Collection: "enterprises", Read: villagers, Create: archives, Update: archives, Fixed: []string{"region"},
	},
	{
		Collection: "visits", Owner: "counsel",
		Read:   Grants{Counsel: AssignedOrOwn, Officer: InRegion, Supervisor: InRegion, Admin: InRegion},
		Create: Grants{Counsel: AssignedOwn, Officer: InRegion},
		Update: Grants{Counsel: AssignedOwn, Officer: InRegion},
		Fixed:  []string{"region", "counsel"},
	},
	{
		Collection: "services", Owner: "counsel", Sealed: true,
		Read:   Grants{Counsel: AssignedOrOwn, Officer: InRegion, Supervisor: InRegion, Admin: InRegion},
		Create: Grants{Counsel: AssignedOwn, Officer: InRegion},
		Update: Grants{Counsel: AssignedOwn, Officer: InRegion},
		Fixed:  []string{"region", "counsel", "state", "no", "device_no", "verified_by", "verified_at", "return_reason"},
		Unset:  []string{"no", "verified_by", "verified_at", "return_reason"},
		First:  []string{"draft", "submitted"},
		While:  []string{"draft", "submitted", "returned"},
	},
	{
		Collection: "documents", Read: villagers, Create: archives, Update: archives, Sealed: true, SealedBy: "service",
		Fixed: []string{"region", "service", "state", "no", "device_no", "filed_at", "hash"},
		Unset: []string{"no", "filed_at", "hash"},
		First: []string{"draft", "submitted"},
		While: []string{"draft", "submitted", "returned"},
	},
	{Collection: "attachments", Read: villagers, Create: archives, Sealed: true, SealedBy: "service"},
	{Collection: "ratings", Read: Grants{Officer: InRegion, Supervisor: InRegion, Admin: InRegion}},
	{Collection: "rating_events", Read: Grants{Officer: InRegion, Supervisor: InRegion, Admin: InRegion}},
	{Collection: "village_boards", Read: everybody(InRegion)},
	{
		Collection: "orders", Owner: "assignee",
		Read:   Grants{Counsel: AssignedOrOwn, Officer: InRegion, Supervisor: InRegion, Provider: Own, Admin: InRegion},
		Create: Grants{Officer: InRegion, Supervisor: InRegion, Admin: InRegion},
		Update: Grants{Officer: InRegion, Supervisor: InRegion, Admin: InRegion},
		Fixed:  []string{"region", "assignee", "state"},
		Unset:  []string{"assignee"},
		First:  []string{"new"},
		While:  []string{"new", "dispatched", "signed", "doing", "transfer", "return_request", "reopened"},
	},
	{
		Collection: "order_events", Owner: "by",
		Read:   Grants{Counsel: AssignedOrOwn, Officer: InRegion, Supervisor: InRegion, Provider: Own, Admin: InRegion},
		Create: Grants{Counsel: AssignedOwn, Officer: Own, Supervisor: Own, Admin: Own},
	},
	{Collection: "audit", Read: Grants{Supervisor: InRegion, Admin: InRegion}},
	{Collection: "pairings"},
	{
		Collection: "installs", Owner: "staff",
		Read: Grants{Counsel: Own, Officer: InRegion, Supervisor: InRegion, Provider: Own, Admin: InRegion},
	},
}

var (
	// office keeps institutions, practitioners and assignments.
	office = Grants{Officer: InRegion, Supervisor: InRegion, Admin: InRegion}
	// villagers' archives are read by those who serve or oversee the village …
	villagers = Grants{Counsel: Assigned, Officer: InRegion, Supervisor: InRegion, Admin: InRegion}
	// … and written by those who serve it.
	archives = Grants{Counsel: Assigned, Officer: InRegion}
)

// Find gives the line of a collection.
func Find(collection string) (Entry, bool) {
	for _, entry := range Table {
		if entry.Collection == collection {
			return entry, true
		}
	}
	return Entry{}, false
}

// grants of a verb; deleting is granted to nobody.
func (e Entry) grants(verb Verb) Grants {
	switch verb {
	case List, View:
		return e.Read
	case Create:
		return e.Create
	case Update:
		return e.Update
	case Delete:
		return nil
	}
	return nil
}
