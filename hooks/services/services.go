// Package services is the subject of the service record (服务记录): one matter,
// one record. Its rules are pure and judge synced changes and the office's own
// edits alike; its routes show, reveal, verify and return records.
package services

// Collection is the name of the synced collection.
const Collection = "services"

// State is where a record stands on its way to being counted (rule R7).
type State string

// The states of a record. Draft is the author's own; submitted waits for the
// office; returned is back with its author; verified counts and is frozen;
// voided keeps its number and reason for ever.
const (
	Draft     State = "draft"
	Submitted State = "submitted"
	Verified  State = "verified"
	Returned  State = "returned"
	Voided    State = "voided"
)

// States lists all states in the order in which a record meets them.
var States = []State{Draft, Submitted, Returned, Verified, Voided}

// Closed lists of values, as the standard of service types names them.
var (
	Modes       = []string{"onsite", "phone", "chat_group", "video", "letter"}
	Outcomes    = []string{"answered", "drafted", "referred", "mediated_agreed", "mediated_failed", "ordered", "declined", "to_follow"}
	ClientKinds = []string{"resident", "household", "villagers", "committee", "enterprise", "anonymous"}
	Secrecies   = []string{Normal, Private, Sealed}
)

// Levels of secrecy. A sealed record is listed only for administrators (D3).
const (
	Normal  = "normal"
	Private = "private"
	Sealed  = "sealed"
)

// Anonymous is the client who would not be identified and is still served (R5).
const Anonymous = "anonymous"

// Limits in characters, not bytes: a rare character takes four bytes and is
// still one character of somebody's name.
const (
	MaxTitle   = 60
	MaxSummary = 20_000
	MaxPlace   = 200
	MaxName    = 100
	MaxReason  = 500
	MaxPurpose = 200
	// MinPurpose is the shortest purpose that can mean anything to who reads the trail.
	MinPurpose = 4
	// MaxMinutes is one week: longer is a typing slip.
	MaxMinutes = 7 * 24 * 60
	// MaxPersons is more than any village holds.
	MaxPersons = 100_000
)

// dayMS is how far ahead of its stamp an event may claim to be: a phone's clock
// may be off by a zone, never by more.
const dayMS = 24 * 60 * 60 * 1000

// LateDays is the entry lateness (R6) after which a record is marked 补录.
const LateDays = 7

// Type is what a rule must know of one kind of service.
type Type struct {
	Code       string
	Name       string
	NameEn     string
	Required   []string // field names; those that are no column are keys of details
	MinMinutes int      // shortest duration that counts as a full one; 0: none
	Rated      bool     // whether the resident gets a rating code
}

// Catalog is the standard the rules read: kinds of service and topics.
type Catalog interface {
	ServiceType(code string) (Type, bool)
	// ServiceTypes lists all kinds in the order of the standard.
	ServiceTypes() []Type
	// Topic gives the names of a 4-digit topic and whether it exists.
	Topic(code string) (zh, en string, ok bool)
}
