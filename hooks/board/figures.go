package board

import (
	"fmt"
	"strconv"

	"github.com/pocketbase/dbx"
)

// Figure is one row of the office's figures, shown with its n whatever it is.
type Figure struct {
	Key    string `json:"key"`
	Name   string `json:"name"`
	Counts Counts `json:"counts"`
	Rates  Rates  `json:"rates"`
}

// grouping is by what figures are made: the key out of a service's row, out of a
// case's, and where its name is found. Constants only.
type grouping struct{ service, open, name string }

var (
	byVillage = grouping{"s.region", "coalesce(t.region, c.region)", "SELECT coalesce(nullif(short_name, ''), name) FROM regions WHERE id = k.key"}
	byOffice  = grouping{"substr(s.region, 1, 9) || '000'", "substr(c.region, 1, 9) || '000'", byVillage.name}
	byCounty  = grouping{"substr(s.region, 1, 6) || '000000'", "substr(c.region, 1, 6) || '000000'", byVillage.name}
	byCounsel = grouping{"s.counsel", "coalesce(t.counsel, '')", "SELECT name FROM staff WHERE id = k.key"}
)

// groupings name what may be asked for.
var groupings = map[string]grouping{"village": byVillage, "counsel": byCounsel, "office": byOffice, "county": byCounty}

// query sums services, their one rating that counts, the ratings that are kept out,
// and the cases; each from its own rows, so that none is counted twice.
func (g grouping) query() string {
	return `SELECT k.key, coalesce((` + g.name + `), '') AS name, sum(k.services) AS services, sum(k.rated) AS rated, sum(k.good) AS good, sum(k.bad) AS bad,
	sum(k.held) AS held, sum(k.excluded) AS excluded, sum(k.cases) AS cases, sum(k.settled) AS settled, sum(k.named) AS named, sum(k.called) AS called FROM (
	SELECT ` + g.service + ` AS key, 1 AS services, (r.service IS NOT NULL) AS rated, coalesce(r.grade >= 3, 0) AS good, coalesce(r.grade <= 2, 0) AS bad,
		(SELECT count(*) FROM rating_joins j WHERE j.service = s.id AND NOT EXISTS (SELECT 1 FROM rating_decisions d WHERE d.rating = j.rating)
			AND EXISTS (SELECT 1 FROM rating_holds h WHERE h.rating = j.rating)) AS held,
		(SELECT count(*) FROM rating_joins j JOIN rating_decisions d ON d.rating = j.rating AND d.counts = 0 WHERE j.service = s.id) AS excluded,
		0 AS cases, 0 AS settled, 0 AS named, 0 AS called
	FROM services s JOIN service_types y ON y.id = s.kind AND y.resident_rating = 1 LEFT JOIN rating_services r ON r.service = s.id
	WHERE s.region BETWEEN {:from} AND {:to} AND s.occurred_at >= {:start} AND s.occurred_at < {:end} AND s.state IN ` + states + `
	UNION ALL
	SELECT ` + g.open + `, 0, 0, 0, 0, 0, 0, 1, c.settled_at > 0, c.phone, c.phone AND c.called_at > 0
	FROM case_states c LEFT JOIN rating_tags t ON t.alias = substr(c.code, 1, 8) AND t.tag = substr(c.code, 9)
	WHERE c.region BETWEEN {:town} AND {:to} AND c.received_at >= {:since} AND c.received_at < {:until}
	) k WHERE k.key BETWEEN {:low} AND {:high} GROUP BY k.key ORDER BY k.key LIMIT 2000`
}

// figures of a year for the regions from–to.
func figures(db dbx.Builder, g grouping, from, to string, year int) ([]Figure, error) {
	var rows []struct {
		Key, Name string
		Counts
	}
	low, high := "", "{" // any code and any id
	if g == byVillage {
		low, high = from, to // cases are read by township
	}
	err := db.NewQuery(g.query()).Bind(dbx.Params{"from": from, "to": to, "town": from[:9] + "000", "low": low, "high": high,
		"start": strconv.Itoa(year), "end": strconv.Itoa(year + 1), "since": yearStart(year), "until": yearStart(year + 1)}).All(&rows)
	if err != nil {
		return nil, fmt.Errorf("count ratings: %w", err)
	}
	list := make([]Figure, 0, len(rows))
	for _, row := range rows {
		list = append(list, Figure{row.Key, row.Name, row.Counts, row.Counts.Rates()})
	}
	return list, nil
}
