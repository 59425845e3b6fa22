package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// The office's own memory of services: the last number given by each office and
// year, which bad ratings were read, and the indexes of the lists. Prefixes of the region
// are indexed as expressions, so that a township's or county's newest page is one
// range of an index however large the city is.
func init() {
	m.Register(func(app core.App) error {
		_, err := app.DB().NewQuery(`
CREATE TABLE service_numbers (
	office TEXT NOT NULL,
	year   INTEGER NOT NULL,
	last   INTEGER NOT NULL,
	PRIMARY KEY (office, year)
) STRICT, WITHOUT ROWID;

CREATE TABLE service_rating_reads (
	service TEXT NOT NULL,
	rating  TEXT NOT NULL,
	staff   TEXT NOT NULL,
	at      INTEGER NOT NULL,
	PRIMARY KEY (service, rating)
) STRICT, WITHOUT ROWID;

CREATE INDEX services_township ON services (substr(region, 1, 9), occurred_at, id);
CREATE INDEX services_county ON services (substr(region, 1, 6), occurred_at, id);
CREATE INDEX services_county_state ON services (substr(region, 1, 6), state, occurred_at, id);
CREATE INDEX services_time ON services (occurred_at, id);
CREATE INDEX services_state_time ON services (state, occurred_at, id);
`).Execute()
		return err
	}, func(app core.App) error {
		_, err := app.DB().NewQuery(`
DROP INDEX services_state_time; DROP INDEX services_time; DROP INDEX services_county_state; DROP INDEX services_county; DROP INDEX services_township;
DROP TABLE service_rating_reads; DROP TABLE service_numbers;`).Execute()
		return err
	})
}
