package engine

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"cunju/sync/batch"
	"cunju/sync/change"
	"cunju/sync/feed"
	"cunju/sync/install"
	"cunju/sync/oplog"
	"cunju/sync/stamp"
	"cunju/sync/wire"
)

// changesPerCommit bounds how long one transaction keeps other writers waiting.
const changesPerCommit = 1000

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func splitLines(s string) []string { return strings.Split(s, "\n") }

func joinLines(s []string) string { return strings.Join(s, "\n") }

// Push takes the lines of a request and hands over an answer per batch, each
// after the commit that made it durable. It stops at the first unreadable line: what came before
// stands and was answered.
func (e *Engine) Push(ctx context.Context, r *wire.Reader, answer func(wire.Answer) error) error {
	failed := map[string]bool{}
	for {
		items, end := readSome(r)
		answers, err := e.commit(ctx, items, failed)
		if err != nil {
			return err
		}
		for _, a := range answers {
			if err := answer(a); err != nil {
				return err
			}
		}
		if errors.Is(end, io.EOF) {
			return nil
		}
		if end != nil {
			return end
		}
	}
}

// readSome reads items until about one commit's worth of changes is there.
func readSome(r *wire.Reader) ([]wire.Item, error) {
	var items []wire.Item
	for changes := 0; changes < changesPerCommit; {
		item, err := r.Next()
		if err != nil {
			return items, err
		}
		items = append(items, item)
		if item.Batch != nil {
			changes += len(item.Batch.Lines)
		}
	}
	return items, nil
}

func (e *Engine) commit(ctx context.Context, items []wire.Item, failed map[string]bool) ([]wire.Answer, error) {
	if len(items) == 0 {
		return nil, nil
	}
	var answers []wire.Answer
	err := e.app.RunInTransaction(func(tx core.App) error {
		answers = answers[:0]
		t, err := e.begin(tx.DB())
		if err != nil {
			return err
		}
		for _, item := range items {
			if err := ctx.Err(); err != nil {
				return err
			}
			if item.Cert != "" {
				if err := e.learn(t.db, item.Cert); err != nil {
					return err
				}
				continue
			}
			a, err := e.receive(t, item.Batch, failed)
			if err != nil {
				return err
			}
			if a != nil {
				answers = append(answers, *a)
			}
		}
		return t.end()
	})
	if err != nil {
		return nil, err
	}
	e.Committed()
	return answers, nil
}

// learn stores a certificate that a known node signed; anything else is passed over.
func (e *Engine) learn(db dbx.Builder, text string) error {
	c, err := install.Parse(text)
	if err != nil {
		return nil
	}
	known, err := oplog.FindInstall(db, c.Install)
	if err != nil || (known != nil && known.Cert == text) {
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
	return oplog.PutInstall(db, rowOf(c, text, e.nowMs()))
}

// receive takes one batch: verify, store verbatim, fold, receipt. A nil answer
// means that the batch was skipped after an earlier error of its install.
func (e *Engine) receive(t *txn, s *wire.Sealed, failed map[string]bool) (*wire.Answer, error) {
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
	cert, err := install.Parse(row.Cert)
	if err != nil {
		return nil, fmt.Errorf("read stored certificate: %w", err)
	}
	hash, err := batch.Verified(s.Header, s.Bodies(), cert.PublicKey())
	switch {
	case errors.Is(err, batch.ErrMalformed):
		return refuse("malformed", 0)
	case errors.Is(err, install.ErrSuite):
		return refuse("suite", 0)
	case err != nil:
		return refuse("signature", 0)
	}
	if s.Header.No <= row.LastNo {
		return e.again(t, s, hash, refuse)
	}
	switch {
	case row.State != oplog.Active:
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
	return e.take(t, s, hash, cert, via)
}

// again answers a batch number that was seen before: the same receipt for the
// same batch, a fork for another one. Both branches are kept.
func (e *Engine) again(t *txn, s *wire.Sealed, hash string, refuse func(string, int64) (*wire.Answer, error)) (*wire.Answer, error) {
	known, err := oplog.BatchHash(t.db, s.Header.Install, s.Header.No)
	if err != nil {
		return nil, err
	}
	if known == hash {
		r, err := oplog.FindReceipt(t.db, hash, e.level())
		if err != nil {
			return nil, err
		}
		return &wire.Answer{Receipt: r}, nil
	}
	var b strings.Builder
	if err := wire.WriteBatch(&b, s); err != nil {
		return nil, err
	}
	if err := oplog.Quarantine(t.db, s.Header.Install, "fork", e.nowMs(), []byte(b.String())); err != nil {
		return nil, err
	}
	if err := oplog.SetState(t.db, s.Header.Install, oplog.Suspended); err != nil {
		return nil, err
	}
	return refuse("fork", 0)
}

// viaOf checks what a forwarding node added. nil without code: the batch came
// from its author, this node is the first server.
func (e *Engine) viaOf(db dbx.Builder, s *wire.Sealed, hash string, author install.Cert) (*batch.Via, string, error) {
	if s.Via == nil {
		return nil, "", nil
	}
	row, err := oplog.FindInstall(db, s.Via.Server)
	if err != nil {
		return nil, "", err
	}
	if row == nil || row.State != oplog.Active {
		return nil, "unknown_install", nil
	}
	node, err := install.Parse(row.Cert)
	if err != nil {
		return nil, "", fmt.Errorf("read stored certificate: %w", err)
	}
	switch {
	case s.Via.Hash != hash || s.Via.Verify(node.PublicKey()) != nil:
		return nil, "signature", nil
	case !node.IsNode() || (author.Issuer != node.Install && author.Install != node.Install):
		return nil, "scope", nil
	}
	return s.Via, "", nil
}

// take stores a verified batch and folds its changes.
func (e *Engine) take(t *txn, s *wire.Sealed, hash string, author install.Cert, via *batch.Via) (*wire.Answer, error) {
	now := e.nowMs()
	n, err := oplog.AddBatch(t.db, s, hash, now)
	if err != nil {
		return nil, err
	}
	source := ""
	if via != nil {
		source = via.Server
	}
	verdicts := map[string]string{}
	for i, line := range s.Lines {
		in := incoming{batch: n, i: i, line: line, author: author, via: via, source: source, received: now, offset: s.Header.Offset}
		verdict, err := e.one(t, in)
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
	r := batch.Receipt{Batch: hash, Install: author.Install, No: s.Header.No, Level: e.level(), Epoch: e.epoch, At: now,
		N: len(s.Lines), Verdicts: verdicts}.Signed(e.key)
	if err := oplog.AddReceipt(t.db, r); err != nil {
		return nil, err
	}
	return &wire.Answer{Receipt: &r}, nil
}

// incoming is one line on its way into the log.
type incoming struct {
	batch    int64
	i        int
	line     wire.Line
	author   install.Cert
	via      *batch.Via
	source   string
	received int64
	offset   int64
	checked  bool // captured from PocketBase: rules were asked before the save
}

// unnamed is the key of a line whose change id is unreadable or taken. The same line may come again under
// another install, so its place is part of it.
func (in *incoming) unnamed() string { return fmt.Sprintf("h-%s-%d-%d", in.line.Hash, in.batch, in.i) }

// one judges a line, stores it with its verdict, and folds it when it applies.
func (e *Engine) one(t *txn, in incoming) (string, error) {
	row := oplog.Change{Batch: in.batch, I: in.i, Install: in.author.Install, Hash: in.line.Hash, Body: in.line.Bytes, Tau: in.received}
	c, err := change.Parse(in.line.Bytes)
	if in.line.Erased || err != nil {
		// Authentic but unreadable here: kept under its hash, shown, never blocking.
		row.ID, row.Verdict = in.unnamed(), "refused:malformed"
		if in.line.Erased {
			row.Verdict = "erased"
		}
		_, err = oplog.AddChange(t.db, row)
		return row.Verdict, err
	}
	if n, _, err := oplog.FindChange(t.db, c.ID); err != nil || n != 0 {
		row.ID, row.Verdict = in.unnamed(), "refused:duplicate"
		if err == nil {
			_, err = oplog.AddChange(t.db, row)
		}
		return row.Verdict, err
	}
	row.ID = c.ID
	if row.Tau, err = e.tau(t.db, &c, in); err != nil {
		return "", err
	}
	p, code, err := e.judge(t, &c, in, row.Tau)
	if err != nil {
		return "", err
	}
	row.Verdict = Applied
	if code != "" {
		row.Verdict = "refused:" + code
	}
	n, err := oplog.AddChange(t.db, row)
	if err != nil || code != "" {
		return row.Verdict, err
	}
	return e.apply(t, p, stamp.Stamp{Tau: row.Tau, ID: c.ID}, n, in)
}

// tau is the change's stamp: the forwarding node's when there is one.
func (e *Engine) tau(db dbx.Builder, c *change.Change, in incoming) (int64, error) {
	if in.via != nil {
		return in.via.Taus[in.i], nil
	}
	var base int64
	for _, ed := range c.Edits {
		_, tau, err := oplog.FindChange(db, ed.Base)
		if err == nil && tau == 0 && ed.Base != "" {
			tau, err = standing(db, ed, ed.Base)
		}
		if err != nil {
			return 0, err
		}
		base = max(base, tau)
	}
	at, err := c.Time()
	if err != nil {
		return 0, err
	}
	return stamp.Bounded(at.UnixMilli(), in.offset, in.received, base), nil
}

// standing is the stamp of a change that this node knows only by its effect, because the record came as a state
// from another node; 0 when nothing of it stands, so that it cannot win over anybody.
func standing(db dbx.Builder, ed change.Edit, id string) (int64, error) {
	row, err := feed.Find(db, ed.C, ed.R)
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
