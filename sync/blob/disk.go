package blob

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// Disk is what the store needs of a file system. What was synced survives a power cut.
type Disk interface {
	MkdirAll(path string) error
	// Append opens a file for writing at its end, creating it.
	Append(path string) (File, error)
	Open(path string) (io.ReadSeekCloser, error)
	// Stat answers size -1 without error when there is no such file.
	Stat(path string) (size int64, changed time.Time, err error)
	Rename(from, to string) error
	Remove(path string) error
	// List names the entries of a folder, none when there is no such folder.
	List(path string) ([]string, error)
	// SyncFolder makes names in a folder durable.
	SyncFolder(path string) error
}

// File is a file being written.
type File interface {
	io.WriteCloser
	Sync() error
	Truncate(size int64) error
}

// OS is the operating system's file system.
type OS struct{}

var _ Disk = OS{}

// MkdirAll makes a folder for this user only.
func (OS) MkdirAll(path string) error { return os.MkdirAll(path, 0o700) }

// Append opens a file that only this user reads.
func (OS) Append(path string) (File, error) {
	return os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
}

// Open opens a file for reading.
func (OS) Open(path string) (io.ReadSeekCloser, error) { return os.Open(path) }

// Stat gives size and time of last change.
func (OS) Stat(path string) (int64, time.Time, error) {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return -1, time.Time{}, nil
	}
	if err != nil {
		return 0, time.Time{}, err
	}
	return info.Size(), info.ModTime(), nil
}

// Rename gives a file its name, also over another.
func (OS) Rename(from, to string) error { return os.Rename(from, to) }

// Remove removes a file; none is no error.
func (OS) Remove(path string) error {
	err := os.Remove(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// List names what lies in a folder.
func (OS) List(path string) ([]string, error) {
	entries, err := os.ReadDir(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	return names, err
}

// copyFile copies a whole file under a temporary name, flushes it and gives it its name.
func copyFile(disk Disk, from, to string) error {
	src, err := disk.Open(from)
	if err != nil {
		return fmt.Errorf("open file to copy: %w", err)
	}
	defer src.Close()
	if err := disk.MkdirAll(filepath.Dir(to)); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	part := to + ".part"
	if err := disk.Remove(part); err != nil {
		return fmt.Errorf("remove an unfinished copy: %w", err)
	}
	dst, err := disk.Append(part)
	if err != nil {
		return fmt.Errorf("create copy: %w", err)
	}
	_, err = io.Copy(dst, io.LimitReader(src, MaxSize+1))
	if err == nil {
		err = dst.Sync()
	}
	if err = errors.Join(err, dst.Close()); err != nil {
		return errors.Join(fmt.Errorf("write copy: %w", err), disk.Remove(part))
	}
	if err := disk.Rename(part, to); err != nil {
		return fmt.Errorf("name copy: %w", err)
	}
	return disk.SyncFolder(filepath.Dir(to))
}
