// Package peer carries a township's batches up to the city and the city's records
// down, over the same calls that phones use. Every step can be cut and is resumed from what is stored.
package peer

import (
	"context"
	"fmt"
	"io"
	"net/http"
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
func (p *Peer) Run(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conn.Key = p.eng.Key()
	for {
		more, err := p.up(ctx)
		if err != nil {
			return fmt.Errorf("send up: %w", err)
		}
		if !more {
			break
		}
	}
	if err := p.down(ctx); err != nil {
		return fmt.Errorf("read down: %w", err)
	}
	return nil
}

// up sends one request's worth of waiting batches and stores the answers.
func (p *Peer) up(ctx context.Context) (more bool, err error) {
	db := p.eng.App().DB()
	waiting, err := oplog.WaitingUp(db, changesPerPush)
	if err != nil {
		return false, err
	}
	fresh, last, err := p.fresh()
	if err != nil || len(waiting)+len(fresh) == 0 {
		return false, err
	}
	at := map[string]oplog.Waiting{}
	for _, w := range waiting {
		at[w.Install+" "+strconv.FormatInt(w.Sealed.Header.No, 10)] = w
	}
	answered := 0
	err = p.conn.Push(ctx, func(w io.Writer) error { return p.write(w, fresh, waiting) }, func(a wire.Answer) error {
		n, err := p.answered(at, a)
		answered += n
		return err
	})
	if err != nil {
		return false, err
	}
	if len(fresh) > 0 {
		err = p.store(func(tx core.App) error { return oplog.SetStateValue(tx.DB(), toldKey, strconv.FormatInt(last, 10)) })
	}
	return answered > 0, err
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
func (p *Peer) write(w io.Writer, fresh []oplog.Install, waiting []oplog.Waiting) error {
	told := map[string]bool{}
	for _, row := range fresh {
		told[row.ID] = true
		if err := wire.Write(w, map[string]string{"cert": row.Cert}); err != nil {
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
	const prefix = "refused:"
	if len(verdict) > len(prefix) && verdict[:len(prefix)] == prefix {
		return verdict[len(prefix):], true
	}
	return "", false
}

// answered stores one answer; it returns 1 when a batch is done with. A refusal of one install's batch does not stop
// the others: it is marked with its code and shown on the office's sync page.
func (p *Peer) answered(at map[string]oplog.Waiting, a wire.Answer) (int, error) {
	id, no := "", int64(0)
	switch {
	case a.Receipt != nil:
		id, no = a.Receipt.Install, a.Receipt.No
	case a.Error != nil:
		id, no = a.Error.Install, a.Error.No
	}
	w, ok := at[id+" "+strconv.FormatInt(no, 10)]
	if !ok {
		return 0, nil
	}
	if a.Error != nil {
		if a.Error.Code == "unknown_install" || a.Error.Code == "gap" {
			return 0, nil // tried again: the certificate or an earlier batch goes first next time
		}
		return 1, p.store(func(tx core.App) error { return oplog.Answered(tx.DB(), w.N, a.Error.Code) })
	}
	if a.Receipt.Batch != w.Hash {
		return 0, fmt.Errorf("receipt for another batch")
	}
	if err := p.verify(*a.Receipt); err != nil {
		return 0, err
	}
	return 1, p.store(func(tx core.App) error {
		if err := oplog.AddReceipt(tx.DB(), *a.Receipt); err != nil {
			return err
		}
		return oplog.Answered(tx.DB(), w.N, "")
	})
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
