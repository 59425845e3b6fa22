// Package phone is a complete client of the protocol in Go: own key, a durable
// offline store, batches, feeds. It is the reference beside the browser's, and what demonstrations and tests
// act with; it uses nothing that a stranger could not write from docs/sync.md.
package phone

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json/v2"
	"errors"
	"fmt"
	"os"

	"cunju/sync/batch"
	"cunju/sync/change"
	"cunju/sync/dial"
	"cunju/sync/install"
	"cunju/sync/wire"
)

// entry is one line of the journal; exactly one field is set. The state of a phone
// is the fold of its journal, so a cut in the middle of a line loses that line only.
type entry struct {
	Key      string          `json:"key,omitempty"`
	Enrolled *dial.Enrolled  `json:"enrolled,omitzero"`
	Change   string          `json:"change,omitempty"`
	Batch    *sealed         `json:"batch,omitzero"`
	Receipt  *batch.Receipt  `json:"receipt,omitzero"`
	Rn       int64           `json:"rn,omitzero"`
	Feed     []wire.FeedLine `json:"feed,omitempty"`
	Gone     string          `json:"gone,omitempty"`
	Clock    *[2]int64       `json:"clock,omitzero"`
}

type sealed struct {
	Header batch.Header `json:"header"`
	Hash   string       `json:"hash"`
}

// Saved is an own change and how far it has come.
type Saved struct {
	Change  change.Change
	Line    []byte
	Level   string // "" saved here, township, city
	Verdict string // of the highest level heard of
	batch   string
}

// Record is a record's state at the server, as last read.
type Record struct {
	C, R, Rev string
	Set       map[string]any
	feed      string
}

type checkpoint struct {
	epoch    string
	seq      int64
	stale    map[string]bool // after a reset: records not seen again yet
	resynced bool            // asked again in full once; a second difference is left to a person
}

// open reads the journal and leaves it open for appending.
func (p *Phone) open(path string) error {
	raw, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("read store: %w", err)
	}
	whole := 0
	in := bufio.NewReader(bytes.NewReader(raw))
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			break // a cut last line was never acknowledged to anybody
		}
		var e entry
		if err := json.Unmarshal(line, &e); err != nil {
			return fmt.Errorf("read store: line at byte %d", whole)
		}
		if err := p.fold(e); err != nil {
			return err
		}
		whole += len(line)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("open store: %w", err)
	}
	p.file = f
	if err := f.Truncate(int64(whole)); err != nil {
		return fmt.Errorf("cut store: %w", err)
	}
	_, err = f.Seek(int64(whole), 0)
	return err
}

// keep makes an entry durable and only then true.
func (p *Phone) keep(e entry) error {
	b, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("encode entry: %w", err)
	}
	if _, err := p.file.Write(append(b, '\n')); err != nil {
		return fmt.Errorf("write store: %w", err)
	}
	if err := p.file.Sync(); err != nil {
		return fmt.Errorf("flush store: %w", err)
	}
	return p.fold(e)
}

func (p *Phone) fold(e entry) error {
	switch {
	case e.Key != "":
		raw, err := hex.DecodeString(e.Key)
		if err != nil {
			return fmt.Errorf("read key: %w", err)
		}
		p.key, err = install.ParseKey(raw)
		return err
	case e.Enrolled != nil:
		p.who = *e.Enrolled
	case e.Change != "":
		c, err := change.Parse([]byte(e.Change))
		if err != nil {
			return err
		}
		p.changes = append(p.changes, &Saved{Change: c, Line: []byte(e.Change)})
	case e.Batch != nil:
		p.foldBatch(*e.Batch)
	case e.Receipt != nil:
		p.foldReceipt(*e.Receipt)
		p.rn = max(p.rn, e.Rn)
	case e.Feed != nil:
		p.foldFeed(e.Feed)
	case e.Gone != "":
		delete(p.feeds, e.Gone)
		for k, r := range p.records {
			if r.feed == e.Gone {
				delete(p.records, k)
			}
		}
	case e.Clock != nil:
		p.conn.SetClock(e.Clock[0], e.Clock[1])
	}
	return nil
}

func (p *Phone) foldBatch(s sealed) {
	first := int(s.Header.First) - 1
	for _, c := range p.changes[first : first+s.Header.N] {
		c.batch = s.Hash
	}
	p.batches = append(p.batches, s)
}

func (p *Phone) foldReceipt(r batch.Receipt) {
	if r.Level == batch.LevelTownship || r.Level == batch.LevelCity {
		p.acked[r.Batch] = true
	}
	i := 0
	for _, c := range p.changes {
		if c.batch != r.Batch {
			continue
		}
		if c.Level != batch.LevelCity {
			c.Level = r.Level
		}
		c.Verdict = "applied"
		if v := r.Verdicts[fmt.Sprint(i)]; v != "" {
			c.Verdict = v
		}
		i++
	}
}

// foldFeed applies the lines of one feed up to and including its checkpoint.
func (p *Phone) foldFeed(lines []wire.FeedLine) {
	last := lines[len(lines)-1].Checkpoint
	cp := p.feeds[last.Feed]
	if cp == nil {
		cp = &checkpoint{}
		p.feeds[last.Feed] = cp
	}
	for _, l := range lines {
		key := l.C + "/" + l.R
		switch {
		case l.Reset != "":
			cp.stale = map[string]bool{}
			for k, r := range p.records {
				if r.feed == last.Feed {
					cp.stale[k] = true
				}
			}
		case l.Remove:
			if r := p.records[key]; r != nil && r.feed == last.Feed {
				delete(p.records, key)
			}
		case l.C != "":
			p.records[key] = &Record{C: l.C, R: l.R, Rev: l.Rev, Set: l.Set, feed: last.Feed}
			delete(cp.stale, key)
		}
	}
	if !last.More {
		for k := range cp.stale {
			delete(p.records, k)
		}
		cp.stale = nil
	}
	cp.epoch, cp.seq = last.Epoch, last.Seq
}
