package platform

import "golang.org/x/sys/windows"

// freeBytes is what this user may still write on the disk of a folder, and the
// disk's size.
func freeBytes(folder string) (free, total uint64, err error) {
	name, err := windows.UTF16PtrFromString(folder)
	if err != nil {
		return 0, 0, err
	}
	err = windows.GetDiskFreeSpaceEx(name, &free, &total, nil)
	return free, total, err
}
