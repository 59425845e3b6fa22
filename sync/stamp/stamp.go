// Package stamp orders concurrent edits without trusting a phone's clock. Pure.
package stamp

// Stamp is the time given by the first server and the change that got it. The
// zero value is older than everything.
type Stamp struct {
	Tau int64  // ms since 1970, bounded by the first server's clock
	ID  string // change id, breaks ties
}

// Newer tells whether a wins over b. It is a strict total order: for a ≠ b
// exactly one of a.Newer(b) and b.Newer(a) holds.
func (a Stamp) Newer(b Stamp) bool {
	if a.Tau != b.Tau {
		return a.Tau > b.Tau
	}
	return a.ID > b.ID
}

// Bounded gives a change its τ (docs/sync.md §5). claimed is the author's time,
// offset what the author last knew to add to its clock, received this server's
// time, base the τ of the revision that the author saw (0: none). All ms.
func Bounded(claimed, offset, received, base int64) int64 {
	t := claimed + offset
	if t > received || t < floor {
		t = received
	}
	return max(t, base+1)
}

// floor is 2024-01-01 UTC: no honest change is older than the product. A clock
// that reset to 1970 says nothing about when the work was done.
const floor = 1704067200000
