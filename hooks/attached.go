package hooks

import (
	"context"
	"path/filepath"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"cunju/hooks/attachments"
	"cunju/hooks/audit"
	"cunju/hooks/platform"
	"cunju/sync/engine"
	"cunju/sync/httpapi"
	"cunju/sync/peer"
)

const (
	// photosEvery is how often a township looks whether the city misses photos of its.
	photosEvery = time.Minute
	// photosKeptAt is after the backup of the database, so that no row of it lacks its file.
	photosKeptAt = "03:40"
)

// photos puts attachments on the app, with a lane and a job of their own: changes never wait for them.
func photos(app core.App, house *platform.Platform, cfg platform.Config, eng *engine.Engine, api *httpapi.API, t trail) {
	files := attachments.Register(app, attachments.Deps{API: api, Dir: filepath.Clean(cfg.Dir) + ".blobs",
		Backup: filepath.Join(cfg.BackupDir, "blobs"), Audit: t.opened, Now: house.Node.Now})
	eng.AddProjection(attachments.Projection())
	house.Jobs.AddDaily("photos kept", photosKeptAt, files.Keep)
	if house.Node.Upstream == "" {
		return
	}
	lane := peer.NewBlobs(eng, files.Store, house.Node.Upstream, nil)
	house.Jobs.Add("photos", photosEvery, func(ctx context.Context) error {
		if len(eng.Chain()) < 2 {
			return nil // has not joined yet
		}
		return lane.Run(ctx)
	})
}

func (t trail) opened(db dbx.Builder, auth *core.Record, action, record, region, purpose string) error {
	return audit.Write(db, audit.Entry{At: t.now(), Who: auth.Id, Role: auth.GetString("role"), Action: action,
		Collection: attachments.Collection, Record: record, Region: region, Purpose: purpose})
}
