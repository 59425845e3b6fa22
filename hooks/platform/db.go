package platform

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

// fullSync is what PRAGMA synchronous answers for FULL.
const fullSync = 2

// Connect opens one of PocketBase's databases. data.db holds acknowledged work
// and is opened so that a commit survives a power cut; auxiliary.db holds
// only logs and may lose its last lines.
//
// busy_timeout stands first because the switch to WAL may already have to wait.
// Transactions take the write lock when they begin: one that reads first and
// then writes would otherwise fail, not wait, beside another writer.
func Connect(path string) (*dbx.DB, error) {
	sync := "FULL"
	if filepath.Base(path) == "auxiliary.db" {
		sync = "NORMAL"
	}
	options := []string{
		"_pragma=busy_timeout(10000)",
		"_pragma=journal_mode(WAL)",
		"_pragma=synchronous(" + sync + ")",
		"_pragma=foreign_keys(ON)",
		"_pragma=secure_delete(ON)",
		"_pragma=journal_size_limit(200000000)",
		"_pragma=temp_store(MEMORY)",
		"_pragma=cache_size(-32000)",
		"_txlock=immediate",
		"_defensive=1",
	}
	return dbx.Open("sqlite", path+"?"+strings.Join(options, "&"))
}

// CheckDurable reads what the write connection really does. A node that would
// acknowledge work it can lose must not serve.
func CheckDurable(app core.App) error {
	var mode int
	if err := app.NonconcurrentDB().NewQuery("PRAGMA synchronous").Row(&mode); err != nil {
		return fmt.Errorf("read pragma synchronous: %w", err)
	}
	if mode != fullSync {
		return fmt.Errorf("data.db is open with synchronous=%d, not %d (FULL): refusing to serve, acknowledged work could be lost", mode, fullSync)
	}
	return nil
}
