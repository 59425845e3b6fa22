package main

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json/v2"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"cunju/bench/visitgen"
	"cunju/sync/install"
	"cunju/sync/wire"
)

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

const (
	village      = "500101100200"
	firstRecords = 10000 // of the first sync, whatever the pushes' number
	polls        = 200
	dayVisits    = 20
)

// bytesOfADay measures what a phone's day costs on the wire, everything included but TCP/IP itself.
func bytesOfADay(l *lab, t *table) error {
	n, dir, err := l.fresh()
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	return errors.Join(dayAndPoll(l, n, t), n.stop())
}

func dayAndPoll(l *lab, n *node, t *table) error {
	if err := n.enrol(l.fleet.enrolments()); err != nil { // also opens the connection
		return err
	}
	visits := l.fleet.gen.OfDevice(0, 0, dayVisits)
	body, err := sealed(l.fleet, 0, &chain{next: 1}, visits)
	if err != nil {
		return err
	}
	day, err := gzipped([]request{{0, dayVisits, body}})
	if err != nil {
		return err
	}
	up, down := n.up.Load(), n.down.Load()
	if err := drive(n, packed, day, 1); err != nil {
		return err
	}
	up, down = n.up.Load()-up, n.down.Load()-down
	plain, err := batched(l.fleet, 0, nil, visits)
	if err != nil {
		return err
	}
	t.under("bytes up a visit, a day's 20 in one request, A", float64(up)/dayVisits, float64(len(plain))/dayVisits, 260)
	t.under("bytes down a visit, the same request", float64(down)/dayVisits, 0, 60)
	return nothingNew(l, n, t)
}

// nothingNew asks again and again for feeds that have not changed.
func nothingNew(l *lab, n *node, t *table) error {
	r := &reader{n: n, key: l.fleet.keys[0], feeds: l.fleet.regions[:6]}
	if err := r.all(); err != nil {
		return err
	}
	before, err := n.figures(false)
	if err != nil {
		return err
	}
	up, down := n.up.Load(), n.down.Load()
	for range polls {
		if err := r.all(); err != nil {
			return err
		}
	}
	up, down = n.up.Load()-up, n.down.Load()-down
	after, err := n.figures(false)
	if err != nil {
		return err
	}
	t.under("bytes both ways, 6 feeds, nothing new", float64(up+down)/polls, 0, 2048)
	t.under("CPU ms, 6 feeds, nothing new", float64(after.CPU-before.CPU)/1000/polls, 0, 5)
	return nil
}

// reader reads feeds as a phone does: page by page until nothing is left.
type reader struct {
	n       *node
	key     *install.Key
	feeds   []string
	at      map[string]string // feed → epoch,seq
	records int
}

func (r *reader) all() error {
	if r.at == nil {
		r.at = map[string]string{}
	}
	asked := r.feeds
	for len(asked) > 0 {
		more, err := r.page(asked)
		if err != nil {
			return err
		}
		asked = more
	}
	return nil
}

func (r *reader) page(asked []string) (more []string, err error) {
	q := url.Values{"receipts": {"0"}, "unsent": {"0"}}
	for _, f := range asked {
		at := r.at[f]
		if at == "" {
			at = ",0"
		}
		q.Add("f", f+","+at)
	}
	uri := "/api/sync/feed?" + q.Encode()
	req, err := http.NewRequest(http.MethodGet, r.n.url+uri, nil)
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Authorization", r.key.Authorization(http.MethodGet, uri, time.Now().UnixMilli()))
	req.Header.Set("Accept-Encoding", "gzip")
	raw, err := r.n.do(req)
	if err != nil {
		return nil, err
	}
	return r.take(raw)
}

func (r *reader) take(raw []byte) (more []string, err error) {
	z, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("unpack answer: %w", err)
	}
	plain, err := io.ReadAll(z)
	if err != nil {
		return nil, fmt.Errorf("unpack answer: %w", err)
	}
	whole := false
	for line := range strings.Lines(string(plain)) {
		var l wire.FeedLine
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			return nil, fmt.Errorf("read line: %w", err)
		}
		switch {
		case l.Checkpoint != nil:
			r.at[l.Checkpoint.Feed] = fmt.Sprintf("%s,%d", l.Checkpoint.Epoch, l.Checkpoint.Seq)
			if l.Checkpoint.More {
				more = append(more, l.Checkpoint.Feed)
			}
		case l.C != "":
			r.records++
		case l.Now != 0:
			whole = true
		}
	}
	if !whole {
		return nil, errors.New("answer without its closing line")
	}
	return more, nil
}

// firstSync fills one village and lets new phones read it: the first one pays for what is prepared,
// later ones show what a phone costs. The reference is PocketBase's own list call.
func firstSync(l *lab, t *table) error {
	n, dir, err := l.fresh()
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	return errors.Join(readVillage(l, n, t), n.stop())
}

func readVillage(l *lab, n *node, t *table) error {
	list, err := l.fleet.requests(firstRecords, 1000, inOneVillage)
	if err != nil {
		return err
	}
	if err := drive(n, ours, list, 1); err != nil {
		return err
	}
	cold, err := l.phone(n)
	if err != nil {
		return err
	}
	var warm read
	for range l.plan.runs {
		if warm, err = l.phone(n); err != nil {
			return err
		}
	}
	reference, err := listed(n)
	if err != nil {
		return err
	}
	const mb = 1 << 20
	t.under("first sync of 10,000 records: MB, A", float64(warm.bytes)/mb, float64(reference.bytes)/mb, 3)
	t.under("first sync of 10,000 records: CPU ms, A", warm.cpu, reference.cpu, 60)
	t.shown("first sync, nothing prepared yet: CPU ms, A", cold.cpu, reference.cpu)
	return nil
}

// inOneVillage is sealed with every visit moved into one village.
func inOneVillage(f *fleet, device int, numbered *chain, visits []visitgen.Visit) ([]byte, error) {
	for i := range visits {
		visits[i].Village = village
	}
	return sealed(f, device, numbered, visits)
}

// read is what reading a whole village cost the server.
type read struct {
	cpu   float64 // ms
	bytes int64   // down
}

// phone enrols a new phone and reads everything.
func (l *lab) phone(n *node) (read, error) {
	key, err := install.NewKey()
	if err != nil {
		return read{}, err
	}
	if err := n.enrol([]enrolment{{Key: key.Public(), Staff: staffOf(0), Regions: []string{village}}}); err != nil {
		return read{}, err
	}
	r := &reader{n: n, key: key, feeds: []string{village}}
	got, err := costOf(n, r.all)
	if err == nil && r.records != firstRecords {
		err = fmt.Errorf("%d records came", r.records)
	}
	return got, err
}

func costOf(n *node, do func() error) (read, error) {
	before, err := n.figures(false)
	if err != nil {
		return read{}, err
	}
	down := n.down.Load()
	if err := do(); err != nil {
		return read{}, err
	}
	down = n.down.Load() - down
	after, err := n.figures(false)
	return read{float64(after.CPU-before.CPU) / 1000, down}, err
}

// listed reads the same records through PocketBase's list call, 1,000 a page.
func listed(n *node) (read, error) {
	return costOf(n, func() error {
		for page := 1; page <= firstRecords/1000; page++ {
			var answer struct {
				Items []map[string]any `json:"items"`
			}
			if err := n.get(fmt.Sprintf("/api/collections/%s/records?perPage=1000&skipTotal=1&page=%d", work, page), &answer); err != nil {
				return err
			}
			if len(answer.Items) != 1000 {
				return fmt.Errorf("%d records on page %d", len(answer.Items), page)
			}
		}
		return nil
	})
}
