package blob

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"
)

var errDisk = errors.New("input/output error")

// power is a disk that stops at its n-th operation: with an error and life going on, or for good with
// everything lost that was not flushed, names and bytes.
type power struct {
	OS
	left   int // operations until it strikes; negative: never
	cut    bool
	struck bool
	undo   map[string]func() // by path: how to lose what is not flushed
}

func newPower(left int, cut bool) *power {
	return &power{left: left, cut: cut, undo: map[string]func(){}}
}

func (p *power) op() error {
	if p.struck && p.cut {
		return errDisk
	}
	if p.left--; p.left == -1 {
		p.struck = true
		return errDisk
	}
	return nil
}

// lose is the power cut: what was not flushed is gone.
func (p *power) lose() {
	for _, f := range p.undo {
		f()
	}
}

func (p *power) Append(path string) (File, error) {
	if err := p.op(); err != nil {
		return nil, err
	}
	f, err := p.OS.Append(path)
	return &powerFile{p, f, path}, err
}

func (p *power) Open(path string) (io.ReadSeekCloser, error) {
	if err := p.op(); err != nil {
		return nil, err
	}
	return p.OS.Open(path)
}

func (p *power) Rename(from, to string) error {
	if err := p.op(); err != nil {
		return err
	}
	if size, _, _ := p.OS.Stat(to); size < 0 {
		p.undo["name "+filepath.Dir(to)] = func() { os.Rename(to, from) }
	}
	return p.OS.Rename(from, to)
}

func (p *power) Remove(path string) error {
	if err := p.op(); err != nil {
		return err
	}
	return p.OS.Remove(path)
}

func (p *power) MkdirAll(path string) error {
	if err := p.op(); err != nil {
		return err
	}
	return p.OS.MkdirAll(path)
}

func (p *power) Stat(path string) (int64, time.Time, error) {
	if err := p.op(); err != nil {
		return 0, time.Time{}, err
	}
	return p.OS.Stat(path)
}

func (p *power) List(path string) ([]string, error) {
	if err := p.op(); err != nil {
		return nil, err
	}
	return p.OS.List(path)
}

func (p *power) SyncFolder(path string) error {
	if err := p.op(); err != nil {
		return err
	}
	delete(p.undo, "name "+path)
	return p.OS.SyncFolder(path)
}

type powerFile struct {
	p *power
	File
	path string
}

// Write is torn when the disk strikes: half of it arrives.
func (f *powerFile) Write(b []byte) (int, error) {
	if f.p.undo[f.path] == nil {
		size, _, _ := f.p.OS.Stat(f.path)
		f.p.undo[f.path] = func() { os.Truncate(f.path, size+int64(len(b))/2) }
	}
	if err := f.p.op(); err != nil {
		n, _ := f.File.Write(b[:len(b)/2])
		return n, err
	}
	return f.File.Write(b)
}

func (f *powerFile) Sync() error {
	if err := f.p.op(); err != nil {
		return err
	}
	delete(f.p.undo, f.path)
	return f.File.Sync()
}

func (f *powerFile) Truncate(size int64) error {
	if err := f.p.op(); err != nil {
		return err
	}
	return f.File.Truncate(size)
}
