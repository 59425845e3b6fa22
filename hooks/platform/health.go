package platform

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

const (
	probeEvery = 5 * time.Second // nobody can make the disk busy by asking more often
	probeLimit = 5 * time.Second
)

// health answers whether the node can do its work now. PocketBase's own health
// call stays content on a full disk.
type health struct {
	cfg Config
	now func() time.Time

	mu       sync.Mutex
	at       time.Time
	findings []Finding
}

func (h *health) bind(app core.App) {
	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		se.Router.GET("/health/ready", h.ready)
		return se.Next()
	})
}

func (h *health) ready(e *core.RequestEvent) error {
	findings := h.look(e.App)
	status := http.StatusOK
	level := worst(findings)
	if level == Bad {
		status = http.StatusServiceUnavailable
	}
	e.Response.Header().Set("Cache-Control", "no-store")
	return e.JSON(status, map[string]any{
		"level": level, "tier": h.cfg.Tier, "version": Version(), "now": h.now().UnixMilli(), "findings": findings,
	})
}

// look checks, or repeats what it found a moment ago.
func (h *health) look(app core.App) []Finding {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.now()
	if h.findings != nil && now.Sub(h.at) >= 0 && now.Sub(h.at) < probeEvery {
		return h.findings
	}
	ctx, cancel := context.WithTimeout(context.Background(), probeLimit)
	defer cancel()
	born, lastJob := memories(app.DB())
	findings := []Finding{
		checkWrite(ctx, app, now),
		examineDisk(h.cfg.Dir),
		checkClock(now, clockFloor(h.cfg.BackupDir, lastJob)),
		checkBackup(newestBackup(h.cfg.BackupDir), born, now),
	}
	h.at, h.findings = now, findings
	return findings
}

// checkWrite commits something. A disk that is full, gone or read-only shows here.
func checkWrite(ctx context.Context, app core.App, now time.Time) Finding {
	_, err := app.NonconcurrentDB().NewQuery("INSERT INTO platform_state (key, value) VALUES ('probe', {:at}) ON CONFLICT (key) DO UPDATE SET value = excluded.value").
		Bind(dbx.Params{"at": now.UTC().Format(time.RFC3339)}).WithContext(ctx).Execute()
	if err != nil {
		return Finding{Check: "write", Level: Bad, Say: "the database takes no writes",
			Next: "see the log; check that the disk is there, has space and is not read-only"}
	}
	return Finding{Check: "write", Level: Good, Say: "committed"}
}
