package directory

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
)

// Law is one wording of a law, article by article.
type Law struct {
	Slug      string    `json:"slug"`
	Title     string    `json:"title"`
	Kind      string    `json:"kind"` // law, regulation, interpretation, local
	Issued    string    `json:"issued"`
	Version   string    `json:"version"` // date of this wording
	Effective string    `json:"effective"`
	History   string    `json:"history"`
	Articles  []Article `json:"articles"`
}

// Article is one article; Sub counts those inserted after it (之一, 之二).
type Article struct {
	No      int    `json:"no"`
	Sub     int    `json:"sub"`
	Label   string `json:"label"`
	Text    string `json:"text"`
	Part    string `json:"part"`
	Subpart string `json:"subpart"`
	Chapter string `json:"chapter"`
	Section string `json:"section"`
}

// ReadLaw reads one law and checks that articles are numbered from 1 without a
// gap and that none is empty.
func ReadLaw(raw []byte) (Law, error) {
	var law Law
	if err := json.Unmarshal(raw, &law); err != nil {
		return Law{}, err
	}
	if law.Slug == "" || law.Title == "" || len(law.Articles) == 0 {
		return Law{}, errors.New("no slug, no title or no articles")
	}
	for _, day := range []string{law.Issued, law.Version, law.Effective} {
		if _, err := time.Parse(time.DateOnly, day); day != "" && err != nil {
			return Law{}, fmt.Errorf("%q is no day", day)
		}
	}
	no, sub := 0, 0
	for _, article := range law.Articles {
		next := article.No == no+1 && article.Sub == 0 || article.No == no && article.Sub == sub+1
		if !next || article.Text == "" {
			return Law{}, fmt.Errorf("article %d.%d after %d.%d: out of order or empty", article.No, article.Sub, no, sub)
		}
		no, sub = article.No, article.Sub
	}
	return law, nil
}

// readLaws reads one file, or all files of a folder but its index.
func readLaws(path string) ([]Law, error) {
	files := []string{path}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		if files, err = fs.Glob(os.DirFS(path), "*.json"); err != nil {
			return nil, err
		}
	}
	var laws []Law
	for _, file := range files {
		if filepath.Base(file) == "index.json" {
			continue
		}
		if info.IsDir() {
			file = filepath.Join(path, file)
		}
		raw, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		law, err := ReadLaw(raw)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", filepath.Base(file), err)
		}
		laws = append(laws, law)
	}
	return laws, nil
}

// storeLaws replaces the wordings that are there already and keeps all others.
func storeLaws(db dbx.Builder, laws []Law) (articles int, err error) {
	query := db.NewQuery("INSERT INTO law_articles (slug, version, no, sub, label, text, part, subpart, chapter, section) " +
		"VALUES ({:slug}, {:version}, {:no}, {:sub}, {:label}, {:text}, {:part}, {:subpart}, {:chapter}, {:section})").Prepare()
	defer func() {
		if closing := query.Close(); err == nil {
			err = closing
		}
	}()
	for _, law := range laws {
		key := dbx.HashExp{"slug": law.Slug, "version": law.Version}
		for _, table := range []string{"law_articles", "laws"} {
			if _, err := db.Delete(table, key).Execute(); err != nil {
				return articles, err
			}
		}
		_, err := db.Insert("laws", dbx.Params{"slug": law.Slug, "version": law.Version, "title": law.Title, "kind": law.Kind,
			"issued": law.Issued, "effective": law.Effective, "history": law.History, "articles": len(law.Articles)}).Execute()
		if err != nil {
			return articles, fmt.Errorf("write law %s: %w", law.Slug, err)
		}
		for _, a := range law.Articles {
			_, err := query.Bind(dbx.Params{"slug": law.Slug, "version": law.Version, "no": a.No, "sub": a.Sub, "label": a.Label,
				"text": strings.TrimSpace(a.Text), "part": a.Part, "subpart": a.Subpart, "chapter": a.Chapter, "section": a.Section}).Execute()
			if err != nil {
				return articles, fmt.Errorf("write law %s article %d: %w", law.Slug, a.No, err)
			}
			articles++
		}
	}
	return articles, nil
}
