package phone

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"sort"
	"time"

	"cunju/sync/batch"
	"cunju/sync/change"
	"cunju/sync/dial"
	"cunju/sync/feed"
	"cunju/sync/install"
	"cunju/sync/wire"
)

// changesPerBatch keeps one batch small enough for a 2G link to finish.
const changesPerBatch = 50

// Phone is one install's store and its line to a server. Not safe for use by
// several goroutines at once.
type Phone struct {
	file    *os.File
	conn    *dial.Conn
	key     *install.Key
	who     dial.Enrolled
	changes []*Saved
	batches []sealed
	acked   map[string]bool
	rn      int64
	records map[string]*Record
	feeds   map[string]*checkpoint
}

// Open opens or creates a store. A new store gets a new key: an identity is never resumed elsewhere.
func Open(path, url string, client *http.Client, now func() time.Time) (*Phone, error) {
	p := &Phone{conn: &dial.Conn{URL: url, HTTP: client, Now: now}, acked: map[string]bool{},
		records: map[string]*Record{}, feeds: map[string]*checkpoint{}}
	if err := p.open(path); err != nil {
		return nil, err
	}
	if p.key == nil {
		key, err := install.NewKey()
		if err != nil {
			return nil, err
		}
		raw, err := key.Bytes()
		if err != nil {
			return nil, fmt.Errorf("encode key: %w", err)
		}
		if err := p.keep(entry{Key: hex.EncodeToString(raw)}); err != nil {
			return nil, err
		}
	}
	p.conn.Key = p.key
	return p, nil
}

// Close closes the store's file.
func (p *Phone) Close() error { return p.file.Close() }

// Install is the phone's id, Staff whose it is.
func (p *Phone) Install() string { return p.key.ID() }

// Who is what enrolment answered.
func (p *Phone) Who() dial.Enrolled { return p.who }

// Alias is the install's short name in rating codes, 8 hex digits.
func (p *Phone) Alias() string {
	if len(p.who.Chain) == 0 {
		return ""
	}
	c, err := install.Parse(p.who.Chain[0])
	if err != nil {
		return ""
	}
	return c.Alias
}

// TokenKey is the key for rating codes of a year, nil when none was given.
func (p *Phone) TokenKey(year int) []byte {
	k, err := base64.RawURLEncoding.DecodeString(p.who.Tokens[fmt.Sprint(year)])
	if err != nil || len(k) == 0 {
		return nil
	}
	return k
}

// Enrol exchanges a one-time code for a certificate and checks the chain it gets.
func (p *Phone) Enrol(ctx context.Context, code, name string) error {
	var out dial.Enrolled
	err := p.conn.Call(ctx, "/api/sync/enrol", dial.Enrol{Suite: install.SuiteStd, Code: code,
		Key: base64.RawURLEncoding.EncodeToString(p.key.Public()), Name: name}, &out)
	if err != nil {
		return err
	}
	if err := checkChain(out.Chain, p.key.ID(), out.Now); err != nil {
		return err
	}
	offset := out.Now - p.conn.Now().UnixMilli()
	if err := p.keep(entry{Clock: &[2]int64{offset, out.Now}}); err != nil {
		return err
	}
	return p.keep(entry{Enrolled: &out})
}

func checkChain(chain []string, own string, now int64) error {
	if len(chain) < 2 {
		return install.ErrChain
	}
	by, err := install.Parse(chain[len(chain)-1])
	if err != nil {
		return err
	}
	for i := len(chain) - 1; i >= 0; i-- {
		if by, err = install.VerifiedBy(chain[i], by, now); err != nil {
			return err
		}
	}
	if by.Install != own {
		return install.ErrChain
	}
	return nil
}

// Save makes one user action durable. Bases are filled in from what this phone sees.
// No cryptography and no network: this is the moment of the single ✓.
func (p *Phone) Save(edits []change.Edit) (string, error) {
	for i := range edits {
		edits[i].Base = p.seen(edits[i].C, edits[i].R)
	}
	c, line, err := change.Line(p.conn.Now(), p.who.Staff.ID, 1, edits)
	if err != nil {
		return "", err
	}
	return c.ID, p.keep(entry{Change: string(line)})
}

// seen is the rev of a record as its user sees it: own changes that have not come back lie over the server's state.
func (p *Phone) seen(c, r string) string {
	for i := len(p.changes) - 1; i >= 0; i-- {
		if p.changes[i].Level != "" {
			continue
		}
		for _, e := range p.changes[i].Change.Edits {
			if e.C == c && e.R == r {
				return p.changes[i].Change.ID
			}
		}
	}
	if rec := p.records[c+"/"+r]; rec != nil {
		return rec.Rev
	}
	return ""
}

// Changes lists own changes in order.
func (p *Phone) Changes() []*Saved { return p.changes }

// Unsent counts own changes without any receipt.
func (p *Phone) Unsent() int {
	n := 0
	for _, c := range p.changes {
		if c.Level == "" {
			n++
		}
	}
	return n
}

// Records lists what the server holds of a collection, by id.
func (p *Phone) Records(c string) []*Record {
	var list []*Record
	for _, r := range p.records {
		if r.C == c {
			list = append(list, r)
		}
	}
	sort.Slice(list, func(a, b int) bool { return list[a].R < list[b].R })
	return list
}

// Sync seals what is new, sends what has no receipt, and reads the feeds. A failure
// leaves everything in place for the next time.
func (p *Phone) Sync(ctx context.Context) error {
	if err := p.seal(); err != nil {
		return err
	}
	if err := p.push(ctx); err != nil {
		return err
	}
	return p.pull(ctx)
}

// seal numbers the unsealed changes once and for all.
func (p *Phone) seal() error {
	for {
		done := 0
		last := sealed{}
		if n := len(p.batches); n > 0 {
			last = p.batches[n-1]
			done = int(last.Header.First) - 1 + last.Header.N
		}
		rest := p.changes[done:]
		if len(rest) == 0 {
			return nil
		}
		lines := [][]byte{}
		for _, c := range rest[:min(len(rest), changesPerBatch)] {
			lines = append(lines, c.Line)
		}
		offset, contact := p.conn.Clock()
		h, hash := batch.Seal(p.key, batch.Header{No: last.Header.No + 1, Prev: last.Hash, First: int64(done) + 1,
			At: p.conn.Now().UnixMilli(), Offset: offset, Contact: contact}, lines)
		if err := p.keep(entry{Batch: &sealed{h, hash}}); err != nil {
			return err
		}
	}
}

// push sends every batch without a receipt, in order.
func (p *Phone) push(ctx context.Context) error {
	var waiting []sealed
	for _, b := range p.batches {
		if !p.acked[b.Hash] {
			waiting = append(waiting, b)
		}
	}
	if len(waiting) == 0 {
		return nil
	}
	var refused *wire.BatchError
	err := p.conn.Push(ctx, func(w io.Writer) error { return p.write(w, waiting) }, func(a wire.Answer) error {
		if a.Error != nil {
			refused = a.Error
			return nil
		}
		return p.receipt(*a.Receipt, 0)
	})
	if err == nil && refused != nil {
		err = &dial.Status{HTTP: http.StatusOK, Code: refused.Code}
	}
	return err
}

func (p *Phone) write(w io.Writer, waiting []sealed) error {
	for _, b := range waiting {
		s := &wire.Sealed{Header: b.Header}
		first := int(b.Header.First) - 1
		for _, c := range p.changes[first : first+b.Header.N] {
			s.Lines = append(s.Lines, wire.Line{Bytes: c.Line})
		}
		if err := wire.WriteBatch(w, s); err != nil {
			return err
		}
	}
	return nil
}

// receipt checks and keeps a receipt. Only servers of the own chain are believed.
func (p *Phone) receipt(r batch.Receipt, rn int64) error {
	for _, text := range p.who.Chain[1:] {
		c, err := install.Parse(text)
		if err == nil && c.Install == r.Server {
			if err := r.Verify(c.PublicKey()); err != nil {
				return err
			}
			return p.keep(entry{Receipt: &r, Rn: rn})
		}
	}
	return fmt.Errorf("receipt of a stranger: %w", install.ErrChain)
}

// pull reads every feed until nothing is left, and heals a replica whose checkpoint differs.
func (p *Phone) pull(ctx context.Context) error {
	names := p.names()
	for len(names) > 0 {
		q := dial.Query{Receipts: p.rn, Unsent: int64(p.Unsent())}
		for _, name := range names {
			c := dial.Cursor{Feed: name}
			if cp := p.feeds[name]; cp != nil {
				c.Epoch, c.Seq = cp.epoch, cp.seq
			}
			q.Cursors = append(q.Cursors, c)
		}
		var lines []wire.FeedLine
		names = nil
		err := p.conn.Feed(ctx, q, func(l wire.FeedLine) error {
			switch {
			case l.Receipt != nil:
				return p.receipt(*l.Receipt, l.Rn)
			case l.Now != 0:
				return nil
			case l.Gone != "":
				return p.keep(entry{Gone: l.Gone})
			}
			lines = append(lines, l)
			if l.Checkpoint == nil {
				return nil
			}
			if err := p.keep(entry{Feed: lines}); err != nil {
				return err
			}
			lines = nil
			if l.Checkpoint.More || p.differs(*l.Checkpoint) {
				names = append(names, l.Checkpoint.Feed)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	offset, contact := p.conn.Clock()
	return p.keep(entry{Clock: &[2]int64{offset, contact}})
}

// names lists the phone's feeds: the regions of enrolment, which already include the codes above.
func (p *Phone) names() []string {
	var list []string
	for _, r := range p.who.Regions {
		list = append(list, r.Code)
	}
	return list
}

// differs compares with a checkpoint; on the first difference it forgets the place in the feed, so that
// everything comes again.
func (p *Phone) differs(cp wire.Checkpoint) bool {
	own := p.Checkpoint(cp.Feed)
	state := p.feeds[cp.Feed]
	if own.Count == cp.Count && (own.Count == 0 || own.Hex() == cp.Sum) {
		state.resynced = false
		return false
	}
	if state.resynced {
		return false
	}
	state.epoch, state.seq, state.resynced = "", 0, true
	return true
}

// Checkpoint computes what this phone holds of a feed.
func (p *Phone) Checkpoint(name string) feed.Checkpoint {
	c := feed.Checkpoint{Feed: name}
	for _, r := range p.records {
		if r.feed == name {
			c.Count++
			c.Sum += feed.Sum(r.C, r.R, r.Rev)
		}
	}
	return c
}

// Refused tells whether an error is the server's refusal with this code.
func Refused(err error, code string) bool {
	var s *dial.Status
	return errors.As(err, &s) && s.Code == code
}

// Public is the phone's public key, for enrolment by other means than a code.
func (p *Phone) Public() []byte { return p.key.Public() }

// Adopt takes an enrolment that reached the phone by another way, such as a file.
func (p *Phone) Adopt(who dial.Enrolled) error {
	if err := checkChain(who.Chain, p.key.ID(), p.conn.Now().UnixMilli()); err != nil {
		return err
	}
	return p.keep(entry{Enrolled: &who})
}
