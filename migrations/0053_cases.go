package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// What is derived from ratings and what was done about them: where each bad rating
// stands, which ratings are held back from the scores and why, what a person
// decided. A year of holidays that was loaded, the drawn sample and the day's keys of
// the address blocks are the node's own.
func init() {
	m.Register(func(app core.App) error {
		_, err := app.DB().NewQuery(`
CREATE TABLE case_states (
	code        TEXT PRIMARY KEY,
	region      TEXT NOT NULL,
	rating      TEXT NOT NULL,
	grade       INTEGER NOT NULL,
	phone       INTEGER NOT NULL,
	state       TEXT NOT NULL,
	handler     TEXT NOT NULL,
	answer      TEXT NOT NULL,
	reopened    INTEGER NOT NULL,
	received_at INTEGER NOT NULL,
	accepted_at INTEGER NOT NULL,
	contact_at  INTEGER NOT NULL,
	settled_at  INTEGER NOT NULL,
	called_at   INTEGER NOT NULL,
	closed_at   INTEGER NOT NULL,
	told        TEXT NOT NULL,
	escalated   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX case_states_region ON case_states (region, received_at);
CREATE INDEX case_states_open ON case_states (region, received_at) WHERE state <> 'closed';

CREATE TABLE case_samples (
	service TEXT PRIMARY KEY,
	counsel TEXT NOT NULL,
	region  TEXT NOT NULL,
	drawn_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX case_samples_drawn ON case_samples (counsel, drawn_at);

CREATE TABLE holiday_tables (
	id     INTEGER PRIMARY KEY CHECK (id = 1),
	body   TEXT NOT NULL,
	loaded TEXT NOT NULL
) STRICT;

CREATE TABLE rating_holds (
	rating TEXT NOT NULL,
	rule   TEXT NOT NULL,
	PRIMARY KEY (rating, rule)
) STRICT, WITHOUT ROWID;

CREATE TABLE rating_decisions (
	rating TEXT PRIMARY KEY,
	counts INTEGER NOT NULL,
	by     TEXT NOT NULL,
	at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE rating_block_keys (
	day INTEGER PRIMARY KEY,
	key TEXT NOT NULL
) STRICT;

CREATE TABLE rating_phone_blocks (
	install TEXT NOT NULL,
	day     INTEGER NOT NULL,
	block   TEXT NOT NULL,
	PRIMARY KEY (install, day, block)
) STRICT, WITHOUT ROWID;
CREATE INDEX rating_phone_blocks_day ON rating_phone_blocks (day);
ALTER TABLE rating_joins ADD COLUMN bare INTEGER NOT NULL DEFAULT 0;
CREATE INDEX rating_joins_alias ON rating_joins (alias, rated_at);
`).Execute()
		return err
	}, func(app core.App) error {
		_, err := app.DB().NewQuery(`
DROP INDEX rating_joins_alias; ALTER TABLE rating_joins DROP COLUMN bare; DROP TABLE rating_phone_blocks; DROP TABLE rating_block_keys; DROP TABLE rating_decisions;
DROP TABLE rating_holds; DROP TABLE holiday_tables; DROP TABLE case_samples; DROP TABLE case_states;`).Execute()
		return err
	})
}
