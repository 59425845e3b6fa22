package hooks

import (
	"context"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"cunju/hooks/access"
	"cunju/hooks/audit"
	"cunju/hooks/bundles"
	"cunju/hooks/platform"
	"cunju/sync/engine"
	"cunju/sync/httpapi"
	"cunju/sync/peer"
)

// boxEvery is how often a township makes sure that it knows where files for the city go.
const boxEvery = time.Hour

// carried lets the office exchange work by file, and returns the command that does it while the node is stopped.
func carried(app core.App, house *platform.Platform, eng *engine.Engine, office *httpapi.Bundles, line *peer.Peer, t trail) *cobra.Command {
	d := bundles.Deps{Office: office, Engine: eng, May: func(auth *core.Record) bool {
		who := access.StaffOf(auth)
		return (who.Role == access.Officer || who.Role == access.Admin) && who.Active(house.Node.Now())
	}, Audit: func(auth *core.Record, action, install string) error {
		return app.RunInTransaction(func(tx core.App) error { return t.carried(tx, auth, action, install) })
	}}
	if line != nil {
		d.Line = line
		house.Jobs.Add("upstream box", boxEvery, func(ctx context.Context) error {
			if len(eng.Chain()) < 2 {
				return nil // has not joined yet
			}
			return line.LearnBox(ctx)
		})
	}
	bundles.Register(app, d)
	return bundles.Command(app, d)
}

func (t trail) carried(tx core.App, auth *core.Record, action, install string) error {
	return audit.Write(tx.DB(), audit.Entry{At: t.now(), Who: auth.Id, Role: auth.GetString("role"), Action: action,
		Collection: "installs", Record: install, Region: auth.GetString("region")})
}
