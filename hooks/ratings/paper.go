package ratings

import (
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"cunju/hooks/codes"
)

// The page of a document's code (D1) says whether a paper is genuine: filed when, by which office,
// replaced or not. It names no person, no village and no matter, and knows nothing of drafts.

// paper is what the page may say of a filed document.
type paper struct {
	Office     string
	FiledAt    string // a day in the page's language
	Superseded bool
}

// paperSite heads these pages: they have nothing to do with ratings.
const paperSite = "paper.site"

// hashForm is how a filed document names its digest: the suite, a colon, the digest in hexadecimal.
const hashForm = "sha256:"

// DocumentCode gives the code of a filed document: the key and alias are those of its service's, so
// that every node that can check the one can check the other. Both are "" where no code can be made.
func (r *Ratings) DocumentCode(app core.App, document string) (url, typed string, err error) {
	var row struct {
		Service, Hash string
		FiledAt       string `db:"filed_at"`
	}
	err = app.DB().NewQuery("SELECT service, hash, filed_at FROM documents WHERE id = {:id}").Bind(dbx.Params{"id": document}).One(&row)
	if err != nil {
		return "", "", wrap("read document", err)
	}
	of, err := r.codeOf(app.DB(), row.Service)
	if errors.Is(err, ErrNoCode) {
		return "", "", nil
	}
	if err != nil {
		return "", "", err
	}
	digest, err := hex.DecodeString(strings.TrimPrefix(row.Hash, hashForm))
	at, wrong := time.Parse(time.RFC3339, row.FiledAt)
	day, ok := codes.Day(at)
	if err != nil || wrong != nil || !ok || len(digest) < codes.HashSize {
		return "", "", nil
	}
	key, _, ok := r.deps.Keys.InstallKey(app.DB(), hex.EncodeToString(of.Alias[:]), codes.Year(day))
	if !ok {
		return "", "", nil
	}
	code := codes.MakeDocument(key, of.Alias, day, row.Service, [codes.HashSize]byte(digest[:codes.HashSize]))
	return code.URL(r.deps.RatingBase), codes.Grouped(code.Text()), nil
}

// document shows the page of a code.
func (r *Ratings) document(e *core.RequestEvent) error {
	found, err := r.paperOf(e)
	switch {
	case err != nil:
		return r.broken(e, err)
	case found == nil:
		if !r.throttle.take(e.RealIP(), costNoCode) {
			r.paid(e, costNoCode)
		}
		// The link to the other language must not tell the codes apart.
		return show(e, http.StatusNotFound, "/d/x", view{Kind: "nopaper", Site: paperSite, Lines: []string{"nopaper.text"}})
	case found.Superseded:
		return show(e, http.StatusOK, e.Request.URL.Path, view{Kind: "replaced", Site: paperSite, Paper: *found, Lines: []string{"replaced.text"}})
	}
	return show(e, http.StatusOK, e.Request.URL.Path, view{Kind: "genuine", Site: paperSite, Paper: *found, Lines: []string{"genuine.text"}})
}

// paperOf reads the document that a code stands for: nil without an error for every code that is none,
// for a document that is not filed here and for one whose text is another than the code's.
func (r *Ratings) paperOf(e *core.RequestEvent) (*paper, error) {
	code, err := codes.Parse(e.Request.PathValue("code"))
	if err != nil {
		return nil, nil
	}
	id := keyOf(code)
	key, _, ok := r.deps.Keys.InstallKey(e.App.DB(), id.Alias, codes.Year(code.Day))
	if !ok {
		key = noKey
	}
	today, clockOK := codes.Day(r.deps.Now())
	if genuine := code.Verify(key); !genuine || !ok || !clockOK || code.Kind != codes.Document || code.Day > today+1 {
		return nil, nil
	}
	var row struct {
		Office, State string
		FiledAt       string `db:"filed_at"`
	}
	err = e.App.DB().NewQuery(`SELECT coalesce(n.name, '') AS office, d.state, d.filed_at FROM rating_tags t JOIN documents d ON d.service = t.service
		LEFT JOIN regions n ON n.id = substr(d.region, 1, 9) || '000'
		WHERE t.alias = {:alias} AND t.tag = {:tag} AND d.state IN ('filed', 'superseded') AND substr(d.hash, 1, {:n}) = {:hash} LIMIT 1`).
		Bind(dbx.Params{"alias": id.Alias, "tag": id.Tag, "hash": hashForm + hex.EncodeToString(code.Hash[:]), "n": len(hashForm) + 2*codes.HashSize}).One(&row)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find document: %w", err)
	}
	at, err := time.Parse(time.RFC3339, row.FiledAt)
	if err != nil {
		return nil, nil
	}
	form := "2006年1月2日"
	if languageOf(e.Request) == "en" {
		form = "2 January 2006"
	}
	return &paper{Office: row.Office + "司法所", FiledAt: at.In(zone).Format(form), Superseded: row.State == "superseded"}, nil
}
