package devices

import (
	"github.com/pocketbase/dbx"

	"cunju/hooks/codes"
	"cunju/hooks/region"
)

// PlateKeys gives the keys that may have sealed a plate of the village in a year,
// the one to seal with first: on a township its own, on the city those of the
// townships that the village belonged to, then the city's.
func (t *Tokens) PlateKeys(db dbx.Builder, village string, year int) ([][]byte, error) {
	var nodes []string
	if t.city {
		var rows []struct{ ID, Region string }
		err := db.NewQuery("SELECT id, region FROM sync_installs WHERE kind = {:k} AND region >= {:from} AND region <= {:to} ORDER BY created_at DESC LIMIT 20").
			Bind(dbx.Params{"k": KindTownship, "from": village[:6] + "000000", "to": village}).All(&rows)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			if region.Covers(row.Region, village) {
				nodes = append(nodes, row.ID)
			}
		}
	}
	var keys [][]byte
	for _, node := range append(nodes, t.own()) {
		town, err := t.township(node, year)
		if err != nil {
			return nil, err
		}
		key, err := codes.DerivePlate(town, year)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, nil
}
