package phone

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// Disk is where a phone keeps its journal. What a journal was told to sync survives
// a power cut; what was only written may be lost in part.
type Disk interface {
	// Read returns the whole journal, nothing when there is none.
	Read(path string) ([]byte, error)
	// Open opens or creates the journal for appending after its first size bytes and drops what follows them.
	Open(path string, size int64) (Journal, error)
}

// Journal is an open journal.
type Journal interface {
	io.WriteCloser
	Sync() error
}

// Files is the operating system's disk.
type Files struct{}

// Read reads a file.
func (Files) Read(path string) ([]byte, error) {
	raw, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("read store: %w", err)
	}
	return raw, nil
}

// Open opens a file that only its owner reads.
func (Files) Open(path string, size int64) (Journal, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	if err = f.Truncate(size); err == nil {
		_, err = f.Seek(size, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("cut store: %w", err), f.Close())
	}
	return f, nil
}
