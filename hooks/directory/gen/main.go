// Command gen makes the built-in table of regions from the table of divisions
// and the announcement of a change of boundaries:
//
//	go run ./hooks/directory/gen --regions regions.csv --change change.json
//
// Units that a change ends get the day of the announcement as the end of their
// validity and the unit that took over as successor. The output is the same for
// the same input.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"

	"cunju/hooks/directory"
	"cunju/hooks/region"
)

type unit struct {
	Code string `json:"code"`
}

type change struct {
	Announced string `json:"announced"`
	Abolished []unit `json:"abolished"`
	Created   []struct {
		Name  string `json:"name"`
		Code  string `json:"new_code"`
		Towns []unit `json:"towns"`
	} `json:"created"`
	Transferred []struct {
		To    string `json:"to_code"`
		Towns []unit `json:"towns"`
	} `json:"transferred"`
}

func main() {
	regions := flag.String("regions", "", "csv of all divisions")
	announcement := flag.String("change", "", "json of the change of boundaries")
	out := flag.String("out", "hooks/directory/data/regions.tsv.gz", "file to write")
	flag.Parse()
	if err := run(*regions, *announcement, *out); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(regions, announcement, out string) error {
	file, err := os.Open(regions)
	if err != nil {
		return err
	}
	defer file.Close()
	rows, err := directory.ReadRegions(file)
	if err != nil {
		return err
	}
	raw, err := os.ReadFile(announcement)
	if err != nil {
		return err
	}
	var c change
	if err := json.Unmarshal(raw, &c); err != nil {
		return err
	}
	end(rows, c)
	packed, err := pack(rows)
	if err != nil {
		return err
	}
	return os.WriteFile(out, packed, 0o644)
}

// end closes the abolished counties and the towns that moved, each with
// everything under it.
func end(rows []directory.Region, c change) {
	successors := map[string]string{}
	for _, created := range c.Created {
		name := created.Name
		if created.Code != "" {
			name = created.Code
		}
		for _, town := range created.Towns {
			successors[town.Code] = name
		}
		for _, county := range c.Abolished {
			successors[county.Code] = name
		}
	}
	for _, moved := range c.Transferred {
		for _, town := range moved.Towns {
			successors[town.Code] = moved.To
		}
	}
	for i := range rows {
		row := &rows[i]
		for _, code := range append([]string{row.Code}, region.Ancestors(row.Code)...) {
			if successor, ok := successors[code]; ok {
				row.ValidTo, row.Successor = c.Announced, successor
				break
			}
		}
	}
}

func pack(rows []directory.Region) ([]byte, error) {
	var text strings.Builder
	text.WriteString("code\tname\tshort_name\tkind\tvalid_from\tvalid_to\tsuccessor\n")
	for _, row := range rows {
		short := row.Short
		if short == row.Name {
			short = ""
		}
		text.WriteString(strings.Join([]string{row.Code, row.Name, short, row.Kind, row.ValidFrom, row.ValidTo, row.Successor}, "\t") + "\n")
	}
	var packed bytes.Buffer
	writer, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := writer.Write([]byte(text.String())); err != nil {
		return nil, err
	}
	if err := writer.Close(); err != nil {
		return nil, err
	}
	return packed.Bytes(), nil
}
