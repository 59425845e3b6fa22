// Package ledgers makes the registers that an office must keep, 台账: the monthly register of services,
// the yearly volume of a village (rule R3), the register of work orders and the subsidy sheet
// (rules E6, P4); as a page, as an Excel file and as A4 landscape. Nothing is typed for them: every
// line comes from a record and leads back to it.
package ledgers

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// Kinds of ledgers.
const (
	Register = "register" // services of a month or year
	Volume   = "volume"   // everything of one village and year
	Orders   = "orders"   // work orders received in a month or year
	Payable  = "subsidy"  // subsidy of a year
)

// MaxRows is what one file may hold; more is nobody's register and would fill the memory.
const MaxRows = 50_000

// Form says what a column's cells hold.
type Form int

// Forms of cells: strings; whole numbers; money in fen; days as time.Time at midnight in China.
const (
	Text Form = iota
	Whole
	Yuan
	Day
)

// Column is one column of a ledger. Wide is its width in Chinese characters.
type Column struct {
	Key, Zh, En string
	Form        Form
	Wide        float64
}

// Row is one line; Link is the place in the office's pages where it comes from.
type Row struct {
	Link  string
	Cells []any // one a column: string, int64 or time.Time, as the column's form says; nil is empty
}

// Ledger is a whole register.
type Ledger struct {
	Kind, Title, Office, Period string
	Columns                     []Column
	Rows                        []Row
	Totals                      []any // under the columns; nil where nothing is added up
	Note                        string
	More                        int // rows that were left out, of a preview
}

// Ask is which ledger is wanted.
type Ask struct {
	Kind   string
	Period Period
	Region string // 12 digits
	Sealed bool   // the caller may see that sealed records exist
	Full   bool   // names in full: asked for with a purpose, and written down
	Limit  int    // rows
}

// Period is a month or a year of China's calendar.
type Period struct {
	Year, Month int // Month 0: the whole year
}

var periodForm = regexp.MustCompile(`^(20[0-9]{2})(?:-(0[1-9]|1[0-2]))?$`)

// ParsePeriod reads 2026 or 2026-11.
func ParsePeriod(s string) (Period, error) {
	m := periodForm.FindStringSubmatch(s)
	if m == nil {
		return Period{}, fmt.Errorf("no month or year: %.20q", s)
	}
	year, _ := strconv.Atoi(m[1])
	month, _ := strconv.Atoi(m[2])
	return Period{year, month}, nil
}

// String is the form that ParsePeriod reads.
func (p Period) String() string {
	if p.Month == 0 {
		return strconv.Itoa(p.Year)
	}
	return fmt.Sprintf("%d-%02d", p.Year, p.Month)
}

// Chinese is how a printed sheet names it.
func (p Period) Chinese() string {
	if p.Month == 0 {
		return fmt.Sprintf("%d 年度", p.Year)
	}
	return fmt.Sprintf("%d 年 %d 月", p.Year, p.Month)
}

// Days are the first day of the period and the first one after it, as RFC 3339 dates: the
// times of records, all written in China's time, compare with them as text.
func (p Period) Days() (from, to string) {
	first := time.Date(p.Year, time.Month(max(p.Month, 1)), 1, 0, 0, 0, 0, time.UTC)
	next := first.AddDate(1, 0, 0)
	if p.Month != 0 {
		next = first.AddDate(0, 1, 0)
	}
	return first.Format(time.DateOnly), next.Format(time.DateOnly)
}

// add puts the sums of the columns that hold whole numbers or money under the ledger.
func (l *Ledger) add(keys ...string) {
	l.Totals = make([]any, len(l.Columns))
	for i, column := range l.Columns {
		for _, key := range keys {
			if column.Key != key {
				continue
			}
			var sum int64
			for _, row := range l.Rows {
				if v, ok := row.Cells[i].(int64); ok {
					sum += v
				}
			}
			l.Totals[i] = sum
		}
	}
	l.Totals[0] = "合计"
}
