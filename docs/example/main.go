// Command example adds sync to another PocketBase app: shared notes that phones
// write without network. `go run ./docs/example serve`; see docs/sync.md for the calls.
package main

import (
	"encoding/base64"
	"log"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"cunju/sync/dial"
	"cunju/sync/engine"
	"cunju/sync/httpapi"
	"cunju/sync/install"
)

const here = "500238101000" // the feed that everybody here shares

// everybody may write and read here; an app with borders answers from its own tables.
type everybody struct{}

func (everybody) MayWrite(_ dbx.Builder, _, region string, _ int64) (bool, error) {
	return region == here, nil
}

func (everybody) Reads(_ dbx.Builder, _ string, regions []string, _ int64) ([]string, error) {
	return regions, nil
}

// Bind adds notes, the engine, its calls and a way to enrol to an app.
func Bind(app core.App, keys string) *engine.Engine {
	eng := engine.New(app, engine.Config{Tier: install.Township, Region: here, Name: "notes", KeyDir: keys, Rights: everybody{},
		Collections: []engine.Collection{{Name: "notes", Fields: []engine.Field{{Name: "region", Max: 12}, {Name: "text", Max: 2000}}}}})
	httpapi.Register(app, eng, everybody{}, func(e *core.RequestEvent, status int, code string, _ map[string]any) error {
		return e.JSON(status, map[string]any{"code": code})
	})
	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		if _, err := app.FindCollectionByNameOrId("notes"); err != nil {
			notes := core.NewBaseCollection("notes")
			notes.Fields.Add(&core.TextField{Name: "region"}, &core.TextField{Name: "text"})
			if err := app.Save(notes); err != nil {
				return err
			}
		}
		// Whoever is logged in enrols a phone of their own.
		se.Router.POST("/api/sync/enrol", func(e *core.RequestEvent) error {
			var in dial.Enrol
			if err := e.BindBody(&in); err != nil {
				return err
			}
			key, err := base64.RawURLEncoding.DecodeString(in.Key)
			if err != nil {
				return e.BadRequestError("key", err)
			}
			now := time.Now()
			cert, err := eng.Certify(e.App.DB(), key, install.Cert{Kind: install.Phone, Staff: e.Auth.Id, Name: in.Name, Regions: []string{here},
				From: now.Add(-time.Minute).UnixMilli(), Until: now.AddDate(0, 2, 0).UnixMilli()})
			if err != nil {
				return e.BadRequestError("key", err)
			}
			return e.JSON(200, dial.Enrolled{Install: install.ID(install.SuiteStd, key), Chain: append([]string{cert}, eng.Chain()...), Staff: dial.Person{ID: e.Auth.Id},
				Regions: []dial.Named{{Code: here}}, Epoch: eng.Epoch(), Now: now.UnixMilli()})
		}).Bind(apis.RequireAuth())
		return se.Next()
	})
	return eng
}

func main() {
	app := pocketbase.New()
	Bind(app, app.DataDir()+"_keys")
	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
