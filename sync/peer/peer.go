// Package peer carries a township's batches up to the city and the city's records
// down, over the same calls that phones use. Every step can be cut and is resumed from what is stored.
package peer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"cunju/sync/batch"
	"cunju/sync/dial"
	"cunju/sync/engine"
	"cunju/sync/install"
	"cunju/sync/oplog"
	"cunju/sync/wire"
)

// changesPerPush is about how many changes one request carries up.
const changesPerPush = 1000

// Peer is one node's line to the node above it.
type Peer struct {
	eng   *engine.Engine
	conn  *dial.Conn
	feeds func() []string
	mu    sync.Mutex // one exchange at a time

	compared bool            // with what the upstream knows of this node
	held     map[string]bool // installs whose batches the upstream cannot take in this exchange
}

// New makes the line; url is the upstream's origin. client nil: a plain one
// whose timeout suits a slow link. feeds names regions to read besides those that have
// records here (villages to which the city may send the first one); nil: none.
func New(eng *engine.Engine, url string, client *http.Client, feeds func() []string) *Peer {
	if client == nil {
		client = &http.Client{Timeout: 4 * time.Minute}
	}
	return &Peer{eng: eng, feeds: feeds, conn: &dial.Conn{URL: url, HTTP: client, Now: eng.Now}}
}

// Run sends everything that waits and then reads what is new. It is safe to call at any time.
//
// When a feed differs from the upstream's although nothing waits, one side was set back or is wrong. Then the upstream
// is first asked to confirm that it has the newest batch of every install; it gets what it lost. Only what still
// differs after that is taken over from it.
//
// An upstream that is full says when to come back. Run waits for that, because its place is kept only for a while.
func (p *Peer) Run(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for failures := 1; ; failures++ {
		err := p.exchange(ctx)
		var full *dial.Status
		if !errors.As(err, &full) || full.HTTP != http.StatusTooManyRequests || failures == triesWhenFull {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(dial.Pause(err, failures, rand.Float64())):
		}
	}
}

// triesWhenFull bounds how long one run stands in the upstream's queue; the next one goes on.
const triesWhenFull = 20

func (p *Peer) exchange(ctx context.Context) error {
	p.conn.Key, p.held = p.eng.Key(), map[string]bool{}
	if err := p.compare(ctx); err != nil {
		return fmt.Errorf("compare numbers: %w", err)
	}
	if err := p.up(ctx); err != nil {
		return fmt.Errorf("send up: %w", err)
	}
	differ, err := p.down(ctx)
	if err != nil {
		return fmt.Errorf("read down: %w", err)
	}
	if err := p.up(ctx); err != nil { // what an upstream in a new epoch may have lost
		return fmt.Errorf("send up: %w", err)
	}
	if waits, err := oplog.Waits(p.eng.App().DB()); err != nil || waits || len(differ) == 0 {
		return err
	}
	if err := p.store(func(tx core.App) error { return oplog.OfferLast(tx.DB()) }); err != nil {
		return err
	}
	if err := p.up(ctx); err != nil {
		return fmt.Errorf("offer again: %w", err)
	}
	if waits, err := oplog.Waits(p.eng.App().DB()); err != nil || waits {
		return err
	}
	if err := p.heal(ctx, differ); err != nil {
		return fmt.Errorf("read in full: %w", err)
	}
	return nil
}

// compare asks, after a start and before anything of this node's own goes up, which of its batches the upstream has.
// Others than here: the node's data was rolled back. It must not use those numbers again, and every feed is read in
// full, because the upstream leaves out what it believes this node to have.
func (p *Peer) compare(ctx context.Context) error {
	db := p.eng.App().DB()
	own, err := oplog.WaitsOf(db, p.eng.Install())
	if err != nil || (p.compared && !own) {
		return err
	}
	s, err := p.conn.Standing(ctx)
	var refused *dial.Status
	if errors.As(err, &refused) && refused.Code == "unknown_install" {
		return nil // it was set back itself and learns this node from what goes up
	}
	if err != nil {
		return err
	}
	known := oplog.Numbers{No: s.LastNo, Change: s.LastChange, Hash: s.LastHash}
	row, err := oplog.FindInstall(db, p.eng.Install())
	if err != nil || row == nil {
		return err
	}
	back, err := oplog.Behind(db, row, known)
	if err == nil && back {
		if err = p.suspectAll(); err == nil {
			_, err = p.eng.SetBack(known)
		}
	}
	p.compared = err == nil
	return err
}

// suspectAll has every feed read in full.
func (p *Peer) suspectAll() error {
	cursors, err := p.cursors()
	if err != nil {
		return err
	}
	return p.store(func(tx core.App) error {
		for _, c := range cursors {
			if err := oplog.Suspect(tx.DB(), c.Feed); err != nil {
				return err
			}
		}
		return nil
	})
}

// up sends what waits until everything is answered.
func (p *Peer) up(ctx context.Context) error {
	for {
		more, err := p.send(ctx)
		if err != nil || !more {
			return err
		}
	}
}

// send makes one request of waiting batches and stores the answers. more tells that something moved.
func (p *Peer) send(ctx context.Context) (more bool, err error) {
	db := p.eng.App().DB()
	waiting, err := oplog.WaitingUp(db, changesPerPush, slices.Sorted(maps.Keys(p.held))...)
	if err != nil {
		return false, err
	}
	fresh, last, err := p.fresh()
	if err != nil {
		return false, err
	}
	revoked, err := p.untold()
	if err != nil || (len(waiting)+len(fresh) == 0 && revoked == nil) {
		return false, err
	}
	at := map[string]oplog.Waiting{}
	for _, w := range waiting {
		at[w.Install+" "+strconv.FormatInt(w.Sealed.Header.No, 10)] = w
	}
	err = p.conn.Push(ctx, func(w io.Writer) error { return p.write(w, fresh, revoked, waiting) }, func(a wire.Answer) error {
		moved, err := p.answered(at, a)
		more = more || moved
		return err
	})
	if err != nil {
		return false, err
	}
	if err := p.told(revoked); err != nil {
		return false, err
	}
	if len(fresh) > 0 {
		err = p.store(func(tx core.App) error { return oplog.SetStateValue(tx.DB(), toldKey, strconv.FormatInt(last, 10)) })
	}
	return more, err
}

// toldKey marks up to which time of enrolment the upstream knows this node's installs.
const toldKey = "installs told"

// fresh lists installs enrolled here since the upstream was last told: a rating code of theirs
// may be scanned there before their first record arrives.
func (p *Peer) fresh() (list []oplog.Install, last int64, err error) {
	v, err := oplog.State(p.eng.App().DB(), toldKey)
	if err != nil {
		return nil, 0, err
	}
	if v != "" {
		if last, err = strconv.ParseInt(v, 10, 64); err != nil {
			return nil, 0, fmt.Errorf("read %s: %w", toldKey, err)
		}
	}
	list, err = oplog.EnrolledSince(p.eng.App().DB(), p.eng.Install(), last, 500)
	if len(list) > 0 {
		last = list[len(list)-1].CreatedAt
	}
	return list, last, err
}

// write puts certificates and batches down, each batch with what this node decided.
func (p *Peer) write(w io.Writer, fresh []oplog.Install, revoked *batch.Revocations, waiting []oplog.Waiting) error {
	told := map[string]bool{}
	for _, row := range fresh {
		told[row.ID] = true
		if err := wire.Write(w, map[string]string{"cert": row.Cert}); err != nil {
			return err
		}
	}
	if revoked != nil {
		if err := wire.Write(w, map[string]any{"revocations": revoked}); err != nil {
			return err
		}
	}
	for i := range waiting {
		b := &waiting[i]
		if !told[b.Install] {
			told[b.Install] = true
			row, err := oplog.FindInstall(p.eng.App().DB(), b.Install)
			if err != nil {
				return err
			}
			if row != nil {
				if err := wire.Write(w, map[string]string{"cert": row.Cert}); err != nil {
					return err
				}
			}
		}
		via := p.decided(b)
		b.Sealed.Via = &via
		if err := wire.WriteBatch(w, &b.Sealed); err != nil {
			return err
		}
	}
	return nil
}

func (p *Peer) decided(b *oplog.Waiting) batch.Via {
	via := batch.Via{Hash: b.Hash, At: p.eng.Now().UnixMilli(), Refused: map[string]string{}}
	for i, c := range b.Changes {
		via.Taus = append(via.Taus, c.Tau)
		if code, ok := cutRefused(c.Verdict); ok {
			via.Refused[strconv.Itoa(i)] = code
		}
	}
	return via.Signed(p.eng.Key())
}

func cutRefused(verdict string) (string, bool) {
	if verdict == engine.Held || verdict == engine.Dismissed {
		return verdict, true
	}
	const prefix = "refused:"
	if len(verdict) > len(prefix) && verdict[:len(prefix)] == prefix {
		return verdict[len(prefix):], true
	}
	return "", false
}

// answered stores one answer; moved tells that another request is worth while. A refusal of one install's batch does
// not stop the others: it is marked with its code and shown on the office's sync page.
func (p *Peer) answered(at map[string]oplog.Waiting, a wire.Answer) (moved bool, err error) {
	id, no := "", int64(0)
	switch {
	case a.Receipt != nil:
		id, no = a.Receipt.Install, a.Receipt.No
	case a.Error != nil:
		id, no = a.Error.Install, a.Error.No
	}
	w, ok := at[id+" "+strconv.FormatInt(no, 10)]
	switch {
	case !ok:
		return false, nil
	case a.Error != nil:
		return p.refused(w, *a.Error)
	case a.Receipt.Batch != w.Hash || (a.Taus != nil && len(a.Taus) != len(w.Changes)):
		return false, fmt.Errorf("receipt for another batch")
	}
	if err := p.verify(*a.Receipt); err != nil {
		return false, err
	}
	return true, p.store(func(tx core.App) error {
		if err := oplog.AddReceipt(tx.DB(), *a.Receipt); err != nil {
			return err
		}
		if err := p.judged(tx, w, a); err != nil {
			return err
		}
		return oplog.Answered(tx.DB(), w.N, "")
	})
}

// judged takes over what the upstream had decided otherwise about a batch: other stamps, given before this node was set
// back, or a change that it did not apply. The feeds concerned are read in full.
func (p *Peer) judged(tx core.App, w oplog.Waiting, a wire.Answer) error {
	differs := a.Taus != nil
	for i, c := range w.Changes {
		differs = differs || applied(c.Verdict) != applied(a.Receipt.Verdicts[strconv.Itoa(i)])
	}
	if !differs {
		return nil
	}
	if err := oplog.Restamp(tx.DB(), w.N, a.Taus); err != nil {
		return err
	}
	feeds, err := oplog.FeedsOf(tx.DB(), w.N)
	for _, name := range feeds {
		if err == nil {
			err = oplog.Suspect(tx.DB(), name)
		}
	}
	return err
}

func applied(verdict string) bool {
	_, refused := cutRefused(verdict)
	return !refused && verdict != "erased"
}

// refused stores what the upstream said against a batch. What may have been damaged on the way, or misses something
// before it, goes on waiting; its install is left out for the rest of this exchange.
func (p *Peer) refused(w oplog.Waiting, e wire.BatchError) (moved bool, err error) {
	if p.held == nil {
		p.held = map[string]bool{} // an answer that came in a file, before the first exchange
	}
	switch e.Code {
	case "gap":
		if e.Expect > 0 && e.Expect < w.Sealed.Header.No { // the upstream was set back
			err = p.store(func(tx core.App) error {
				moved, err = oplog.OfferFrom(tx.DB(), w.Install, e.Expect)
				return err
			})
			if err == nil { // what it had written itself is gone, too, and may show in no checkpoint
				err = p.suspectAll()
			}
		}
		p.held[w.Install] = !moved
	case "unknown_install", "signature", "malformed", "suite":
		p.held[w.Install] = true
	default:
		return true, p.store(func(tx core.App) error { return oplog.Answered(tx.DB(), w.N, e.Code) })
	}
	if err != nil || moved {
		return moved, err
	}
	return true, p.store(func(tx core.App) error { return oplog.Trouble(tx.DB(), w.N, e.Code) })
}

func (p *Peer) store(f func(core.App) error) error { return p.eng.App().RunInTransaction(f) }

// verify checks a receipt against the upstream's certificate, which is the next in
// this node's chain.
func (p *Peer) verify(r batch.Receipt) error {
	chain := p.eng.Chain()
	if len(chain) < 2 {
		return install.ErrChain
	}
	up, err := install.Parse(chain[1])
	if err != nil {
		return err
	}
	if r.Server != up.Install {
		return install.ErrChain
	}
	return r.Verify(up.PublicKey())
}
