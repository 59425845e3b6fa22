package platform

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
)

// schedule is when a job runs: every so often, or daily at a time.
type schedule struct {
	every time.Duration
	at    string // "15:04"
}

// remembered says that runs are written down. A job that runs every few
// seconds needs no memory, and its notes would wear the disk.
func (s schedule) remembered() bool { return s.at != "" || s.every >= look }

func (s schedule) tick() time.Duration {
	if s.remembered() {
		return look
	}
	return s.every
}

// due says whether a remembered job must run now.
func (s schedule) due(now time.Time, last ran) bool {
	if last.started.After(now) {
		return true // the clock was ahead then; waiting for it to come round again could take years
	}
	if last.good.Before(last.started) && now.Sub(last.started) < again {
		return false // it failed or was cut off a short while ago
	}
	if s.at != "" {
		return last.good.Before(s.latest(now))
	}
	return now.Sub(last.good) >= s.every
}

// latest is the newest appointed moment that is not after now.
func (s schedule) latest(now time.Time) time.Time {
	clock, _ := time.Parse("15:04", s.at) // checked by the settings table
	here := now.In(China)
	moment := time.Date(here.Year(), here.Month(), here.Day(), clock.Hour(), clock.Minute(), 0, 0, China)
	if moment.After(now) {
		moment = moment.AddDate(0, 0, -1)
	}
	return moment
}

// ran is what is remembered of a job: when its last run began, and when its
// last good one ended. Zero means never.
type ran struct{ started, good time.Time }

func lastRun(db dbx.Builder, name string) (ran, error) {
	var started, good int64
	err := db.Select("started", "good").From("platform_jobs").Where(dbx.HashExp{"name": name}).Row(&started, &good)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return ran{}, fmt.Errorf("read last run of %s: %w", name, err)
	}
	return ran{started: moment(started), good: moment(good)}, nil
}

func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}

func markStarted(db dbx.Builder, name string, at time.Time) error {
	_, err := db.NewQuery("INSERT INTO platform_jobs (name, started) VALUES ({:name}, {:at}) ON CONFLICT (name) DO UPDATE SET started = excluded.started").
		Bind(dbx.Params{"name": name, "at": at.UnixMilli()}).Execute()
	if err != nil {
		return fmt.Errorf("note start of %s: %w", name, err)
	}
	return nil
}

func markEnded(db dbx.Builder, name string, at time.Time, failed error) error {
	columns := dbx.Params{"ended": at.UnixMilli(), "error": ""}
	if failed != nil {
		columns["error"] = mask(failed.Error())
	} else {
		columns["good"] = at.UnixMilli()
	}
	if _, err := db.Update("platform_jobs", columns, dbx.HashExp{"name": name}).Execute(); err != nil {
		return fmt.Errorf("note end of %s: %w", name, err)
	}
	return nil
}
