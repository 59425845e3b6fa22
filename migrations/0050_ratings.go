package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// What the projection of the ratings keeps: the tags under which services may
// be rated, the way of each rating to its service, and the one rating of a
// service that counts. rating_browsers never leaves the node.
func init() {
	m.Register(func(app core.App) error {
		_, err := app.DB().NewQuery(`
CREATE TABLE rating_tags (
	alias   TEXT NOT NULL,
	tag     TEXT NOT NULL,
	service TEXT NOT NULL,
	install TEXT NOT NULL,
	region  TEXT NOT NULL,
	counsel TEXT NOT NULL,
	state   TEXT NOT NULL,
	arrived INTEGER NOT NULL,
	PRIMARY KEY (alias, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX rating_tags_service ON rating_tags (service);

CREATE TABLE rating_joins (
	rating   TEXT PRIMARY KEY,
	alias    TEXT NOT NULL,
	tag      TEXT NOT NULL,
	service  TEXT NOT NULL DEFAULT '',
	state    TEXT NOT NULL,
	day      INTEGER NOT NULL,
	grade    INTEGER NOT NULL,
	assisted_by TEXT NOT NULL DEFAULT '',
	flags    TEXT NOT NULL,
	origin   TEXT NOT NULL,
	rated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX rating_joins_code ON rating_joins (alias, tag);
CREATE INDEX rating_joins_service ON rating_joins (service);
CREATE INDEX rating_joins_waiting ON rating_joins (rated_at) WHERE state = 'waiting';

CREATE TABLE rating_services (
	service  TEXT PRIMARY KEY,
	region   TEXT NOT NULL,
	counsel  TEXT NOT NULL,
	rating   TEXT NOT NULL,
	grade    INTEGER NOT NULL,
	voices   INTEGER NOT NULL,
	records  INTEGER NOT NULL,
	rated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX rating_services_region ON rating_services (region, grade);
CREATE INDEX rating_services_counsel ON rating_services (counsel, rated_at);

CREATE TABLE rating_browsers (
	browser TEXT NOT NULL,
	alias   TEXT NOT NULL,
	tag     TEXT NOT NULL,
	at      INTEGER NOT NULL,
	PRIMARY KEY (browser, alias, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX rating_browsers_at ON rating_browsers (at);
`).Execute()
		return err
	}, func(app core.App) error {
		_, err := app.DB().NewQuery(`
DROP TABLE rating_browsers; DROP TABLE rating_services; DROP TABLE rating_joins; DROP TABLE rating_tags;`).Execute()
		return err
	})
}
