// Package sheet prints: A4 pages of Chinese text, tables and QR codes as PDF. It breaks lines
// itself, prints every character there is (one the font lacks as its number in a box), and
// gives the same bytes for the same input. It knows no collection and no request; callers
// hand over texts that are already masked. It imports its own writer, hooks/sheet/pdf, and
// go-qrcode.
package sheet

import (
	"errors"
	"fmt"
	"time"

	"cunju/hooks/sheet/pdf"
)

// A4 and the type area of GB/T 9704-2012, in points.
const (
	mm         = 72 / 25.4
	pageWidth  = 210 * mm
	pageHeight = 297 * mm
	left       = 28 * mm
	top        = 37 * mm
	width      = 156 * mm
	bottom     = pageHeight - 35*mm
	footerLine = bottom + 7*mm + 10 // base line: 7 mm below the type area
)

// Sizes of type (字号) in points.
const (
	sizeTitle  = 22   // 二号
	sizeBody   = 16   // 三号
	sizeOffice = 18   // 小二
	sizeSmall  = 10.5 // 五号
	sizeTable  = 12   // 小四
)

// maxPages is far above any honest sheet (10,000 characters fill 12) and keeps a hostile one
// from filling memory.
const maxPages = 200

// ErrTooLong says that a sheet would have more pages than anyone prints.
var ErrTooLong = errors.New("sheet too long")

// Options are what a sheet needs besides its content.
type Options struct {
	Title   string    // shown by the reader program, not printed
	Created time.Time // the file's date; part of the input, so that the bytes repeat
	Mark    string    // printed at the foot of every page beside its number
}

// Doc is a sheet being filled from top to bottom. Use it only inside the function given to
// Render.
type Doc struct {
	face  *pdf.Face
	file  *pdf.Document
	pages []*pdf.Page
	page  *pdf.Page
	y     float64 // where the next thing starts
	mark  string
}

// stop carries an error out of drawing, past all the calls in between.
type stop struct{ err error }

// Render makes a sheet out of what draw puts on it. It never panics.
func Render(options Options, draw func(*Doc)) (file []byte, err error) {
	defer func() {
		switch cause := recover().(type) {
		case nil:
		case stop:
			file, err = nil, cause.err
		default:
			file, err = nil, fmt.Errorf("draw sheet: %v", cause)
		}
	}()
	face, err := song()
	if err != nil {
		return nil, fmt.Errorf("read sheet font: %w", err)
	}
	doc := &Doc{
		face: face,
		file: pdf.New(face, pdf.Info{Title: cleanLine(options.Title), Created: options.Created}),
		mark: cleanLine(options.Mark),
	}
	doc.newPage()
	draw(doc)
	doc.footers()
	if file, err = doc.file.Bytes(); err != nil {
		return nil, fmt.Errorf("write sheet: %w", err)
	}
	return file, nil
}

func (d *Doc) newPage() {
	if len(d.pages) == maxPages {
		panic(stop{fmt.Errorf("%w: more than %d pages", ErrTooLong, maxPages)})
	}
	d.page = d.file.AddPage(pageWidth, pageHeight)
	d.pages = append(d.pages, d.page)
	d.y = top
}

// need starts a new page when less than height is left on this one.
func (d *Doc) need(height float64) {
	if d.y+height > bottom+tolerance && d.y > top {
		d.newPage()
	}
}

// Gap leaves white space.
func (d *Doc) Gap(height float64) { d.y += height }

// footers are drawn last, when the number of pages is known.
func (d *Doc) footers() {
	style := pdf.Style{Size: sizeSmall}
	for i, page := range d.pages {
		number := fmt.Sprintf("第 %d 页　共 %d 页", i+1, len(d.pages))
		d.page = page
		d.text(left, footerLine, style, d.fit(d.mark, style, width*0.6))
		d.text(left+width-d.face.Width(number, style), footerLine, style, number)
	}
}

// fit cuts a line that must not wrap, and shows that it was cut.
func (d *Doc) fit(text string, style pdf.Style, width float64) string {
	if d.face.Width(text, style) <= width {
		return text
	}
	lines := breakLines(text, width-style.Size, d.advance(style))
	return lines[0] + "…"
}

func (d *Doc) text(x, y float64, style pdf.Style, text string) {
	d.page.Text(x, y, style, text)
}

// advance measures single characters of a style.
func (d *Doc) advance(style pdf.Style) func(rune) float64 {
	return func(r rune) float64 {
		return float64(d.face.Advance(r))*style.Size/1000 + style.Spacing
	}
}
