package blob

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"sync"
	"time"

	"github.com/pocketbase/dbx"
)

// Store is one node's folder of files and their rows. Whole files lie under the first two
// digits of their hash, parts under the install that sends them: nobody can spoil another's upload. All
// is one file system, so a name is given in one step.
type Store struct {
	// Quota is how many bytes a phone may store.
	Quota int64
	// Backup is a folder on another disk that Mirror fills and damaged files come back from; "" for none.
	Backup string

	dir  string
	disk Disk
	tx   func(func(dbx.Builder) error) error
	now  func() time.Time

	mu   sync.Mutex
	busy map[string]*sync.Mutex // one writer of a part at a time
}

// New makes a store in a folder of its own; tx runs a function in one transaction.
func New(dir string, disk Disk, tx func(func(dbx.Builder) error) error, now func() time.Time) *Store {
	return &Store{Quota: DefaultQuota, dir: dir, disk: disk, tx: tx, now: now, busy: map[string]*sync.Mutex{}}
}

func (s *Store) path(hash string) string { return filepath.Join(s.dir, hash[:2], hash) }

func (s *Store) parts(install string) string { return filepath.Join(s.dir, "parts", install) }

// lock holds one part; the map is small because it is emptied whenever nobody waits.
func (s *Store) lock(part string) func() {
	s.mu.Lock()
	if len(s.busy) > 1000 {
		for k, m := range s.busy {
			if m.TryLock() {
				m.Unlock()
				delete(s.busy, k)
			}
		}
	}
	m := s.busy[part]
	if m == nil {
		m = &sync.Mutex{}
		s.busy[part] = m
	}
	s.mu.Unlock()
	m.Lock()
	return m.Unlock
}

// Progress tells how much of a file an install has sent, and whether it is whole for these regions.
func (s *Store) Progress(db dbx.Builder, hash, install string, regions []string) (Progress, error) {
	row, err := Find(db, hash)
	if err != nil {
		return Progress{}, err
	}
	if row != nil && len(regions) > 0 {
		n, err := Shown(db, hash, regions)
		if err != nil || n == len(regions) {
			return Progress{Offset: row.Size, Whole: true}, err
		}
	}
	size, _, err := s.disk.Stat(filepath.Join(s.parts(install), hash))
	return Progress{Offset: max(size, 0)}, err
}

// Append adds a piece and, when it was the last, hashes the whole, gives it its name and writes its row.
// The offset in the answer is durable. db is only read: no other writer waits for a chunk. A piece without data asks to finish what is complete.
func (s *Store) Append(db dbx.Builder, p Piece) (Progress, error) {
	if p.Length < 1 || p.Length > MaxSize || len(p.Data) > MaxChunk || p.Offset+int64(len(p.Data)) > p.Length {
		return Progress{}, ErrTooLarge
	}
	part := filepath.Join(s.parts(p.Install), p.Hash)
	defer s.lock(part)()
	at, err := s.Progress(db, p.Hash, p.Install, p.Regions)
	if err != nil || at.Whole {
		return at, err
	}
	if at.Offset != p.Offset {
		return at, &OffsetError{at.Offset}
	}
	if err := s.room(db, p); err != nil {
		return at, err
	}
	if err := s.write(part, p); err != nil {
		return at, err
	}
	at.Offset += int64(len(p.Data))
	if at.Offset < p.Length {
		return at, nil
	}
	if err := s.finish(part, p); err != nil {
		return Progress{Offset: at.Offset}, err
	}
	return Progress{Offset: at.Offset, Whole: true}, nil
}

// room checks the install's quota, what is on its way included.
func (s *Store) room(db dbx.Builder, p Piece) error {
	if p.NoQuota {
		return nil
	}
	names, err := s.disk.List(s.parts(p.Install))
	if err != nil {
		return fmt.Errorf("list parts: %w", err)
	}
	if len(names) >= maxParts && p.Offset == 0 {
		return ErrQuota
	}
	total, err := used(db, p.Install)
	if err != nil {
		return err
	}
	for _, name := range names {
		size, _, err := s.disk.Stat(filepath.Join(s.parts(p.Install), name))
		if err != nil {
			return fmt.Errorf("measure part: %w", err)
		}
		total += max(size, 0)
	}
	if total+int64(len(p.Data)) > s.Quota {
		return ErrQuota
	}
	return nil
}

// write makes a piece durable. After a failed flush nobody knows what the disk holds: the part is begun anew.
func (s *Store) write(part string, p Piece) error {
	if len(p.Data) == 0 {
		return nil
	}
	if err := s.disk.MkdirAll(filepath.Dir(part)); err != nil {
		return fmt.Errorf("make folder of parts: %w", err)
	}
	f, err := s.disk.Append(part)
	if err != nil {
		return fmt.Errorf("open part: %w", err)
	}
	if _, err = f.Write(p.Data); err != nil {
		// A full disk: what came before stays, so that a metered link need not send it twice.
		if cut := errors.Join(f.Truncate(p.Offset), f.Sync(), f.Close()); cut == nil {
			return fmt.Errorf("write part: %w", err)
		}
		return errors.Join(fmt.Errorf("write part: %w", err), s.disk.Remove(part))
	}
	if err = f.Sync(); err != nil {
		return errors.Join(fmt.Errorf("flush part: %w", err), f.Close(), s.disk.Remove(part))
	}
	return f.Close()
}

// finish hashes a complete part and makes it a blob. The hash is taken from the disk in one
// pass at the end, not while chunks come: they come in many requests, with restarts between them.
func (s *Store) finish(part string, p Piece) error {
	mime, err := s.check(part, p)
	if err != nil {
		if !errors.Is(err, ErrHash) && !errors.Is(err, ErrKind) {
			return err
		}
		if errors.Is(err, ErrKind) {
			err = errors.Join(err, s.tx(func(db dbx.Builder) error { return refuse(db, p.Hash, "blob_kind") }))
		}
		return errors.Join(err, s.disk.Remove(part))
	}
	path := s.path(p.Hash)
	if err := s.folder(filepath.Dir(path)); err != nil {
		return err
	}
	if err := s.disk.Rename(part, path); err != nil {
		return fmt.Errorf("name blob: %w", err)
	}
	if err := s.disk.SyncFolder(filepath.Dir(path)); err != nil {
		return fmt.Errorf("flush blob's name: %w", err)
	}
	row := Row{Hash: p.Hash, Size: p.Length, Mime: mime, Install: p.Install, CreatedAt: s.now().UnixMilli()}
	return s.tx(func(db dbx.Builder) error { return put(db, row, p.Regions) })
}

// folder makes a folder whose name is durable.
func (s *Store) folder(path string) error {
	size, _, err := s.disk.Stat(path)
	if err != nil || size >= 0 {
		return err
	}
	if err := s.disk.MkdirAll(path); err != nil {
		return fmt.Errorf("make blob's folder: %w", err)
	}
	return s.disk.SyncFolder(filepath.Dir(path))
}

// check compares a part with its hash and what its record says, and tells what it is.
func (s *Store) check(part string, p Piece) (string, error) {
	f, err := s.disk.Open(part)
	if err != nil {
		return "", fmt.Errorf("open part: %w", err)
	}
	defer f.Close()
	hash, size, err := digest(f)
	if err != nil {
		return "", err
	}
	if hash != p.Hash || size != p.Length {
		return "", ErrHash
	}
	head := make([]byte, 16)
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return "", fmt.Errorf("read part: %w", err)
	}
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return "", fmt.Errorf("read part: %w", err)
	}
	if p.Image {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return "", fmt.Errorf("read part: %w", err)
		}
		if err := checkImage(f); err != nil {
			return "", err
		}
	}
	return Kind(head[:n]), nil
}

func digest(r io.Reader) (hash string, size int64, err error) {
	h := sha256.New()
	size, err = io.Copy(h, io.LimitReader(r, MaxSize+1))
	if err != nil {
		return "", 0, fmt.Errorf("read file: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), size, nil
}

// Open opens a whole file. ErrMissing when no row or no file is there.
func (s *Store) Open(db dbx.Builder, hash string) (io.ReadSeekCloser, *Row, error) {
	row, err := Find(db, hash)
	if err != nil {
		return nil, nil, err
	}
	if row == nil {
		return nil, nil, ErrMissing
	}
	size, _, err := s.disk.Stat(s.path(hash))
	if err != nil {
		return nil, nil, fmt.Errorf("find blob: %w", err)
	}
	if size != row.Size {
		return nil, nil, ErrMissing
	}
	f, err := s.disk.Open(s.path(hash))
	if err != nil {
		return nil, nil, fmt.Errorf("open blob: %w", err)
	}
	return f, row, nil
}
