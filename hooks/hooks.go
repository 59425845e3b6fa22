// Package hooks is what this product hooks into PocketBase, one folder per
// subject. Here every subject is registered, in one list, and handed the
// few things it needs from others; subjects do not know each other.
package hooks

import (
	"io/fs"

	"github.com/pocketbase/pocketbase/core"

	"cunju/hooks/platform"
)

// Register puts the whole product on an app that has not been started.
func Register(app core.App, cfg platform.Config, public fs.FS) {
	platform.Bind(app, cfg, public, nil)
}
