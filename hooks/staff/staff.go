// Package staff is the subject of the accounts (工作人员): who works where, with
// which password, and which counsel serves which village from when until when. Its rules
// are pure; its routes let an administrator do without the REST interface what an
// office needs, and note it in the audit trail.
package staff

import "cunju/hooks/access"

// Collections that the routes write.
const (
	Collection    = "staff"
	Assignments   = "assignments"
	Practitioners = "practitioners"
)

// States of an account.
const (
	Active   = "active"
	Disabled = "disabled"
)

// Limits.
const (
	MaxName  = 60
	MaxLogin = 120
	// MaxVillages is the load above which no further village is assigned (rule F6).
	MaxVillages = 8
	// GraceDays is how long finished work of an ended assignment may still arrive when
	// nobody says otherwise: a make-up within 15 days counts (rule F4).
	GraceDays = 15
	// MaxGraceDays is longer than any phone stays without a network.
	MaxGraceDays = 60
)

// Phase is where an assignment stands at a time.
type Phase string

// The phases.
const (
	Future Phase = "future" // has not begun
	Now    Phase = "now"
	Grace  Phase = "grace" // has ended, finished work may still arrive
	Ended  Phase = "ended"
)

// Newcomer is an account as an administrator enters one. Counsel are entered with
// their villages by the office's own form and are not among these.
type Newcomer struct {
	Name   string      `json:"name"`
	Login  string      `json:"login"` // an e-mail address; nobody writes to it
	Role   access.Role `json:"role"`
	Region string      `json:"region"` // "" stands for the administrator's own
}

// Account is one line of the list.
type Account struct {
	ID          string       `json:"id" db:"id"`
	Name        string       `json:"name" db:"name"`
	Login       string       `json:"login" db:"login"` // "" for a counsel, who has a phone instead
	Role        access.Role  `json:"role" db:"role"`
	Region      string       `json:"region" db:"region"`
	RegionName  string       `json:"region_name" db:"region_name"`
	State       string       `json:"state" db:"state"`
	ValidUntil  string       `json:"valid_until" db:"valid_until"`
	Institution string       `json:"institution_name" db:"institution_name"`
	Phones      int          `json:"phones" db:"phones"` // active ones
	Assignments []Assignment `json:"assignments" db:"-"`
	Own         bool         `json:"own" db:"-"`  // of the asker's region, not only serving in it
	Self        bool         `json:"self" db:"-"` // the asker's own
}

// Assignment is one interval in which a village is a counsel's.
type Assignment struct {
	ID         string  `json:"id" db:"id"`
	Staff      string  `json:"-" db:"staff"`
	Region     string  `json:"region" db:"region"`
	Name       string  `json:"name" db:"name"`
	ValidFrom  string  `json:"valid_from" db:"valid_from"`
	ValidUntil string  `json:"valid_until" db:"valid_until"`
	GraceDays  float64 `json:"grace_days" db:"grace_days"`
	Phase      Phase   `json:"phase" db:"-"`
	MayEnd     bool    `json:"may_end" db:"-"`
}
