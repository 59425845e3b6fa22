package attachments

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"cunju/sync/blob"
	"cunju/sync/httpapi"
)

// Deps is what attachments need from the rest of the house.
type Deps struct {
	API    *httpapi.API
	Dir    string // of the files: beside the data folder, whose archive would copy them every night
	Backup string // where a copy of each file is kept
	// Audit notes who opened which attachment and why, in the caller's transaction.
	Audit func(db dbx.Builder, auth *core.Record, action, record, region, purpose string) error
	Now   func() time.Time
}

// Files is the store of this node's attachments.
type Files struct {
	Deps
	app   core.App
	Store *blob.Store
}

// Register puts the calls of phones and the office on the app.
func Register(app core.App, d Deps) *Files {
	tx := func(f func(dbx.Builder) error) error {
		return app.RunInTransaction(func(tx core.App) error { return f(tx.DB()) })
	}
	f := &Files{Deps: d, app: app, Store: blob.New(d.Dir, blob.OS{}, tx, d.Now)}
	f.Store.Backup = d.Backup
	d.API.Blobs(app, f.Store, names{})
	f.routes()
	return f
}

// Keep is the daily care: what is damaged comes back or is asked for again, what is new is copied to the
// backup, and uploads that nobody goes on with are removed.
func (f *Files) Keep(ctx context.Context) error {
	if err := f.Store.Repair(ctx, f.app.DB()); err != nil {
		return err
	}
	copied, err := f.Store.Mirror(ctx, f.app.DB())
	if copied > 0 {
		slog.Info("attachments copied to the backup", "files", copied)
	}
	return errors.Join(err, f.Store.Sweep())
}
