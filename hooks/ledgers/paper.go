package ledgers

import (
	"fmt"
	"io"
	"time"

	"cunju/hooks/sheet"
)

// WritePaper prints the ledger on A4 landscape. progress hears of the rows that are done.
func WritePaper(w io.Writer, l *Ledger, printed time.Time, progress func(done int)) error {
	var wide float64
	for _, column := range l.Columns {
		wide += column.Wide
	}
	r := sheet.Register{Title: l.Title, Office: l.Office, Period: l.Period, Note: l.Note, PrintedAt: printed}
	for _, column := range l.Columns {
		r.Heads = append(r.Heads, sheet.RegisterHead{Name: column.Zh, Share: column.Wide / wide, Right: column.Form == Whole || column.Form == Yuan})
	}
	if l.Totals != nil {
		r.Totals = texts(l.Columns, l.Totals)
	}
	done := 0
	file, err := r.PDF(func() ([]string, bool) {
		if done == len(l.Rows) {
			return nil, false
		}
		if progress != nil && done%500 == 499 {
			progress(done)
		}
		done++
		return texts(l.Columns, l.Rows[done-1].Cells), true
	})
	if err != nil {
		return err
	}
	if _, err := w.Write(file); err != nil {
		return fmt.Errorf("write ledger: %w", err)
	}
	return nil
}

func texts(columns []Column, values []any) []string {
	out := make([]string, len(values))
	for i, value := range values {
		out[i] = shown(value, columns[i].Form)
	}
	return out
}
