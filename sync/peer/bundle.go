package peer

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json/v2"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/pocketbase/pocketbase/core"

	"cunju/sync/bundle"
	"cunju/sync/dial"
	"cunju/sync/httpapi"
	"cunju/sync/install"
	"cunju/sync/oplog"
	"cunju/sync/wire"
)

const (
	// boxKey is where the upstream's box is kept, learned while there was a network.
	boxKey = "upstream box"
	// exportBytes is how much unpacked text one file carries; a township's year is a tenth of it.
	exportBytes = 64 << 20
)

// ErrNoBox means that the upstream's box was never learned: no file can be made for it.
var ErrNoBox = errors.New("the upstream's box is not known yet")

// LearnBox asks the upstream where files for it go, and keeps that for the time without a network.
func (p *Peer) LearnBox(ctx context.Context) error {
	h, err := p.conn.Hello(ctx)
	if err != nil {
		return fmt.Errorf("ask for the upstream's box: %w", err)
	}
	if h.Box == nil {
		return nil // takes no files
	}
	if err := p.verifyBox(*h.Box); err != nil {
		return err
	}
	text, err := json.Marshal(h.Box)
	if err != nil {
		return fmt.Errorf("encode box: %w", err)
	}
	return p.store(func(tx core.App) error { return oplog.SetStateValue(tx.DB(), boxKey, string(text)) })
}

func (p *Peer) verifyBox(b bundle.Box) error {
	chain := p.eng.Chain()
	if len(chain) < 2 {
		return install.ErrChain
	}
	up, err := install.Parse(chain[1])
	if err != nil {
		return err
	}
	return b.Verify(up)
}

func (p *Peer) box() (b bundle.Box, err error) {
	text, err := oplog.State(p.eng.App().DB(), boxKey)
	if err != nil {
		return b, err
	}
	if text == "" || json.Unmarshal([]byte(text), &b) != nil {
		return b, ErrNoBox
	}
	return b, p.verifyBox(b)
}

// Export writes everything that waits to go up into a file for the upstream, and what this node would
// read from it. more: it did not all fit; the rest follows after the answer. own is where the answer goes.
func (p *Peer) Export(own *bundle.Key) (file []byte, more bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	box, err := p.box()
	if err != nil {
		return nil, false, err
	}
	cursors, err := p.cursors()
	if err != nil {
		return nil, false, err
	}
	// The letter is written first and says whether there is more: the sections are made before it.
	var sections bytes.Buffer
	if more, err = p.sections(&sections); err != nil {
		return nil, false, err
	}
	mine := own.Box(p.eng.Key())
	letter := bundle.Letter{Kind: bundle.Push, ID: bundle.NewID(), At: p.eng.Now().UnixMilli(), Cert: p.eng.Chain()[0], Box: &mine, More: more,
		Ask: dial.Query{Cursors: cursors[:min(len(cursors), httpapi.MaxFeeds)]}.Encode()}
	var out bytes.Buffer
	err = bundle.Seal(&out, box, p.eng.Key(), letter, func(w io.Writer) error {
		_, err := w.Write(sections.Bytes())
		return err
	})
	return out.Bytes(), more, err
}

// sections writes page after page of waiting batches, each as one request would carry it.
func (p *Peer) sections(out *bytes.Buffer) (more bool, err error) {
	fresh, _, err := p.fresh()
	if err != nil {
		return false, err
	}
	revoked, err := oplog.RevocationList(p.eng.App().DB(), p.eng.Install())
	if err != nil {
		return false, err
	}
	for after := int64(0); ; {
		waiting, err := oplog.WaitingAfter(p.eng.App().DB(), after, changesPerPush)
		if err != nil || (len(waiting) == 0 && len(fresh) == 0) {
			return false, err
		}
		if out.Len() > exportBytes {
			return true, nil
		}
		if err := p.write(out, fresh, revoked, waiting); err != nil {
			return false, err
		}
		out.WriteByte('\n')
		if fresh, revoked = nil, nil; len(waiting) > 0 {
			after = waiting[len(waiting)-1].N
		}
	}
}

// ImportAnswer takes the upstream's answer to an exported file: receipts first, then records. Both may
// come twice; a feed's place is moved on only where it still stands as it was asked.
func (p *Peer) ImportAnswer(o *bundle.Opened) (receipts int, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if o.Letter.Kind != bundle.Answer || o.From.Install != p.upstream() {
		return 0, install.ErrChain
	}
	at, err := p.waiting()
	if err != nil {
		return 0, err
	}
	n := 0
	err = o.Each(func(section io.Reader) error {
		if n++; n == 1 {
			return eachLine(section, func(line []byte) error {
				var a wire.Answer
				if json.Unmarshal(line, &a) != nil {
					return bundle.ErrDamaged
				}
				moved, err := p.answered(at, a)
				if moved && a.Receipt != nil {
					receipts++
				}
				return err
			})
		}
		return p.takeFeeds(section, o.Letter.Ask)
	})
	return receipts, err
}

// waiting lists what an answer may be about, without the lines.
func (p *Peer) waiting() (map[string]oplog.Waiting, error) {
	at := map[string]oplog.Waiting{}
	for after := int64(0); ; {
		page, err := oplog.WaitingAfter(p.eng.App().DB(), after, changesPerPush)
		if err != nil || len(page) == 0 {
			return at, err
		}
		for _, w := range page {
			for i := range w.Changes {
				w.Changes[i].Body = nil
			}
			at[w.Install+" "+strconv.FormatInt(w.Sealed.Header.No, 10)] = oplog.Waiting{N: w.N, Hash: w.Hash, Install: w.Install, Changes: w.Changes}
			after = w.N
		}
	}
}

func (p *Peer) takeFeeds(section io.Reader, ask string) error {
	stands, err := p.standing(ask)
	if err != nil {
		return err
	}
	var lines []wire.FeedLine
	return eachLine(section, func(line []byte) error {
		var l wire.FeedLine
		if json.Unmarshal(line, &l) != nil {
			return bundle.ErrDamaged
		}
		if l.Checkpoint == nil {
			lines = append(lines, l)
			return nil
		}
		if err := p.eng.Take(lines, p.upstream()); err != nil {
			return err
		}
		lines = lines[:0]
		cp := *l.Checkpoint
		at := dial.Cursor{Feed: cp.Feed, Epoch: cp.Epoch, Seq: cp.Seq}
		if was, ok := stands[cp.Feed]; ok {
			return p.keep(at, was.Epoch)
		}
		return nil
	})
}

// standing lists the feeds that still stand where the ask says.
func (p *Peer) standing(ask string) (map[string]dial.Cursor, error) {
	now, err := p.cursors()
	if err != nil {
		return nil, err
	}
	asked, err := dial.ParseCursors(ask)
	if err != nil {
		return nil, bundle.ErrDamaged
	}
	stands := map[string]dial.Cursor{}
	for _, c := range now {
		if asked[c.Feed] == c {
			stands[c.Feed] = c
		}
	}
	return stands, nil
}

// eachLine reads a section's lines; a last one without its end was cut when the file was made.
func eachLine(r io.Reader, take func([]byte) error) error {
	for in := bufio.NewReader(r); ; {
		line, err := in.ReadBytes('\n')
		switch {
		case errors.Is(err, io.EOF) && len(line) == 0:
			return nil
		case err != nil:
			return bundle.ErrDamaged
		}
		if err := take(line); err != nil {
			return err
		}
	}
}
