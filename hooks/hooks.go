// Package hooks is what this product hooks into PocketBase, one folder per
// subject. Here every subject is registered, in one list, and handed the
// few things it needs from others; subjects do not know each other.
package hooks

import (
	"io/fs"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"cunju/hooks/audit"
	"cunju/hooks/platform"
	"cunju/hooks/region"
	"cunju/hooks/setup"
)

// Register puts the whole product on an app that has not been started.
func Register(app core.App, cfg platform.Config, public fs.FS) error {
	house := platform.Bind(app, cfg, public, nil)
	node := house.Node
	setup.Register(app, setup.Deps{
		Tier: node.Tier, Region: node.Region, Name: node.Name,
		Scope: region.Range, Local: platform.FromThisMachine, Audit: trail{node.Now}.setUp,
	})
	return nil
}

// trail gives each subject the audit in the form it asks for.
type trail struct{ now func() time.Time }

func (t trail) setUp(tx core.App, who, role, action, collection, record, region string) error {
	return audit.Write(tx.DB(), audit.Entry{At: t.now(), Who: who, Role: role, Action: action, Collection: collection, Record: record, Region: region})
}
