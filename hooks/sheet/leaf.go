package sheet

import (
	"fmt"
	"time"

	"cunju/hooks/sheet/pdf"
)

// leaf is one page of any size, filled from top to bottom in the middle: what is no
// A4 letter. Its sheets are few lines long; what does not fit is cut off by its length.
type leaf struct {
	face          *pdf.Face
	page          *pdf.Page
	width, margin float64
	y             float64
}

// renderLeaf draws a page of that width. A height of 0 is as long as its content, as
// on a roll of paper. It never panics.
func renderLeaf(title string, created time.Time, width, height, margin float64, draw func(*leaf)) (file []byte, err error) {
	defer func() {
		switch cause := recover().(type) {
		case nil:
		case stop:
			file, err = nil, cause.err
		default:
			file, err = nil, fmt.Errorf("draw leaf: %v", cause)
		}
	}()
	face, err := song()
	if err != nil {
		return nil, fmt.Errorf("read sheet font: %w", err)
	}
	fill := func(height float64) (*pdf.Document, float64) {
		doc := pdf.New(face, pdf.Info{Title: cleanLine(title), Created: created})
		l := &leaf{face: face, page: doc.AddPage(width, height), width: width, margin: margin, y: margin}
		draw(l)
		return doc, l.y + margin
	}
	if height == 0 {
		_, height = fill(pageHeight)
	}
	doc, _ := fill(height)
	if file, err = doc.Bytes(); err != nil {
		return nil, fmt.Errorf("write leaf: %w", err)
	}
	return file, nil
}

func (l *leaf) gap(height float64) { l.y += height }

// maxLeafLines bounds what one text may take.
const maxLeafLines = 12

// put prints a text, broken to the width; an empty one takes no room.
func (l *leaf) put(text string, size float64, bold, centred bool) {
	style := pdf.Style{Size: size, Bold: bold}
	room := l.width - 2*l.margin
	advance := func(r rune) float64 { return float64(l.face.Advance(r)) * size / 1000 }
	text = clean(text)
	if text == "" {
		return
	}
	lines, _ := wrap(text, room, advance)
	for i, line := range lines {
		if i == maxLeafLines {
			return
		}
		x := l.margin
		if centred {
			x += (room - l.face.Width(line, style)) / 2
		}
		pitch := size * 1.45
		l.page.Text(x, l.y+pitch/2+baseline*size, style, line)
		l.y += pitch
	}
}

func (l *leaf) middle(text string, size float64, bold bool) { l.put(text, size, bold, true) }
func (l *leaf) line(text string, size float64)              { l.put(text, size, false, false) }

// code draws a QR in the middle; side is that of one module, in points.
func (l *leaf) code(content string, side float64) {
	bits, err := modules(content)
	if err != nil {
		panic(stop{err})
	}
	whole := float64(len(bits)) * side
	l.page.Fill(dark((l.width-whole)/2, l.y+quietZone*side, side, bits))
	l.y += whole + 2*quietZone*side
}

func (l *leaf) rule() {
	l.gap(3)
	l.page.Line(l.margin, l.y, l.width-l.margin, l.y, lineInner)
	l.gap(3)
}
