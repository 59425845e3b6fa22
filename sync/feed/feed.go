// Package feed keeps every record's place in its region's feed, in order of last
// change at this node, and the feeds' checkpoints. Every function works inside the caller's
// transaction.
package feed

import (
	"crypto/sha256"
	_ "embed"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"github.com/pocketbase/dbx"

	"cunju/sync/statement"
)

// Schema creates the tables; running it again changes nothing.
//
//go:embed schema.sql
var Schema string

// OfficeLane marks feeds that only nodes read.
const OfficeLane = "office"

// Name is the feed of a region and lane.
func Name(region, lane string) string {
	if lane == "" {
		return region
	}
	return region + "/" + lane
}

// ownLane begins the lanes that one person's phones read, and nobody else's.
const ownLane = "own/"

// Own is the lane of what only one staff member's phones may read besides nodes.
func Own(staff string) string { return ownLane + staff }

// Parse splits a feed's name; ok is false for what no feed can be called. staff is set for a person's own lane.
func Parse(name string) (region, lane, staff string, ok bool) {
	region, lane, found := strings.Cut(name, "/")
	staff, own := strings.CutPrefix(lane, ownLane)
	if !own {
		staff = ""
	}
	known := !found || lane == OfficeLane || (own && staff != "" && len(staff) <= 64 && !strings.Contains(staff, "/"))
	return region, lane, staff, len(region) == 12 && known
}

// Record is a row of sync_records. Stamps is JSON: {"field":[tau,"change id"]}. Region is that of the feed.
type Record struct {
	C, R, Feed, Region, Rev string
	Tau, Seq                int64
	Install, Source, Stamps string
	First                   int64 // place of the change that created it here, 0: none did
}

// columns are a record's, in the order of into.
const columns = "c, r, feed, region, rev, tau, seq, install, source, stamps, first"

func (r *Record) into() []any {
	return []any{&r.C, &r.R, &r.Feed, &r.Region, &r.Rev, &r.Tau, &r.Seq, &r.Install, &r.Source, &r.Stamps, &r.First}
}

// Find returns nil without error when the record is unknown.
func Find(db dbx.Builder, c, r string) (*Record, error) {
	var row Record
	found, err := statement.One(db, "SELECT "+columns+" FROM sync_records WHERE c = ? AND r = ?", []any{c, r}, row.into()...)
	if err != nil {
		return nil, fmt.Errorf("find record: %w", err)
	}
	if !found {
		return nil, nil
	}
	return &row, nil
}

// FindAll finds many records of one collection at once, in any order; unknown ones do not come. The
// ids must be valid ids.
func FindAll(db dbx.Builder, c string, ids []string) ([]Record, error) {
	// Ids are letters and digits only, so the list needs no escaping. CROSS JOIN: one look-up for each id.
	return read(db, "SELECT "+columns+" FROM json_each(?) CROSS JOIN sync_records ON c = ? AND r = value",
		`["`+strings.Join(ids, `","`)+`"]`, c)
}

func read(db dbx.Builder, query string, args ...any) ([]Record, error) {
	rows, err := statement.Rows(db, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read records: %w", err)
	}
	defer rows.Close()
	var list []Record
	for rows.Next() {
		var r Record
		if err := rows.Scan(r.into()...); err != nil {
			return nil, fmt.Errorf("read records: %w", err)
		}
		list = append(list, r)
	}
	return list, rows.Err()
}

// Tally adds up what one transaction does to checkpoints, so that each feed is written once.
type Tally struct {
	feeds map[string]*Checkpoint
}

// Put moves a record to the end of its feed; the tally must be written in the same transaction. old
// is the row as Find gave it, nil when new; row.Seq is its new place, row.First counts only when it is new.
func (t *Tally) Put(db dbx.Builder, old, row *Record) error {
	count, sum := int64(1), Sum(row.C, row.R, row.Rev)
	if old != nil && old.Feed == row.Feed {
		count, sum = 0, sum-Sum(old.C, old.R, old.Rev)
	}
	if old != nil && old.Feed != row.Feed {
		if err := t.leave(db, old, row.Seq); err != nil {
			return err
		}
	}
	if err := place(db, old, row); err != nil {
		return err
	}
	t.add(row.Feed, count, sum, row.Seq)
	return nil
}

func place(db dbx.Builder, old, row *Record) error {
	var err error
	if old == nil {
		_, err = statement.Exec(db, "INSERT INTO sync_records (seq, c, r, feed, rev, tau, install, source, stamps, first) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			row.Seq, row.C, row.R, row.Feed, row.Rev, row.Tau, row.Install, row.Source, row.Stamps, row.First)
	} else {
		_, err = statement.Exec(db, "UPDATE sync_records SET seq = ?, feed = ?, rev = ?, tau = ?, install = ?, source = ?, stamps = ? WHERE seq = ?",
			row.Seq, row.Feed, row.Rev, row.Tau, row.Install, row.Source, row.Stamps, old.Seq)
	}
	if err != nil {
		return fmt.Errorf("place record: %w", err)
	}
	return nil
}

// Drop takes a record out of its feed for good; seq is the place of its remove.
func (t *Tally) Drop(db dbx.Builder, old *Record, seq int64) error {
	if err := t.leave(db, old, seq); err != nil {
		return err
	}
	if _, err := statement.Exec(db, "DELETE FROM sync_records WHERE seq = ?", old.Seq); err != nil {
		return fmt.Errorf("drop record: %w", err)
	}
	return nil
}

func (t *Tally) leave(db dbx.Builder, old *Record, seq int64) error {
	_, err := statement.Exec(db, "INSERT INTO sync_removes (feed, seq, c, r) VALUES (?, ?, ?, ?)", old.Feed, seq, old.C, old.R)
	if err != nil {
		return fmt.Errorf("leave feed: %w", err)
	}
	t.add(old.Feed, -1, -Sum(old.C, old.R, old.Rev), seq)
	return nil
}

func (t *Tally) add(name string, count, sum, seq int64) {
	if t.feeds == nil {
		t.feeds = map[string]*Checkpoint{}
	}
	c := t.feeds[name]
	if c == nil {
		c = &Checkpoint{}
		t.feeds[name] = c
	}
	c.Count, c.Sum, c.Seq = c.Count+count, c.Sum+sum, seq
}

// Write brings the checkpoints up to date and empties the tally.
func (t *Tally) Write(db dbx.Builder) error {
	for name, d := range t.feeds {
		c, err := Current(db, name)
		if err != nil {
			return err
		}
		// Added in Go: SQLite's own sum turns into a float when 64 bits overflow.
		_, err = statement.Exec(db, "INSERT INTO sync_feeds (feed, count, sum, seq) VALUES (?, ?, ?, ?) ON CONFLICT (feed) DO UPDATE SET count = excluded.count, sum = excluded.sum, seq = excluded.seq",
			name, c.Count+d.Count, c.Sum+d.Sum, d.Seq)
		if err != nil {
			return fmt.Errorf("write checkpoint: %w", err)
		}
	}
	t.feeds = nil
	return nil
}

// Sum is one record's share of a checkpoint: the first 8 bytes of SHA-256(c/r@rev).
func Sum(c, r, rev string) int64 {
	h := sha256.Sum256([]byte(c + "/" + r + "@" + rev))
	return int64(binary.BigEndian.Uint64(h[:8]))
}

// Checkpoint is a feed's state: what a replica that has read up to Seq must hold.
type Checkpoint struct {
	Feed  string `db:"feed"`
	Count int64  `db:"count"`
	Sum   int64  `db:"sum"`
	Seq   int64  `db:"seq"`
}

// Hex is the checksum as it travels.
func (c Checkpoint) Hex() string { return fmt.Sprintf("%016x", uint64(c.Sum)) }

// ParseSum reads what Hex wrote.
func ParseSum(s string) (int64, error) {
	u, err := strconv.ParseUint(s, 16, 64)
	return int64(u), err
}

// Current reads a feed's checkpoint; an unknown feed is empty.
func Current(db dbx.Builder, name string) (Checkpoint, error) {
	c := Checkpoint{Feed: name}
	_, err := statement.One(db, "SELECT count, sum, seq FROM sync_feeds WHERE feed = ?", []any{name}, &c.Count, &c.Sum, &c.Seq)
	if err != nil {
		return c, fmt.Errorf("read checkpoint: %w", err)
	}
	return c, nil
}

// Under lists the checkpoints of all feeds whose region lies in [from, to].
func Under(db dbx.Builder, from, to string) ([]Checkpoint, error) {
	list := []Checkpoint{}
	err := db.NewQuery("SELECT * FROM sync_feeds WHERE feed >= {:a} AND feed <= {:b} ORDER BY feed").
		Bind(dbx.Params{"a": from, "b": to + "/~"}).All(&list)
	if err != nil {
		return nil, fmt.Errorf("list checkpoints: %w", err)
	}
	return list, nil
}

// After lists a feed's records changed after seq, oldest first, at most limit.
func After(db dbx.Builder, name string, seq int64, limit int) ([]Record, error) {
	return read(db, "SELECT "+columns+" FROM sync_records WHERE feed = ? AND seq > ? ORDER BY seq LIMIT ?", name, seq, limit)
}

// Between lists a feed's records after seq up to and including until, oldest first.
func Between(db dbx.Builder, name string, seq, until int64) ([]Record, error) {
	return read(db, "SELECT "+columns+" FROM sync_records WHERE feed = ? AND seq > ? AND seq <= ? ORDER BY seq", name, seq, until)
}

// Many tells whether a feed has at least limit records after seq.
func Many(db dbx.Builder, name string, seq int64, limit int) (bool, error) {
	var n int
	_, err := statement.One(db, "SELECT count(*) FROM (SELECT 1 FROM sync_records WHERE feed = ? AND seq > ? LIMIT ?)", []any{name, seq, limit}, &n)
	if err != nil {
		return false, fmt.Errorf("count records: %w", err)
	}
	return n >= limit, nil
}

// Revisions is a text of all revisions that stand in a feed after seq up to and including until. Every change
// gives a record a new revision and another place, so equal texts mean equal states.
func Revisions(db dbx.Builder, name string, seq, until int64) (string, error) {
	var revs string
	_, err := statement.One(db, `SELECT coalesce(group_concat(rev, ' '), '') FROM
		(SELECT rev FROM sync_records WHERE feed = ? AND seq > ? AND seq <= ? ORDER BY seq)`, []any{name, seq, until}, &revs)
	if err != nil {
		return "", fmt.Errorf("read revisions: %w", err)
	}
	return revs, nil
}

// Remove is a record that left a feed.
type Remove struct {
	C, R string
	Seq  int64
}

// RemovesAfter lists what left a feed after seq up to and including until.
func RemovesAfter(db dbx.Builder, name string, seq, until int64) ([]Remove, error) {
	rows, err := statement.Rows(db, "SELECT c, r, seq FROM sync_removes WHERE feed = ? AND seq > ? AND seq <= ? ORDER BY seq", name, seq, until)
	if err != nil {
		return nil, fmt.Errorf("read removes: %w", err)
	}
	defer rows.Close()
	var list []Remove
	for rows.Next() {
		var r Remove
		if err := rows.Scan(&r.C, &r.R, &r.Seq); err != nil {
			return nil, fmt.Errorf("read removes: %w", err)
		}
		list = append(list, r)
	}
	return list, rows.Err()
}

// Order lists records of any feed after seq, for projections.
func Order(db dbx.Builder, seq int64, limit int) ([]Record, error) {
	return read(db, "SELECT "+columns+" FROM sync_records WHERE seq > ? ORDER BY seq LIMIT ?", seq, limit)
}

// Gone lists what left its feed after seq up to and including until and is nowhere now, for projections.
func Gone(db dbx.Builder, seq, until int64) ([]Remove, error) {
	list := []Remove{}
	err := db.NewQuery("SELECT c, r, max(seq) AS seq FROM sync_removes x WHERE seq > {:s} AND seq <= {:u} AND NOT EXISTS (SELECT 1 FROM sync_records y WHERE y.c = x.c AND y.r = x.r) GROUP BY c, r").
		Bind(dbx.Params{"s": seq, "u": until}).All(&list)
	if err != nil {
		return nil, fmt.Errorf("read gone records: %w", err)
	}
	return list, nil
}
