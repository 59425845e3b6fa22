package platform

import (
	"time"

	"github.com/pocketbase/dbx"
)

// memories reads when this node was first served and when its newest job
// ended; zero for what it does not know yet.
func memories(db dbx.Builder) (born, lastJob time.Time) {
	if text, err := State(db, "born"); err == nil {
		born, _ = time.Parse(time.RFC3339, text) // zero when absent
	}
	var ended int64
	if err := db.NewQuery("SELECT COALESCE(MAX(ended), 0) FROM platform_jobs").Row(&ended); err == nil && ended > 0 {
		lastJob = time.UnixMilli(ended)
	}
	return born, lastJob
}
