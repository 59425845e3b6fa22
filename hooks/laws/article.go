// Package laws looks up the articles of the laws that hooks/directory imported: one article as it was worded
// on a day, and full-text search over what is in force.
package laws

import (
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
)

// ErrNone says that no such article was in force on the day.
var ErrNone = errors.New("no such article in force")

// Found is one article in one wording.
type Found struct {
	Slug    string `db:"slug" json:"slug"`
	Title   string `db:"title" json:"title"` // of the law
	Kind    string `db:"kind" json:"kind"`   // law, regulation, interpretation, local
	Version string `db:"version" json:"version"`
	No      int    `db:"no" json:"no"`
	Sub     int    `db:"sub" json:"sub"` // counts 之一, 之二; 0: the article itself
	Label   string `db:"label" json:"label"`
	Chapter string `db:"chapter" json:"chapter"`
	Text    string `db:"text" json:"text"`
	// ValidFrom is the first day of the wording, ValidTo the day on which the next wording took over; "": unknown.
	ValidFrom string `db:"valid_from" json:"valid_from"`
	ValidTo   string `db:"valid_to" json:"valid_to"`
}

// began is the first day of a wording, of a row of laws named l. A wording without a day of effect counts from the day it carries.
const began = "CASE WHEN l.effective <> '' THEN l.effective ELSE l.version END"

// ended is the day on which the next wording of the same law took over.
const ended = "COALESCE((SELECT MIN(CASE WHEN n.effective <> '' THEN n.effective ELSE n.version END) FROM laws n WHERE n.slug = l.slug " +
	"AND CASE WHEN n.effective <> '' THEN n.effective ELSE n.version END > " + began + "), '')"

const columns = "l.slug, l.title, l.kind, l.version, a.no, a.sub, a.label, a.chapter, a.text, " + began + " AS valid_from, " + ended + " AS valid_to"

// Article gives an article as it was worded on a day. law is a slug or a title, with or without 中华人民共和国;
// article is a number (1079, 133.1) or written out (第一百三十三条之一). ErrNone if there was none.
func Article(db dbx.Builder, law, article string, on time.Time) (Found, error) {
	no, sub, ok := Number(article)
	if !ok {
		return Found{}, fmt.Errorf("%w: %.40q is no article", ErrNone, article)
	}
	var found Found
	err := db.NewQuery("SELECT " + columns + " FROM laws l JOIN law_articles a ON a.slug = l.slug AND a.version = l.version AND a.no = {:no} AND a.sub = {:sub} " +
		"WHERE l.slug IN (SELECT {:law} UNION ALL SELECT slug FROM laws WHERE title IN ({:law}, '中华人民共和国' || {:law})) AND " + began + " <= {:day} " +
		"AND NOT EXISTS (SELECT 1 FROM laws n WHERE n.slug = l.slug AND CASE WHEN n.effective <> '' THEN n.effective ELSE n.version END > " + began +
		" AND CASE WHEN n.effective <> '' THEN n.effective ELSE n.version END <= {:day}) ORDER BY l.version DESC LIMIT 1").
		Bind(dbx.Params{"no": no, "sub": sub, "law": strings.Trim(law, "《》 "), "day": day(on)}).One(&found)
	if errors.Is(err, sql.ErrNoRows) {
		return Found{}, fmt.Errorf("%w: %.40q, %.40q", ErrNone, law, article)
	}
	return found, err
}

// day is the date in China, where the law is in force.
func day(at time.Time) string {
	return at.In(time.FixedZone("UTC+8", 8*60*60)).Format(time.DateOnly)
}

var (
	plain   = regexp.MustCompile(`^([0-9]{1,4})(?:\.([0-9]{1,2}))?$`)
	written = regexp.MustCompile(`^第?([0-9]{1,4}|[零〇一二两三四五六七八九十百千]+)条(?:之([0-9]{1,2}|[一二三四五六七八九十]+))?$`)
)

// Number reads the number of an article: 1079, 133.1, 第133条之一, 第一百三十三条之一.
func Number(s string) (no, sub int, ok bool) {
	m := plain.FindStringSubmatch(s)
	if m == nil {
		m = written.FindStringSubmatch(strings.ReplaceAll(s, " ", ""))
	}
	if m == nil {
		return 0, 0, false
	}
	no = numeral(m[1])
	if m[2] != "" {
		sub = numeral(m[2])
	}
	return no, sub, no > 0
}

// numeral reads a number below ten thousand in digits or in Chinese.
func numeral(s string) int {
	if n, err := strconv.Atoi(s); err == nil {
		return n
	}
	total, digit := 0, 0
	for _, r := range s {
		switch unit := map[rune]int{'十': 10, '百': 100, '千': 1000}[r]; {
		case unit > 0:
			total += max(digit, 1) * unit
			digit = 0
		default:
			digit = map[rune]int{'一': 1, '二': 2, '两': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9}[r]
		}
	}
	return total + digit
}
