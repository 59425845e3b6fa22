package directory

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/pocketbase/dbx"

	"cunju/hooks/region"
)

// Region is one row of the table of divisions. Dates are days; ValidTo is the
// first day on which the code is no longer used. Empty: no bound.
type Region struct {
	Code, Name, Short, Kind string
	ValidFrom, ValidTo      string
	// Successor is the code that took over, or the name of the new unit while
	// its code is not known.
	Successor string
}

// regionColumns are the columns of the built-in file and, by name, of a csv. A
// csv may bring them in any order, with others beside them.
var regionColumns = []string{"code", "name", "short_name", "kind", "valid_from", "valid_to", "successor"}

// ReadRegions reads a csv with a head line. It needs code and name and checks
// that codes are well-formed, unique and stand under a code that is there too.
func ReadRegions(r io.Reader) ([]Region, error) {
	rows, _, err := readRegions(csv.NewReader(r))
	return rows, err
}

// readRegions also tells whether the file knows of periods of validity.
func readRegions(reader *csv.Reader) (rows []Region, dated bool, err error) {
	reader.ReuseRecord = true
	head, err := reader.Read()
	if err != nil {
		return nil, false, fmt.Errorf("read head line: %w", err)
	}
	place := map[string]int{}
	for i, name := range head {
		place[strings.TrimPrefix(name, "\ufeff")] = i
	}
	for _, needed := range regionColumns[:2] {
		if _, ok := place[needed]; !ok {
			return nil, false, fmt.Errorf("column %q is missing", needed)
		}
	}
	_, dated = place["valid_to"]
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return rows, dated, checkRegions(rows)
		}
		if err != nil {
			return nil, false, err
		}
		cell := func(name string) string {
			if i, ok := place[name]; ok {
				return strings.Clone(strings.TrimSpace(record[i]))
			}
			return ""
		}
		row := Region{Code: cell("code"), Name: cell("name"), Short: cell("short_name"), Kind: cell("kind"),
			ValidFrom: cell("valid_from"), ValidTo: cell("valid_to"), Successor: cell("successor")}
		if row.Short == "" {
			row.Short = row.Name
		}
		rows = append(rows, row)
	}
}

func checkRegions(rows []Region) error {
	seen := make(map[string]bool, len(rows))
	for i, row := range rows {
		switch {
		case !region.Valid(row.Code):
			return fmt.Errorf("line %d: %q is no 12-digit code", i+2, row.Code)
		case row.Name == "":
			return fmt.Errorf("line %d: %s has no name", i+2, row.Code)
		case seen[row.Code]:
			return fmt.Errorf("line %d: %s comes twice", i+2, row.Code)
		}
		seen[row.Code] = true
	}
	for i, row := range rows {
		if up := region.Parent(row.Code); up != "" && !seen[up] {
			return fmt.Errorf("line %d: %s stands under %s, which is missing", i+2, row.Code, up)
		}
	}
	return nil
}

// builtInRegions unpacks the file that gen has made.
func builtInRegions(raw []byte) ([]Region, error) {
	unpacked, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	reader := csv.NewReader(unpacked)
	reader.Comma = '\t'
	reader.LazyQuotes = true
	rows, _, err := readRegions(reader)
	return rows, err
}

func fillRegions(db dbx.Builder, raw []byte) (int, error) {
	rows, err := builtInRegions(raw)
	if err != nil {
		return 0, err
	}
	return len(rows), storeRegions(db, rows, true)
}

// storeRegions leaves the periods of validity as they are when the rows know
// nothing of them: an old table must not bring ended codes back.
func storeRegions(db dbx.Builder, rows []Region, dated bool) error {
	params := make([]dbx.Params, 0, len(rows))
	for _, row := range rows {
		params = append(params, dbx.Params{
			"id": row.Code, "name": row.Name, "short_name": row.Short, "level": string(region.LevelOf(row.Code)),
			"parent": region.Parent(row.Code), "kind": row.Kind, "pinyin_initials": Initials(row.Short),
			"valid_from": row.ValidFrom, "valid_to": row.ValidTo, "successor": row.Successor,
		})
	}
	columns := []string{"name", "short_name", "level", "parent", "kind", "pinyin_initials", "valid_from", "valid_to", "successor"}
	if !dated {
		columns = columns[:6]
	}
	return fill(db, RegionsCollection, columns, params)
}
