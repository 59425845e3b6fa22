// Package inbox is where the office finds what came in and did not simply apply: held work, refused
// changes, conflicts, forks and what could not be read. Nothing of it blocks anybody, and nothing leaves it without
// a person's decision, which the trail keeps.
package inbox

// Kinds of items.
const (
	Held       = "held"       // waits for an officer: a revoked install, or one whose certificate had ended
	Refused    = "refused"    // broke a rule; its author was told
	Conflict   = "conflict"   // a value that did not stand although its author had not seen the other
	Fork       = "fork"       // one number, two contents: a copied or restored phone
	Quarantine = "quarantine" // authentic bytes that cannot stand where they claim to
)

// Kinds lists all kinds, in the order in which they are shown.
var Kinds = []string{Held, Conflict, Fork, Refused, Quarantine}

// Actions that are taken on items.
const (
	Release = "release" // a held change applies
	Dismiss = "dismiss" // it does not, or there is nothing to do
	Choose  = "choose"  // the other value of a conflict stands
	Keep    = "keep"    // the value that stands is right
	Undo    = "undo"    // a choice is taken back
	Both    = "both"    // both branches of a fork
	First   = "first"   // the branch that came first
)

const (
	// perKind is how many items of a kind a page shows.
	perKind = 100
	// maxReason is how long a reason may be, in characters.
	maxReason = 500
	// long is the length from which two texts are laid side by side, in characters.
	long = 60
)

// Item is one thing to decide. What it holds of people is masked: field names, never hidden values.
type Item struct {
	Kind    string `json:"kind"`
	ID      int64  `json:"id"`
	At      int64  `json:"at"`   // when it came in, ms
	Made    int64  `json:"made"` // when its author says it was made, bounded by the first server, ms
	Install string `json:"install"`
	Phone   string `json:"phone"` // the install's name
	State   string `json:"install_state"`
	Staff   string `json:"staff_name"`
	Region  string `json:"region"`
	Place   string `json:"place"`
	Code    string `json:"code"` // why
	Edits   []Edit `json:"edits"`
	Sealed  bool   `json:"sealed"` // for administrators only

	Lost   *Value `json:"lost,omitempty"`   // of a conflict
	Stands *Value `json:"stands,omitempty"` // of a conflict
	Undo   bool   `json:"undo"`             // decided, and can be taken back
	Size   int    `json:"size"`             // bytes of what is quarantined
}

// Edit names what a change touches.
type Edit struct {
	Collection string   `json:"collection"`
	Record     string   `json:"record"`
	Creates    bool     `json:"creates"`
	Fields     []string `json:"fields"`
}

// Value is one of the two values of a conflict.
type Value struct {
	Text   string `json:"text"`   // masked; "" when hidden
	Hidden bool   `json:"hidden"` // personal: shown when revealed with a purpose
	Long   bool   `json:"long"`
	By     string `json:"by"` // who wrote it
	At     int64  `json:"at"` // its stamp, ms
}
