package engine

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/pocketbase/dbx"

	"cunju/sync/batch"
	"cunju/sync/change"
	"cunju/sync/install"
	"cunju/sync/oplog"
	"cunju/sync/stamp"
	"cunju/sync/wire"
)

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func splitLines(s string) []string { return strings.Split(s, "\n") }

func joinLines(s []string) string { return strings.Join(s, "\n") }

// arrived is one item of a push with what could be done about it before the transaction: the batch's signature
// checked against the certificate last seen, its lines parsed.
type arrived struct {
	cert    string             // a certificate line; everything else is empty then
	revoked *batch.Revocations // a server's list; everything else is empty then
	batch   *wire.Sealed
	by      parsedCert // whose key it was checked with; empty: not yet
	hash    string
	invalid error // what Verified said
	changes []parsed
}

// parsed is a line as a change. What cannot be read is authentic all the same.
type parsed struct {
	change change.Change
	made   int64 // ms
	err    error
}

// prepare does what needs no transaction, so that others' commits need not wait for it.
func (e *Engine) prepare(items []wire.Item) []arrived {
	list := make([]arrived, len(items))
	for i, item := range items {
		a := &list[i]
		if a.cert, a.revoked, a.batch = item.Cert, item.Revocations, item.Batch; a.batch == nil {
			continue
		}
		if by, ok := e.knownCert(a.batch.Header.Install); ok {
			if a.verify(by); a.invalid == nil {
				a.parse()
			}
		}
	}
	return list
}

// parse reads the lines of a batch whose signature holds: read, a line may be twenty times larger, and what a stranger sends
// must not cost that.
func (a *arrived) parse() {
	a.changes = make([]parsed, len(a.batch.Lines))
	for k := range a.batch.Lines {
		a.changes[k] = parse(&a.batch.Lines[k])
	}
}

func (a *arrived) verify(by parsedCert) {
	a.by = by
	a.hash, a.invalid = batch.Verified(a.batch.Header, a.batch.Bodies(), by.cert.PublicKey())
}

func parse(line *wire.Line) (p parsed) {
	if line.Erased {
		return p
	}
	if p.change, p.err = change.Parse(line.Bytes); p.err != nil {
		return p
	}
	at, err := p.change.Time()
	p.made, p.err = at.UnixMilli(), err
	return p
}

// learn stores a certificate that a known node signed; anything else is passed over.
func (e *Engine) learn(db dbx.Builder, text string) error {
	c, err := install.Parse(text)
	if err != nil {
		return nil
	}
	known, err := oplog.FindInstall(db, c.Install)
	if err != nil || (known != nil && !e.renews(known, text, c)) {
		return err
	}
	issuer, err := oplog.FindInstall(db, c.Issuer)
	if err != nil || issuer == nil || issuer.State == oplog.Revoked {
		return err
	}
	by, err := install.Parse(issuer.Cert)
	if err != nil {
		return nil
	}
	// Dates are not judged here: work done in time may come late, and a certificate made while the issuer's clock was
	// wrong would hold up honest work for years. Who may do what is judged by the time of the work.
	if _, err := install.VerifiedBy(text, by, c.From); err != nil {
		return nil
	}
	if err := oplog.PutInstall(db, rowOf(c, text, e.nowMs())); err != nil {
		return err
	}
	return e.obey(db, c.Install)
}

// renews tells whether a certificate is newer than the one known: an old one that is shown again must
// not give back regions or days.
func (e *Engine) renews(known *oplog.Install, text string, c install.Cert) bool {
	was, err := e.CertOf(known)
	if err != nil || known.Cert == text {
		return err != nil
	}
	if was.Issuer == c.Issuer {
		return c.No > was.No
	}
	return c.From >= was.From
}

// receive takes one batch: verify, store verbatim, fold, receipt. A nil answer
// means that the batch was skipped after an earlier error of its install.
func (e *Engine) receive(t *txn, a *arrived, failed map[string]bool) (*wire.Answer, error) {
	s := a.batch
	id := s.Header.Install
	if failed[id] {
		return nil, nil
	}
	row, err := oplog.FindInstall(t.db, id)
	if err != nil {
		return nil, err
	}
	refuse := func(code string, expect int64) (*wire.Answer, error) {
		failed[id] = true
		return &wire.Answer{Error: &wire.BatchError{Code: code, Install: id, No: s.Header.No, Expect: expect}}, nil
	}
	if row == nil {
		return refuse("unknown_install", 0)
	}
	cert, err := e.CertOf(row)
	if err != nil {
		return nil, err
	}
	if a.by.text != row.Cert {
		a.verify(parsedCert{row.Cert, cert})
	}
	hash := a.hash
	switch {
	case errors.Is(a.invalid, batch.ErrMalformed):
		return refuse("malformed", 0)
	case errors.Is(a.invalid, install.ErrSuite):
		return refuse("suite", 0)
	case a.invalid != nil:
		return refuse("signature", 0)
	}
	if a.changes == nil {
		a.parse()
	}
	if s.Header.No <= row.LastNo {
		return e.again(t, s, hash, row.State, refuse)
	}
	switch {
	case row.State == oplog.Suspended:
		return refuse("install_"+row.State, 0)
	case s.Header.No != row.LastNo+1:
		return refuse("gap", row.LastNo+1)
	case s.Header.Prev != row.LastHash || s.Header.First != row.LastChange+1:
		return refuse("malformed", 0)
	}
	via, code, err := e.viaOf(t.db, s, hash, cert)
	if err != nil {
		return nil, err
	}
	if code != "" {
		return refuse(code, 0)
	}
	held, err := e.holds(t, row, cert, s.Header, via)
	if err != nil {
		return nil, err
	}
	return e.take(t, a, cert, via, held)
}

// again answers a batch number that was seen before: the same receipt for the
// same batch, a fork for another one. Both branches are kept.
func (e *Engine) again(t *txn, s *wire.Sealed, hash, state string, refuse func(string, int64) (*wire.Answer, error)) (*wire.Answer, error) {
	known, err := oplog.BatchHash(t.db, s.Header.Install, s.Header.No)
	if err != nil {
		return nil, err
	}
	if known == hash {
		r, err := oplog.NewestReceipt(t.db, hash, e.level())
		if err != nil {
			return nil, err
		}
		if r != nil && r.Server != e.key.ID() {
			// Given before a restore, whose author may never have met the node as it was then: the node stands for it anew.
			r.Epoch = e.Epoch()
			*r = r.Signed(e.key)
		}
		taus, err := otherTaus(t.db, s, hash)
		return &wire.Answer{Receipt: r, Taus: taus}, err
	}
	var b strings.Builder
	if err := wire.WriteBatch(&b, s); err != nil {
		return nil, err
	}
	if err := oplog.Quarantine(t.db, s.Header.Install, "fork", e.nowMs(), []byte(b.String())); err != nil {
		return nil, err
	}
	if state == oplog.Revoked {
		return refuse("fork", 0) // and stays revoked
	}
	if err := oplog.SetState(t.db, s.Header.Install, oplog.Suspended); err != nil {
		return nil, err
	}
	return refuse("fork", 0)
}

// take stores a verified batch and folds its changes.
func (e *Engine) take(t *txn, a *arrived, author install.Cert, via *forwarded, held bool) (*wire.Answer, error) {
	s, hash, now := a.batch, a.hash, e.nowMs()
	n, err := oplog.AddBatch(t.db, s, hash, now, t.n+1)
	if err != nil {
		return nil, err
	}
	if err := t.meet(refs(a.changes)); err != nil {
		return nil, err
	}
	in := incoming{batch: n, author: author, via: via, held: held, received: now, offset: s.Header.Offset, contact: s.Header.Contact}
	if via != nil {
		in.source = via.Server
	}
	verdicts := map[string]string{}
	for i := range s.Lines {
		in.i, in.line, in.parsed = i, &s.Lines[i], &a.changes[i]
		verdict, err := e.one(t, &in)
		if err != nil {
			return nil, err
		}
		if verdict != Applied {
			verdicts[strconv.Itoa(i)] = verdict
		}
	}
	if err := oplog.Advance(t.db, s.Header, hash, now); err != nil {
		return nil, err
	}
	r := batch.Receipt{Batch: hash, Install: author.Install, No: s.Header.No, Level: e.level(), Epoch: e.Epoch(), At: now,
		N: len(s.Lines), Verdicts: verdicts}.Signed(e.key)
	if err := oplog.AddReceipt(t.db, r); err != nil {
		return nil, err
	}
	return &wire.Answer{Receipt: &r}, nil
}

// refs names the records that changes are about.
func refs(changes []parsed) []ref {
	list := make([]ref, 0, len(changes))
	for i := range changes {
		for _, ed := range changes[i].change.Edits {
			list = append(list, ref{ed.C, ed.R})
		}
	}
	return list
}

// incoming is one line on its way into the log.
type incoming struct {
	batch    int64
	i        int
	line     *wire.Line
	parsed   *parsed
	author   install.Cert
	via      *forwarded
	source   string
	received int64
	offset   int64
	contact  int64 // the author's last contact with this node, by this node's clock
	checked  bool  // captured from PocketBase: rules were asked before the save
	held     bool  // the whole batch waits for an officer
	allowed  bool  // an officer answers for the author's rights
	fork     int64 // place from which on the author's own changes are of its branch; 0: all are
}

// unnamed is the key of a line whose change id is unreadable or taken. The same line may come again under
// another install, so its place is part of it.
func (in *incoming) unnamed() string { return fmt.Sprintf("h-%s-%d-%d", in.line.Hash, in.batch, in.i) }

// one judges a line, stores it with its verdict, and folds it when it applies.
func (e *Engine) one(t *txn, in *incoming) (string, error) {
	t.n++
	row := oplog.Change{N: t.n, Batch: in.batch, I: in.i, Install: in.author.Install, Hash: in.line.Hash, Body: in.line.Bytes, Tau: in.received}
	if in.line.Erased || in.parsed.err != nil {
		// Authentic but unreadable here: kept under its hash, shown, never blocking.
		row.ID, row.Verdict = in.unnamed(), "refused:malformed"
		if in.line.Erased {
			row.Verdict = "erased"
		}
		_, err := oplog.AddChange(t.db, row)
		return row.Verdict, err
	}
	c := &in.parsed.change
	row.ID, row.Made = c.ID, in.parsed.made
	var err error
	if row.Tau, err = e.tau(t, c, in); err != nil {
		return "", err
	}
	if in.waits() {
		row.Verdict = Held
		if added, err := oplog.AddChange(t.db, row); err != nil || added {
			return row.Verdict, err
		}
		return e.known(t, nil, Held, &row, in)
	}
	p, code, err := e.judge(t, c, in, row.Tau)
	if err != nil {
		return "", err
	}
	row.Verdict = Applied
	if code != "" {
		row.Verdict = "refused:" + code
	}
	added, err := oplog.AddChange(t.db, row)
	if err == nil && !added {
		return e.known(t, p, code, &row, in)
	}
	if err != nil || code != "" {
		return row.Verdict, err
	}
	return e.apply(t, p, stamp.Stamp{Tau: row.Tau, ID: c.ID}, row.N, in)
}

// duplicate is the code of a change that is here already under another batch.
const duplicate = "duplicate"

// tau is the change's stamp: the forwarding node's when there is one.
func (e *Engine) tau(t *txn, c *change.Change, in *incoming) (int64, error) {
	if in.via != nil {
		return in.via.Taus[in.i], nil
	}
	var base int64
	for _, ed := range c.Edits {
		tau, err := t.baseTau(ed, in.author.Install)
		if err != nil {
			return 0, err
		}
		base = max(base, tau)
	}
	return stamp.Bounded(in.parsed.made, in.offset, in.received, base), nil
}

// baseTau is the stamp of what the author of an edit saw, 0 when nothing is known of it.
func (t *txn) baseTau(ed change.Edit, author string) (int64, error) {
	_, tau, err := t.base(ed, author)
	if err == nil && tau == 0 && ed.Base != "" {
		return standing(t, ed, ed.Base)
	}
	return tau, err
}

// standing is the stamp of a change that this node knows only by its effect, because the record came as a state
// from another node; 0 when nothing of it stands, so that it cannot win over anybody.
func standing(t *txn, ed change.Edit, id string) (int64, error) {
	row, err := t.record(ed.C, ed.R)
	if err != nil || row == nil {
		return 0, err
	}
	if row.Rev == id {
		return row.Tau, nil
	}
	stamps, err := decodeStamps(row.Stamps)
	for _, s := range stamps {
		if s.ID == id {
			return s.Tau, err
		}
	}
	return 0, err
}
