package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// Full text of the articles, cut into words by hooks/laws. A law that is written or taken away marks
// the index as stale, whichever process does it; the next search fills it anew.
func init() {
	m.Register(func(app core.App) error {
		_, err := app.DB().NewQuery(`
CREATE INDEX laws_title ON laws (title, slug);
CREATE VIRTUAL TABLE law_search USING fts5 (
	title, heading, body,
	slug UNINDEXED, version UNINDEXED, no UNINDEXED, sub UNINDEXED, valid_from UNINDEXED, valid_to UNINDEXED,
	tokenize = 'ascii'
);
CREATE TABLE law_search_state (
	id    INTEGER PRIMARY KEY CHECK (id = 1),
	stale INTEGER NOT NULL,
	cut   INTEGER NOT NULL
) STRICT;
INSERT INTO law_search_state (id, stale, cut) VALUES (1, 1, 0);
CREATE TRIGGER laws_written AFTER INSERT ON laws BEGIN UPDATE law_search_state SET stale = 1; END;
CREATE TRIGGER laws_gone AFTER DELETE ON laws BEGIN UPDATE law_search_state SET stale = 1; END;
`).Execute()
		return err
	}, func(app core.App) error {
		_, err := app.DB().NewQuery("DROP TRIGGER laws_written; DROP TRIGGER laws_gone; DROP TABLE law_search_state; DROP TABLE law_search; DROP INDEX laws_title;").Execute()
		return err
	})
}
