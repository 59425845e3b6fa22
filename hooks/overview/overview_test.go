package overview

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func cross(cells map[string]map[string]int) Table {
	t := Table{Cells: map[string]map[string]Cell{}}
	columns := map[string]Cell{}
	rows := map[string]Cell{}
	for r, row := range cells {
		t.Cells[r] = map[string]Cell{}
		rows[r] = Cell{}
		for c, n := range row {
			t.Cells[r][c] = Cell{N: n}
			columns[c] = Cell{}
		}
	}
	t.Rows, t.Columns = keys(rows), keys(columns)
	return t
}

func TestSuppressHidesSmallCellsAndOneMoreInTheirLines(t *testing.T) {
	table := cross(map[string]map[string]int{
		"a": {"01": 3, "02": 20, "03": 9},
		"b": {"01": 50, "02": 30, "03": 40},
	})
	table.Suppress()
	assert.Equal(t, map[string]Cell{"01": {Few: true}, "02": {N: 20}, "03": {Few: true}}, table.Cells["a"])
	assert.Equal(t, map[string]Cell{"01": {Few: true}, "02": {N: 30}, "03": {Few: true}}, table.Cells["b"])
}

func TestSuppressLeavesLargeTablesAlone(t *testing.T) {
	table := cross(map[string]map[string]int{"a": {"01": 5, "02": 0}, "b": {"01": 7, "02": 6}})
	table.Suppress()
	assert.Equal(t, Cell{N: 5}, table.Cells["a"]["01"])
	assert.Equal(t, Cell{N: 6}, table.Cells["b"]["02"])
}

// Whatever the table, no cell below Few is shown, and no row or column with a total
// has exactly one hidden cell beside shown ones that could be subtracted.
func TestSuppressedCellsCannotBeComputed(t *testing.T) {
	for seed := range uint64(300) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		cells := map[string]map[string]int{}
		for r := range 1 + rnd.IntN(6) {
			cells[fmt.Sprint(r)] = map[string]int{}
			for c := range 1 + rnd.IntN(7) {
				cells[fmt.Sprint(r)][fmt.Sprint(c)] = rnd.IntN(14)
			}
		}
		table := cross(cells)
		table.Suppress()
		for r, row := range table.Cells {
			for c, cell := range row {
				if cell.Few {
					assert.Zero(t, cell.N, "seed %d", seed)
					continue
				}
				assert.True(t, cell.N == 0 || cell.N >= Few, "seed %d: %s/%s shows %d", seed, r, c, cell.N)
			}
		}
		lines := func(codes, across []string, at func(x, y string) Cell) {
			for _, x := range codes {
				hidden, shown := 0, 0
				for _, y := range across {
					switch cell := at(x, y); {
					case cell.Few:
						hidden++
					case cell.N > 0:
						shown++
					}
				}
				assert.False(t, hidden == 1 && shown > 0, "seed %d: line %s", seed, x)
			}
		}
		lines(table.Rows, table.Columns, func(r, c string) Cell { return table.Cells[r][c] })
		lines(table.Columns, table.Rows, func(c, r string) Cell { return table.Cells[r][c] })
	}
}

func TestSuppressLine(t *testing.T) {
	cells := map[string]Cell{"01": {N: 2}, "02": {N: 30}, "03": {N: 8}}
	SuppressLine(cells)
	assert.Equal(t, map[string]Cell{"01": {Few: true}, "02": {N: 30}, "03": {Few: true}}, cells)
}

func TestSpot(t *testing.T) {
	record := func(change map[string]any) map[string]any {
		m := map[string]any{"region": "500238101201", "occurred_at": "2026-11-30T23:30:00+08:00", "topic": "0801", "state": "submitted"}
		for k, v := range change {
			m[k] = v
		}
		return m
	}
	want := spot{Month: "2026-11", Township: "500238101", Category: "08"}
	got, ok := spotOf(record(nil))
	assert.True(t, ok)
	assert.Equal(t, want, got)
	want.Verified = 1
	got, _ = spotOf(record(map[string]any{"state": "verified"}))
	assert.Equal(t, want, got)
	got, _ = spotOf(record(map[string]any{"topic": ""}))
	assert.Equal(t, Unclassified, got.Category)
	for name, set := range map[string]map[string]any{"draft": record(map[string]any{"state": "draft"}), "voided": record(map[string]any{"state": "voided"}),
		"no state": record(map[string]any{"state": ""}), "no time": record(map[string]any{"occurred_at": ""}), "no date": record(map[string]any{"occurred_at": "someday ago"}),
		"no region": record(map[string]any{"region": ""}), "nothing": {}} {
		_, ok := spotOf(set)
		assert.False(t, ok, name)
	}
}

func TestExportRunsNoFormula(t *testing.T) {
	totals := Totals{Month: "2026-11", ByCounty: map[string]Cell{"500238000000": {N: 12, Verified: 3}},
		Table: cross(map[string]map[string]int{"500238000000": {"08": 12}})}
	evil := []string{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", `=HYPERLINK("http://x")`, "正常"}
	for _, name := range evil {
		data, err := table(totals, map[string]string{"500238000000": name}, []Named{{Code: "08", Zh: name, En: name}}, "zh")
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(string(data), "\ufeff"))
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(data), "\ufeff"))).ReadAll()
		require.NoError(t, err)
		for _, row := range rows {
			for _, cell := range row {
				assert.False(t, cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r\n"), "%q", cell)
			}
		}
		assert.Equal(t, "12", rows[1][3])
	}
}
