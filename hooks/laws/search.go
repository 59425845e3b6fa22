package laws

import (
	"fmt"
	"sync"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// PageSize is how many articles one page of a search holds.
const PageSize = 20

// MaxPages bounds how deep one may leaf: further down nothing fits any more.
const MaxPages = 25

// filling lets one request of this process fill the index, the others wait for it.
var filling sync.Mutex

// Ensure fills the index if laws were written since, or if it was cut by another program. It says whether it did.
func Ensure(app core.App) (bool, error) {
	filling.Lock()
	defer filling.Unlock()
	if stale, err := isStale(app.DB()); err != nil || !stale {
		return false, err
	}
	return true, app.RunInTransaction(func(tx core.App) error { return fill(tx.DB()) })
}

func isStale(db dbx.Builder) (bool, error) {
	var stale bool
	err := db.NewQuery("SELECT stale <> 0 OR cut <> {:cut} FROM law_search_state WHERE id = 1").Bind(dbx.Params{"cut": cutting}).Row(&stale)
	return stale, err
}

// fill writes the whole index: a few thousand articles, about a second.
func fill(db dbx.Builder) error {
	var articles []struct {
		Found
		Part    string `db:"part"`
		Subpart string `db:"subpart"`
		Section string `db:"section"`
	}
	err := db.NewQuery("SELECT " + columns + ", a.part, a.subpart, a.section FROM laws l JOIN law_articles a ON a.slug = l.slug AND a.version = l.version").All(&articles)
	if err != nil {
		return err
	}
	if _, err := db.NewQuery("DELETE FROM law_search").Execute(); err != nil {
		return err
	}
	query := db.NewQuery("INSERT INTO law_search (title, heading, body, slug, version, no, sub, valid_from, valid_to) " +
		"VALUES ({:title}, {:heading}, {:body}, {:slug}, {:version}, {:no}, {:sub}, {:from}, {:to})").Prepare()
	defer func() { _ = query.Close() }()
	for _, a := range articles {
		_, err := query.Bind(dbx.Params{"title": Cut(a.Title), "heading": Cut(a.Part + " " + a.Subpart + " " + a.Chapter + " " + a.Section), "body": Cut(a.Text),
			"slug": a.Slug, "version": a.Version, "no": a.No, "sub": a.Sub, "from": a.ValidFrom, "to": a.ValidTo}).Execute()
		if err != nil {
			return fmt.Errorf("index %s article %d: %w", a.Slug, a.No, err)
		}
	}
	_, err = db.NewQuery("UPDATE law_search_state SET stale = 0, cut = {:cut}").Bind(dbx.Params{"cut": cutting}).Execute()
	return err
}

// rank is BM25 of FTS5 with the weights of title, headings and text.
const rank = "bm25(law_search, 0.5, 1.0, 1.0)"

// Search gives one page, from 1, of the articles in force on a day that fit best, and whether more follow.
func Search(db dbx.Builder, asked string, on time.Time, page int) (list []Found, more bool, err error) {
	match := Match(asked)
	if match == "" || page < 1 || page > MaxPages {
		return nil, false, nil
	}
	err = db.NewQuery("SELECT l.slug, l.title, l.kind, l.version, a.no, a.sub, a.label, a.chapter, a.text, s.valid_from, s.valid_to " +
		"FROM (SELECT slug, version, no, sub, valid_from, valid_to, " + rank + " AS score FROM law_search WHERE law_search MATCH {:match} " +
		"AND valid_from <= {:day} AND (valid_to = '' OR valid_to > {:day}) ORDER BY score, rowid LIMIT {:limit} OFFSET {:skip}) s " +
		"JOIN laws l ON l.slug = s.slug AND l.version = s.version " +
		"JOIN law_articles a ON a.slug = s.slug AND a.version = s.version AND a.no = s.no AND a.sub = s.sub ORDER BY s.score, a.slug, a.no, a.sub").
		Bind(dbx.Params{"match": match, "day": day(on), "limit": PageSize + 1, "skip": (page - 1) * PageSize}).All(&list)
	if len(list) > PageSize {
		list, more = list[:PageSize], page < MaxPages
	}
	return list, more, err
}
