package sim

import (
	"bytes"
	"errors"
	"math/rand/v2"

	"cunju/sync/phone"
)

var (
	errOff   = errors.New("phone is off")
	errQuota = errors.New("no space left on device")
)

// flash is a phone's storage. What was written but not synced may be lost in part when
// the power is cut; a killed process leaves what it wrote.
type flash struct {
	files map[string]*file
	left  int // operations until the process is killed; 0: none set
	off   bool
	quota int // writes that fail halfway
	boot  int // journals of an earlier start are dead

	noSync bool                  // a broken store: sync does nothing
	read   func(b []byte) []byte // a broken store: what comes back after the first start
}

type file struct {
	data    []byte // as a running process sees it
	durable []byte // as after a power cut at this moment
}

func newFlash() *flash { return &flash{files: map[string]*file{}} }

// start is a new process on the same storage.
func (d *flash) start() {
	d.boot++
	d.off, d.left, d.quota = false, 0, 0
}

// kill ends the process: what it wrote stays.
func (d *flash) kill() { d.off = true }

// cut takes the power away: of what was not synced a part of any length stays.
func (d *flash) cut(rng *rand.Rand) {
	d.off = true
	for _, f := range d.files {
		if !bytes.HasPrefix(f.data, f.durable) {
			f.data = bytes.Clone(f.durable)
			continue
		}
		f.data = f.data[:len(f.durable)+rng.IntN(len(f.data)-len(f.durable)+1)]
		f.durable = bytes.Clone(f.data)
	}
}

// copied is a backup, or another phone's storage made from this one.
func (d *flash) copied() *flash {
	c := newFlash()
	for path, f := range d.files {
		c.files[path] = &file{bytes.Clone(f.data), bytes.Clone(f.data)}
	}
	return c
}

func (d *flash) operation(boot int) error {
	if d.off || boot != d.boot {
		return errOff
	}
	if d.left > 0 {
		if d.left--; d.left == 0 {
			d.off = true
			return errOff
		}
	}
	return nil
}

// Read implements phone.Disk.
func (d *flash) Read(path string) ([]byte, error) {
	if err := d.operation(d.boot); err != nil {
		return nil, err
	}
	f := d.files[path]
	if f == nil {
		return nil, nil
	}
	if d.read != nil {
		f.data = d.read(f.data)
	}
	return bytes.Clone(f.data), nil
}

// Open implements phone.Disk.
func (d *flash) Open(path string, size int64) (phone.Journal, error) {
	if err := d.operation(d.boot); err != nil {
		return nil, err
	}
	if d.files[path] == nil {
		d.files[path] = &file{}
	}
	f := d.files[path]
	f.data = f.data[:size:size]
	return &journal{d, f, d.boot}, nil
}

type journal struct {
	disk *flash
	file *file
	boot int
}

func (j *journal) Write(b []byte) (int, error) {
	wasOff := j.disk.off
	if err := j.disk.operation(j.boot); err != nil {
		if j.boot == j.disk.boot && !wasOff { // killed in the middle of the write
			j.file.data = append(j.file.data, b[:len(b)/2]...)
		}
		return 0, err
	}
	if j.disk.quota > 0 {
		j.disk.quota--
		j.file.data = append(j.file.data, b[:len(b)/3]...)
		return len(b) / 3, errQuota
	}
	j.file.data = append(j.file.data, b...)
	return len(b), nil
}

func (j *journal) Sync() error {
	if err := j.disk.operation(j.boot); err != nil {
		return err
	}
	if !j.disk.noSync {
		j.file.durable = j.file.data // data only grows, or is cut with its capacity: this part stays as it is
	}
	return nil
}

func (j *journal) Close() error { return nil }
