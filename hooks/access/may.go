package access

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"cunju/hooks/region"
)

// Staff is what a decision must know of an account.
type Staff struct {
	ID         string `db:"id"`
	Name       string `db:"name"`
	Role       Role   `db:"role"`
	Region     string `db:"region"`
	State      string `db:"state"`
	ValidFrom  string `db:"valid_from"`
	ValidUntil string `db:"valid_until"`
}

// StaffOf reads an account, such as the one a request is authorised by. It is
// the zero Staff, who may do nothing, when the record is nil or of another
// collection.
func StaffOf(record *core.Record) Staff {
	if record == nil || record.Collection().Name != "staff" {
		return Staff{}
	}
	return Staff{
		ID: record.Id, Name: record.GetString("name"), Role: Role(record.GetString("role")), Region: record.GetString("region"),
		State: record.GetString("state"), ValidFrom: record.GetString("valid_from"), ValidUntil: record.GetString("valid_until"),
	}
}

// Active reports whether the account may be used at the time.
func (s Staff) Active(now time.Time) bool {
	return s.ID != "" && s.State == "active" && within(s.ValidFrom, s.ValidUntil, now)
}

// Target is what a decision must know of a record.
type Target struct {
	Region string
	Owner  string // value of the entry's owner field; where SealedBy is set, the service's
	State  string // "" where the collection has none
	Sealed bool
}

// May tells whether the account may do this to records of the collection in the
// region: list them, or make one of its own. A single record may still be out
// of reach by its owner, state or secrecy: ask MayRecord.
func May(db dbx.Builder, who Staff, verb Verb, collection, region string, now time.Time) (bool, error) {
	target := Target{Region: region}
	if verb == Create {
		target.Owner = who.ID
	}
	return may(db, who, verb, collection, target, now)
}

// MayRecord tells whether the account may do this to this record, as the API
// rules would.
func MayRecord(db dbx.Builder, who Staff, verb Verb, collection string, target Target, now time.Time) (bool, error) {
	entry, _ := Find(collection)
	if verb == Update && !listed(entry.While, target.State) || verb == Create && !listed(entry.First, target.State) {
		return false, nil
	}
	return may(db, who, verb, collection, target, now)
}

func listed(states []string, state string) bool {
	for _, each := range states {
		if each == state {
			return true
		}
	}
	return len(states) == 0
}

func may(db dbx.Builder, who Staff, verb Verb, collection string, target Target, now time.Time) (bool, error) {
	entry, ok := Find(collection)
	if !ok || !who.Active(now) {
		return false, nil
	}
	scope := entry.grants(verb)[who.Role]
	if scope != Everything && !region.Covers(who.Region, target.Region) {
		return false, nil
	}
	own := target.Owner == who.ID
	if entry.Sealed && target.Sealed && verb != Create && !own && who.Role != Admin {
		return false, nil
	}
	switch scope {
	case Everything, InRegion:
		return true, nil
	case Own:
		return own, nil
	case AssignedOrOwn:
		if own {
			return true, nil
		}
		return assignedNow(db, who.ID, target.Region, now)
	case AssignedOwn:
		if !own {
			return false, nil
		}
		return assignedNow(db, who.ID, target.Region, now)
	case Assigned:
		return assignedNow(db, who.ID, target.Region, now)
	case Nothing:
	}
	return false, nil
}

// assignment is one interval in which a village is a counsel's.
type assignment struct {
	Region     string  `db:"region"`
	ValidFrom  string  `db:"valid_from"`
	ValidUntil string  `db:"valid_until"`
	GraceDays  float64 `db:"grace_days"`
}

// assignmentsOf reads the intervals of an account, in one village or, with "",
// in all.
func assignmentsOf(db dbx.Builder, staff, village string) ([]assignment, error) {
	query := db.Select("region", "valid_from", "valid_until", "grace_days").From("assignments").Where(dbx.HashExp{"staff": staff})
	if village != "" {
		query.AndWhere(dbx.HashExp{"region": village})
	}
	var rows []assignment
	if err := query.All(&rows); err != nil {
		return nil, fmt.Errorf("read assignments: %w", err)
	}
	return rows, nil
}

func assignedNow(db dbx.Builder, staff, village string, now time.Time) (bool, error) {
	rows, err := assignmentsOf(db, staff, village)
	for _, row := range rows {
		if within(row.ValidFrom, row.ValidUntil, now) {
			return true, err
		}
	}
	return false, err
}

// within reports whether now lies in [from, until). An empty bound is open; one
// that is no time lets nobody in.
func within(from, until string, now time.Time) bool {
	if from != "" {
		start, err := parse(from)
		if err != nil || now.Before(start) {
			return false
		}
	}
	if until != "" {
		end, err := parse(until)
		if err != nil || !now.Before(end) {
			return false
		}
	}
	return true
}

func parse(text string) (time.Time, error) { return time.Parse(time.RFC3339, text) }
