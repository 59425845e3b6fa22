package phone

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json/v2"
	"errors"
	"io"

	"cunju/sync/batch"
	"cunju/sync/bundle"
	"cunju/sync/dial"
	"cunju/sync/wire"
)

// ErrNoBox means that the server's box was never learned: no file can be made for it.
var ErrNoBox = errors.New("the server's box is not known yet")

// batchesPerSection is what one section of a file carries, like one request.
const batchesPerSection = 100

// LearnBox asks the server where files for it go, and keeps that for the time without a network.
func (p *Phone) LearnBox(ctx context.Context) error {
	h, err := p.conn.Hello(ctx)
	if err != nil || h.Box == nil {
		return err
	}
	if _, known := p.servers[h.Install]; !known {
		if err := p.meet(ctx); err != nil {
			return err
		}
	}
	if err := h.Box.Verify(p.servers[h.Install]); err != nil {
		return err
	}
	who := p.who
	who.Box = h.Box
	return p.keep(entry{Enrolled: &who})
}

// ExportUnsent writes what has no receipt into a file that only the server can read, and asks in it for what
// is new. Until the answer comes back everything stays as it was: the same work may also be sent over a network.
func (p *Phone) ExportUnsent(w io.Writer) error {
	if p.who.Box == nil {
		return ErrNoBox
	}
	if err := p.who.Box.Verify(p.servers[p.who.Box.Install]); err != nil {
		return err
	}
	return p.ExportUnsentTo(w, *p.who.Box)
}

// ExportUnsentTo is ExportUnsent for a box that the caller trusts, such as one read off the office's screen.
func (p *Phone) ExportUnsentTo(w io.Writer, to bundle.Box) error {
	if err := p.seal(); err != nil {
		return err
	}
	own, err := bundle.DerivedKey(p.key)
	if err != nil {
		return err
	}
	box := own.Box(p.key)
	letter := bundle.Letter{Kind: bundle.Push, ID: bundle.NewID(), At: p.conn.Now().UnixMilli(), Cert: p.who.Chain[0], Box: &box, Ask: p.query().Encode()}
	return bundle.Seal(w, to, p.key, letter, func(w io.Writer) error {
		for waiting := p.waiting(); len(waiting) > 0; {
			n := min(len(waiting), batchesPerSection)
			if err := p.write(w, waiting[:n], true); err != nil {
				return err
			}
			if _, err := w.Write([]byte("\n")); err != nil {
				return err
			}
			waiting = waiting[n:]
		}
		return nil
	})
}

// query asks every feed from where the phone stands.
func (p *Phone) query() dial.Query {
	q := dial.Query{Receipts: p.rn, Unsent: int64(p.Unsent())}
	for _, name := range p.names() {
		q.Cursors = append(q.Cursors, p.stands(name))
	}
	return q
}

func (p *Phone) stands(name string) dial.Cursor {
	c := dial.Cursor{Feed: name}
	if cp := p.feeds[name]; cp != nil {
		c.Epoch, c.Seq = cp.epoch, cp.seq
	}
	return c
}

// ImportAnswer takes the answer to an exported file. It must come from a server that this phone believes. An old
// answer does no harm: receipts are only ever added, and a feed is taken only where it still stands as it was asked.
func (p *Phone) ImportAnswer(file []byte) error {
	own, err := bundle.DerivedKey(p.key)
	if err != nil {
		return err
	}
	o, err := bundle.Open(file, own)
	if err != nil {
		return err
	}
	server, known := p.servers[o.From.Install]
	if !known || o.Letter.Kind != bundle.Answer || !bytes.Equal(server.PublicKey(), o.From.PublicKey()) {
		return errStranger
	}
	asked, err := dial.ParseCursors(o.Letter.Ask)
	if err != nil {
		return bundle.ErrDamaged
	}
	a := &answer{p: p, asked: asked, skip: map[string]bool{}}
	return o.Each(func(section io.Reader) error {
		for in := bufio.NewReader(section); ; {
			line, err := in.ReadBytes('\n')
			switch {
			case errors.Is(err, io.EOF) && len(line) == 0:
				return nil
			case err != nil:
				return bundle.ErrDamaged
			}
			if err := a.line(line); err != nil {
				return err
			}
		}
	})
}

// answer is a file's lines on their way into the store.
type answer struct {
	p     *Phone
	asked map[string]dial.Cursor
	skip  map[string]bool // feeds that have moved since they were asked
	lines []wire.FeedLine
}

// line is one of an answer to a push or of a feed; receipts look the same in both.
func (a *answer) line(raw []byte) error {
	var push wire.Answer
	if json.Unmarshal(raw, &push, json.RejectUnknownMembers(true)) == nil && push.Receipt != nil {
		return a.receipt(*push.Receipt, 0)
	}
	var l wire.FeedLine
	if json.Unmarshal(raw, &l) != nil {
		return bundle.ErrDamaged
	}
	switch {
	case l.Receipt != nil:
		return a.receipt(*l.Receipt, l.Rn)
	case l.Now != 0:
		return nil
	case l.Gone != "":
		if a.asked[l.Gone] != a.p.stands(l.Gone) {
			return nil // given back since
		}
		return a.p.keep(entry{Gone: l.Gone})
	case l.Feed == "" && l.Reset == "" && l.C == "" && l.Checkpoint == nil:
		return nil // a batch's error: its batch waits, and the network's answer will say the same
	}
	if a.lines = append(a.lines, l); l.Checkpoint == nil {
		return nil
	}
	lines, name := a.lines, l.Checkpoint.Feed
	a.lines = nil
	if first, ok := a.asked[name]; ok {
		delete(a.asked, name)
		a.skip[name] = first != a.p.stands(name)
	}
	if a.skip[name] {
		return nil
	}
	return a.p.keep(entry{Feed: lines})
}

// receipt is believed from servers met before: a file brings no certificates of others.
func (a *answer) receipt(r batch.Receipt, rn int64) error {
	if _, known := a.p.servers[r.Server]; !known {
		return errStranger
	}
	return a.p.receipt(context.Background(), r, rn)
}
