package attachments

import (
	"fmt"

	"github.com/pocketbase/dbx"

	"cunju/sync/blob"
)

// maxNames bounds how many records of one hash are looked at.
const maxNames = 100

// names is the answer to sync's question which records name a blob.
type names struct{}

// Naming lists them, oldest first: by the change that made them, for a record moves to the end of its feed when its
// service is sealed later. While the service has not arrived nobody knows its secrecy: it counts as sealed.
func (names) Naming(db dbx.Builder, hash string) ([]blob.Name, error) {
	var rows []struct {
		Region  string `db:"region"`
		Kind    string `db:"kind"`
		Install string `db:"install"`
		Owner   string `db:"owner"`
		Secrecy string `db:"secrecy"`
	}
	err := db.NewQuery(`SELECT a.region, a.kind, r.install, coalesce(s.counsel, '') AS owner, coalesce(s.secrecy, {:sealed}) AS secrecy
		FROM attachments a JOIN sync_records r ON r.c = {:c} AND r.r = a.id LEFT JOIN services s ON s.id = a.service
		WHERE a.sha256 = {:h} ORDER BY r.first, r.seq LIMIT {:l}`).
		Bind(dbx.Params{"sealed": Sealed, "c": Collection, "h": hash, "l": maxNames}).All(&rows)
	if err != nil {
		return nil, fmt.Errorf("find records of blob: %w", err)
	}
	list := make([]blob.Name, len(rows))
	for i, r := range rows {
		list[i] = blob.Name{Region: r.Region, Install: r.Install, Owner: r.Owner, Sealed: r.Secrecy == Sealed, Image: r.Kind == Photo}
	}
	return list, nil
}

// ofService lists the attachments of a service.
func ofService(db dbx.Builder, service string) ([]Item, error) {
	list := []Item{}
	err := db.NewQuery(`SELECT a.id, a.kind, a.mime, a.size, CASE WHEN g.sha256 IS NOT NULL THEN {:here} ELSE coalesce(nullif(w.code, ''), {:awaited}) END AS state
		FROM attachments a LEFT JOIN sync_blob_regions g ON g.sha256 = a.sha256 AND g.region = a.region
		LEFT JOIN sync_blob_wants w ON w.sha256 = a.sha256 AND w.region = a.region
		WHERE a.service = {:s} ORDER BY a.id LIMIT 200`).
		Bind(dbx.Params{"s": service, "here": Here, "awaited": Awaited}).All(&list)
	if err != nil {
		return nil, fmt.Errorf("list attachments: %w", err)
	}
	return list, nil
}

// one is what opening an attachment must know.
type one struct {
	Region  string `db:"region"`
	Hash    string `db:"sha256"`
	Owner   string `db:"owner"`
	Secrecy string `db:"secrecy"`
}

func find(db dbx.Builder, id string) (one, error) {
	var o one
	err := db.NewQuery(`SELECT a.region, a.sha256, coalesce(s.counsel, '') AS owner, coalesce(s.secrecy, {:sealed}) AS secrecy
		FROM attachments a LEFT JOIN services s ON s.id = a.service WHERE a.id = {:id}`).
		Bind(dbx.Params{"id": id, "sealed": Sealed}).One(&o)
	return o, err
}
