package platform

import (
	"context"
	"io/fs"
	"log/slog"

	"github.com/jonboulle/clockwork"
	"github.com/pocketbase/pocketbase/core"
)

// Platform is what subjects get of the platform.
type Platform struct {
	Node Node
	Jobs *Jobs
}

// Bind puts the server's settings, the pages in public, the health call and the jobs on an
// app. A nil clock is the machine's.
func Bind(app core.App, cfg Config, public fs.FS, clock clockwork.Clock) *Platform {
	if clock == nil {
		clock = clockwork.NewRealClock()
	}
	node := cfg.Node()
	node.Now = clock.Now
	bindServer(app, cfg)
	bindWeb(app, public, &space{now: clock.Now, free: func() (uint64, error) {
		free, _, err := freeBytes(cfg.Dir)
		return free, err
	}})
	(&health{cfg: cfg, now: clock.Now}).bind(app)
	p := &Platform{Node: node, Jobs: NewJobs(app, clock)}
	p.Jobs.AddDaily("backup", cfg.BackupAt, func(ctx context.Context) error {
		path, err := Backup(ctx, app, cfg, clock.Now())
		if err == nil {
			slog.Info("backup written and checked", "file", path)
		}
		return err
	})
	return p
}
