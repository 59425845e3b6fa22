package httpapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"sync"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"cunju/sync/bundle"
	"cunju/sync/engine"
	"cunju/sync/install"
	"cunju/sync/oplog"
	"cunju/sync/wire"
)

// ErrNoBox means that a bundle does not say where its answer goes.
var ErrNoBox = errors.New("bundle without a box for its answer")

// Bundles takes files for this node: what a phone or a township could not send over a network.
type Bundles struct {
	*API
	key *bundle.Key
	box func() bundle.Box
}

// Imported tells what a file was and holds the answer for its sender.
type Imported struct {
	From   install.Cert
	Taken  int // batches with a receipt, also those that were here already
	Failed int // batches answered with an error
	Answer []byte
}

// Bundles opens the node's box when the app starts; hello shows it from then on.
func (a *API) Bundles(app core.App, keyDir string) *Bundles {
	b := &Bundles{API: a}
	b.box = sync.OnceValue(func() bundle.Box { return b.key.Box(b.eng.Key()) })
	app.OnBootstrap().BindFunc(func(ev *core.BootstrapEvent) error {
		err := ev.Next()
		if err == nil {
			b.key, err = bundle.LoadKey(keyDir)
		}
		return err
	})
	a.box = b.Box
	return b
}

// Key opens files that are meant for this node.
func (b *Bundles) Key() *bundle.Key { return b.key }

// Box is where files for this node go.
func (b *Bundles) Box() bundle.Box { return b.box() }

// Import takes a file of batches. It is read to its end and checked in form before its first batch is
// taken; then each is judged as over HTTP, so that the same file twice changes nothing.
func (b *Bundles) Import(ctx context.Context, o *bundle.Opened) (*Imported, error) {
	if o.Letter.Kind != bundle.Push {
		return nil, bundle.ErrDamaged
	}
	if o.Letter.Box == nil {
		return nil, ErrNoBox
	}
	ask, err := askOf(o.Letter.Ask)
	if err != nil {
		return nil, err
	}
	if err := o.Each(wellFormed); err != nil {
		return nil, err
	}
	in := &Imported{From: o.From}
	var lines bytes.Buffer
	err = o.Each(func(section io.Reader) error {
		return b.eng.Push(ctx, wire.NewReader(section), func(a wire.Answer) error {
			if a.Receipt != nil {
				in.Taken++
			} else {
				in.Failed++
			}
			return wire.Write(&lines, a)
		})
	})
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	letter := bundle.Letter{Kind: bundle.Answer, ID: bundle.NewID(), Re: o.Letter.ID, At: b.now(), Cert: b.eng.Chain()[0], Ask: o.Letter.Ask}
	err = bundle.Seal(&out, *o.Letter.Box, b.eng.Key(), letter, func(w io.Writer) error {
		if _, err := w.Write(lines.Bytes()); err != nil {
			return err
		}
		if err := wire.Write(w, wire.Answer{Now: b.now()}); err != nil {
			return err
		}
		if _, err := w.Write([]byte("\n")); err != nil {
			return err
		}
		return b.feeds(w, o.From.Install, ask)
	})
	in.Answer = out.Bytes()
	return in, err
}

func askOf(query string) (ask, error) {
	q, err := url.ParseQuery(query)
	if err != nil {
		return ask{}, bundle.ErrDamaged
	}
	a, ok := parseAsk(q)
	if !ok {
		return ask{}, bundle.ErrDamaged
	}
	return a, nil
}

// wellFormed reads a section as a push would, without taking anything.
func wellFormed(section io.Reader) error {
	for r := wire.NewReader(section); ; {
		_, err := r.Next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, wire.ErrTooLarge):
			return bundle.ErrTooLarge
		case err != nil:
			return fmt.Errorf("%w: %w", bundle.ErrDamaged, err)
		}
	}
}

// feeds writes what the sender asked for and may read now, each feed to its end. Whoever may not
// read gets receipts only.
func (b *Bundles) feeds(w io.Writer, id string, q ask) error {
	db := b.eng.App().DB()
	row, err := oplog.FindInstall(db, id)
	if err != nil || row == nil || row.State == oplog.Revoked {
		return err
	}
	cert, err := install.Parse(row.Cert)
	if err != nil || b.now() > cert.Until {
		return err
	}
	regions, err := b.readable(cert)
	if err != nil {
		return err
	}
	skip := ""
	if cert.IsNode() && !q.full {
		skip = cert.Install
	}
	all := q.cursors
	q.cursors = nil
	for _, c := range all {
		if mayRead(cert, regions, c.Feed) {
			if err := b.whole(db, w, c, skip); err != nil {
				return err
			}
		} else if wasGiven(cert, c.Feed) {
			q.cursors = append(q.cursors, c) // told to let go of it
		}
	}
	return b.writeFeed(w, row, cert, q, regions)
}

// whole writes a feed page after page.
func (b *Bundles) whole(db dbx.Builder, w io.Writer, c engine.Cursor, skip string) error {
	for more := true; more; {
		more = false
		err := b.eng.Feed(db, c, engine.FeedLimit, skip, func(l wire.FeedLine) error {
			if l.Checkpoint != nil {
				more = l.Checkpoint.More && l.Checkpoint.Seq > c.Seq
				c.Epoch, c.Seq = l.Checkpoint.Epoch, l.Checkpoint.Seq
			}
			return wire.Write(w, l)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
