package engine

import (
	"strconv"

	"cunju/sync/batch"
	"cunju/sync/install"
	"cunju/sync/oplog"
	"cunju/sync/stamp"
)

// Held is the verdict on a change that waits for an officer: its install was revoked, or its
// certificate had ended, when it was sealed.
const Held = oplog.Held

// holds tells whether a batch waits for an officer. A forwarding node has decided that for its own.
func (e *Engine) holds(t *txn, row *oplog.Install, cert install.Cert, h batch.Header, via *forwarded) (bool, error) {
	if via != nil {
		return false, nil
	}
	if row.State == oplog.Revoked {
		r, err := oplog.FindRevocation(t.db, row.ID)
		return r == nil || h.No > r.LastNo, err
	}
	return Sealed(h, e.nowMs()) > cert.Until, nil
}

// Sealed bounds the time at which a batch was sealed: by the author's corrected clock, but no later than now and no
// earlier than the contact that the batch itself speaks of.
func Sealed(h batch.Header, now int64) int64 {
	return max(min(h.At+h.Offset, now), min(h.Contact, now))
}

func (in *incoming) waits() bool {
	return in.held || in.via != nil && in.via.Refused[strconv.Itoa(in.i)] == Held
}

// known is for a line whose change is here already: a node that seals a held change in a batch of its own
// releases it; anybody else sends a duplicate.
func (e *Engine) known(t *txn, p []*planned, code string, row *oplog.Change, in *incoming) (string, error) {
	row.Tau, row.Verdict = in.received, "refused:"+duplicate
	var held *oplog.Change
	var err error
	if in.author.IsNode() && (code == "" || code == Dismissed) {
		if held, err = oplog.FindHeld(t.db, row.Made, row.ID); err != nil {
			return "", err
		}
	}
	id := row.ID
	row.ID = in.unnamed()
	if held != nil {
		row.Verdict, row.Tau = released, held.Tau
	}
	if code == Dismissed {
		row.Verdict = Dismissed
	}
	if _, err := oplog.AddChange(t.db, *row); err != nil || held == nil {
		return row.Verdict, err
	}
	author, err := oplog.FindInstall(t.db, held.Install)
	if err != nil || author == nil {
		return row.Verdict, err
	}
	if code == Dismissed {
		if !install.Covers(in.author.Region(), author.Region) {
			return row.Verdict, nil // not this node's to decide
		}
		return row.Verdict, e.dismiss(t, held)
	}
	was := *in
	if was.author, err = e.CertOf(author); err != nil {
		return "", err
	}
	if err := oplog.SetVerdict(t.db, held.N, Applied); err != nil {
		return "", err
	}
	_, err = e.apply(t, p, stamp.Stamp{Tau: held.Tau, ID: id}, held.N, &was)
	return row.Verdict, err
}

// released is the verdict on a line that only releases another.
const released = "released"
