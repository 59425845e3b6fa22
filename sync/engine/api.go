package engine

import (
	"github.com/pocketbase/dbx"

	"cunju/sync/change"
)

// Kind is the type of a synced field; it decides what a value must look like
// and which SQLite type it is stored as.
type Kind int

const (
	Text   Kind = iota // JSON string
	Number             // JSON number, finite, |n| < 2^53 when whole
	Bool               // JSON true or false
	JSON               // any JSON, stored as text
)

// Policy says how changes of a collection meet each other.
type Policy int

const (
	// Merge: the newer stamp wins field by field.
	Merge Policy = iota
	// Append: created once, never edited.
	Append
	// Authority: only nodes write; what a phone sends is refused.
	Authority
)

// Field is one synced column.
type Field struct {
	Name  string
	Kind  Kind
	Max   int    // characters of a Text, bytes of a JSON; 0: 5,000
	Group string // fields of one group move together
}

// Collection is what a subject gives the engine to have its records synced. A
// collection always has the text field "region".
type Collection struct {
	Name   string
	Policy Policy
	// Lane is "" for feeds that phones read and "office" for those only nodes read.
	Lane   string
	Fields []Field
	// LaneOf gives the lane record by record instead: "" for every reader of its
	// region, feed.Own(staff) for one person's phones, "office" for nodes alone. Nil: Lane.
	LaneOf func(db dbx.Builder, set map[string]any) (string, error)
	// Followers names the records, by collection, whose lane hangs on this one. Nil: none.
	Followers func(db dbx.Builder, id string) (map[string][]string, error)
	// Check is the subject's pure rule. It returns "" or a refusal code such as
	// "rule:duration" or "state". Nil: no rule.
	Check func(Proposed) string

	layout
}

// Proposed is one edit as a rule sees it.
type Proposed struct {
	Collection string
	Record     string
	Current    map[string]any // nil when the edit creates the record
	Set        map[string]any // only the edited fields
	By         string         // staff id the author claims; bound to the certificate on phones
	Node       bool           // the author is a node's own install, not a phone
	Tau        int64          // stamp, ms
}

// Rights answers whether a staff member may write in a region at a time. The
// product backs it with intervals of assignment.
type Rights interface {
	MayWrite(db dbx.Builder, staff, region string, tau int64) (bool, error)
	// Reads lists the regions whose feeds the staff may read now, of those named by the certificate.
	Reads(db dbx.Builder, staff string, regions []string, now int64) ([]string, error)
}

// Granter is a Rights that can read all that a staff member may do at once. The engine then asks it once a
// transaction instead of MayWrite for every edit, and the two must agree.
type Granter interface {
	Granted(db dbx.Builder, staff string) (func(region string, tau int64) bool, error)
}

// Item is a record's state as a projection reads it from the feed.
type Item struct {
	Collection string
	Record     string
	Region     string
	Rev        string
	Tau        int64
	Seq        int64
	Install    string         // install that created the record's latest revision
	Set        map[string]any // all synced fields
}

// Projection turns the feed into derived tables. It is called with records in
// feed order, at most 500 at a time, inside the transaction that also moves its
// cursor; a record may come more than once (only its latest state comes), so it must be
// idempotent. Rebuild: forget the cursor and call again from the start.
type Projection struct {
	Name        string
	Collections []string
	Apply       func(db dbx.Builder, items []Item) error
	// Gone takes a record out of the derived tables that left this node for good. It must bear that the record is
	// unknown. Nil: what was derived from it stays.
	Gone func(db dbx.Builder, collection, record string) error
	// Reset empties the derived tables before a rebuild.
	Reset func(db dbx.Builder) error
}

// Line is one change as kept by the engine, for the history of a record.
type Line struct {
	Change  change.Change
	Install string
	Tau     int64
	Verdict string
}
