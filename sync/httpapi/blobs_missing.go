package httpapi

import (
	"net/http"
	"slices"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"cunju/sync/blob"
	"cunju/sync/install"
)

// missingLimit is how many hashes one answer asks for.
const missingLimit = 200

// Missing is the answer to GET /api/sync/blobs: what the server would like to have.
type Missing struct {
	Missing []blob.Wanted `json:"missing"`
	Next    string        `json:"next,omitempty"` // ask again with after=next
	Now     int64         `json:"now"`
}

// missing tells which files records in the asker's regions name that are not here: whoever has them sends them.
func (b *blobs) missing(e *core.RequestEvent) error {
	row, cert, err := b.caller(e)
	if row == nil {
		return err
	}
	after, ok := parsePlace(e.Request.URL.Query().Get("after"))
	if !ok {
		return b.fail(e, http.StatusBadRequest, "malformed", nil)
	}
	out := Missing{Missing: []blob.Wanted{}, Now: b.now()}
	if out.Missing, err = b.wants(e.App.DB(), cert, after); err != nil {
		return err
	}
	if n := len(out.Missing); n == missingLimit {
		out.Next = out.Missing[n-1].Region + "." + out.Missing[n-1].Hash
	}
	e.Response.Header().Set("Cache-Control", "no-store")
	return e.JSON(http.StatusOK, out)
}

// parsePlace reads "region.hash"; "" is the beginning.
func parsePlace(s string) (blob.Wanted, bool) {
	if s == "" {
		return blob.Wanted{}, true
	}
	region, hash, _ := strings.Cut(s, ".")
	return blob.Wanted{Region: region, Hash: hash}, len(region) == 12 && blob.ValidHash(hash)
}

func (b *blobs) wants(db dbx.Builder, cert install.Cert, after blob.Wanted) ([]blob.Wanted, error) {
	if cert.IsNode() {
		from := cert.Region()
		return blob.Wants(db, from, (install.Prefix(from) + "999999999999")[:12], after, missingLimit)
	}
	regions, err := b.readable(cert)
	if err != nil {
		return nil, err
	}
	list := []blob.Wanted{}
	for _, r := range slices.Sorted(slices.Values(regions)) {
		if r < after.Region || len(list) == missingLimit {
			continue
		}
		some, err := blob.Wants(db, r, r, after, missingLimit-len(list))
		if err != nil {
			return nil, err
		}
		list = append(list, some...)
	}
	return list, nil
}
