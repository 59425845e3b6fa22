package ratings

import (
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"

	"cunju/hooks/codes"
)

// servicesTable is the collection of the services that are rated.
const servicesTable = "services"

// timeForm is how a moment is written into a record, with its offset.
const timeForm = "2006-01-02T15:04:05.000Z07:00"

// zone is the local time of every office of the product.
var zone = time.FixedZone("CST", 8*60*60)

type installRow struct {
	ID, Staff, Region, State string
}

func findInstall(db dbx.Builder, id string) (installRow, error) {
	var row installRow
	err := db.NewQuery("SELECT id, staff, region, state FROM sync_installs WHERE id = {:id}").
		Bind(dbx.Params{"id": id}).One(&row)
	return row, wrap("find install", err)
}

// codeRatings reads what was said under a code, oldest first, straight from the
// collection: the projection runs later, and a second tap must find the first.
func codeRatings(db dbx.Builder, code codeKey) ([]Rating, error) {
	var rows []struct {
		ID, Reasons, Remark, Flags, Origin string
		Phone                              string `db:"call_back_phone"`
		Assisted                           string `db:"assisted_by"`
		RatedAt                            string `db:"rated_at"`
		Day, Grade                         float64
	}
	err := db.NewQuery(`SELECT id, coalesce(reasons, '') AS reasons, remark, coalesce(flags, '') AS flags, origin, call_back_phone, assisted_by, rated_at, day, grade
		FROM ratings WHERE tag = {:tag} AND install_alias = {:alias} LIMIT {:limit}`).
		Bind(dbx.Params{"tag": code.Tag, "alias": code.Alias, "limit": MaxPerCode + 1}).All(&rows)
	if err != nil {
		return nil, fmt.Errorf("read ratings of code: %w", err)
	}
	out := make([]Rating, 0, len(rows))
	for _, row := range rows {
		at, err := time.Parse(time.RFC3339, row.RatedAt)
		if err != nil {
			return nil, fmt.Errorf("read rating %s: %w", row.ID, err)
		}
		reasons, _ := decode[[]string](row.Reasons) // Check let it in
		flags, _ := readFlags(row.Flags)
		out = append(out, Rating{ID: row.ID, Tag: code.Tag, Alias: code.Alias, Day: int(row.Day), Grade: int(row.Grade),
			Reasons: reasons, Remark: row.Remark, Phone: row.Phone, AssistedBy: row.Assisted, Flags: flags,
			RatedAt: at.UnixMilli(), Origin: row.Origin})
	}
	sortRatings(out)
	return out, nil
}

// serviceOf is the service that a code belongs to, "" while its record is on the way.
func serviceOf(db dbx.Builder, code codeKey) (string, error) {
	var service string
	err := db.NewQuery("SELECT service FROM rating_tags WHERE alias = {:alias} AND tag = {:tag}").
		Bind(dbx.Params{"alias": code.Alias, "tag": code.Tag}).Row(&service)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return service, wrap("find service of code", err)
}

func keyOf(c codes.Code) codeKey {
	return codeKey{hex.EncodeToString(c.Alias[:]), hex.EncodeToString(c.Tag[:])}
}

// noteBrowser remembers for 30 days that a browser rated a code.
func noteBrowser(db dbx.Builder, browser string, code codeKey, now int64) error {
	_, err := db.NewQuery("DELETE FROM rating_browsers WHERE at < {:old}").
		Bind(dbx.Params{"old": now - CrowdDays*dayMS}).Execute()
	if err != nil {
		return fmt.Errorf("forget browsers: %w", err)
	}
	_, err = db.NewQuery(`INSERT INTO rating_browsers (browser, alias, tag, at) VALUES ({:b}, {:alias}, {:tag}, {:at})
		ON CONFLICT DO NOTHING`).
		Bind(dbx.Params{"b": browser, "alias": code.Alias, "tag": code.Tag, "at": now}).Execute()
	return wrap("note browser", err)
}

// otherCodes counts the other codes of the same install that a browser rated in
// the last 30 days.
func otherCodes(db dbx.Builder, browser string, code codeKey, now int64) (n int, err error) {
	err = db.NewQuery(`SELECT count(*) FROM rating_browsers
		WHERE browser = {:b} AND alias = {:alias} AND tag <> {:tag} AND at >= {:since}`).
		Bind(dbx.Params{"b": browser, "alias": code.Alias, "tag": code.Tag, "since": now - CrowdDays*dayMS}).Row(&n)
	return n, wrap("count codes of browser", err)
}
