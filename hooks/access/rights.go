package access

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/pocketbase/dbx"

	"cunju/hooks/region"
)

// Rights answers the sync engine from the same accounts and assignments.
type Rights struct{}

const dayLength = 24 * time.Hour

// MayWrite reports whether the account had the right to work in the region at
// the stamp tau (milliseconds): a counsel by an assignment, whose days of grace
// let finished work arrive after its end; an office by its region.
func (r Rights) MayWrite(db dbx.Builder, staff, code string, tau int64) (bool, error) {
	may, err := r.Granted(db, staff)
	return err == nil && may(code, tau), err
}

// Granted reads all that an account may write, so that a run of its changes
// needs to ask once (engine.Granter).
func (Rights) Granted(db dbx.Builder, staff string) (func(code string, tau int64) bool, error) {
	nothing := func(string, int64) bool { return false }
	who, err := findStaff(db, staff)
	if err != nil || who.State != "active" {
		return nothing, err
	}
	switch who.Role {
	case Officer, Supervisor, Admin:
		return func(code string, tau int64) bool {
			return who.Active(time.UnixMilli(tau)) && region.Covers(who.Region, code)
		}, nil
	case Counsel:
		rows, err := assignmentsOf(db, staff, "")
		return func(code string, tau int64) bool { return who.assigned(rows, code, time.UnixMilli(tau)) }, err
	case Provider:
	}
	return nothing, nil
}

func (s Staff) assigned(rows []assignment, code string, at time.Time) bool {
	for _, row := range rows {
		grace := time.Duration(row.GraceDays * float64(dayLength))
		if row.Region == code && graceful(row.ValidFrom, row.ValidUntil, at, grace) && graceful(s.ValidFrom, s.ValidUntil, at, grace) {
			return true
		}
	}
	return false
}

// graceful is within, with the end moved by the days of grace.
func graceful(from, until string, at time.Time, grace time.Duration) bool {
	return within(from, until, at) || within(from, "", at) && within("", until, at.Add(-grace))
}

// Reads lists what the account's install may read now: those of the
// certificate's regions that are still its own, each followed by the codes above
// it. An account that is not active reads nothing.
func (Rights) Reads(db dbx.Builder, staff string, regions []string, now int64) ([]string, error) {
	who, err := findStaff(db, staff)
	at := time.UnixMilli(now)
	if err != nil || !who.Active(at) {
		return nil, err
	}
	mine, err := who.covers(db, at)
	if err != nil {
		return nil, err
	}
	var reads []string
	seen := map[string]bool{}
	for _, code := range regions {
		if !mine(code) {
			continue
		}
		for _, each := range append([]string{code}, region.Ancestors(code)...) {
			if !seen[each] {
				seen[each] = true
				reads = append(reads, each)
			}
		}
	}
	return reads, nil
}

// covers gives the test for the regions that are the account's at the time.
func (s Staff) covers(db dbx.Builder, at time.Time) (func(code string) bool, error) {
	switch s.Role {
	case Officer, Supervisor, Admin:
		return func(code string) bool { return region.Covers(s.Region, code) }, nil
	case Counsel:
		villages, err := Villages(db, s.ID, at)
		return func(code string) bool { return slices.Contains(villages, code) }, err
	case Provider:
	}
	return func(string) bool { return false }, nil
}

// Villages lists the villages that are assigned to an account at the time, in the
// order of their codes. Times are compared as moments: an office may have written
// them in any zone.
func Villages(db dbx.Builder, staff string, at time.Time) ([]string, error) {
	rows, err := assignmentsOf(db, staff, "")
	var list []string
	for _, row := range rows {
		if within(row.ValidFrom, row.ValidUntil, at) {
			list = append(list, row.Region)
		}
	}
	slices.Sort(list)
	return slices.Compact(list), err
}

// findStaff gives the zero Staff for an account that is not there.
func findStaff(db dbx.Builder, id string) (Staff, error) {
	var who Staff
	err := db.Select("id", "name", "role", "region", "state", "valid_from", "valid_until").From("staff").Where(dbx.HashExp{"id": id}).One(&who)
	if errors.Is(err, sql.ErrNoRows) {
		return Staff{}, nil
	}
	if err != nil {
		return Staff{}, fmt.Errorf("read account: %w", err)
	}
	return who, nil
}
