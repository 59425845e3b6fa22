// Package pdf writes PDF files whose text is Chinese: one embedded TrueType face, cut down to
// the characters used, characters of every plane, and text that copies out as it was put in.
// It draws what it is told where it is told; lines and pages are its caller's business.
// The same calls give the same bytes. It imports the standard library only.
package pdf

import (
	"bytes"
	"fmt"
	"strconv"
	"time"
)

// Info is what a reader shows about the file. Both fields come from the caller, so that the
// same document is the same bytes on every day.
type Info struct {
	Title   string
	Created time.Time
}

// Document is a file being made. It is not safe for use by several goroutines; any number of
// documents may share a Face.
type Document struct {
	face   *Face
	info   Info
	codes  map[rune]uint16 // the two-byte code of a character in the page's text
	runes  []rune          // by code, from 1
	glyphs []uint16        // by code, from 1
	pages  []*Page
}

// New starts a document.
func New(face *Face, info Info) *Document {
	return &Document{face: face, info: info, codes: map[rune]uint16{}}
}

// Page is one page. Lengths are points (1/72 inch), measured from the top left corner.
type Page struct {
	doc           *Document
	width, height float64
	body          bytes.Buffer
}

// AddPage appends a page of the given size. Earlier pages can still be drawn on.
func (d *Document) AddPage(width, height float64) *Page {
	page := &Page{doc: d, width: width, height: height}
	d.pages = append(d.pages, page)
	return page
}

// Style is how text is drawn. Bold thickens the outlines, so it has every character too.
// Spacing is added after each character.
type Style struct {
	Size    float64
	Bold    bool
	Spacing float64
}

// Width is how far text of this style goes.
func (f *Face) Width(text string, style Style) float64 {
	units, count := 0, 0
	for _, r := range text {
		units += f.Advance(r)
		count++
	}
	return float64(units)*style.Size/1000 + float64(count)*style.Spacing
}

// Text draws one line, x and y being the start of its base line. A character that the face
// lacks is drawn as a box around its number, and still copies out as itself.
func (p *Page) Text(x, y float64, style Style, text string) {
	var run []rune
	start := x
	flush := func() {
		if len(run) > 0 {
			p.show(start, y, style, run)
			run = run[:0]
		}
	}
	for _, r := range text {
		advance := float64(p.doc.face.Advance(r))*style.Size/1000 + style.Spacing
		if _, ok := p.doc.face.Glyph(r); ok {
			if len(run) == 0 {
				start = x
			}
			run = append(run, r)
		} else {
			flush()
			p.showNumber(x, y, style.Size, r)
		}
		x += advance
	}
	flush()
}

// boldness is the width of the line drawn around bold characters, in ems.
const boldness = 0.032

func (p *Page) show(x, y float64, style Style, run []rune) {
	p.body.WriteString("BT /F ")
	p.numbers(style.Size)
	p.body.WriteString("Tf ")
	if style.Bold {
		p.body.WriteString("2 Tr 1 j ")
		p.numbers(style.Size * boldness)
		p.body.WriteString("w ")
	}
	if style.Spacing != 0 {
		p.numbers(style.Spacing)
		p.body.WriteString("Tc ")
	}
	p.numbers(x, p.height-y)
	p.body.WriteString("Td <")
	for _, r := range run {
		fmt.Fprintf(&p.body, "%04X", p.doc.code(r))
	}
	p.body.WriteString("> Tj")
	if style.Bold {
		p.body.WriteString(" 0 Tr 0 j")
	}
	if style.Spacing != 0 {
		p.body.WriteString(" 0 Tc")
	}
	p.body.WriteString(" ET\n")
}

// showNumber stands in for a character without a glyph. ActualText is what copies out.
func (p *Page) showNumber(x, y, size float64, r rune) {
	fmt.Fprintf(&p.body, "/Span <</ActualText %s>> BDC\n", textString(string(r)))
	p.Frame(x+0.05*size, y-0.82*size, 0.9*size, 0.94*size, 0.03*size)
	digits := fmt.Sprintf("%04X", r)
	half := (len(digits) + 1) / 2
	small := Style{Size: 0.4 * size}
	for i, row := range []string{digits[:half], digits[half:]} {
		if p.doc.face.lacks(row) { // else they would stand in for themselves, for ever
			continue
		}
		indent := (size - p.doc.face.Width(row, small)) / 2
		p.show(x+indent, y-0.42*size+float64(i)*0.4*size, small, []rune(row))
	}
	p.body.WriteString("EMC\n")
}

// code gives a character its number, in the order of first use. Two characters that share a
// glyph get two codes: the code decides what copies out.
func (d *Document) code(r rune) uint16 {
	code, ok := d.codes[r]
	if !ok {
		glyph, _ := d.face.Glyph(r)
		d.runes, d.glyphs = append(d.runes, r), append(d.glyphs, glyph)
		code = uint16(len(d.runes))
		d.codes[r] = code
	}
	return code
}

// Line draws a straight line.
func (p *Page) Line(x1, y1, x2, y2, width float64) {
	p.numbers(width)
	p.body.WriteString("w ")
	p.numbers(x1, p.height-y1)
	p.body.WriteString("m ")
	p.numbers(x2, p.height-y2)
	p.body.WriteString("l S\n")
}

// Frame draws the outline of a rectangle, x and y being its top left corner.
func (p *Page) Frame(x, y, width, height, line float64) {
	p.numbers(line)
	p.body.WriteString("w ")
	p.numbers(x, p.height-y-height, width, height)
	p.body.WriteString("re S\n")
}

// Rect is a rectangle; X and Y are its top left corner.
type Rect struct{ X, Y, Width, Height float64 }

// Fill fills rectangles black, all in one path so that no hairline shows between neighbours.
func (p *Page) Fill(rects []Rect) {
	for _, r := range rects {
		p.numbers(r.X, p.height-r.Y-r.Height, r.Width, r.Height)
		p.body.WriteString("re\n")
	}
	p.body.WriteString("f\n")
}

// numbers writes lengths with a space after each, to a thousandth of a point.
func (p *Page) numbers(values ...float64) {
	var scratch [24]byte
	for _, value := range values {
		digits := strconv.AppendFloat(scratch[:0], value, 'f', 3, 64)
		digits = bytes.TrimRight(digits, "0")
		p.body.Write(bytes.TrimRight(digits, "."))
		p.body.WriteByte(' ')
	}
}
