package engine

import (
	"bytes"
	"container/list"
	"sync"

	"github.com/pocketbase/dbx"

	"cunju/sync/feed"
	"cunju/sync/wire"
)

// maxPages is how many bytes of packed pages a node keeps: some 60,000 records, those read last.
const maxPages = 16 << 20

// pages keeps packed what every new phone of a village reads: the feed from its start, cut into pages whose
// ends stay where they are. Records that change move to the feed's end; the page that they leave is packed anew.
type pages struct {
	mu    sync.Mutex
	epoch string
	at    map[place]*page
	used  list.List // *page, most recently read first
	bytes int
}

// place is where a page begins.
type place struct {
	feed string
	seq  int64
}

// page is one run of a feed.
type page struct {
	place
	entry   *list.Element
	counted int // bytes, as the pages know it

	mu    sync.Mutex // whoever comes second waits for what the first one packs
	until int64
	revs  string     // what stood there when it was packed
	part  *wire.Part // nil: not packed
}

// Prepared gives the packed lines of a whole page that begins at a place in a feed, and where it ends. part is nil when
// nothing is prepared there: near the feed's end, and for readers that are not at a page's start.
func (e *Engine) Prepared(db dbx.Builder, epoch, name string, seq int64) (part *wire.Part, until int64, err error) {
	p := e.pages.open(epoch, name, seq)
	if p == nil {
		return nil, 0, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := e.refresh(db, p); err != nil {
		return nil, 0, err
	}
	e.pages.refreshed(p)
	return p.part, p.until, nil
}

// refresh packs a page when it is new or not what it was. One of which most has moved on is cut anew, so
// that a village whose records change often still comes in few pages.
func (e *Engine) refresh(db dbx.Builder, p *page) error {
	if p.part != nil {
		revs, err := feed.Revisions(db, p.feed, p.seq, p.until)
		if err != nil || revs == p.revs {
			return err
		}
		rows, err := feed.Between(db, p.feed, p.seq, p.until)
		if err != nil {
			return err
		}
		if len(rows) >= FeedLimit/2 {
			return e.pack(db, p, rows, p.until)
		}
		p.part = nil
	}
	many, err := feed.Many(db, p.feed, p.seq, FeedLimit)
	if err != nil || !many {
		return err
	}
	rows, err := feed.After(db, p.feed, p.seq, FeedLimit)
	if err != nil || len(rows) < FeedLimit {
		return err
	}
	return e.pack(db, p, rows, rows[len(rows)-1].Seq)
}

func (e *Engine) pack(db dbx.Builder, p *page, rows []feed.Record, until int64) error {
	lines, err := e.lines(db, Cursor{Feed: p.feed, Seq: p.seq}, until, rows, "")
	if err != nil {
		return err
	}
	var b, revs bytes.Buffer
	for i := range lines {
		if err := wire.Write(&b, lines[i]); err != nil {
			return err
		}
	}
	for i := range rows {
		if i > 0 {
			revs.WriteByte(' ')
		}
		revs.WriteString(rows[i].Rev)
	}
	part, err := wire.Pack(b.Bytes())
	if err != nil {
		return err
	}
	p.until, p.revs, p.part = until, revs.String(), part
	return nil
}

// open finds the page that begins at a place, or makes one at a feed's start and behind another page.
func (g *pages) open(epoch, name string, seq int64) *page {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.epoch != epoch || g.at == nil {
		g.epoch, g.at, g.bytes = epoch, map[place]*page{}, 0
		g.used.Init()
	}
	at := place{name, seq}
	if p := g.at[at]; p != nil {
		g.used.MoveToFront(p.entry)
		return p
	}
	if seq != 0 {
		return nil
	}
	return g.add(at)
}

func (g *pages) add(at place) *page {
	p := &page{place: at}
	p.entry = g.used.PushFront(p)
	g.at[at] = p
	return p
}

// refreshed counts a page that was packed, lets the next one begin behind it, and drops those read longest ago. Its
// caller holds the page.
func (g *pages) refreshed(p *page) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.at[p.place] != p { // dropped meanwhile
		return
	}
	if p.part == nil {
		g.drop(p)
		return
	}
	size := p.part.Len() + len(p.revs)
	g.bytes += size - p.counted
	p.counted = size
	if next := (place{p.feed, p.until}); g.at[next] == nil {
		g.add(next)
	}
	for g.bytes > maxPages {
		g.drop(g.used.Back().Value.(*page))
	}
}

func (g *pages) drop(p *page) {
	g.used.Remove(p.entry)
	delete(g.at, p.place)
	g.bytes -= p.counted
}
