package ledgers

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

const sheetName = "台账"

// maxCell is what Excel takes in one cell, in characters.
const maxCell = 32_767

// styles of a workbook, by form; Text is first.
type styles struct {
	cells                    [4]int
	head, title, note, total int
	sums                     [4]int
}

// WriteExcel writes the ledger as a workbook: real numbers, money and days, head repeated on every
// printed page, A4 across, fit to the width. Texts are written as texts: whatever a name begins with,
// no program takes it for a formula. progress hears of the rows that are done.
func WriteExcel(w io.Writer, l *Ledger, progress func(done int)) (err error) {
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := f.SetSheetName("Sheet1", sheetName); err != nil {
		return fmt.Errorf("name sheet: %w", err)
	}
	st, err := makeStyles(f)
	if err != nil {
		return err
	}
	if err := printSetUp(f); err != nil { // before the rows: a streamed sheet is written once
		return fmt.Errorf("set up printing: %w", err)
	}
	rows, err := f.NewStreamWriter(sheetName)
	if err != nil {
		return fmt.Errorf("begin sheet: %w", err)
	}
	if err := fill(rows, l, st, progress); err != nil {
		return fmt.Errorf("write rows: %w", err)
	}
	if err := rows.Flush(); err != nil {
		return fmt.Errorf("end sheet: %w", err)
	}
	if _, err := f.WriteTo(w); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	return nil
}

func makeStyles(f *excelize.File) (st styles, err error) {
	thin := []excelize.Border{{Type: "left", Style: 1}, {Type: "right", Style: 1}, {Type: "top", Style: 1}, {Type: "bottom", Style: 1}}
	wrap := &excelize.Alignment{WrapText: true, Vertical: "center"}
	middle := &excelize.Alignment{WrapText: true, Vertical: "center", Horizontal: "center"}
	make := func(s excelize.Style) (id int) {
		var e error
		if id, e = f.NewStyle(&s); e != nil {
			err = errors.Join(err, e)
		}
		return id
	}
	plain, money, date := "@", "#,##0.00", "yyyy-mm-dd"
	bold := &excelize.Font{Bold: true}
	for form, s := range map[Form]excelize.Style{
		Text: {CustomNumFmt: &plain, Alignment: wrap}, Whole: {NumFmt: 1, Alignment: &excelize.Alignment{Vertical: "center"}},
		Yuan: {CustomNumFmt: &money, Alignment: &excelize.Alignment{Vertical: "center"}}, Day: {CustomNumFmt: &date, Alignment: middle},
	} {
		s.Border = thin
		st.cells[form] = make(s)
		s.Font = bold
		st.sums[form] = make(s)
	}
	st.head = make(excelize.Style{Border: thin, Alignment: middle, Font: bold, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E7EEF0"}}})
	st.title = make(excelize.Style{Alignment: middle, Font: &excelize.Font{Bold: true, Size: 18}})
	st.note = make(excelize.Style{Alignment: &excelize.Alignment{Vertical: "center"}})
	return st, err
}

// fill writes title, head, rows and sums. Rows 1–3 are head; excelize counts from 1.
func fill(rows *excelize.StreamWriter, l *Ledger, st styles, progress func(int)) error {
	for i, column := range l.Columns {
		if err := rows.SetColWidth(i+1, i+1, column.Wide*2.1+1.5); err != nil {
			return err
		}
	}
	if err := rows.SetPanes(&excelize.Panes{Freeze: true, YSplit: 3, TopLeftCell: "A4", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	head := make([]any, len(l.Columns))
	for i, column := range l.Columns {
		head[i] = excelize.Cell{StyleID: st.head, Value: column.Zh}
	}
	if err := rows.SetRow("A1", []any{excelize.Cell{StyleID: st.title, Value: clean(l.Title)}}, excelize.RowOpts{Height: 30}); err != nil {
		return err
	}
	if err := rows.SetRow("A2", []any{excelize.Cell{StyleID: st.note, Value: clean(l.Office + "　" + l.Period)}}); err != nil {
		return err
	}
	if err := rows.SetRow("A3", head, excelize.RowOpts{Height: 30}); err != nil {
		return err
	}
	at := 4
	for i, row := range l.Rows {
		if err := rows.SetRow(fmt.Sprint("A", at), cells(l.Columns, row.Cells, st.cells)); err != nil {
			return err
		}
		at++
		if progress != nil && i%500 == 499 {
			progress(i + 1)
		}
	}
	if l.Totals != nil {
		if err := rows.SetRow(fmt.Sprint("A", at), cells(l.Columns, l.Totals, st.sums)); err != nil {
			return err
		}
		at++
	}
	if l.Note != "" {
		return rows.SetRow(fmt.Sprint("A", at), []any{excelize.Cell{StyleID: st.note, Value: clean(l.Note)}})
	}
	return nil
}

func cells(columns []Column, values []any, style [4]int) []any {
	out := make([]any, len(values))
	for i, value := range values {
		form := columns[i].Form
		switch v := value.(type) {
		case string:
			out[i] = excelize.Cell{StyleID: style[Text], Value: clean(v)}
		case int64:
			if form == Yuan {
				out[i] = excelize.Cell{StyleID: style[form], Value: float64(v) / 100}
			} else {
				out[i] = excelize.Cell{StyleID: style[form], Value: v}
			}
		case time.Time:
			out[i] = excelize.Cell{StyleID: style[form], Value: v}
		default:
			out[i] = excelize.Cell{StyleID: style[form]}
		}
	}
	return out
}

// clean drops what a workbook cannot hold: control characters, broken UTF-8, more than a cell takes.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' || r == utf8.RuneError || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, s)
	if utf8.RuneCountInString(s) > maxCell {
		s = string([]rune(s)[:maxCell-1]) + "…"
	}
	return s
}

func printSetUp(f *excelize.File) error {
	across, a4, wide, high := "landscape", 9, 1, 0
	if err := f.SetPageLayout(sheetName, &excelize.PageLayoutOptions{Size: &a4, Orientation: &across, FitToWidth: &wide, FitToHeight: &high}); err != nil {
		return err
	}
	fit := true
	if err := f.SetSheetProps(sheetName, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return err
	}
	side, end := 0.4, 0.5
	if err := f.SetPageMargins(sheetName, &excelize.PageLayoutMarginsOptions{Left: &side, Right: &side, Top: &end, Bottom: &end}); err != nil {
		return err
	}
	if err := f.SetHeaderFooter(sheetName, &excelize.HeaderFooterOptions{OddFooter: "&C第 &P 页　共 &N 页"}); err != nil {
		return err
	}
	return f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: "'" + sheetName + "'!$1:$3", Scope: sheetName})
}
