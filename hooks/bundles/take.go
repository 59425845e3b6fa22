package bundles

import (
	"context"
	"errors"

	"github.com/pocketbase/pocketbase/core"

	"cunju/hooks/fault"
	"cunju/sync/bundle"
	"cunju/sync/engine"
	"cunju/sync/httpapi"
	"cunju/sync/install"
	"cunju/sync/peer"
)

// Line is a node's way up, by file: nil on the city.
type Line interface {
	Export(own *bundle.Key) (file []byte, more bool, err error)
	ImportAnswer(o *bundle.Opened) (receipts int, err error)
}

var _ Line = (*peer.Peer)(nil)

// Deps is what bundles need from the rest of the house.
type Deps struct {
	Office *httpapi.Bundles
	Engine *engine.Engine
	Line   Line
	May    func(auth *core.Record) bool
	Audit  func(auth *core.Record, action, install string) error
}

// take opens a file of either kind and does what it asks. It is read to its end before anything is stored.
func (d Deps) take(ctx context.Context, file []byte) (*Taken, error) {
	o, err := bundle.Open(file, d.Office.Key())
	if err != nil {
		return nil, worded(err)
	}
	t := &Taken{Kind: Work, From: o.From.Install, Name: o.From.Name}
	if o.Letter.Kind == bundle.Answer {
		if d.Line == nil {
			return nil, fault.New("unreadable")
		}
		t.Kind = Answer
		t.Receipts, err = d.Line.ImportAnswer(o)
		return t, worded(err)
	}
	in, err := d.Office.Import(ctx, o)
	if err != nil {
		return nil, worded(err)
	}
	t.Receipts, t.Failed, t.answer = in.Taken, in.Failed, in.Answer
	return t, nil
}

// export makes a file for the city.
func (d Deps) export() (file []byte, more bool, err error) {
	if d.Line == nil {
		return nil, false, fault.New("no_upstream")
	}
	file, more, err = d.Line.Export(d.Office.Key())
	return file, more, worded(err)
}

// worded gives an error of the file its code.
func worded(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, bundle.ErrReceiver):
		return fault.New("bundle_receiver").Wrap(err)
	case errors.Is(err, bundle.ErrSuite):
		return fault.New("suite").Wrap(err)
	case errors.Is(err, bundle.ErrTooLarge):
		return fault.New("too_large").Wrap(err)
	case errors.Is(err, bundle.ErrSignature), errors.Is(err, install.ErrSignature), errors.Is(err, install.ErrChain):
		return fault.New("signature").Wrap(err)
	case errors.Is(err, peer.ErrNoBox):
		return fault.New("upstream").Wrap(err)
	case errors.Is(err, bundle.ErrNoBundle), errors.Is(err, bundle.ErrDamaged), errors.Is(err, httpapi.ErrNoBox):
		return fault.New("unreadable").Wrap(err)
	}
	return err
}
