package blob

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/pocketbase/dbx"
)

const (
	// young is how long before the newest file's row a power cut may have hurt one; a drive's own
	// cache is flushed by every fsync, so an hour is generous.
	young = time.Hour
	// partLife is how long an unfinished upload is kept: a counsel who is on leave finishes it after.
	partLife = 60 * 24 * time.Hour
)

// Start makes the tables and hashes the young files again: what is not what its row says is asked for once more.
func (s *Store) Start(db dbx.Builder) error {
	if _, err := db.NewQuery(Schema).Execute(); err != nil {
		return fmt.Errorf("create blob tables: %w", err)
	}
	var rows []Row
	err := db.NewQuery("SELECT * FROM sync_blobs WHERE created_at > (SELECT coalesce(max(created_at), 0) FROM sync_blobs) - {:y} ORDER BY created_at DESC LIMIT 1000").
		Bind(dbx.Params{"y": young.Milliseconds()}).All(&rows)
	if err != nil {
		return fmt.Errorf("list young blobs: %w", err)
	}
	for _, row := range rows {
		if err := s.recheck(row); err != nil {
			return err
		}
	}
	return nil
}

// recheck compares a file with its row, and tries the backup before it gives the file up. A disk
// that cannot be read is an error, not a lost file.
func (s *Store) recheck(row Row) error {
	good, err := s.good(row)
	if err != nil || good {
		return err
	}
	if err := s.disk.Remove(s.path(row.Hash)); err != nil {
		return fmt.Errorf("remove damaged blob: %w", err)
	}
	if s.Backup != "" {
		size, _, err := s.disk.Stat(s.backup(row))
		if err != nil {
			return fmt.Errorf("find blob's copy: %w", err)
		}
		if size == row.Size {
			if err := copyFile(s.disk, s.backup(row), s.path(row.Hash)); err != nil {
				return err
			}
			if good, err = s.good(row); err != nil || good {
				return err
			}
		}
	}
	return s.tx(func(db dbx.Builder) error { return lost(db, row) })
}

func (s *Store) backup(row Row) string { return filepath.Join(s.Backup, row.Hash[:2], row.Hash) }

// good tells whether a file is what its row says.
func (s *Store) good(row Row) (bool, error) {
	size, _, err := s.disk.Stat(s.path(row.Hash))
	if err != nil || size != row.Size {
		return false, err
	}
	f, err := s.disk.Open(s.path(row.Hash))
	if err != nil {
		return false, fmt.Errorf("open blob: %w", err)
	}
	hash, _, err := digest(f)
	return hash == row.Hash, errors.Join(err, f.Close())
}

// Mirror copies every file that is not there yet into the backup. Files never change, so a copy is made once.
func (s *Store) Mirror(ctx context.Context, db dbx.Builder) (copied int, err error) {
	err = s.each(ctx, db, func(row Row) error {
		there, _, err := s.disk.Stat(s.backup(row))
		if err != nil || there == row.Size {
			return err
		}
		here, _, err := s.disk.Stat(s.path(row.Hash))
		if err != nil || here != row.Size {
			return err // gone here: Repair's business
		}
		copied++
		return copyFile(s.disk, s.path(row.Hash), s.backup(row))
	})
	return copied, err
}

// Repair looks after files that are gone or short, as after a restore onto a new disk: from the
// backup, or by asking for them again.
func (s *Store) Repair(ctx context.Context, db dbx.Builder) error {
	return s.each(ctx, db, func(row Row) error {
		size, _, err := s.disk.Stat(s.path(row.Hash))
		if err != nil || size == row.Size {
			return err
		}
		return s.recheck(row)
	})
}

// each visits every row in order of hash.
func (s *Store) each(ctx context.Context, db dbx.Builder, visit func(Row) error) error {
	for after := ""; ; {
		var rows []Row
		err := db.NewQuery("SELECT * FROM sync_blobs WHERE sha256 > {:a} ORDER BY sha256 LIMIT 500").Bind(dbx.Params{"a": after}).All(&rows)
		if err != nil {
			return fmt.Errorf("list blobs: %w", err)
		}
		if len(rows) == 0 {
			return nil
		}
		for _, row := range rows {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := visit(row); err != nil {
				return err
			}
		}
		after = rows[len(rows)-1].Hash
	}
}

// Sweep removes parts that nobody has added to for a long time.
func (s *Store) Sweep() error {
	installs, err := s.disk.List(filepath.Join(s.dir, "parts"))
	if err != nil {
		return fmt.Errorf("list parts: %w", err)
	}
	for _, id := range installs {
		names, err := s.disk.List(s.parts(id))
		if err != nil {
			return fmt.Errorf("list parts: %w", err)
		}
		for _, name := range names {
			path := filepath.Join(s.parts(id), name)
			_, changed, err := s.disk.Stat(path)
			if err != nil {
				return fmt.Errorf("look at part: %w", err)
			}
			if s.now().Sub(changed) > partLife {
				if err := s.disk.Remove(path); err != nil {
					return fmt.Errorf("remove old part: %w", err)
				}
			}
		}
	}
	return nil
}
