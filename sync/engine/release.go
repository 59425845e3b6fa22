package engine

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"cunju/sync/batch"
	"cunju/sync/oplog"
	"cunju/sync/stamp"
	"cunju/sync/wire"
)

// ErrNotHeld means that a change does not wait for anybody.
var ErrNotHeld = errors.New("not held")

// Dismissed is the code of a held change that an officer decided against.
const Dismissed = "dismissed"

// Release applies a held change, in the caller's transaction. The officer answers for the author's rights; form, state, scope and rules
// are judged like those of any change of its author. The node above learns of it because the line goes up once more,
// in a batch of this node's own. A refusal changes nothing and is an error.
func (e *Engine) Release(tx core.App, n int64) (string, error) {
	t, err := e.begin(tx.DB())
	if err != nil {
		return "", err
	}
	held, err := oplog.ChangeAt(t.db, n)
	if err != nil {
		return "", err
	}
	if held == nil || held.Verdict != Held || held.Body == nil {
		return "", ErrNotHeld
	}
	stored, err := oplog.BatchAt(t.db, held.Batch)
	if err != nil {
		return "", err
	}
	line := wire.Line{Bytes: held.Body, Hash: held.Hash}
	verdict, err := e.applyHeld(t, held, &line, stored)
	if err != nil {
		return "", err
	}
	if err := e.carryUp(t, held, &line, released); err != nil {
		return "", err
	}
	if err := e.revise(t, stored); err != nil {
		return "", err
	}
	return verdict, t.end()
}

func (e *Engine) applyHeld(t *txn, held *oplog.Change, line *wire.Line, stored oplog.Stored) (string, error) {
	row, err := oplog.FindInstall(t.db, held.Install)
	if err != nil {
		return "", err
	}
	if row == nil {
		return "", fmt.Errorf("install %s is not known", held.Install)
	}
	body := parse(line)
	in := &incoming{batch: held.Batch, i: held.I, line: line, parsed: &body, received: stored.Received, offset: stored.Header.Offset,
		contact: stored.Header.Contact, allowed: true}
	if in.author, err = e.CertOf(row); err != nil {
		return "", err
	}
	if body.err != nil {
		return "", refusal("malformed")
	}
	plan, code, err := e.judge(t, &body.change, in, held.Tau)
	if err != nil {
		return "", err
	}
	if code != "" {
		return "", refusal(code)
	}
	if err := oplog.SetVerdict(t.db, held.N, Applied); err != nil {
		return "", err
	}
	return e.apply(t, plan, stamp.Stamp{Tau: held.Tau, ID: body.change.ID}, held.N, in)
}

// carryUp puts a line about which an officer has decided into a batch of this node's own: a node above that holds it
// does the same.
func (e *Engine) carryUp(t *txn, held *oplog.Change, line *wire.Line, decided string) error {
	s, n, err := e.sealOwn(t, []wire.Line{*line}, 0)
	if err != nil {
		return err
	}
	t.n++
	in := incoming{batch: n, line: line}
	_, err = oplog.AddChange(t.db, oplog.Change{N: t.n, ID: in.unnamed(), Made: held.Made, Batch: n, Install: e.key.ID(), Tau: held.Tau,
		Verdict: decided, Hash: line.Hash, Body: s.Lines[0].Bytes})
	return err
}

// Dismiss decides against a held change: it stays in the log, refused, and its author and the node above are told.
func (e *Engine) Dismiss(tx core.App, n int64) error {
	held, err := oplog.ChangeAt(tx.DB(), n)
	if err != nil {
		return err
	}
	if held == nil || held.Verdict != Held {
		return ErrNotHeld
	}
	t, err := e.begin(tx.DB())
	if err != nil {
		return err
	}
	if held.Body != nil {
		if err := e.carryUp(t, held, &wire.Line{Bytes: held.Body, Hash: held.Hash}, Dismissed); err != nil {
			return err
		}
	}
	if err := e.dismiss(t, held); err != nil {
		return err
	}
	return t.end()
}

// dismiss marks a held change refused and gives its author a new receipt.
func (e *Engine) dismiss(t *txn, held *oplog.Change) error {
	if err := oplog.SetVerdict(t.db, held.N, "refused:"+Dismissed); err != nil {
		return err
	}
	stored, err := oplog.BatchAt(t.db, held.Batch)
	if err != nil {
		return err
	}
	return e.revise(t, stored)
}

// revise gives the author of a batch a new receipt after something was decided about it.
func (e *Engine) revise(t *txn, stored oplog.Stored) error {
	verdicts, err := oplog.VerdictsOf(t.db, stored.First, stored.Header.N)
	if err != nil {
		return err
	}
	h := stored.Header
	return oplog.ReviseReceipt(t.db, batch.Receipt{Batch: stored.Hash, Install: h.Install, No: h.No, Level: e.level(), Epoch: e.epoch, At: e.nowMs(),
		N: h.N, Verdicts: verdicts}.Signed(e.key))
}

// Adopt takes the quarantined branch of a fork: its changes are judged and stamped as their author's, and meet what
// the first branch wrote as conflicts. They go up in a batch of this node's own, because the author's number is taken.
// It returns how many were applied and how many refused.
func (e *Engine) Adopt(tx core.App, id int64) (applied, refused int, err error) {
	q, err := oplog.FindQuarantined(tx.DB(), id)
	if err != nil {
		return 0, 0, err
	}
	if q == nil || q.Reason != "fork" {
		return 0, 0, ErrNotHeld
	}
	item, err := wire.NewReader(strings.NewReader(string(q.Bytes))).Next()
	if err != nil || item.Batch == nil {
		return 0, 0, fmt.Errorf("read quarantined batch %d: %w", id, err)
	}
	t, err := e.begin(tx.DB())
	if err != nil {
		return 0, 0, err
	}
	verdicts, err := e.adopt(t, q.Install, item.Batch)
	if err != nil {
		return 0, 0, err
	}
	for _, v := range verdicts {
		if strings.HasPrefix(v, "refused:") {
			refused++
		} else {
			applied++
		}
	}
	return applied, refused, t.end()
}

func (e *Engine) adopt(t *txn, author string, branch *wire.Sealed) ([]string, error) {
	row, err := oplog.FindInstall(t.db, author)
	if err != nil {
		return nil, err
	}
	if row == nil {
		return nil, fmt.Errorf("install %s is not known", author)
	}
	cert, err := e.CertOf(row)
	if err != nil {
		return nil, err
	}
	var lines []wire.Line
	for _, l := range branch.Lines {
		if !l.Erased {
			lines = append(lines, l)
		}
	}
	s, n, err := e.sealOwn(t, lines, branch.Header.Offset)
	if err != nil {
		return nil, err
	}
	in := incoming{batch: n, author: cert, fork: t.n + 1, received: e.nowMs(), offset: branch.Header.Offset, contact: branch.Header.Contact}
	verdicts := make([]string, len(s.Lines))
	for i := range s.Lines {
		body := parse(&s.Lines[i])
		in.i, in.line, in.parsed = i, &s.Lines[i], &body
		if verdicts[i], err = e.one(t, &in); err != nil {
			return nil, fmt.Errorf("adopt line %s: %w", strconv.Itoa(i), err)
		}
	}
	return verdicts, nil
}

// sealOwn stores a batch of this node's own over lines, which are still to be judged, and returns it with its local number.
func (e *Engine) sealOwn(t *txn, lines []wire.Line, offset int64) (*wire.Sealed, int64, error) {
	row, err := oplog.FindInstall(t.db, e.key.ID())
	if err != nil {
		return nil, 0, err
	}
	if row == nil {
		return nil, 0, fmt.Errorf("own install is not registered")
	}
	raw := make([][]byte, len(lines))
	s := &wire.Sealed{Lines: make([]wire.Line, len(lines))}
	for i, l := range lines {
		raw[i] = l.Bytes
		s.Lines[i] = wire.Line{Bytes: l.Bytes, Hash: batch.BodyHashOf(e.key.Suite(), l.Bytes)}
	}
	now := e.nowMs()
	h, hash := batch.Seal(e.key, batch.Header{No: row.LastNo + 1, Prev: row.LastHash, First: row.LastChange + 1, At: now, Offset: offset, Contact: now}, raw)
	s.Header = h
	n, err := oplog.AddBatch(t.db, s, hash, now, t.n+1)
	if err != nil {
		return nil, 0, err
	}
	return s, n, oplog.Advance(t.db, h, hash, now)
}
