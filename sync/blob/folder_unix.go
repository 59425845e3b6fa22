//go:build !windows

package blob

import (
	"errors"
	"os"
)

// SyncFolder flushes a folder's names.
func (OS) SyncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
