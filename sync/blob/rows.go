package blob

import (
	"database/sql"
	_ "embed"
	"errors"
	"fmt"

	"github.com/pocketbase/dbx"
)

// Schema creates the tables; running it again changes nothing.
//
//go:embed schema.sql
var Schema string

// Row says that a whole file is in the store.
type Row struct {
	Hash      string `db:"sha256"`
	Size      int64  `db:"size"`
	Mime      string `db:"mime"`
	Install   string `db:"install"`
	CreatedAt int64  `db:"created_at"`
}

// Find returns nil without error when the file is not here.
func Find(db dbx.Builder, hash string) (*Row, error) {
	var row Row
	err := db.NewQuery("SELECT * FROM sync_blobs WHERE sha256 = {:h}").Bind(dbx.Params{"h": hash}).One(&row)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find blob: %w", err)
	}
	return &row, nil
}

// Shown counts in how many of these regions somebody has shown to have the content.
func Shown(db dbx.Builder, hash string, regions []string) (int, error) {
	n := 0
	for _, r := range regions {
		var one int
		err := db.NewQuery("SELECT count(*) FROM sync_blob_regions WHERE sha256 = {:h} AND region = {:r}").
			Bind(dbx.Params{"h": hash, "r": r}).Row(&one)
		if err != nil {
			return 0, fmt.Errorf("find blob's region: %w", err)
		}
		n += one
	}
	return n, nil
}

// put writes the row of a file that is whole and durable, and ends the search for it there.
func put(db dbx.Builder, row Row, regions []string) error {
	_, err := db.NewQuery("INSERT OR IGNORE INTO sync_blobs (sha256, size, mime, install, created_at) VALUES ({:h}, {:s}, {:m}, {:i}, {:c})").
		Bind(dbx.Params{"h": row.Hash, "s": row.Size, "m": row.Mime, "i": row.Install, "c": row.CreatedAt}).Execute()
	if err != nil {
		return fmt.Errorf("store blob's row: %w", err)
	}
	for _, r := range regions {
		at := dbx.Params{"h": row.Hash, "r": r}
		_, err := db.NewQuery("INSERT OR IGNORE INTO sync_blob_regions (sha256, region) VALUES ({:h}, {:r})").Bind(at).Execute()
		if err == nil {
			_, err = db.NewQuery("DELETE FROM sync_blob_wants WHERE sha256 = {:h} AND region = {:r}").Bind(at).Execute()
		}
		if err != nil {
			return fmt.Errorf("store blob's region: %w", err)
		}
	}
	return nil
}

// lost forgets a file whose content is no longer what its row says, and asks for it again.
func lost(db dbx.Builder, row Row) error {
	for _, text := range []string{
		"INSERT OR REPLACE INTO sync_blob_wants (region, sha256, size) SELECT region, sha256, {:s} FROM sync_blob_regions WHERE sha256 = {:h}",
		"DELETE FROM sync_blob_regions WHERE sha256 = {:h}",
		"DELETE FROM sync_blobs WHERE sha256 = {:h}",
	} {
		if _, err := db.NewQuery(text).Bind(dbx.Params{"h": row.Hash, "s": row.Size}).Execute(); err != nil {
			return fmt.Errorf("forget blob: %w", err)
		}
	}
	return nil
}

// used is how many bytes an install has stored.
func used(db dbx.Builder, install string) (int64, error) {
	var n int64
	err := db.NewQuery("SELECT coalesce(sum(size), 0) FROM sync_blobs WHERE install = {:i}").Bind(dbx.Params{"i": install}).Row(&n)
	if err != nil {
		return 0, fmt.Errorf("count blobs of install: %w", err)
	}
	return n, nil
}

// Want notes that a record in a region names a hash; nothing happens when the file is there.
func Want(db dbx.Builder, region, hash string, size int64) error {
	_, err := db.NewQuery(`INSERT OR IGNORE INTO sync_blob_wants (region, sha256, size) SELECT {:r}, {:h}, {:s}
		WHERE NOT EXISTS (SELECT 1 FROM sync_blob_regions WHERE sha256 = {:h} AND region = {:r})`).
		Bind(dbx.Params{"r": region, "h": hash, "s": size}).Execute()
	if err != nil {
		return fmt.Errorf("note missing blob: %w", err)
	}
	return nil
}

// refuse ends the search for content that cannot be taken; the code is shown in the office.
func refuse(db dbx.Builder, hash, code string) error {
	_, err := db.NewQuery("UPDATE sync_blob_wants SET code = {:c} WHERE sha256 = {:h}").Bind(dbx.Params{"c": code, "h": hash}).Execute()
	if err != nil {
		return fmt.Errorf("note refused blob: %w", err)
	}
	return nil
}

// Wanted is a file that a record names and the store does not have.
type Wanted struct {
	Region string `db:"region" json:"region"`
	Hash   string `db:"sha256" json:"sha256"`
	Size   int64  `db:"size" json:"size"`
	Code   string `db:"code" json:"code,omitempty"`
}

// Wants lists what is missing for regions from one code to another, in order of region and hash,
// after a place in that order. Refused content is not asked for again.
func Wants(db dbx.Builder, from, to string, after Wanted, limit int) ([]Wanted, error) {
	list := []Wanted{}
	err := db.NewQuery(`SELECT region, sha256, size, code FROM sync_blob_wants WHERE region >= {:f} AND region <= {:t}
		AND (region, sha256) > ({:r}, {:h}) AND code = '' ORDER BY region, sha256 LIMIT {:l}`).
		Bind(dbx.Params{"f": from, "t": to, "r": after.Region, "h": after.Hash, "l": limit}).All(&list)
	if err != nil {
		return nil, fmt.Errorf("list missing blobs: %w", err)
	}
	return list, nil
}
