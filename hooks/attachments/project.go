package attachments

import (
	"github.com/pocketbase/dbx"

	"cunju/sync/blob"
	"cunju/sync/engine"
)

// Projection notes every file that a record names and the store does not have, so that the
// question what is missing costs nothing.
func Projection() engine.Projection {
	return engine.Projection{
		Name:        "attachments missing",
		Collections: []string{Collection},
		Apply: func(db dbx.Builder, items []engine.Item) error {
			for _, it := range items {
				hash, _ := it.Set["sha256"].(string)
				size, _ := it.Set["size"].(float64)
				if !blob.ValidHash(hash) {
					continue // nothing with that name can ever come
				}
				if err := blob.Want(db, it.Region, hash, int64(size)); err != nil {
					return err
				}
			}
			return nil
		},
		Reset: func(db dbx.Builder) error {
			_, err := db.NewQuery("DELETE FROM sync_blob_wants").Execute()
			return err
		},
	}
}
