package main

import (
	"encoding/json/v2"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	_ "github.com/pocketbase/pocketbase/migrations" // the system tables

	"cunju/hooks/platform"
	"cunju/sync/engine"
	"cunju/sync/httpapi"
	"cunju/sync/install"
)

// work is the collection that ours, A and B all write: the fields of a visit, and two indexes.
// Ours calls the village "region" and has the batch's signature instead of one per visit.
const work = "visits"

// synced are the fields that travel: all of a visit but its id and its own signature.
var synced = []engine.Collection{{Name: work, Policy: engine.Merge, Fields: []engine.Field{
	{Name: "region", Max: 12}, {Name: "device", Max: 12}, {Name: "seq", Kind: engine.Number}, {Name: "resident", Max: 100},
	{Name: "topic", Max: 4}, {Name: "channel", Max: 20}, {Name: "summary", Max: 2000}, {Name: "outcome", Max: 20},
	{Name: "started_at", Max: 40}, {Name: "ended_at", Max: 40}, {Name: "lat", Kind: engine.Number}, {Name: "lng", Kind: engine.Number},
	{Name: "status", Max: 20}, {Name: "counsel", Max: 15}}}}

// serve runs one node until it is told to stop: PocketBase with the product's own
// connections (synchronous=FULL), the engine, and the bare handler B.
func serve(dir string) error {
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: filepath.Join(dir, "data"), DBConnect: platform.Connect})
	eng := engine.New(app, engine.Config{Tier: install.Township, Region: township, Name: "bench", KeyDir: filepath.Join(dir, "keys"),
		Collections: synced, Rights: grants{}})
	httpapi.Register(app, eng, grants{}, refuse)
	if err := app.Bootstrap(); err != nil {
		return err
	}
	if err := prepare(app); err != nil {
		return err
	}
	router, err := apis.NewRouter(app)
	if err != nil {
		return err
	}
	control(app, eng, router)
	router.POST("/bench/bare", bare(app)).Unbind(apis.DefaultBodyLimitMiddlewareId)
	ev := &core.ServeEvent{App: app, Router: router}
	if err := app.OnServe().Trigger(ev, func(*core.ServeEvent) error { return nil }); err != nil {
		return err
	}
	mux, err := router.BuildMux()
	if err != nil {
		return err
	}
	err = listen(mux)
	return errors.Join(err, app.OnTerminate().Trigger(&core.TerminateEvent{App: app}, func(*core.TerminateEvent) error { return app.ResetBootstrapState() }))
}

// listen serves on a free port, says which, and ends when the measuring process closes its input or dies.
func listen(handler http.Handler) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	fmt.Println("http://" + listener.Addr().String())
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return fmt.Errorf("wait for the end: %w", err)
	}
	if err := server.Close(); err != nil {
		return fmt.Errorf("close server: %w", err)
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// prepare makes the tables and opens PocketBase's batch call, which is closed by default.
func prepare(app core.App) error {
	if err := app.RunSystemMigrations(); err != nil {
		return err
	}
	if _, err := app.FindCollectionByNameOrId(work); err == nil {
		return nil
	}
	col := core.NewBaseCollection(work)
	for _, f := range synced[0].Fields {
		if f.Kind == engine.Number {
			col.Fields.Add(&core.NumberField{Name: f.Name})
		} else {
			col.Fields.Add(&core.TextField{Name: f.Name, Max: f.Max})
		}
	}
	col.Fields.Add(&core.TextField{Name: "sig", Max: 100})
	open := ""
	col.CreateRule, col.ListRule = &open, &open
	col.AddIndex("visits_place", false, "region, started_at", "")
	col.AddIndex("visits_counsel", false, "counsel, started_at", "")
	if err := app.Save(col); err != nil {
		return err
	}
	_, err := app.DB().NewQuery("CREATE TABLE bench_grants (staff TEXT NOT NULL, region TEXT NOT NULL, valid_from INTEGER NOT NULL, valid_until INTEGER NOT NULL, PRIMARY KEY (staff, region, valid_from)) STRICT, WITHOUT ROWID").Execute()
	if err != nil {
		return err
	}
	s := app.Settings()
	s.Batch.Enabled, s.Batch.MaxRequests, s.Batch.Timeout, s.Batch.MaxBodySize = true, 5000, 600, 64<<20
	return app.Save(s)
}

// grants asks a table of intervals, as the product's rights do.
type grants struct{}

var _ engine.Granter = grants{}

// Granted reads all intervals of a staff member.
func (grants) Granted(db dbx.Builder, staff string) (func(region string, tau int64) bool, error) {
	var list []struct {
		Region string `db:"region"`
		From   int64  `db:"valid_from"`
		Until  int64  `db:"valid_until"`
	}
	err := db.NewQuery("SELECT region, valid_from, valid_until FROM bench_grants WHERE staff = {:s}").Bind(dbx.Params{"s": staff}).All(&list)
	return func(region string, tau int64) bool {
		for _, g := range list {
			if g.Region == region && tau >= g.From && tau <= g.Until {
				return true
			}
		}
		return false
	}, err
}

// MayWrite looks for an interval around the stamp.
func (grants) MayWrite(db dbx.Builder, staff, region string, tau int64) (bool, error) {
	var n int
	err := db.NewQuery("SELECT count(*) FROM bench_grants WHERE staff = {:s} AND region = {:r} AND valid_from <= {:t} AND valid_until >= {:t}").
		Bind(dbx.Params{"s": staff, "r": region, "t": tau}).Row(&n)
	return n > 0, err
}

// Reads lists the regions with an interval around now.
func (grants) Reads(db dbx.Builder, staff string, regions []string, now int64) ([]string, error) {
	var list []string
	for _, r := range regions {
		ok, err := grants{}.MayWrite(db, staff, r, now)
		if err != nil {
			return nil, err
		}
		if ok {
			list = append(list, r)
		}
	}
	return list, nil
}

func refuse(e *core.RequestEvent, status int, code string, extra map[string]any) error {
	body := map[string]any{"status": status, "code": code}
	for k, v := range extra {
		body[k] = v
	}
	return e.JSON(status, body)
}

// enrolment asks the node to take a phone without the one-time code.
type enrolment struct {
	Key     []byte   `json:"key"`
	Staff   string   `json:"staff"`
	Regions []string `json:"regions"`
}

// figures is what a node says about itself: CPU used so far in µs, highest
// resident memory in bytes, and, after a checkpoint, the size of its database.
type figures struct {
	CPU  int64 `json:"cpu"`
	Peak int64 `json:"peak"`
	Disk int64 `json:"disk"`
}

// enrol certifies a phone and gives it every region at all times.
func enrol(app core.App, eng *engine.Engine, in enrolment) error {
	return app.RunInTransaction(func(tx core.App) error {
		now := eng.Now()
		_, err := eng.Certify(tx.DB(), in.Key, install.Cert{Kind: install.Phone, Staff: in.Staff, Name: "bench", Regions: in.Regions,
			From: now.Add(-time.Hour).UnixMilli(), Until: now.AddDate(0, 2, 0).UnixMilli()})
		if err != nil {
			return err
		}
		for _, r := range in.Regions {
			_, err := tx.DB().NewQuery("INSERT OR IGNORE INTO bench_grants VALUES ({:s}, {:r}, 0, {:u})").
				Bind(dbx.Params{"s": in.Staff, "r": r, "u": now.AddDate(1, 0, 0).UnixMilli()}).Execute()
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func readJSON(r *http.Request, v any) error { return json.UnmarshalRead(r.Body, v) }
