package platform

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Levels of a finding.
const (
	Good = "good"
	Warn = "warn" // look at it this week
	Bad  = "bad"  // the node is not ready
)

// Finding is the answer of one check.
type Finding struct {
	Check string `json:"check"`
	Level string `json:"level"`
	Say   string `json:"say"`
	Next  string `json:"next,omitempty"` // what to do, when not good
}

const (
	megabyte = 1 << 20
	// Below noPhotos the node takes no photos, below readOnly it takes no changes.
	noPhotos = 500 * megabyte
	readOnly = 200 * megabyte

	backupOld  = 36 * time.Hour // one night missed
	backupLost = 72 * time.Hour // three nights missed
	// clockSlack is what a clock may step back by being corrected.
	clockSlack = 10 * time.Minute
)

// checkDisk judges the free bytes of the data folder's disk.
func checkDisk(free, total uint64) Finding {
	say := fmt.Sprintf("%d MB of %d MB free", free/megabyte, total/megabyte)
	f := Finding{Check: "disk", Level: Good, Say: say}
	switch {
	case free < readOnly:
		f.Level, f.Next = Bad, "free some space at once: the node takes no more changes"
	case free < noPhotos:
		f.Level, f.Next = Warn, "free some space: the node takes no more photos"
	case total > 0 && free*100/total < 15:
		f.Level, f.Next = Warn, "less than 15 % is free: move old backups to another disk"
	}
	return f
}

// checkClock compares the clock with a time that has certainly passed.
func checkClock(now, floor time.Time) Finding {
	f := Finding{Check: "clock", Level: Good, Say: now.Format(time.RFC3339)}
	if now.Before(floor.Add(-clockSlack)) {
		f.Level = Bad
		f.Next = "the clock is wrong: it must be later than " + floor.Format(time.RFC3339) + "; set it and switch on time synchronisation"
	}
	return f
}

// checkBackup judges the newest backup; a node younger than a night needs none.
func checkBackup(newest, born, now time.Time) Finding {
	if newest.IsZero() && (born.IsZero() || now.Sub(born) < backupOld) {
		return Finding{Check: "backup", Level: Good, Say: "none yet, the first is made tonight"}
	}
	age := now.Sub(newest)
	f := Finding{Check: "backup", Level: Good, Say: fmt.Sprintf("newest is %d hours old", int(age.Hours()))}
	if newest.IsZero() {
		age, f.Say = now.Sub(born), "there is none"
	}
	switch {
	case age > backupLost:
		f.Level, f.Next = Bad, "see the log for the job backup and the free space of the backup folder"
	case age > backupOld:
		f.Level, f.Next = Warn, "last night's backup is missing: see the log for the job backup"
	}
	return f
}

// newestBackup is when the newest backup in a folder was finished, zero when
// there is none.
func newestBackup(folder string) time.Time {
	var newest time.Time
	names, _ := filepath.Glob(filepath.Join(folder, backupPrefix+"*.zip")) // the pattern is valid
	for _, name := range names {
		if info, err := os.Stat(name); err == nil && info.ModTime().After(newest) {
			newest = info.ModTime()
		}
	}
	return newest
}

// clockFloor is the latest time that has certainly passed: this program had
// been built, the newest backup written, the newest job ended.
func clockFloor(backups string, others ...time.Time) time.Time {
	floor := BuildTime()
	for _, t := range append(others, newestBackup(backups)) {
		if t.After(floor) {
			floor = t
		}
	}
	return floor
}

// worst is the level of the worst finding.
func worst(findings []Finding) string {
	level := Good
	for _, f := range findings {
		if f.Level == Bad || level == Good {
			level = f.Level
		}
		if level == Bad {
			return Bad
		}
	}
	return level
}
