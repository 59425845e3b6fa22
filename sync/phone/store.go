// Package phone is a complete client of the protocol in Go: own key, a durable
// offline store, batches, feeds. It is the reference beside the browser's, and what demonstrations and tests
// act with; it uses nothing that a stranger could not write from docs/sync.md.
package phone

import (
	"bytes"
	"cmp"
	"encoding/json/v2"
	"errors"
	"fmt"
	"strconv"

	"cunju/sync/batch"
	"cunju/sync/change"
	"cunju/sync/dial"
	"cunju/sync/install"
	"cunju/sync/wire"
)

// entry is one line of the journal; a line says one thing. The state of a phone
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
	Pulled   bool            `json:"pulled,omitzero"` // every feed was read to its end
	Chain    []string        `json:"chain,omitempty"` // of another server under the same root
	Again    *again          `json:"again,omitzero"`
	Wiped    bool            `json:"wiped,omitzero"` // revoked: only its own work stays
}

// again makes batches wait that had been acknowledged: those of an install from a number on, or, when it names no
// install, all that have not reached the city.
type again struct {
	Install string `json:"install"`
	From    int64  `json:"from"`
}

// sealed is a batch. It is kept with its lines after its receipt, too: a server that is set back asks for it again.
type sealed struct {
	Header batch.Header `json:"header"`
	Hash   string       `json:"hash"`

	changes []*Saved
	level   string // of the highest receipt
	waits   bool   // to be sent
}

// Saved is an own change and how far it has come.
type Saved struct {
	Change  change.Change
	Line    []byte
	Level   string // "" saved here, township, city
	Verdict string // of the highest level heard of
	Install string // under whose key it was sealed, "" before
	back    bool   // what the feeds gave since its receipt includes it
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
func (p *Phone) open() error {
	raw, err := p.disk.Read(p.path)
	if err != nil {
		return err
	}
	for {
		line, rest, whole := bytes.Cut(raw[p.size:], []byte("\n"))
		if !whole {
			break // a cut last line was never acknowledged to anybody
		}
		var e entry
		if err := json.Unmarshal(line, &e); err != nil {
			return fmt.Errorf("read store: line at byte %d", p.size)
		}
		if err := p.fold(e); err != nil {
			return err
		}
		p.size = int64(len(raw) - len(rest))
	}
	if p.file, err = p.disk.Open(p.path, p.size); err != nil {
		return err
	}
	// What a killed app wrote but did not sync was read like everything else. It must not be acted on and then lost.
	if err := p.file.Sync(); err != nil {
		return errors.Join(fmt.Errorf("flush store: %w", err), p.file.Close())
	}
	return nil
}

// keep makes an entry durable and only then true. After a failure nobody knows what the disk holds
// beyond the last good entry: it is cut off there before the next one is written.
func (p *Phone) keep(e entry) error {
	b, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("encode entry: %w", err)
	}
	if p.file == nil {
		if p.file, err = p.disk.Open(p.path, p.size); err != nil {
			return err
		}
	}
	_, err = p.file.Write(append(b, '\n'))
	if err == nil {
		err = p.file.Sync()
	}
	if err != nil {
		err = errors.Join(fmt.Errorf("write store: %w", err), p.file.Close())
		p.file = nil
		return err
	}
	p.size += int64(len(b)) + 1
	return p.fold(e)
}

func (p *Phone) fold(e entry) error {
	if e.Clock != nil {
		p.conn.SetClock(e.Clock[0], e.Clock[1])
	}
	if e.Pulled {
		for _, c := range p.changes {
			c.back = c.back || c.Level != ""
		}
	}
	switch {
	case e.Key != "":
		return p.foldKey(e.Key)
	case e.Enrolled != nil:
		p.who = *e.Enrolled
		p.epoch = cmp.Or(p.epoch, p.who.Epoch)
		return p.believe(p.who.Chain[1:])
	case e.Chain != nil:
		return p.believe(e.Chain)
	case e.Again != nil:
		p.foldAgain(*e.Again)
	case e.Change != "":
		c, err := change.Parse([]byte(e.Change))
		if err != nil {
			return err
		}
		saved := &Saved{Change: c, Line: []byte(e.Change)}
		p.changes, p.unsealed = append(p.changes, saved), append(p.unsealed, saved)
	case e.Batch != nil:
		p.foldBatch(e.Batch)
	case e.Receipt != nil:
		p.foldReceipt(*e.Receipt)
		p.rn = max(p.rn, e.Rn)
	case e.Feed != nil:
		p.foldFeed(e.Feed)
	case e.Wiped:
		p.wipe()
	case e.Gone != "":
		delete(p.feeds, e.Gone)
		for k, r := range p.records {
			if r.feed == e.Gone {
				delete(p.records, k)
			}
		}
	}
	return nil
}

func (p *Phone) foldAgain(a again) {
	for _, b := range p.batches {
		if a.Install == "" && b.level != batch.LevelCity || b.Header.Install == a.Install && b.Header.No >= a.From {
			b.waits = true
		}
	}
}

// foldKey takes a key; its certificate comes later. Batches of an earlier one that have not reached the city are taken
// apart and their changes sealed again, because nobody would ask for them under the old key any more. Who has them already
// says so. Receipts are numbered per install, so they count from the start.
func (p *Phone) foldKey(text string) error {
	key, err := install.ParseKeyText(text)
	if err != nil {
		return err
	}
	p.key = key
	p.conn.Key, p.last, p.rn, p.who.Chain = p.key, nil, 0, nil
	var kept []*sealed
	var open []*Saved
	for _, b := range p.batches {
		if b.level == batch.LevelCity {
			b.waits = false
			kept = append(kept, b)
			continue
		}
		open = append(open, b.changes...)
		delete(p.byHash, b.Hash)
	}
	p.batches, p.unsealed = kept, append(open, p.unsealed...)
	return nil
}

func (p *Phone) believe(chain []string) error {
	for _, text := range chain {
		c, err := install.Parse(text)
		if err != nil {
			return err
		}
		p.servers[c.Install] = c
	}
	return nil
}

func (p *Phone) foldBatch(s *sealed) {
	s.changes, s.waits = p.unsealed[:s.Header.N:s.Header.N], true
	p.unsealed = p.unsealed[s.Header.N:]
	for _, c := range s.changes {
		c.Install = s.Header.Install
	}
	p.batches, p.last, p.byHash[s.Hash] = append(p.batches, s), s, s
}

func (p *Phone) foldReceipt(r batch.Receipt) {
	b := p.byHash[r.Batch]
	if b == nil || (r.Level != batch.LevelTownship && r.Level != batch.LevelCity) {
		return
	}
	b.waits = false
	if b.level != batch.LevelCity {
		b.level = r.Level
	}
	// The last word counts, whoever's it is: the township speaks again when an officer has decided.
	for i, c := range b.changes {
		verdict := cmp.Or(r.Verdicts[strconv.Itoa(i)], "applied")
		if verdict == "refused:duplicate" && c.Verdict != "" {
			verdict = c.Verdict // sent under an earlier key already: that verdict stands
		}
		c.Level, c.Verdict = b.level, verdict
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
			if p.epoch != "" && p.epoch != l.Epoch {
				p.foldAgain(again{})
				p.rn = 0 // receipts are numbered per epoch
			}
			p.epoch = l.Epoch
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
