package audit

import (
	"fmt"

	"github.com/pocketbase/dbx"
)

// Chain is what a whole trail amounts to. Rows cut off at the end leave a sound
// shorter chain: they are found by comparing with a Chain kept elsewhere.
type Chain struct {
	Rows int
	Head string // hash of the newest row
}

// Broken tells where the chain does not hold.
type Broken struct {
	Row    int    // counted from 1
	ID     string // of the row
	Reason string // "edited" or "row missing or inserted before it"
}

// Error tells the place.
func (b *Broken) Error() string {
	return fmt.Sprintf("audit row %d (%s): %s", b.Row, b.ID, b.Reason)
}

// Verify reads the whole trail and gives its chain, or a *Broken.
func Verify(db dbx.Builder) (Chain, error) {
	rows, err := db.NewQuery("SELECT id, at, who, role, action, collection, record, purpose, region, prev, hash FROM audit ORDER BY rowid").Rows()
	if err != nil {
		return Chain{}, fmt.Errorf("read audit trail: %w", err)
	}
	defer rows.Close()
	var chain Chain
	for rows.Next() {
		var r row
		if err := rows.ScanStruct(&r); err != nil {
			return Chain{}, fmt.Errorf("read audit trail: %w", err)
		}
		chain.Rows++
		if r.Prev != chain.Head {
			return chain, &Broken{Row: chain.Rows, ID: r.ID, Reason: "row missing or inserted before it"}
		}
		if r.Hash != r.digest() {
			return chain, &Broken{Row: chain.Rows, ID: r.ID, Reason: "edited"}
		}
		chain.Head = r.Hash
	}
	if err := rows.Err(); err != nil {
		return Chain{}, fmt.Errorf("read audit trail: %w", err)
	}
	return chain, nil
}
