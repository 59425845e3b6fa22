package services

import (
	"fmt"
	"strconv"
	"time"

	"github.com/pocketbase/dbx"
)

// Official numbers follow rule R8: county, year, number. The first three of the
// eight digits name the office (the township's part of its code, 000 for the
// county's own desk), so that offices of one county never give the same number although each
// counts alone, offline and without gaps.

// office is who gives a number to a record of a region: a township's node for its
// own, a city's node for the county of the record.
func office(tier, region string) string {
	if tier == "city" {
		return region[:6] + "000"
	}
	return region[:9]
}

// nextNumber takes the next number of an office inside the transaction that
// verifies the record: either both stand or neither. After a restore the counter may lag behind numbers
// that came back by sync, so the greatest number in use counts, too.
func nextNumber(db dbx.Builder, tier, region string, now time.Time) (string, error) {
	desk, year := office(tier, region), now.In(local).Year()
	head := fmt.Sprintf("%s-%d-%s", desk[:6], year, desk[6:])
	var greatest string
	err := db.NewQuery("SELECT coalesce(max(no), '') FROM services WHERE no > {:low} AND no < {:high}").
		Bind(dbx.Params{"low": head, "high": head + ":"}).Row(&greatest)
	if err != nil {
		return "", fmt.Errorf("read greatest number: %w", err)
	}
	used := 0
	if len(greatest) > len(head) {
		used, _ = strconv.Atoi(greatest[len(head):])
	}
	var n int
	err = db.NewQuery(`INSERT INTO service_numbers (office, year, last) VALUES ({:office}, {:year}, {:used} + 1)
		ON CONFLICT (office, year) DO UPDATE SET last = max(last, {:used}) + 1 RETURNING last`).
		Bind(dbx.Params{"office": desk, "year": year, "used": used}).Row(&n)
	if err != nil {
		return "", fmt.Errorf("take number: %w", err)
	}
	return fmt.Sprintf("%s%05d", head, n), nil
}
