package main

import (
	"compress/gzip"
	"database/sql"
	"encoding/json/v2"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime/pprof"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"

	"cunju/bench/visitgen"
	"cunju/sync/engine"
)

// control adds the calls by which the measuring process enrols phones, reads
// figures and takes profiles. They exist in this program only.
func control(app core.App, eng *engine.Engine, r *router.Router[*core.RequestEvent]) {
	r.POST("/bench/enrol", func(e *core.RequestEvent) error {
		var list []enrolment
		if err := readJSON(e.Request, &list); err != nil {
			return err
		}
		for _, in := range list {
			if err := enrol(app, eng, in); err != nil {
				return err
			}
		}
		return e.NoContent(http.StatusNoContent)
	})
	r.GET("/bench/figures", func(e *core.RequestEvent) error {
		f, err := usage()
		if err != nil {
			return err
		}
		if e.Request.URL.Query().Get("disk") != "" {
			if f.Disk, err = diskUsed(app); err != nil {
				return err
			}
		}
		return e.JSON(http.StatusOK, f)
	})
	r.GET("/bench/count", func(e *core.RequestEvent) error {
		var n int
		if err := app.DB().NewQuery("SELECT count(*) FROM visits").Row(&n); err != nil {
			return err
		}
		return e.JSON(http.StatusOK, n)
	})
	r.POST("/bench/profile", func(e *core.RequestEvent) error {
		path := e.Request.URL.Query().Get("file")
		if path == "" {
			pprof.StopCPUProfile()
			return e.NoContent(http.StatusNoContent)
		}
		f, err := os.Create(path)
		if err != nil {
			return err
		}
		return pprof.StartCPUProfile(f)
	})
}

// diskUsed empties the log of SQLite into the database and measures it.
func diskUsed(app core.App) (int64, error) {
	if _, err := app.NonconcurrentDB().NewQuery("PRAGMA wal_checkpoint(TRUNCATE)").Execute(); err != nil {
		return 0, err
	}
	var pages, size int64
	err := app.DB().NewQuery("SELECT (SELECT page_count FROM pragma_page_count) - (SELECT freelist_count FROM pragma_freelist_count), (SELECT page_size FROM pragma_page_size)").Row(&pages, &size)
	return pages * size, err
}

// columns are the visit's fields in the order in which B binds them.
var columns = []string{"id", "device", "seq", "region", "resident", "topic", "channel", "summary", "outcome", "started_at", "ended_at",
	"lat", "lng", "status", "counsel", "sig"}

// bare is reference B: parse a JSON array of visits and insert them with one prepared
// statement in one durable transaction. No rule, no history, no signature is looked at.
func bare(app core.App) func(*core.RequestEvent) error {
	insert := fmt.Sprintf("INSERT INTO visits (%s) VALUES (?%s)", strings.Join(columns, ", "), strings.Repeat(", ?", len(columns)-1))
	return func(e *core.RequestEvent) error {
		var visits []visitgen.Visit
		body, err := bodyOf(e.Request)
		if err != nil {
			return e.BadRequestError("", err)
		}
		if err := json.UnmarshalRead(body, &visits); err != nil {
			return e.BadRequestError("", err)
		}
		if err := insertAll(app.NonconcurrentDB().(*dbx.DB).DB(), insert, visits); err != nil {
			return err
		}
		return e.JSON(http.StatusOK, len(visits))
	}
}

// bodyOf is the body without PocketBase's copy for reading it again, unpacked when it is gzip.
func bodyOf(r *http.Request) (io.Reader, error) {
	var body io.Reader = r.Body
	if again, ok := body.(*router.RereadableReadCloser); ok {
		body = again.ReadCloser
	}
	if r.Header.Get("Content-Encoding") == "gzip" {
		return gzip.NewReader(body)
	}
	return body, nil
}

func insertAll(db *sql.DB, insert string, visits []visitgen.Visit) error {
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after a commit this does nothing
	stmt, err := tx.Prepare(insert)
	if err != nil {
		return err
	}
	defer stmt.Close()
	for i := range visits {
		v := &visits[i]
		_, err := stmt.Exec(v.ID, v.Device, v.Seq, v.Village, v.Resident, v.Topic, v.Channel, v.Summary, v.Outcome, v.StartedAt, v.EndedAt,
			v.Lat, v.Lng, v.Status, v.Counsel, v.Sig)
		if err != nil {
			return err
		}
	}
	return tx.Commit()
}
