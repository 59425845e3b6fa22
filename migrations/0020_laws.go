package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// Texts of laws are loaded by each office at run time. Several wordings of one
// law lie side by side, because a document keeps the wording it relied on.
func init() {
	m.Register(func(app core.App) error {
		_, err := app.DB().NewQuery(`
CREATE TABLE laws (
	slug      TEXT NOT NULL,
	version   TEXT NOT NULL,
	title     TEXT NOT NULL,
	kind      TEXT NOT NULL,
	issued    TEXT NOT NULL DEFAULT '',
	effective TEXT NOT NULL DEFAULT '',
	history   TEXT NOT NULL DEFAULT '',
	articles  INTEGER NOT NULL,
	PRIMARY KEY (slug, version)
) STRICT, WITHOUT ROWID;
CREATE TABLE law_articles (
	slug       TEXT NOT NULL,
	version    TEXT NOT NULL,
	no         INTEGER NOT NULL,
	sub        INTEGER NOT NULL DEFAULT 0,
	label      TEXT NOT NULL,
	text       TEXT NOT NULL,
	part       TEXT NOT NULL DEFAULT '',
	subpart    TEXT NOT NULL DEFAULT '',
	chapter    TEXT NOT NULL DEFAULT '',
	section    TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (slug, version, no, sub)
) STRICT, WITHOUT ROWID;
`).Execute()
		return err
	}, func(app core.App) error {
		_, err := app.DB().NewQuery("DROP TABLE law_articles; DROP TABLE laws;").Execute()
		return err
	})
}
