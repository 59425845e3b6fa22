package sheet

import (
	"fmt"
	"time"

	"cunju/hooks/sheet/pdf"
)

// Register is a long table on A4 landscape: a ledger. Its head is repeated on every page; a cell
// holds at most three lines and shows where it was cut, because the record itself holds the whole text.
type Register struct {
	Title, Office, Period, Note string
	Heads                       []RegisterHead
	Totals                      []string // under the last row; nil where nothing is added up
	PrintedAt                   time.Time
}

// RegisterHead is one column: its name, its share of the width (all add up to 1), and whether its cells are numbers.
type RegisterHead struct {
	Name  string
	Share float64
	Right bool
}

// Measures of a register, in points.
const (
	acrossWidth    = pageHeight
	acrossHeight   = pageWidth
	registerMargin = 15 * mm
	registerTop    = 18 * mm
	registerSize   = 8.5
	registerPitch  = 11.5
	registerPad    = 2.5
	registerLines  = 3
	maxLeaves      = 3000
)

type register struct {
	Register
	face  *pdf.Face
	file  *pdf.Document
	pages []*pdf.Page
	page  *pdf.Page
	y     float64
	from  float64 // top of the table on this page
}

// PDF prints the rows that next gives until it says no.
func (r Register) PDF(next func() (row []string, more bool)) (file []byte, err error) {
	defer func() {
		switch cause := recover().(type) {
		case nil:
		case stop:
			file, err = nil, cause.err
		default:
			file, err = nil, fmt.Errorf("draw register: %v", cause)
		}
	}()
	face, err := song()
	if err != nil {
		return nil, fmt.Errorf("read sheet font: %w", err)
	}
	d := &register{Register: r, face: face, file: pdf.New(face, pdf.Info{Title: cleanLine(r.Title), Created: r.PrintedAt})}
	d.begin()
	for row, more := next(); more; row, more = next() {
		d.row(row, false)
	}
	if r.Totals != nil {
		d.row(r.Totals, true)
	}
	d.end()
	if file, err = d.file.Bytes(); err != nil {
		return nil, fmt.Errorf("write register: %w", err)
	}
	return file, nil
}

func (d *register) width() float64 { return acrossWidth - 2*registerMargin }

// begin starts a page with the title, on the first one, and the head of the table.
func (d *register) begin() {
	if len(d.pages) == maxLeaves {
		panic(stop{fmt.Errorf("%w: more than %d pages", ErrTooLong, maxLeaves)})
	}
	d.page = d.file.AddPage(acrossWidth, acrossHeight)
	d.pages = append(d.pages, d.page)
	d.y = registerTop
	if len(d.pages) == 1 {
		title, small := pdf.Style{Size: sizeOffice, Bold: true}, pdf.Style{Size: sizeSmall}
		text := cleanLine(d.Title)
		d.page.Text((acrossWidth-d.face.Width(text, title))/2, d.y+baseline*sizeOffice, title, text)
		d.y += 24
		d.page.Text(registerMargin, d.y+baseline*sizeSmall, small, cleanLine(d.Office))
		period := cleanLine(d.Period)
		d.page.Text(acrossWidth-registerMargin-d.face.Width(period, small), d.y+baseline*sizeSmall, small, period)
		d.y += 12
	}
	d.from = d.y
	heads := make([]string, len(d.Heads))
	for i, head := range d.Heads {
		heads[i] = head.Name
	}
	d.draw(heads, true, true)
}

func (d *register) row(cells []string, bold bool) {
	height := d.height(cells, bold)
	if d.y+height > acrossHeight-registerTop {
		d.close()
		d.begin()
	}
	d.draw(cells, bold, false)
}

func (d *register) lines(cell string, share float64, style pdf.Style) []string {
	text := cleanLine(cell)
	room := share*d.width() - 2*registerPad
	if d.face.Width(text, style) <= room {
		return []string{text}
	}
	lines := breakLines(text, room, func(r rune) float64 { return float64(d.face.Advance(r)) * style.Size / 1000 })
	if len(lines) > registerLines {
		last := []rune(lines[registerLines-1])
		lines = append(lines[:registerLines-1:registerLines-1], string(last[:max(len(last)-1, 0)])+"…")
	}
	return lines
}

func (d *register) height(cells []string, bold bool) float64 {
	style, most := pdf.Style{Size: registerSize, Bold: bold}, 1
	for i, cell := range cells {
		most = max(most, len(d.lines(cell, d.Heads[i].Share, style)))
	}
	return float64(most)*registerPitch + 2*registerPad
}

func (d *register) draw(cells []string, bold, centred bool) {
	style, height, x := pdf.Style{Size: registerSize, Bold: bold}, d.height(cells, bold), registerMargin
	for i, cell := range cells {
		wide := d.Heads[i].Share * d.width()
		lines := d.lines(cell, d.Heads[i].Share, style)
		top := d.y + (height-float64(len(lines))*registerPitch)/2
		for n, line := range lines {
			at := x + registerPad
			if free := wide - d.face.Width(line, style); centred {
				at = x + free/2
			} else if d.Heads[i].Right {
				at = x + free - registerPad
			}
			d.page.Text(at, top+float64(n)*registerPitch+registerPitch/2+baseline*registerSize, style, line)
		}
		if i > 0 {
			d.page.Line(x, d.y, x, d.y+height, lineInner)
		}
		x += wide
	}
	d.y += height
	d.page.Line(registerMargin, d.y, acrossWidth-registerMargin, d.y, lineInner)
}

// close frames the table on this page.
func (d *register) close() {
	d.page.Frame(registerMargin, d.from, d.width(), d.y-d.from, lineOuter)
}

// end closes the table, prints the note and the places for signatures, and numbers the pages.
func (d *register) end() {
	d.close()
	style := pdf.Style{Size: sizeSmall}
	if d.y+40 > acrossHeight-registerTop {
		d.page = d.file.AddPage(acrossWidth, acrossHeight)
		d.pages = append(d.pages, d.page)
		d.y = registerTop
	}
	if d.Note != "" {
		d.page.Text(registerMargin, d.y+14, pdf.Style{Size: registerSize}, cleanLine(d.Note))
		d.y += 14
	}
	d.page.Text(registerMargin, d.y+20, style, "制表人：　　　　　　　审核人：　　　　　　　日期："+signDate)
	for i, page := range d.pages {
		number := fmt.Sprintf("第 %d 页　共 %d 页", i+1, len(d.pages))
		page.Text((acrossWidth-d.face.Width(number, style))/2, acrossHeight-9*mm, style, number)
	}
}
