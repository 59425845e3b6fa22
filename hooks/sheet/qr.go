package sheet

import (
	"fmt"
	"math"

	qrcode "github.com/skip2/go-qrcode"

	"cunju/hooks/sheet/pdf"
)

// A module of a printed code is a whole number of dots of a 300 dpi printer, so that all
// modules come out alike; around the code stay four modules white.
const (
	dot       = 72.0 / 300
	quietZone = 4
	// codeSide is what a code should measure with its quiet zone, well above the 25 mm that a
	// form in the hand needs. A long text makes it larger rather than its modules too small.
	codeSide   = 30 * mm
	fewestDots = 6 // of a module: 0.5 mm
	// Printers blacken every dot that a shape touches. Drawn this much smaller all round, a
	// module does not spill into the next dot when sums are rounded.
	shrink = 0.01
)

// modules makes a code of level M. Upper case, digits and $%*+-./: alone give the smaller
// alphanumeric code.
func modules(content string) ([][]bool, error) {
	code, err := qrcode.New(content, qrcode.Medium)
	if err != nil {
		return nil, fmt.Errorf("make QR code: %w", err)
	}
	code.DisableBorder = true
	return code.Bitmap(), nil
}

// moduleSide is the side of one module of a code with so many modules a side.
func moduleSide(count int) float64 {
	return max(fewestDots, math.Floor(codeSide/float64(count+2*quietZone)/dot)) * dot
}

// drawCode draws a code, x and y being the corner of its quiet zone, and says how wide it is
// with it.
func (d *Doc) drawCode(x, y float64, bits [][]bool) float64 {
	side := moduleSide(len(bits))
	x = math.Round(x/dot)*dot + quietZone*side
	y = math.Round(y/dot)*dot + quietZone*side
	d.page.Fill(dark(x, y, side, bits))
	return float64(len(bits)+2*quietZone) * side
}

// dark gives the dark parts of a code, x and y being the corner of its first module.
func dark(x, y, side float64, bits [][]bool) []pdf.Rect {
	var runs []pdf.Rect
	for row, line := range bits {
		for start := 0; start < len(line); start++ {
			end := start
			for end < len(line) && line[end] {
				end++
			}
			if end > start {
				runs = append(runs, pdf.Rect{
					X: x + float64(start)*side + shrink, Width: float64(end-start)*side - 2*shrink,
					Y: y + float64(row)*side + shrink, Height: side - 2*shrink,
				})
				start = end
			}
		}
	}
	return runs
}

// Code prints a QR code at the left with its text typed below, and beside it a sentence and a
// remark that say what it is for.
func (d *Doc) Code(content, typed, sentence, remark string) {
	bits, err := modules(content)
	if err != nil {
		panic(stop{err})
	}
	side := float64(len(bits)+2*quietZone) * moduleSide(len(bits))
	const pitch = 18
	d.need(side + pitch)
	start := d.y
	d.drawCode(left, start, bits)

	small := pdf.Style{Size: sizeSmall}
	typed = d.fit(cleanLine(typed), small, width)
	indent := max(0, (side-d.face.Width(typed, small))/2)
	// The quiet zone is white enough: the code's text moves up into its last module.
	d.text(left+indent, start+side+sizeSmall-2, small, typed)

	x, room := left+side+cellIndent, width-side-cellIndent
	y := start + (side-4*pitch)/2 + pitch
	for i, part := range []string{sentence, remark} {
		style := pdf.Style{Size: sizeSmall}
		if i == 0 {
			style = pdf.Style{Size: sizeTable, Bold: true}
		}
		lines, _ := wrap(clean(part), room, d.advance(style))
		for _, line := range lines {
			d.text(x, y, style, line)
			y += pitch
		}
	}
	d.y = max(start+side+pitch, y)
}
