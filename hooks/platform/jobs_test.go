package platform_test

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/pocketbase/pocketbase/core"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cunju/hooks/platform"
)

func eventually(t *testing.T, what string, claim func() bool) {
	t.Helper()
	require.Eventually(t, claim, 20*time.Second, 5*time.Millisecond, what)
}

// newJobs is a migrated node whose jobs run on a clock of the test.
func newJobs(t *testing.T) (core.App, *platform.Jobs, *clockwork.FakeClock) {
	app := newApp(t, config(t))
	clock := clockwork.NewFakeClockAt(time.Date(2026, 11, 24, 10, 0, 0, 0, platform.China))
	return app, platform.NewJobs(app, clock), clock
}

func note(t *testing.T, app core.App, name string) (good int64, problem string) {
	t.Helper()
	var row struct {
		Good  int64  `db:"good"`
		Error string `db:"error"`
	}
	if err := app.DB().NewQuery("SELECT good, error FROM platform_jobs WHERE name = {:n}").Bind(map[string]any{"n": name}).One(&row); err != nil {
		return 0, ""
	}
	return row.Good, row.Error
}

func TestADailyJobCatchesUpAndIsRememberedAcrossRestarts(t *testing.T) {
	app, jobs, clock := newJobs(t)
	var runs atomic.Int32
	jobs.AddDaily("nightly", "02:30", func(context.Context) error { runs.Add(1); return nil })
	serve(t, app)
	eventually(t, "the missed run", func() bool { good, _ := note(t, app, "nightly"); return good == clock.Now().UnixMilli() })
	require.EqualValues(t, 1, runs.Load())

	for range 3 { // half an hour: it is asked, and is not due
		require.NoError(t, clock.BlockUntilContext(t.Context(), 1))
		clock.Advance(10 * time.Minute)
	}
	require.NoError(t, clock.BlockUntilContext(t.Context(), 1))
	assert.EqualValues(t, 1, runs.Load())

	clock.Advance(24 * time.Hour) // the box slept past the appointed time
	eventually(t, "the next night's run", func() bool { return runs.Load() == 2 })
}

func TestAFailureIsNotedAndOthersGoOn(t *testing.T) {
	app, jobs, _ := newJobs(t)
	var runs atomic.Int32
	jobs.Add("rare", time.Hour, func(context.Context) error { return errors.New("disk 13800138000 gone") })
	jobs.Add("panics", time.Minute, func(context.Context) error { panic("no") })
	jobs.Add("frequent", time.Minute, func(context.Context) error { runs.Add(1); return nil })
	serve(t, app)
	eventually(t, "the note", func() bool { _, problem := note(t, app, "rare"); return problem != "" })
	good, problem := note(t, app, "rare")
	assert.Zero(t, good)
	assert.Equal(t, "disk (number) gone", problem)
	eventually(t, "the other job", func() bool { return runs.Load() >= 1 })
}

// What was written during a run must not wait for the next regular one.
func TestAKickDuringARunIsNotLost(t *testing.T) {
	app, jobs, _ := newJobs(t)
	var runs, atOnce atomic.Int32
	began, release := make(chan struct{}, 10), make(chan struct{})
	jobs.Add("uplink", 30*time.Second, func(context.Context) error {
		assert.EqualValues(t, 1, atOnce.Add(1), "one at a time")
		defer atOnce.Add(-1)
		runs.Add(1)
		began <- struct{}{}
		<-release
		return nil
	})
	serve(t, app)
	<-began
	for range 5 {
		jobs.Kick("uplink")
	}
	jobs.Kick("unknown")
	close(release)
	<-began
	eventually(t, "the second run", func() bool { return runs.Load() == 2 && atOnce.Load() == 0 })
	jobs.Kick("uplink")
	eventually(t, "a run of its own", func() bool { return runs.Load() >= 3 })
}

func TestStoppingCancelsAndWaits(t *testing.T) {
	app, jobs, _ := newJobs(t)
	began, ended := make(chan struct{}), make(chan struct{})
	jobs.Add("long", time.Minute, func(ctx context.Context) error {
		close(began)
		<-ctx.Done()
		close(ended)
		return ctx.Err()
	})
	t.Run("serve", func(t *testing.T) {
		serve(t, app)
		<-began
	})
	select {
	case <-ended:
	default:
		t.Fatal("the app terminated while a job was still at work")
	}
}

func TestABackupRestores(t *testing.T) {
	cfg := config(t)
	cfg.BackupKeep = 2
	app := newApp(t, cfg)
	require.NoError(t, app.RunAllMigrations())
	require.NoError(t, platform.SetState(app.NonconcurrentDB(), "proof", "kept"))
	require.NoError(t, os.MkdirAll(filepath.Join(cfg.Dir, "storage", "a"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(cfg.Dir, "storage", "a", "photo"), []byte("bytes"), 0o600))

	now := time.Date(2026, 11, 24, 2, 30, 0, 0, platform.China)
	var path string
	for day := range 4 {
		var err error
		path, err = platform.Backup(t.Context(), app, cfg, now.AddDate(0, 0, day))
		require.NoError(t, err)
	}
	left, err := os.ReadDir(cfg.BackupDir)
	require.NoError(t, err)
	require.Len(t, left, 2, "old ones are removed, no part is left behind")
	assert.Equal(t, "cunju-500238101000-20261127-023000.zip", filepath.Base(path))

	home := t.TempDir()
	names := unzip(t, path, home)
	assert.ElementsMatch(t, []string{"backup.json", "data/data.db", "data/storage/a/photo"}, names)
	var facts map[string]string
	text, err := os.ReadFile(filepath.Join(home, "backup.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &facts))
	assert.Equal(t, "500238101000", facts["region"])

	cfg.Dir = filepath.Join(home, "data") // the keys come from where they always were
	restored := newApp(t, cfg)
	value, err := platform.State(restored.DB(), "proof")
	require.NoError(t, err)
	assert.Equal(t, "kept", value)
}

func unzip(t *testing.T, path, into string) (names []string) {
	t.Helper()
	archive, err := zip.OpenReader(path)
	require.NoError(t, err)
	defer archive.Close()
	for _, f := range archive.File {
		names = append(names, f.Name)
		target := filepath.Join(into, filepath.FromSlash(f.Name))
		require.NoError(t, os.MkdirAll(filepath.Dir(target), 0o700))
		from, err := f.Open()
		require.NoError(t, err)
		text, err := io.ReadAll(from)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(target, text, 0o600))
	}
	return names
}

func TestReadiness(t *testing.T) {
	cfg := config(t)
	app := newApp(t, cfg)
	base := serve(t, app)
	answer, body := fetch(t, "GET", base+"/health/ready")
	assert.Equal(t, 200, answer.StatusCode, body)
	for _, check := range []string{"write", "disk", "clock", "backup"} {
		assert.Contains(t, body, `"check":"`+check+`"`)
	}
	assert.NotContains(t, body, cfg.Dir, "no path of the machine is told")
	assert.Equal(t, "no-store", answer.Header.Get("Cache-Control"))
}

func TestANodeThatTakesNoWritesIsNotReady(t *testing.T) {
	cfg := config(t)
	app := newApp(t, cfg)
	base := serve(t, app)
	eventually(t, "the first backup", func() bool { good, _ := note(t, app, "backup"); return good != 0 })
	_, err := app.NonconcurrentDB().NewQuery("PRAGMA query_only = ON").Execute()
	require.NoError(t, err)
	answer, body := fetch(t, "GET", base+"/health/ready")
	assert.Equal(t, 503, answer.StatusCode)
	assert.Contains(t, body, "takes no writes")
	assert.False(t, strings.Contains(body, "query_only"), "no detail of the database is told")
}
