package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// What a subsidy is counted from: the rates of a year (year 0: until others are set) and what the
// office decided about a village and year. Rows are added, never changed: the newest counts.
// Amounts are in fen. The village's rates are those of Tongzhou, the cases' those of a county, rules E6 and P3.
func init() {
	m.Register(func(app core.App) error {
		_, err := app.DB().NewQuery(`
CREATE TABLE ledger_rates (
	year  INTEGER NOT NULL,
	kind  TEXT NOT NULL CHECK (kind IN ('village', 'case')),
	grade TEXT NOT NULL,
	fen   INTEGER NOT NULL CHECK (fen >= 0),
	by    TEXT NOT NULL,
	at    INTEGER NOT NULL,
	PRIMARY KEY (year, kind, grade, at)
) STRICT, WITHOUT ROWID;

CREATE TABLE ledger_terms (
	region    TEXT NOT NULL,
	year      INTEGER NOT NULL,
	grade     TEXT NOT NULL,
	deduction INTEGER NOT NULL CHECK (deduction >= 0),
	reason    TEXT NOT NULL,
	by        TEXT NOT NULL,
	at        INTEGER NOT NULL,
	PRIMARY KEY (region, year, at)
) STRICT, WITHOUT ROWID;

INSERT INTO ledger_rates (year, kind, grade, fen, by, at) VALUES
	(0, 'village', 'excellent', 350000, '', 0), (0, 'village', 'good', 280000, '', 0), (0, 'village', 'passed', 200000, '', 0), (0, 'village', 'failed', 0, '', 0),
	(0, 'case', 'oral', 3000, '', 0), (0, 'case', 'simple', 3000, '', 0), (0, 'case', 'complex', 8000, '', 0), (0, 'case', 'major', 15000, '', 0);
`).Execute()
		return err
	}, func(app core.App) error {
		_, err := app.DB().NewQuery("DROP TABLE ledger_terms; DROP TABLE ledger_rates;").Execute()
		return err
	})
}
