// Package feed keeps every record's place in its region's feed, in order of last
// change at this node, and the feeds' checkpoints. Every function works inside the caller's
// transaction.
package feed

import (
	"crypto/sha256"
	"database/sql"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/pocketbase/dbx"
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

// Region is the region of a feed, and whether only nodes read it.
func Region(name string) (region string, office bool) {
	region, lane, _ := strings.Cut(name, "/")
	return region, lane == OfficeLane
}

// Record is a row of sync_records. Stamps is JSON: {"field":[tau,"change id"]}.
type Record struct {
	C       string `db:"c"`
	R       string `db:"r"`
	Feed    string `db:"feed"`
	Region  string `db:"region"`
	Rev     string `db:"rev"`
	Tau     int64  `db:"tau"`
	Seq     int64  `db:"seq"`
	Install string `db:"install"`
	Source  string `db:"source"`
	Stamps  string `db:"stamps"`
}

// Find returns nil without error when the record is unknown.
func Find(db dbx.Builder, c, r string) (*Record, error) {
	var row Record
	err := db.NewQuery("SELECT * FROM sync_records WHERE c = {:c} AND r = {:r}").Bind(dbx.Params{"c": c, "r": r}).One(&row)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find record: %w", err)
	}
	return &row, nil
}

// Put moves a record to the end of its feed and keeps the checkpoints right. old
// is the row as Find gave it, nil when new; row.Seq is set here.
func Put(db dbx.Builder, old *Record, row Record, seq int64) error {
	row.Seq = seq
	count, sum := int64(1), Sum(row.C, row.R, row.Rev)
	if old != nil && old.Feed == row.Feed {
		count, sum = 0, sum-Sum(old.C, old.R, old.Rev)
	}
	if old != nil && old.Feed != row.Feed {
		if err := leave(db, old, seq); err != nil {
			return err
		}
	}
	_, err := db.NewQuery(`INSERT INTO sync_records (c, r, feed, region, rev, tau, seq, install, source, stamps)
		VALUES ({:c}, {:r}, {:feed}, {:region}, {:rev}, {:tau}, {:seq}, {:install}, {:source}, {:stamps})
		ON CONFLICT (c, r) DO UPDATE SET feed = excluded.feed, region = excluded.region, rev = excluded.rev, tau = excluded.tau,
		seq = excluded.seq, install = excluded.install, source = excluded.source, stamps = excluded.stamps`).
		Bind(dbx.Params{"c": row.C, "r": row.R, "feed": row.Feed, "region": row.Region, "rev": row.Rev, "tau": row.Tau,
			"seq": row.Seq, "install": row.Install, "source": row.Source, "stamps": row.Stamps}).Execute()
	if err != nil {
		return fmt.Errorf("place record: %w", err)
	}
	return add(db, row.Feed, count, sum, seq)
}

func leave(db dbx.Builder, old *Record, seq int64) error {
	_, err := db.NewQuery("INSERT INTO sync_removes (feed, seq, c, r) VALUES ({:f}, {:s}, {:c}, {:r})").
		Bind(dbx.Params{"f": old.Feed, "s": seq, "c": old.C, "r": old.R}).Execute()
	if err != nil {
		return fmt.Errorf("leave feed: %w", err)
	}
	return add(db, old.Feed, -1, -Sum(old.C, old.R, old.Rev), seq)
}

func add(db dbx.Builder, name string, count, sum, seq int64) error {
	var c, s int64
	err := db.NewQuery("SELECT count, sum FROM sync_feeds WHERE feed = {:f}").Bind(dbx.Params{"f": name}).Row(&c, &s)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("read checkpoint: %w", err)
	}
	// Added in Go: SQLite's own sum turns into a float when 64 bits overflow.
	_, err = db.NewQuery("INSERT INTO sync_feeds (feed, count, sum, seq) VALUES ({:f}, {:c}, {:s}, {:q}) ON CONFLICT (feed) DO UPDATE SET count = excluded.count, sum = excluded.sum, seq = excluded.seq").
		Bind(dbx.Params{"f": name, "c": c + count, "s": s + sum, "q": seq}).Execute()
	if err != nil {
		return fmt.Errorf("write checkpoint: %w", err)
	}
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
	err := db.NewQuery("SELECT * FROM sync_feeds WHERE feed = {:f}").Bind(dbx.Params{"f": name}).One(&c)
	if errors.Is(err, sql.ErrNoRows) {
		return c, nil
	}
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
	list := []Record{}
	err := db.NewQuery("SELECT * FROM sync_records WHERE feed = {:f} AND seq > {:s} ORDER BY seq LIMIT {:l}").
		Bind(dbx.Params{"f": name, "s": seq, "l": limit}).All(&list)
	if err != nil {
		return nil, fmt.Errorf("read feed: %w", err)
	}
	return list, nil
}

// Remove is a record that left a feed.
type Remove struct {
	C   string `db:"c"`
	R   string `db:"r"`
	Seq int64  `db:"seq"`
}

// RemovesAfter lists what left a feed after seq up to and including until.
func RemovesAfter(db dbx.Builder, name string, seq, until int64) ([]Remove, error) {
	list := []Remove{}
	err := db.NewQuery("SELECT c, r, seq FROM sync_removes WHERE feed = {:f} AND seq > {:s} AND seq <= {:u} ORDER BY seq").
		Bind(dbx.Params{"f": name, "s": seq, "u": until}).All(&list)
	if err != nil {
		return nil, fmt.Errorf("read removes: %w", err)
	}
	return list, nil
}

// Order lists records of any feed after seq, for projections.
func Order(db dbx.Builder, seq int64, limit int) ([]Record, error) {
	list := []Record{}
	err := db.NewQuery("SELECT * FROM sync_records WHERE seq > {:s} ORDER BY seq LIMIT {:l}").
		Bind(dbx.Params{"s": seq, "l": limit}).All(&list)
	if err != nil {
		return nil, fmt.Errorf("read order: %w", err)
	}
	return list, nil
}
