package platform

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/spf13/cobra"
)

// nodeKey is the file of the node's identity in the key folder.
const nodeKey = "node.key"

// RestoreCommand is `cunju restore`. PocketBase's own restore does not work on
// Windows and resumes the old identity. forget is called with the restored
// database so that it does not pass for the one that was lost.
func RestoreCommand(cfg Config, forget func(db dbx.Builder) error) *cobra.Command {
	return WithoutDatabase(&cobra.Command{
		Use:   "restore ARCHIVE",
		Short: "Put a backup into an empty data folder; the node must be stopped",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := Restore(c.Context(), cfg, args[0], forget); err != nil {
				return err
			}
			_, err := fmt.Fprintf(c.OutOrStdout(), "restored %s\nnext: start the node, make sure that /health/ready is good, then join the city again with a new code\n", args[0])
			return err
		},
	})
}

// Restore unpacks an archive beside the data folder, checks it, and only then
// gives it the folder's name. The node's key is laid aside: after the backup the
// old install may have signed what others already hold, and a number must never be used twice.
func Restore(ctx context.Context, cfg Config, archive string, forget func(db dbx.Builder) error) error {
	if entries, err := os.ReadDir(cfg.Dir); err == nil && len(entries) > 0 {
		return fmt.Errorf("%s is not empty: stop the node and move that folder away first", cfg.Dir)
	}
	z, err := zip.OpenReader(archive)
	if err != nil {
		return fmt.Errorf("open backup: %w", err)
	}
	defer z.Close()
	if err := checkFacts(&z.Reader, cfg); err != nil {
		return err
	}
	part := filepath.Clean(cfg.Dir) + ".part"
	if err := os.RemoveAll(part); err != nil {
		return fmt.Errorf("remove an unfinished restore: %w", err)
	}
	defer os.RemoveAll(part)
	if err := unpack(ctx, &z.Reader, part); err != nil {
		return err
	}
	path := filepath.Join(part, "data.db")
	if err := checkCopy(ctx, path); err != nil {
		return err
	}
	if err := forgetIn(path, forget); err != nil {
		return err
	}
	if err := layKeyAside(cfg.KeyDir); err != nil {
		return err
	}
	if err := os.Remove(cfg.Dir); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("replace the empty data folder: %w", err)
	}
	return os.Rename(part, cfg.Dir)
}

func checkFacts(z *zip.Reader, cfg Config) error {
	f, err := z.Open("backup.json")
	if err != nil {
		return errors.New("this archive is no backup of ours: it has no backup.json")
	}
	defer f.Close()
	var facts backupFacts
	if err := json.NewDecoder(io.LimitReader(f, 64<<10)).Decode(&facts); err != nil {
		return fmt.Errorf("read backup.json: %w", err)
	}
	if facts.Tier != cfg.Tier || facts.Region != cfg.Region {
		return fmt.Errorf("this is a backup of %s %s, the settings say %s %s", facts.Tier, facts.Region, cfg.Tier, cfg.Region)
	}
	return nil
}

// unpack writes the archive's data folder. Names that would leave the folder,
// links, and files larger than they claim are refused.
func unpack(ctx context.Context, z *zip.Reader, folder string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("make folder for restore: %w", err)
	}
	var total uint64
	for _, f := range z.File {
		total += f.UncompressedSize64
	}
	if free, _, err := freeBytes(folder); err != nil || total+readOnly > free {
		return fmt.Errorf("the backup needs %d MB and that much is not free", (total+readOnly)/megabyte)
	}
	for _, f := range z.File {
		if err := ctx.Err(); err != nil {
			return err
		}
		name, ok := strings.CutPrefix(f.Name, "data/")
		if !ok {
			continue
		}
		if !filepath.IsLocal(filepath.FromSlash(name)) || strings.Contains(name, `\`) || !f.Mode().IsRegular() {
			return fmt.Errorf("the archive holds an unsafe name: %q", f.Name)
		}
		if err := unpackFile(f, filepath.Join(folder, filepath.FromSlash(name))); err != nil {
			return err
		}
	}
	return nil
}

func unpackFile(f *zip.File, path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	from, err := f.Open()
	if err != nil {
		return fmt.Errorf("read backup: %w", err)
	}
	defer from.Close()
	to, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("write restored file: %w", err)
	}
	n, err := io.Copy(to, io.LimitReader(from, int64(f.UncompressedSize64)+1))
	if err == nil && uint64(n) != f.UncompressedSize64 {
		err = errors.New("size differs from what the archive says")
	}
	if err = errors.Join(err, to.Sync(), to.Close()); err != nil {
		return fmt.Errorf("restore %s: %w", f.Name, err)
	}
	return nil
}

func forgetIn(path string, forget func(db dbx.Builder) error) error {
	db, err := Connect(path)
	if err != nil {
		return fmt.Errorf("open restored database: %w", err)
	}
	return errors.Join(forget(db), db.Close())
}

func layKeyAside(folder string) error {
	old := filepath.Join(folder, nodeKey)
	err := os.Rename(old, old+".before-"+time.Now().Format("20060102-150405"))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}
