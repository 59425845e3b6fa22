package platform

import (
	"archive/zip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/pocketbase/pocketbase/core"
)

// backupFacts say what an archive is, for whoever finds it.
type backupFacts struct {
	Version string `json:"version"`
	Tier    string `json:"tier"`
	Region  string `json:"region"`
	Made    string `json:"made"`
}

// leftOut are names at the top of the data folder that a restored node does
// not need (logs) or makes anew, and the databases, of which only the checked copy goes in.
var leftOut = []string{"data.db", "data.db-wal", "data.db-shm", "auxiliary.db", "auxiliary.db-wal", "auxiliary.db-shm",
	core.LocalBackupsDirName, core.LocalTempDirName, core.LocalAutocertCacheDirName, core.LocalNotifyDirName}

// writeArchive puts the copy and the data folder's files into a zip. The archive
// gets its name only when it is whole and on the disk.
func writeArchive(ctx context.Context, path, copied, dataDir string, facts backupFacts) error {
	part := path + ".part"
	f, err := os.OpenFile(part, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("create backup: %w", err)
	}
	defer os.Remove(part)
	defer f.Close()
	z := zip.NewWriter(f)
	if err := addFacts(z, facts); err != nil {
		return err
	}
	if err := addFile(ctx, z, copied, "data/data.db"); err != nil {
		return err
	}
	if err := addFolder(ctx, z, dataDir); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("finish backup: %w", err)
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("flush backup: %w", err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("close backup: %w", err)
	}
	return os.Rename(part, path)
}

func addFacts(z *zip.Writer, facts backupFacts) error {
	w, err := z.Create("backup.json")
	if err != nil {
		return err
	}
	return json.NewEncoder(w).Encode(facts)
}

func addFolder(ctx context.Context, z *zip.Writer, root string) error {
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil || name == "." {
			return err
		}
		if filepath.Dir(name) == "." && slices.Contains(leftOut, name) {
			if entry.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		if !entry.Type().IsRegular() {
			return nil // folders come with their files; links are never followed
		}
		return addFile(ctx, z, path, "data/"+filepath.ToSlash(name))
	})
}

func addFile(ctx context.Context, z *zip.Writer, path, name string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("read for backup: %w", err)
	}
	defer f.Close()
	w, err := z.Create(name)
	if err != nil {
		return err
	}
	if _, err := io.Copy(w, f); err != nil {
		return fmt.Errorf("write backup: %w", err)
	}
	return nil
}
