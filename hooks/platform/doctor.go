package platform

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/spf13/cobra"
)

func doctorCommand(cfg Config) *cobra.Command {
	var asJSON bool
	command := WithoutDatabase(&cobra.Command{
		Use:   "doctor",
		Short: "Check disk, clock, database, keys and last backup; may run beside the server",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			findings := examine(cfg, time.Now())
			if err := report(c.OutOrStdout(), findings, asJSON); err != nil {
				return err
			}
			if worst(findings) == Bad {
				return errors.New("doctor: something is bad, see above")
			}
			return nil
		},
	})
	command.Flags().BoolVar(&asJSON, "json", false, "answer in JSON")
	return command
}

func report(out io.Writer, findings []Finding, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(out).Encode(map[string]any{"level": worst(findings), "findings": findings})
	}
	for _, f := range findings {
		line := fmt.Sprintf("%-4s  %-9s %s", f.Level, f.Check, f.Say)
		if f.Next != "" {
			line += "\n      -> " + f.Next
		}
		if _, err := fmt.Fprintln(out, line); err != nil {
			return err
		}
	}
	return nil
}

// examine makes all checks that need no running server.
func examine(cfg Config, now time.Time) []Finding {
	findings := []Finding{examineSettings(cfg), examineDisk(cfg.Dir)}
	database, born, lastJob := examineDatabase(cfg)
	return append(findings, database,
		checkClock(now, clockFloor(cfg.BackupDir, lastJob)),
		examineKeys(cfg.KeyDir),
		checkBackup(newestBackup(cfg.BackupDir), born, now))
}

func examineSettings(cfg Config) Finding {
	f := Finding{Check: "settings", Level: Good, Say: cfg.Tier + " " + cfg.Region}
	if cfg.Region == "" {
		f.Level, f.Say, f.Next = Bad, "the region is not set", "put region = 12 digits into "+ConfigFile
	} else if cfg.Tier == Township && cfg.Upstream == "" {
		f.Level, f.Say, f.Next = Warn, f.Say+", no upstream", "join the city: put upstream = https://… into "+ConfigFile
	}
	return f
}

// examineDisk looks at the nearest folder that exists, so that it can be asked
// before the first start.
func examineDisk(dir string) Finding {
	folder, err := filepath.Abs(dir)
	for err == nil {
		if _, statErr := os.Stat(folder); statErr == nil || filepath.Dir(folder) == folder {
			break
		}
		folder = filepath.Dir(folder)
	}
	free, total, err := freeBytes(folder)
	if err != nil {
		return Finding{Check: "disk", Level: Bad, Say: err.Error(), Next: "check that the data folder's disk is there"}
	}
	return checkDisk(free, total)
}

// examineDatabase opens data.db as the server does and asks it what it does.
func examineDatabase(cfg Config) (finding Finding, born, lastJob time.Time) {
	path := filepath.Join(cfg.Dir, "data.db")
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Finding{Check: "database", Level: Good, Say: "none yet, made at the first start"}, born, lastJob
	}
	bad := func(err error) (Finding, time.Time, time.Time) {
		return Finding{Check: "database", Level: Bad, Say: err.Error(),
			Next: "stop the server, keep a copy of the data folder, restore the newest good backup"}, born, lastJob
	}
	if err != nil {
		return bad(err)
	}
	db, err := Connect(path)
	if err != nil {
		return bad(err)
	}
	defer db.Close()
	say, err := pragmas(db)
	if err != nil {
		return bad(err)
	}
	born, lastJob = memories(db)
	return Finding{Check: "database", Level: Good, Say: fmt.Sprintf("%d MB, %s", info.Size()/megabyte, say)}, born, lastJob
}

func pragmas(db *dbx.DB) (string, error) {
	db.DB().SetMaxOpenConns(1)
	var journal, quick string
	var sync int
	if err := db.NewQuery("PRAGMA journal_mode").Row(&journal); err != nil {
		return "", err
	}
	if err := db.NewQuery("PRAGMA synchronous").Row(&sync); err != nil {
		return "", err
	}
	if err := db.NewQuery("PRAGMA quick_check(1)").Row(&quick); err != nil {
		return "", err
	}
	if !strings.EqualFold(journal, "wal") || sync != fullSync || quick != "ok" {
		return "", fmt.Errorf("journal %s, synchronous %d, quick check: %s", journal, sync, quick)
	}
	return "journal wal, synchronous full, quick check ok", nil
}

func examineKeys(folder string) Finding {
	info, err := os.Stat(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return Finding{Check: "keys", Level: Good, Say: "none yet, made at the first start"}
	}
	if err != nil {
		return Finding{Check: "keys", Level: Bad, Say: err.Error(), Next: "give the service account the key folder"}
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return Finding{Check: "keys", Level: Warn, Say: fmt.Sprintf("others may read the key folder (%o)", info.Mode().Perm()),
			Next: "chmod 700 " + folder}
	}
	return Finding{Check: "keys", Level: Good, Say: "readable by this account only"}
}
