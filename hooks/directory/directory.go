// Package directory holds what everything else refers to: regions with their
// periods of validity, topics, kinds of service, law texts and names for sample
// data. Regions, topics and kinds of service are built in and loaded into their
// collections at the first start; an office may import newer ones. It imports
// hooks/region and hooks/fault.
package directory

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

//go:embed data/regions.tsv.gz data/topics.json data/service_types.json data/names.json data/initials.txt
var data embed.FS

// Names of the collections.
const (
	RegionsCollection      = "regions"
	TopicsCollection       = "topics"
	ServiceTypesCollection = "service_types"
)

// Where the loaded rows came from.
const (
	builtIn  = "built-in"
	imported = "import"
)

// Register loads the built-in reference data before the first request, and from
// then on refuses to save a record whose region does not exist or was not in use
// at the time of the record's event. The book it gives tells the same to rules.
func Register(app core.App) *Book {
	book := &Book{}
	app.OnServe().BindFunc(func(se *core.ServeEvent) error {
		if err := Load(se.App); err != nil {
			return err
		}
		if err := book.Refresh(se.App.DB()); err != nil {
			return err
		}
		return se.Next()
	})
	app.OnRecordValidate().BindFunc(func(e *core.RecordEvent) error {
		if book.Loaded() {
			if err := checkRecord(book, e.Record); err != nil {
				return err
			}
		}
		return e.Next()
	})
	return book
}

// eventFields hold the time at which a record's region must have been in use,
// the first that a collection has; without one it is the time of saving.
var eventFields = []string{"occurred_at", "started_at", "rated_at", "at"}

func checkRecord(book *Book, record *core.Record) error {
	code := record.GetString("region")
	if record.Collection().Fields.GetByName("region") == nil || code == "" {
		return nil
	}
	if !record.IsNew() && record.Original().GetString("region") == code {
		return nil // it was good when it was made
	}
	at := time.Now()
	for _, field := range eventFields {
		if moment, err := time.Parse(time.RFC3339, record.GetString(field)); err == nil {
			at = moment
			break
		}
	}
	return book.Check(code, at)
}

// Load fills regions, topics and kinds of service from the built-in copies. It
// does nothing where the same copy is loaded already or the office has imported
// its own. Migrations must have run.
func Load(app core.App) error {
	for _, load := range []struct {
		name, file string
		fill       func(db dbx.Builder, raw []byte) (int, error)
	}{
		{RegionsCollection, "data/regions.tsv.gz", fillRegions},
		{TopicsCollection, "data/topics.json", fillTopics},
		{ServiceTypesCollection, "data/service_types.json", fillServiceTypes},
	} {
		raw, err := data.ReadFile(load.file)
		if err != nil {
			return err
		}
		err = app.RunInTransaction(func(tx core.App) error {
			current, err := upToDate(tx.DB(), load.name, digest(raw))
			if err != nil || current {
				return err
			}
			rows, err := load.fill(tx.DB(), raw)
			if err != nil {
				return err
			}
			return remember(tx.DB(), load.name, builtIn, digest(raw), rows)
		})
		if err != nil {
			return fmt.Errorf("load %s: %w", load.name, err)
		}
	}
	return nil
}

func digest(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// upToDate reports whether this copy, or one the office chose, is loaded.
func upToDate(db dbx.Builder, name, digest string) (bool, error) {
	var n int
	err := db.NewQuery("SELECT count(*) FROM directory_loads WHERE name = {:name} AND (source = 'import' OR digest = {:digest})").
		Bind(dbx.Params{"name": name, "digest": digest}).Row(&n)
	return n > 0, err
}

func remember(db dbx.Builder, name, source, digest string, rows int) error {
	_, err := db.NewQuery("INSERT INTO directory_loads (name, source, digest, rows) VALUES ({:name}, {:source}, {:digest}, {:rows}) " +
		"ON CONFLICT (name) DO UPDATE SET source = excluded.source, digest = excluded.digest, rows = excluded.rows").
		Bind(dbx.Params{"name": name, "source": source, "digest": digest, "rows": rows}).Execute()
	return err
}

// fill puts all rows into a collection by one prepared statement, the fastest
// way that SQLite has. A row that is there already is brought up to date.
func fill(db dbx.Builder, collection string, columns []string, rows []dbx.Params) (err error) {
	names, values, updates := "id", "{:id}", ""
	for _, column := range columns {
		names += ", [[" + column + "]]"
		values += ", {:" + column + "}"
		if updates != "" {
			updates += ", "
		}
		updates += "[[" + column + "]] = excluded.[[" + column + "]]"
	}
	query := db.NewQuery("INSERT INTO {{" + collection + "}} (" + names + ") VALUES (" + values + ") ON CONFLICT (id) DO UPDATE SET " + updates).Prepare()
	defer func() {
		if closing := query.Close(); err == nil {
			err = closing
		}
	}()
	for _, row := range rows {
		if _, err = query.Bind(row).Execute(); err != nil {
			return fmt.Errorf("write %s %v: %w", collection, row["id"], err)
		}
	}
	return nil
}

// asJSON writes a list for a json column; a list of texts cannot fail.
func asJSON(list any) string {
	raw, _ := json.Marshal(list)
	return string(raw)
}
