// Package hooks is what this product hooks into PocketBase, one folder per
// subject. Here every subject is registered, in one list, and handed the
// few things it needs from others; subjects do not know each other.
package hooks

import (
	"context"
	"io/fs"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"

	"cunju/hooks/access"
	"cunju/hooks/archives"
	"cunju/hooks/audit"
	"cunju/hooks/demo"
	"cunju/hooks/devices"
	"cunju/hooks/directory"
	"cunju/hooks/documents"
	"cunju/hooks/fault"
	"cunju/hooks/inbox"
	"cunju/hooks/laws"
	"cunju/hooks/ledgers"
	"cunju/hooks/overview"
	"cunju/hooks/platform"
	"cunju/hooks/region"
	"cunju/hooks/services"
	"cunju/hooks/setup"
	"cunju/hooks/staff"
	"cunju/sync/engine"
	"cunju/sync/httpapi"
	"cunju/sync/oplog"
	"cunju/sync/peer"
)

// uplinkEvery is how often a township looks whether something waits to go up or
// down; a write asks at once.
const uplinkEvery = 30 * time.Second

// Register puts the whole product on an app that has not been started.
func Register(app *pocketbase.PocketBase, cfg platform.Config, public fs.FS) {
	house := platform.Bind(app, cfg, public, nil)
	node, trail := house.Node, trail{house.Node.Now}
	answers(app)
	setup.Register(app, setup.Deps{
		Tier: node.Tier, Region: node.Region, Name: node.Name,
		Scope: region.Range, Local: platform.FromThisMachine, Audit: trail.setUp,
	})
	access.Register(app)
	archives.Register(app, archives.Deps{Now: node.Now})
	book := directory.Register(app)
	judges := rules(catalog{})
	eng := engine.New(app, engine.Config{Tier: node.Tier, Region: node.Region, Name: node.Name, KeyDir: node.KeyDir, Suite: cfg.Suite,
		Collections: synced(book, judges), Rights: access.Rights{}, Now: node.Now})
	api := httpapi.Register(app, eng, access.Rights{}, failed)
	photos(app, house, cfg, eng, api, trail)
	office := api.Bundles(app, node.KeyDir)
	tokens := devices.BindTokens(app, node.KeyDir, node.Tier == platform.City, eng.Install)
	phones := devices.Register(app, devices.Deps{Engine: eng, Tokens: tokens, MayPair: mayPair(node.Now), Audit: trail.paired,
		RatingBase: node.RatingBase, Upstream: node.Upstream, HTTP: platform.Outbound(), Now: node.Now, Caller: api.Caller, Box: office.Box})
	api.RenewWhen(phones.Due)
	rated := residents(app, house, eng, tokens)
	services.Register(app, services.Deps{Rules: services.Rules{Catalog: catalog{}}, Engine: eng, Committed: eng.Committed, Tier: node.Tier,
		Region: node.Region, Name: node.Name, Now: node.Now, RatingURL: rated.PrintedCode})
	staff.Register(app, staff.Deps{Weak: setup.Weak, Now: node.Now})
	overview.Register(app, overview.Deps{Now: node.Now, Own: eng.Install, Category: category})
	eng.AddProjection(overview.Projection())
	documents.Register(app, documents.Deps{Tier: node.Tier, Folder: eng, Committed: eng.Committed, Code: rated.DocumentCode, Now: node.Now})
	ledgers.RegisterRoutes(app, ledgers.Deps{Now: node.Now})
	laws.Register(app, laws.Deps{Now: node.Now})
	inbox.Register(app, inbox.Deps{Engine: eng, Now: node.Now})
	line := uplink(house, app, eng, node, phones.RenewNode)
	app.RootCmd.AddCommand(imports(app), carried(app, house, eng, office, line, trail), platform.WithoutDatabase(demo.Command()), platform.RestoreCommand(cfg, newEpoch))
}

// newEpoch makes a restored database start as a new incarnation: whoever read
// further than the backup reaches would otherwise believe to be up to date.
func newEpoch(db dbx.Builder) error { return oplog.SetStateValue(db, "epoch", "") }

// uplink runs a township's line to the city; nil where there is none.
func uplink(house *platform.Platform, app core.App, eng *engine.Engine, node platform.Node, renew func(context.Context) error) *peer.Peer {
	if node.Upstream == "" {
		return nil
	}
	line := peer.New(eng, node.Upstream, nil, func() []string { return villages(app, node.Region) })
	house.Jobs.Add("uplink", uplinkEvery, func(ctx context.Context) error {
		if len(eng.Chain()) < 2 {
			return nil // has not joined yet: nobody up there knows this node
		}
		if err := renew(ctx); err != nil {
			app.Logger().Warn("certificate not renewed, tried again in an hour", "error", err)
		}
		return line.Run(ctx)
	})
	eng.OnChange(func() { house.Jobs.Kick("uplink") })
	return line
}

// villages lists the codes under a node's region, to which the city may send a first record.
func villages(app core.App, code string) []string {
	from, to := region.Range(code)
	var list []string
	err := app.DB().Select("id").From("regions").Where(dbx.Between("id", from, to)).Column(&list)
	if err != nil {
		app.Logger().Error("list villages", "error", err)
	}
	return list
}

// failed words a refusal of the sync calls like every other error.
func failed(e *core.RequestEvent, status int, code string, extra map[string]any) error {
	if len(extra) == 0 {
		return fault.Write(e, fault.New(code))
	}
	answer := fault.New(code).Answer(fault.Lang(e.Request))
	body := map[string]any{"status": status, "code": code, "message": answer.Message, "hint": answer.Hint}
	for k, v := range extra {
		body[k] = v
	}
	return e.JSON(status, body)
}

// mayPair: an office's people pair devices of their own region.
func mayPair(now func() time.Time) func(dbx.Builder, *core.Record, string) (bool, error) {
	return func(_ dbx.Builder, auth *core.Record, code string) (bool, error) {
		who := access.StaffOf(auth)
		known := who.Role == access.Officer || who.Role == access.Admin
		return known && who.Active(now()) && region.Covers(who.Region, code), nil
	}
}

// trail gives each subject the audit in the form it asks for.
type trail struct{ now func() time.Time }

func (t trail) setUp(tx core.App, who, role, action, collection, record, region string) error {
	return audit.Write(tx.DB(), audit.Entry{At: t.now(), Who: who, Role: role, Action: action, Collection: collection, Record: record, Region: region})
}

func (t trail) paired(db dbx.Builder, auth *core.Record, action, record, region string) error {
	return audit.Write(db, audit.Entry{At: t.now(), Who: auth.Id, Role: auth.GetString("role"), Action: action, Collection: "pairings", Record: record, Region: region})
}

func spaced(key string) string { return strings.ReplaceAll(key, "_", " ") }
