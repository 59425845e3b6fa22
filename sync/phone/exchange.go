package phone

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"

	"cunju/sync/batch"
	"cunju/sync/dial"
	"cunju/sync/feed"
	"cunju/sync/install"
	"cunju/sync/wire"
)

// changesPerBatch keeps one batch small enough for a 2G link to finish.
const changesPerBatch = 50

// roundsPerPush bounds how often one push is repeated for what a server that lost something asks for again.
const roundsPerPush = 4

// Sync seals what is new, sends what has no receipt, and reads the feeds. A failure
// leaves everything in place for the next time.
func (p *Phone) Sync(ctx context.Context) error {
	if err := p.exchange(ctx); err != nil {
		return err
	}
	return p.afterwards(ctx)
}

func (p *Phone) exchange(ctx context.Context) error {
	if len(p.who.Chain) == 0 {
		return ErrNotEnrolled
	}
	if err := p.seal(); err != nil {
		return err
	}
	if err := p.push(ctx); err != nil {
		return err
	}
	err := p.pull(ctx)
	if Refused(err, "unknown_install") {
		// A restored server forgot this install: it is shown the certificate and all work again.
		if err = p.keep(entry{Again: &again{}}); err == nil {
			err = p.introduce(ctx)
		}
		if err == nil {
			err = p.pull(ctx)
		}
	}
	if err != nil || len(p.waiting()) == 0 {
		return err
	}
	// The server's epoch was new: it may have lost what it had acknowledged.
	if err := p.push(ctx); err != nil {
		return err
	}
	return p.pull(ctx)
}

// seal numbers the unsealed changes once and for all.
func (p *Phone) seal() error {
	for len(p.unsealed) > 0 {
		lines := [][]byte{}
		for _, c := range p.unsealed[:min(len(p.unsealed), changesPerBatch)] {
			lines = append(lines, c.Line)
		}
		h := batch.Header{No: 1, First: 1, At: p.conn.Now().UnixMilli()}
		if last := p.last; last != nil {
			h.No, h.Prev, h.First = last.Header.No+1, last.Hash, last.Header.First+int64(last.Header.N)
		}
		h.Offset, h.Contact = p.conn.Clock()
		h, hash := batch.Seal(p.key, h, lines)
		if err := p.keep(entry{Batch: &sealed{Header: h, Hash: hash}}); err != nil {
			return err
		}
	}
	return nil
}

func (p *Phone) waiting() []*sealed {
	var list []*sealed
	for _, b := range p.batches {
		if b.waits {
			list = append(list, b)
		}
	}
	return list
}

// push sends every batch that waits, in order.
func (p *Phone) push(ctx context.Context) error {
	certs := false
	for range roundsPerPush {
		waiting := p.waiting()
		if len(waiting) == 0 {
			return nil
		}
		refused, err := p.send(ctx, waiting, certs)
		rewound := false
		if err == nil && refused != nil && refused.Code == "gap" {
			rewound, err = p.rewind(*refused)
		}
		switch {
		case err != nil:
			return err
		case refused == nil && len(p.waiting()) > 0:
			return dial.ErrCut // closed in good form but not everything was answered
		case refused == nil:
			return nil
		case rewound:
		case refused.Code == "unknown_install" && !certs:
			certs = true
		default:
			return &dial.Status{HTTP: http.StatusOK, Code: refused.Code}
		}
	}
	return &dial.Status{HTTP: http.StatusOK, Code: "gap"}
}

// rewind makes the batches from the number that the server expects wait again: it was set back and lost them. It
// is false when this phone does not have that number.
func (p *Phone) rewind(e wire.BatchError) (bool, error) {
	for _, b := range p.batches {
		if b.Header.Install == e.Install && b.Header.No == e.Expect {
			return true, p.keep(entry{Again: &again{e.Install, e.Expect}})
		}
	}
	return false, nil
}

// remembered compares the newest batch that the server has with what it acknowledged. A server that was rolled back
// and does not know it says so here, also when there is nothing new to send.
func (p *Phone) remembered(lastNo *int64) error {
	if lastNo == nil {
		return nil
	}
	for _, b := range p.batches {
		if b.Header.Install == p.key.ID() && b.Header.No > *lastNo && !b.waits {
			return p.keep(entry{Again: &again{b.Header.Install, *lastNo + 1}})
		}
	}
	return nil
}

// introduce shows the certificate to a server without sending work.
func (p *Phone) introduce(ctx context.Context) error {
	_, err := p.send(ctx, nil, true)
	if err != nil {
		return err
	}
	return p.push(ctx)
}

// send makes one request; refused is the first batch's error that it was answered with.
func (p *Phone) send(ctx context.Context, waiting []*sealed, certs bool) (refused *wire.BatchError, err error) {
	err = p.conn.Push(ctx, func(w io.Writer) error { return p.write(w, waiting, certs) }, func(a wire.Answer) error {
		switch {
		case a.Receipt != nil:
			return p.receipt(ctx, *a.Receipt, 0)
		case a.Error == nil:
			return dial.ErrCut
		case refused == nil:
			refused = a.Error
		}
		return nil
	})
	return refused, err
}

func (p *Phone) write(w io.Writer, waiting []*sealed, certs bool) error {
	for i := len(p.who.Chain) - 2; certs && i >= 0; i-- {
		if err := wire.Write(w, map[string]string{"cert": p.who.Chain[i]}); err != nil {
			return err
		}
	}
	for _, b := range waiting {
		s := &wire.Sealed{Header: b.Header}
		for _, c := range b.changes {
			s.Lines = append(s.Lines, wire.Line{Bytes: c.Line})
		}
		if err := wire.WriteBatch(w, s); err != nil {
			return err
		}
	}
	return nil
}

// receipt checks and keeps a receipt. Only servers under the root that the phone was enrolled with are believed.
func (p *Phone) receipt(ctx context.Context, r batch.Receipt, rn int64) error {
	server, known := p.servers[r.Server]
	if !known {
		if err := p.meet(ctx); err != nil {
			return err
		}
		if server, known = p.servers[r.Server]; !known {
			return errStranger
		}
	}
	if r.Level == batch.LevelCity && server.Kind != install.City {
		return errStranger
	}
	if err := r.Verify(server.PublicKey()); err != nil {
		return err
	}
	return p.keep(entry{Receipt: &r, Rn: rn})
}

var errStranger = errors.Join(errors.New("receipt of a stranger"), install.ErrChain)

// meet learns the server's chain when the server is another install than the one that enrolled this
// phone: a replaced or restored township. It is believed when the same root certified it for this phone's regions.
func (p *Phone) meet(ctx context.Context) error {
	h, err := p.conn.Hello(ctx)
	if err != nil {
		return err
	}
	if len(p.who.Chain) < 2 || len(h.Chain) < 2 {
		return errStranger
	}
	by, err := install.Parse(p.who.Chain[len(p.who.Chain)-1])
	if err != nil {
		return err
	}
	for i := len(h.Chain) - 2; i >= 0; i-- {
		if by, err = install.VerifiedBy(h.Chain[i], by, h.Now); err != nil {
			return err
		}
	}
	own, err := install.Parse(p.who.Chain[0])
	if err != nil || by.Install != h.Install || !by.IsNode() || !install.Covers(by.Region(), own.Region()) {
		return errStranger
	}
	return p.keep(entry{Chain: h.Chain})
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
		var err error
		if names, err = p.read(ctx, q); err != nil {
			return err
		}
	}
	offset, contact := p.conn.Clock()
	return p.keep(entry{Clock: &[2]int64{offset, contact}, Pulled: true})
}

// read asks once and returns the feeds that must be asked again.
func (p *Phone) read(ctx context.Context, q dial.Query) (again []string, err error) {
	var lines []wire.FeedLine
	err = p.conn.Feed(ctx, q, func(l wire.FeedLine) error {
		switch {
		case l.Receipt != nil:
			return p.receipt(ctx, *l.Receipt, l.Rn)
		case l.Now != 0:
			p.closed(l)
			return p.remembered(l.LastNo)
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
			again = append(again, l.Checkpoint.Feed)
		}
		return nil
	})
	return again, err
}

// names lists the phone's feeds: the regions of enrolment, which already include the codes above.
func (p *Phone) names() []string {
	var list []string
	for _, r := range p.who.Regions {
		list = append(list, r.Code)
		if !strings.HasSuffix(r.Code, "000") { // villages also have what is for this person alone
			list = append(list, feed.Name(r.Code, feed.Own(p.who.Staff.ID)))
		}
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
