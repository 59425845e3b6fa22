package directory

import (
	"fmt"
	"sync"
	"time"

	"github.com/pocketbase/dbx"

	"cunju/hooks/fault"
)

// Book answers from memory whether a code is in use, for rules that judge
// thousands of synced records and may not ask the database. The zero value
// knows no code: Refresh it after loading.
type Book struct {
	mu      sync.RWMutex
	periods map[string]period
}

// period holds days; an empty bound is open, until is the first day outside.
type period struct{ from, until string }

// zone is the one that days of validity are meant in.
var zone = time.FixedZone("UTC+8", 8*60*60)

// Refresh reads the table of regions anew.
func (b *Book) Refresh(db dbx.Builder) error {
	var rows []struct {
		ID   string `db:"id"`
		From string `db:"valid_from"`
		To   string `db:"valid_to"`
	}
	if err := db.NewQuery("SELECT id, valid_from, valid_to FROM regions").All(&rows); err != nil {
		return fmt.Errorf("read regions: %w", err)
	}
	periods := make(map[string]period, len(rows))
	for _, row := range rows {
		periods[row.ID] = period{row.From, row.To}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.periods = periods
	return nil
}

// Loaded reports whether the table was read and had rows.
func (b *Book) Loaded() bool {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return len(b.periods) > 0
}

// Known reports whether the code exists and is in use at the time. A record is
// judged at the time of its event, so that old work may still arrive under the
// code it was done under.
func (b *Book) Known(code string, at time.Time) bool {
	b.mu.RLock()
	p, ok := b.periods[code]
	b.mu.RUnlock()
	return ok && p.holds(at)
}

func (p period) holds(at time.Time) bool {
	day := at.In(zone).Format(time.DateOnly)
	return (p.from == "" || p.from <= day) && (p.until == "" || day < p.until)
}

// Check is Known as the fault region_unknown.
func (b *Book) Check(code string, at time.Time) error {
	if !b.Known(code, at) {
		return fault.New("region_unknown")
	}
	return nil
}
