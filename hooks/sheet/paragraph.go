package sheet

import (
	"strings"
	"unicode/utf8"

	"cunju/hooks/sheet/pdf"
)

// baseline is how far below the middle of a line its base line runs, in ems: ideographs
// reach from 0.88 above it to 0.12 below.
const baseline = 0.38

// Office prints the name of the office that the sheet comes from, centred.
func (d *Doc) Office(name string) {
	d.centred(cleanLine(name), pdf.Style{Size: sizeOffice}, 26)
}

// Title prints the sheet's own name, centred and heavy.
func (d *Doc) Title(title string) {
	d.centred(cleanLine(title), pdf.Style{Size: sizeTitle, Bold: true, Spacing: 2}, 34)
}

func (d *Doc) centred(text string, style pdf.Style, pitch float64) {
	lines, _ := wrap(text, width, d.advance(style))
	for _, line := range lines {
		d.need(pitch)
		line = strings.TrimRight(line, " ")
		x := left + (width-d.face.Width(line, style)+style.Spacing)/2
		d.text(x, d.y+pitch/2+baseline*style.Size, style, line)
		d.y += pitch
	}
}

// Ends prints one line with something at its left and something at its right end.
func (d *Doc) Ends(start, end string) {
	const pitch = 22
	style := pdf.Style{Size: sizeTable}
	end = d.fit(cleanLine(end), style, width)
	room := width - d.face.Width(end, style) - sizeTable
	d.need(2 * pitch)
	start = cleanLine(start)
	if d.face.Width(start, style) > room && start != "" { // no room side by side: one below the other
		d.text(left, d.y+pitch/2+baseline*style.Size, style, d.fit(start, style, width))
		d.y += pitch
		start = ""
	}
	y := d.y + pitch/2 + baseline*style.Size
	d.text(left, y, style, start)
	d.text(left+width-d.face.Width(end, style), y, style, end)
	d.y += pitch
}

// Paragraphs prints body text, 28 characters a line and 22 lines a page, each paragraph
// indented by two characters.
func (d *Doc) Paragraphs(text string) {
	const pitch = (bottom - top) / 22
	style := pdf.Style{Size: width / 28}
	for paragraph := range strings.SplitSeq(clean(text), "\n") {
		lines, last := wrap("　　"+paragraph, width, d.advance(style))
		for i, line := range lines {
			d.need(pitch)
			d.justified(left, d.y+pitch/2+baseline*style.Size, width, style, line, last[i])
			d.y += pitch
		}
	}
}

// justified stretches a line to the full width, unless it ends a paragraph or is so short
// that it would look torn.
func (d *Doc) justified(x, y, width float64, style pdf.Style, line string, last bool) {
	line = strings.TrimRight(line, " ")
	slack := width - d.face.Width(line, style)
	if gaps := utf8.RuneCountInString(line) - 1; !last && gaps > 0 && slack > 0 && slack < 2*style.Size {
		style.Spacing += slack / float64(gaps)
	}
	d.text(x, y, style, line)
}
