//go:build unix

package platform

import "golang.org/x/sys/unix"

// freeBytes is what an ordinary user may still write on the disk of a folder,
// and the disk's size.
func freeBytes(folder string) (free, total uint64, err error) {
	var s unix.Statfs_t
	if err := unix.Statfs(folder, &s); err != nil {
		return 0, 0, err
	}
	return s.Bavail * uint64(s.Bsize), s.Blocks * uint64(s.Bsize), nil
}
