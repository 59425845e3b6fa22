package platform

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

const backupPrefix = "cunju-"

// Backup writes one archive of the node into cfg.BackupDir and removes those beyond
// cfg.BackupKeep. Writers wait at most a moment: SQLite copies the database on
// the read pool. The copy is opened and checked before it counts, because a backup that
// does not restore is none. Keys are not in it. It returns the archive's path.
func Backup(ctx context.Context, app core.App, cfg Config, now time.Time) (string, error) {
	if err := os.MkdirAll(cfg.BackupDir, 0o700); err != nil {
		return "", fmt.Errorf("make backup folder: %w", err)
	}
	base := backupPrefix + cfg.Region + "-" + now.In(China).Format("20060102-150405")
	copied := filepath.Join(cfg.BackupDir, base+".db.part")
	archive := filepath.Join(cfg.BackupDir, base+".zip")
	defer os.Remove(copied)
	if err := copyDatabase(ctx, app, copied); err != nil {
		return "", err
	}
	if err := checkCopy(ctx, copied); err != nil {
		return "", err
	}
	facts := backupFacts{Version: Version(), Tier: cfg.Tier, Region: cfg.Region, Made: now.In(China).Format(time.RFC3339)}
	if err := writeArchive(ctx, archive, copied, app.DataDir(), facts); err != nil {
		return "", err
	}
	return archive, prune(cfg.BackupDir, cfg.BackupKeep)
}

func copyDatabase(ctx context.Context, app core.App, path string) error {
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("remove an old copy: %w", err)
	}
	_, err := app.ConcurrentDB().NewQuery("VACUUM INTO {:path}").Bind(dbx.Params{"path": path}).WithContext(ctx).Execute()
	if err != nil {
		return fmt.Errorf("copy database: %w", err)
	}
	return os.Chmod(path, 0o600)
}

// checkCopy reads every page of the copy.
func checkCopy(ctx context.Context, path string) error {
	db, err := dbx.Open("sqlite", path+"?mode=ro&_pragma=query_only(ON)")
	if err != nil {
		return fmt.Errorf("open backup copy: %w", err)
	}
	defer db.Close()
	var verdict string
	if err := db.NewQuery("PRAGMA integrity_check(1)").WithContext(ctx).Row(&verdict); err != nil {
		return fmt.Errorf("check backup copy: %w", err)
	}
	if verdict != "ok" {
		return fmt.Errorf("backup copy is damaged: %s", verdict)
	}
	return nil
}

// prune keeps the newest archives; their names sort by time.
func prune(folder string, keep int) error {
	names, err := filepath.Glob(filepath.Join(folder, backupPrefix+"*.zip"))
	if err != nil {
		return err
	}
	slices.Sort(names)
	for len(names) > keep {
		if err := os.Remove(names[0]); err != nil {
			return fmt.Errorf("remove an old backup: %w", err)
		}
		names = names[1:]
	}
	return nil
}
