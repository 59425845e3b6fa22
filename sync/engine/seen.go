package engine

import (
	"math"

	"cunju/sync/change"
	"cunju/sync/oplog"
	"cunju/sync/stamp"
)

// seen tells whether the author of an edit knew another change of the record when making it: it is the edit's base,
// arrived here before that, or is the author's own.
func (t *txn) seen(p *planned, other stamp.Stamp, in *incoming) (bool, error) {
	if other.ID == p.edit.Base {
		return true, nil
	}
	was, err := oplog.FindAuthored(t.db, p.edit.C, p.edit.R, other.ID)
	if err != nil {
		return false, err
	}
	if was == nil { // it came as a state, which has no place in the order of arrival; a stamp is later than what it is based on
		tau, err := t.baseTau(p.edit, in.author.Install)
		return other.Tau <= tau, err
	}
	if !in.author.IsNode() && was.Install == in.author.Install && was.N >= in.fork {
		return true, nil
	}
	until, err := t.horizon(p, in)
	return was.N <= until, err
}

// horizon is the place in this node's order of arrival up to which the author of an edit had seen its record:
// that of the base. A base of the author's own that arrived after the author's last contact cannot have come back, so
// it says nothing about what arrived before it; then that one's base counts. Whoever saw the newest state that another
// node sent saw everything.
func (t *txn) horizon(p *planned, in *incoming) (int64, error) {
	for id := p.edit.Base; id != ""; {
		base, err := oplog.FindAuthored(t.db, p.edit.C, p.edit.R, id)
		if err == nil && base == nil && id == p.row.Rev {
			return math.MaxInt64, nil
		}
		if err != nil || base == nil {
			return 0, err
		}
		if base.Install != in.author.Install || base.Received <= in.contact {
			return base.N, nil
		}
		c, err := change.Parse(base.Body)
		if err != nil {
			return base.N, nil // erased meanwhile
		}
		id = ""
		for _, e := range c.Edits {
			if e.C == p.edit.C && e.R == p.edit.R {
				id = e.Base
			}
		}
	}
	return 0, nil
}
