// Package overview counts services by county, township, category of topic and
// month, and tells how far each township is behind. It is a projection: what it keeps can
// be rebuilt from the feed at any time.
package overview

import "sort"

// Few is the size below which a cell of a statistic is not published (rule D2):
// in a village everybody would know who it was.
const Few = 5

// Unclassified is the category of services whose topic is missing.
const Unclassified = "99"

// Cell is one count. N is meaningless when Few.
type Cell struct {
	N        int  `json:"n"`
	Verified int  `json:"verified"`
	Few      bool `json:"few"`
}

// counted says whether a record in this state is a service that was given: a
// draft is not one yet, a voided one is one no more.
func counted(state string) bool {
	return state == "submitted" || state == "verified" || state == "returned"
}

// Table is a cross table: rows are counties or the townships of one, columns are
// categories. Rows and columns are the codes in order; a missing cell is zero.
type Table struct {
	Rows    []string                   `json:"rows"`
	Columns []string                   `json:"columns"`
	Cells   map[string]map[string]Cell `json:"cells"`
}

// Suppress hides all cells with fewer than Few services, and as many more as are
// needed so that no hidden cell of a row or column can be computed from its total: where only one
// would be hidden, the smallest of its neighbours is hidden, too.
func (t Table) Suppress() {
	for r, row := range t.Cells {
		for c, cell := range row {
			if cell.N > 0 && cell.N < Few {
				t.hide(r, c)
			}
		}
	}
	for changed := true; changed; {
		changed = false
		for _, r := range t.Rows {
			changed = t.pair(func(c string) (string, string) { return r, c }, t.Columns) || changed
		}
		for _, c := range t.Columns {
			changed = t.pair(func(r string) (string, string) { return r, c }, t.Rows) || changed
		}
	}
}

// pair hides a second cell in a line that has exactly one hidden cell.
func (t Table) pair(at func(string) (string, string), codes []string) bool {
	hidden := 0
	bestRow, bestColumn, best := "", "", 0
	for _, code := range codes {
		r, c := at(code)
		cell := t.Cells[r][c]
		switch {
		case cell.Few:
			hidden++
		case cell.N > 0 && (best == 0 || cell.N < best):
			bestRow, bestColumn, best = r, c, cell.N
		}
	}
	if hidden != 1 || best == 0 {
		return false
	}
	t.hide(bestRow, bestColumn)
	return true
}

func (t Table) hide(r, c string) { t.Cells[r][c] = Cell{Few: true} }

// SuppressLine hides small counts of one line of totals in the same way.
func SuppressLine(cells map[string]Cell) {
	t := Table{Rows: []string{""}, Cells: map[string]map[string]Cell{"": cells}}
	for code := range cells {
		t.Columns = append(t.Columns, code)
	}
	sort.Strings(t.Columns)
	for code, cell := range cells {
		if cell.N > 0 && cell.N < Few {
			t.hide("", code)
		}
	}
	t.pair(func(c string) (string, string) { return "", c }, t.Columns)
}
