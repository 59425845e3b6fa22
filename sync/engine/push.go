package engine

import (
	"context"
	"errors"
	"io"
	"maps"
	"sync"

	"cunju/sync/wire"
)

// Bounds of one transaction, which keeps other writers waiting and how many pushes share it, and of
// what waits in memory, parsed, for its turn.
const (
	changesPerCommit = 1000
	pushesPerCommit  = 256
	changesWaiting   = 3 * changesPerCommit
)

// Push takes the lines of a request and hands over an answer per batch, each
// after the commit that made it durable. It stops at the first unreadable line: what came before
// stands and was answered.
func (e *Engine) Push(ctx context.Context, r *wire.Reader, answer func(wire.Answer) error) error {
	failed := map[string]bool{}
	for {
		items, end := readSome(r)
		if len(items) > 0 {
			answers, err := e.pushed(ctx, items, failed)
			if err != nil {
				return err
			}
			for _, a := range answers {
				if err := answer(a); err != nil {
					return err
				}
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

// pushed commits items together with those of others and notes in failed whose batches were not taken.
func (e *Engine) pushed(ctx context.Context, items []wire.Item, failed map[string]bool) ([]wire.Answer, error) {
	n := changesIn(items)
	e.room.enter(n)
	defer e.room.leave(n)
	p := &push{ctx: ctx, items: e.prepare(items), changes: n, failed: failed, turn: make(chan bool, 1)}
	e.committer.commit(p)
	maps.Copy(failed, p.failed)
	return p.answers, p.err
}

func changesIn(items []wire.Item) int {
	n := 0
	for _, item := range items {
		if item.Batch != nil {
			n += len(item.Batch.Lines)
		}
	}
	return n
}

// room bounds how many changes wait parsed at once; those who do not fit wait in order.
type room struct {
	door  sync.Mutex // held by the one who waits to come in next
	mu    sync.Mutex
	left  sync.Cond
	taken int
}

func (r *room) enter(n int) {
	r.door.Lock()
	defer r.door.Unlock()
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.taken > 0 && r.taken+n > changesWaiting {
		r.left.Wait()
	}
	r.taken += n
}

func (r *room) leave(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.taken -= n
	r.left.Signal() // at most one waits here
}

// readSome reads items until about one commit's worth of changes is there.
func readSome(r *wire.Reader) ([]wire.Item, error) {
	var items []wire.Item
	for changesIn(items) < changesPerCommit {
		item, err := r.Next()
		if err != nil {
			return items, err
		}
		items = append(items, item)
	}
	return items, nil
}

// push is one request's items on their way to a commit.
type push struct {
	ctx     context.Context
	items   []arrived
	changes int
	failed  map[string]bool // installs of which an earlier batch of this request was not taken
	answers []wire.Answer
	err     error
	turn    chan bool // true: commit for those who wait; false: done
}

// committer lets the pushes that wait for the database share one durable transaction: a flush
// costs the same for one as for hundreds. Whoever comes first commits for all that have come meanwhile, so
// nobody waits who is alone.
type committer struct {
	together func([]*push) // commits them and fills in answers or errors

	mu      sync.Mutex
	busy    bool
	waiting []*push
}

// commit returns when p was committed, or failed.
func (c *committer) commit(p *push) {
	c.mu.Lock()
	c.waiting = append(c.waiting, p)
	lead := !c.busy
	c.busy = true
	c.mu.Unlock()
	if !lead && !<-p.turn {
		return
	}
	group := c.take()
	defer c.handOver() // also when together panics: nobody waits for ever
	defer func() {
		for _, other := range group {
			if other != p {
				other.turn <- false
			}
		}
	}()
	c.together(group)
}

// errNotCommitted is what a push gets when the one that committed for it did not come to an end.
var errNotCommitted = errors.New("the commit was broken off")

// take is the first of the waiting pushes, the leader's own before all, as many as fit one transaction.
func (c *committer) take() []*push {
	c.mu.Lock()
	defer c.mu.Unlock()
	n, changes := 0, 0
	for n < len(c.waiting) && n < pushesPerCommit && (n == 0 || changes+c.waiting[n].changes <= changesPerCommit) {
		changes += c.waiting[n].changes
		n++
	}
	group := c.waiting[:n:n]
	c.waiting = c.waiting[n:]
	return group
}

// handOver makes the next waiting push commit, so that no answer waits for later requests.
func (c *committer) handOver() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.waiting) == 0 {
		c.busy, c.waiting = false, nil
		return
	}
	c.waiting[0].turn <- true
}

// together commits pushes in one transaction. When that fails, each gets one of its own, so that
// one push's trouble is not another's.
func (e *Engine) together(group []*push) {
	live := group[:0:0]
	for _, p := range group {
		if p.err = p.ctx.Err(); p.err == nil {
			p.err = errNotCommitted
			live = append(live, p)
		}
	}
	if len(live) == 0 {
		return
	}
	if err := e.commit(live); err != nil && len(live) == 1 {
		live[0].err = err
	} else if err != nil {
		for _, p := range live {
			p.err = e.commit([]*push{p})
		}
	}
	e.Committed()
}

func (e *Engine) commit(group []*push) error {
	answers, failed := make([][]wire.Answer, len(group)), make([]map[string]bool, len(group))
	err := e.transact(func(t *txn) error {
		for i, p := range group {
			failed[i] = maps.Clone(p.failed)
			for k := range p.items {
				a, err := e.item(t, &p.items[k], failed[i])
				if err != nil {
					return err
				}
				if a != nil {
					answers[i] = append(answers[i], *a)
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i, p := range group {
		p.answers, p.failed, p.err = answers[i], failed[i], nil
	}
	return nil
}

func (e *Engine) item(t *txn, a *arrived, failed map[string]bool) (*wire.Answer, error) {
	if a.cert != "" {
		return nil, e.learn(t.db, a.cert)
	}
	if a.revoked != nil {
		return nil, e.heed(t.db, a.revoked)
	}
	return e.receive(t, a, failed)
}
