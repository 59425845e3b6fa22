package peer

import (
	"context"
	"fmt"
	"slices"

	"github.com/pocketbase/pocketbase/core"

	"cunju/sync/dial"
	"cunju/sync/feed"
	"cunju/sync/install"
	"cunju/sync/oplog"
	"cunju/sync/wire"
)

// feedsPerRequest keeps the query string well under what proxies accept.
const feedsPerRequest = 50

// down reads the feeds that concern this node from the city. differ are those whose checkpoint does not agree.
func (p *Peer) down(ctx context.Context) (differ []dial.Cursor, err error) {
	cursors, err := p.cursors()
	if err != nil {
		return nil, err
	}
	if differ, err = p.readAll(ctx, cursors); err != nil {
		return nil, err
	}
	for _, c := range cursors {
		suspected, err := oplog.Suspected(p.eng.App().DB(), c.Feed)
		if err != nil {
			return nil, err
		}
		if suspected && !slices.ContainsFunc(differ, func(d dial.Cursor) bool { return d.Feed == c.Feed }) {
			differ = append(differ, c)
		}
	}
	return differ, nil
}

// heal reads feeds in full and makes this node's what they are.
func (p *Peer) heal(ctx context.Context, differ []dial.Cursor) error {
	for _, c := range differ {
		var all []wire.FeedLine
		for more := true; more; {
			q := dial.Query{Cursors: []dial.Cursor{c}, Full: true}
			if len(all) == 0 {
				q.Cursors[0].Epoch, q.Cursors[0].Seq = "", 0
			}
			more = false
			err := p.conn.Feed(ctx, q, func(l wire.FeedLine) error {
				if l.Checkpoint != nil {
					c.Epoch, c.Seq, more = l.Checkpoint.Epoch, l.Checkpoint.Seq, l.Checkpoint.More
				}
				all = append(all, l)
				return nil
			})
			if err != nil {
				return err
			}
		}
		done, err := p.eng.Mirror(c.Feed, all, p.upstream())
		if err != nil || !done {
			return err
		}
		if err := p.store(func(tx core.App) error { return oplog.Trusted(tx.DB(), c.Feed) }); err != nil {
			return err
		}
	}
	return nil
}

func (p *Peer) readAll(ctx context.Context, cursors []dial.Cursor) (differ []dial.Cursor, err error) {
	for len(cursors) > 0 {
		n := min(len(cursors), feedsPerRequest)
		again, off, err := p.read(ctx, cursors[:n])
		if err != nil {
			return nil, err
		}
		differ = append(differ, off...)
		cursors = append(again, cursors[n:]...)
	}
	return differ, nil
}

// cursors lists this node's own feeds and those of the codes above it.
func (p *Peer) cursors() ([]dial.Cursor, error) {
	region := p.eng.Region()
	names := map[string]bool{region: true, feed.Name(region, feed.OfficeLane): true}
	for _, n := range []int{2, 4, 6} {
		if up := (region[:n] + "000000000000")[:12]; up != region {
			names[up] = true
		}
	}
	own, err := feed.Under(p.eng.App().DB(), region, (install.Prefix(region) + "999999999999")[:12])
	if err != nil {
		return nil, err
	}
	for _, c := range own {
		names[c.Feed] = true
	}
	if p.feeds != nil {
		for _, name := range p.feeds() {
			names[name] = true
		}
	}
	var list []dial.Cursor
	for name := range names {
		c := dial.Cursor{Feed: name}
		v, err := oplog.State(p.eng.App().DB(), "down "+name)
		if err != nil {
			return nil, err
		}
		if _, err := fmt.Sscanf(v, "%s %d", &c.Epoch, &c.Seq); err != nil {
			c.Epoch, c.Seq = "", 0 // none yet, or unreadable: start over, joining is idempotent
		}
		list = append(list, c)
	}
	return list, nil
}

// read asks for some feeds once. again are those that have more, differ those
// whose checkpoint is not what this node holds.
func (p *Peer) read(ctx context.Context, cursors []dial.Cursor) (again, differ []dial.Cursor, err error) {
	known := map[string]dial.Cursor{}
	for _, c := range cursors {
		known[c.Feed] = c
	}
	var lines []wire.FeedLine
	err = p.conn.Feed(ctx, dial.Query{Cursors: cursors}, func(l wire.FeedLine) error {
		if l.Revocations != nil {
			return p.eng.Heed(l.Revocations)
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
		if at != known[cp.Feed] {
			if err := p.keep(at, known[cp.Feed].Epoch); err != nil {
				return err
			}
		}
		if cp.More {
			again = append(again, at)
			return nil
		}
		same, err := p.agrees(cp)
		if err == nil && !same {
			differ = append(differ, at)
		}
		return err
	})
	return again, differ, err
}

// keep notes the place in a feed. An upstream in a new epoch may have lost what it had acknowledged: it is
// offered the newest batches again, and the feed is read in full: some of what it lost shows in no checkpoint.
func (p *Peer) keep(c dial.Cursor, epoch string) error {
	return p.store(func(tx core.App) error {
		if epoch != "" && epoch != c.Epoch {
			if err := oplog.OfferLast(tx.DB()); err != nil {
				return err
			}
			if err := oplog.Suspect(tx.DB(), c.Feed); err != nil {
				return err
			}
		}
		return oplog.SetStateValue(tx.DB(), "down "+c.Feed, fmt.Sprintf("%s %d", c.Epoch, c.Seq))
	})
}

func (p *Peer) agrees(cp wire.Checkpoint) (bool, error) {
	ours, err := feed.Current(p.eng.App().DB(), cp.Feed)
	return ours.Count == cp.Count && (ours.Count == 0 || ours.Hex() == cp.Sum), err
}

// upstream is the install id of the node above, the next in this node's chain.
func (p *Peer) upstream() string {
	chain := p.eng.Chain()
	if len(chain) < 2 {
		return ""
	}
	c, err := install.Parse(chain[1])
	if err != nil {
		return ""
	}
	return c.Install
}
