package peer

import (
	"context"
	"fmt"

	"github.com/pocketbase/pocketbase/core"

	"cunju/sync/dial"
	"cunju/sync/feed"
	"cunju/sync/install"
	"cunju/sync/oplog"
	"cunju/sync/wire"
)

// feedsPerRequest keeps the query string well under what proxies accept.
const feedsPerRequest = 50

// down reads the feeds that concern this node from the city, and asks again in
// full for those whose checkpoint does not agree although nothing waits to go up.
func (p *Peer) down(ctx context.Context) error {
	cursors, err := p.cursors()
	if err != nil {
		return err
	}
	differ, err := p.readAll(ctx, cursors, false)
	if err != nil || len(differ) == 0 {
		return err
	}
	waiting, err := oplog.WaitingUp(p.eng.App().DB(), 1)
	if err != nil || len(waiting) > 0 {
		return err
	}
	for i := range differ {
		differ[i].Epoch, differ[i].Seq = "", 0
	}
	_, err = p.readAll(ctx, differ, true)
	return err
}

func (p *Peer) readAll(ctx context.Context, cursors []dial.Cursor, full bool) (differ []dial.Cursor, err error) {
	for len(cursors) > 0 {
		n := min(len(cursors), feedsPerRequest)
		again, off, err := p.read(ctx, cursors[:n], full)
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
func (p *Peer) read(ctx context.Context, cursors []dial.Cursor, full bool) (again, differ []dial.Cursor, err error) {
	known := map[string]dial.Cursor{}
	for _, c := range cursors {
		known[c.Feed] = c
	}
	var lines []wire.FeedLine
	err = p.conn.Feed(ctx, dial.Query{Cursors: cursors, Full: full}, func(l wire.FeedLine) error {
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
			if err := p.keep(at); err != nil {
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

func (p *Peer) keep(c dial.Cursor) error {
	return p.store(func(tx core.App) error {
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
