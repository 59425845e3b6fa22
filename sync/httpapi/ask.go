package httpapi

import (
	"io"
	"net/url"
	"strconv"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"cunju/sync/engine"
	"cunju/sync/feed"
	"cunju/sync/install"
	"cunju/sync/wire"
)

// ask is a parsed feed request.
type ask struct {
	cursors  []engine.Cursor
	receipts int64
	limit    int
	unsent   int64
	full     bool // also what the asking node brought itself: it lost something
}

// parseAsk reads the query of a feed request: f=<feed>,<epoch>,<seq> repeated.
func parseAsk(q url.Values) (ask, bool) {
	a := ask{receipts: number(q, "receipts"), limit: int(number(q, "limit")), unsent: number(q, "unsent"), full: q.Get("full") == "1"}
	if len(q["f"]) > MaxFeeds {
		return a, false
	}
	for _, f := range q["f"] {
		parts := strings.Split(f, ",")
		if len(parts) != 3 {
			return a, false
		}
		seq, err := strconv.ParseInt(parts[2], 10, 64)
		if _, _, _, ok := feed.Parse(parts[0]); err != nil || seq < 0 || !ok {
			return a, false
		}
		a.cursors = append(a.cursors, engine.Cursor{Feed: parts[0], Epoch: parts[1], Seq: seq})
	}
	return a, true
}

// number reads a query value that is a count; anything else is 0.
func number(q url.Values, key string) int64 {
	n, err := strconv.ParseInt(q.Get(key), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// readable lists the feeds' regions that an install may read now: for a phone what
// its person's assignments still cover, with the codes above; for a node its own region (and everything under it).
func (a *API) readable(cert install.Cert) ([]string, error) {
	if cert.IsNode() {
		return []string{cert.Region()}, nil
	}
	return a.rights.Reads(a.eng.App().DB(), cert.Staff, cert.Regions, a.now())
}

func mayRead(cert install.Cert, regions []string, name string) bool {
	region, lane, staff, _ := feed.Parse(name)
	if cert.IsNode() {
		return install.Covers(cert.Region(), region) || (lane == "" && install.Covers(region, cert.Region()))
	}
	if lane != "" && (staff == "" || staff != cert.Staff) {
		return false
	}
	for _, r := range regions {
		if r == region {
			return true
		}
	}
	return false
}

// wasGiven tells whether a phone's certificate names a feed that its person's
// assignments no longer cover: it is told to let go of it, not refused.
func wasGiven(cert install.Cert, name string) bool {
	region, lane, staff, _ := feed.Parse(name)
	if lane != "" && (staff == "" || staff != cert.Staff) {
		return false
	}
	for _, r := range cert.Regions {
		if r == region {
			return true
		}
	}
	return false
}

// packed starts a feed's answer, gzipped when the client takes it.
func packed(e *core.RequestEvent) (io.Writer, func() error) {
	if !strings.Contains(e.Request.Header.Get("Accept-Encoding"), "gzip") {
		ndjson(e)
		return e.Response, func() error { return nil }
	}
	e.Response.Header().Set("Content-Encoding", "gzip")
	e.Response.Header().Add("Vary", "Accept-Encoding")
	ndjson(e)
	z := wire.NewPacker(e.Response)
	return z, z.Close
}

// prepared answers with a page that was packed before, when out and the asker allow it and there is one.
func (a *API) prepared(db dbx.Builder, out io.Writer, c engine.Cursor, q ask, skip string) (done bool, err error) {
	z, ok := out.(*wire.Packer)
	if !ok || skip != "" || q.limit != 0 {
		return false, nil
	}
	epoch, reset := a.eng.Epoch(), false
	if c.Epoch != epoch {
		c.Seq, reset = 0, true
	}
	part, until, err := a.eng.Prepared(db, epoch, c.Feed, c.Seq)
	if err != nil || part == nil {
		return false, err
	}
	if reset {
		if err := wire.Write(z, wire.FeedLine{Reset: c.Feed, Epoch: epoch}); err != nil {
			return false, err
		}
	}
	if err := wire.Write(z, wire.FeedLine{Feed: c.Feed}); err != nil {
		return false, err
	}
	if err := z.Put(part); err != nil {
		return false, err
	}
	return true, wire.Write(z, wire.FeedLine{Checkpoint: &wire.Checkpoint{Feed: c.Feed, Epoch: epoch, Seq: until, More: true}})
}
