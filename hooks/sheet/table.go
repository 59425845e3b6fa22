package sheet

import (
	"cunju/hooks/sheet/pdf"
)

// Measures of table rows, in points.
const (
	rowPitch   = 18
	rowPadding = 4
	cellIndent = 5
	lineOuter  = 1
	lineInner  = 0.5
	// A row that must be torn leaves at least this many lines at the foot of a page.
	fewestLines = 3
)

// Cell is one field of a row.
type Cell struct {
	Text  string
	Share float64 // of the table's width; the shares of a row add up to 1
	Label bool    // names the fields beside it: centred, and repeated where the row goes on
	Foot  string  // stands at the lower right end, for a signature's date
}

// Row is one row. It grows with its longest cell and goes on overleaf when it must.
type Row struct {
	Cells  []Cell
	Height float64 // the least height, for what is written by hand
}

// laid is a cell with its lines broken.
type laid struct {
	Cell
	x, width float64
	lines    []string
	last     []bool
}

// Table prints rows inside a frame. A table on several pages is framed on each.
func (d *Doc) Table(rows []Row) {
	d.need(rowHeight(fewestLines))
	start := d.y
	turn := func() {
		d.frame(start)
		d.newPage()
		start = d.y
	}
	for _, row := range rows {
		cells := d.lay(row)
		for drawn := 0; ; {
			height := rowHeight(rest(cells, drawn))
			if drawn == 0 {
				height = max(height, min(row.Height, bottom-top))
			}
			if d.y+height <= bottom+tolerance {
				d.segment(cells, drawn, rest(cells, drawn), height, d.y > start)
				break
			}
			fitting := int((bottom - d.y - 2*rowPadding) / rowPitch)
			torn := rest(cells, drawn) >= 2*fewestLines && fitting >= fewestLines
			if torn {
				fitting = min(fitting, rest(cells, drawn)-1)
				d.segment(cells, drawn, fitting, rowHeight(fitting), d.y > start)
				drawn += fitting
			}
			turn()
		}
	}
	d.frame(start)
}

func rowHeight(lines int) float64 { return float64(lines)*rowPitch + 2*rowPadding }

func (d *Doc) lay(row Row) []laid {
	cells := make([]laid, len(row.Cells))
	x := float64(left)
	for i, cell := range row.Cells {
		cells[i] = laid{Cell: cell, x: x, width: cell.Share * width}
		cells[i].lines, cells[i].last = wrap(clean(cell.Text), cells[i].width-2*cellIndent, d.advance(pdf.Style{Size: sizeTable}))
		x += cells[i].width
	}
	return cells
}

// rest counts the lines of a row that are still to be drawn. Labels do not count once the row
// has begun: they are repeated.
func rest(cells []laid, drawn int) int {
	most := 1
	for _, cell := range cells {
		switch {
		case cell.Label:
			most = max(most, len(cell.lines))
		default:
			most = max(most, len(cell.lines)-drawn)
		}
	}
	return most
}

// segment draws the part of a row that stands on this page.
func (d *Doc) segment(cells []laid, from, count int, height float64, ruled bool) {
	if ruled {
		d.page.Line(left, d.y, left+width, d.y, lineInner)
	}
	for i, cell := range cells {
		if i > 0 {
			d.page.Line(cell.x, d.y, cell.x, d.y+height, lineInner)
		}
		d.cell(cell, from, count, height)
	}
	d.y += height
}

func (d *Doc) cell(cell laid, from, count int, height float64) {
	style := pdf.Style{Size: sizeTable}
	lines, last := cell.lines, cell.last
	if !cell.Label {
		from = min(from, len(lines))
		to := min(from+count, len(lines))
		lines, last = lines[from:to], last[from:to]
	}
	y := d.y + (height-float64(len(lines))*rowPitch)/2
	if cell.Foot != "" {
		y = d.y + rowPadding
		foot := cleanLine(cell.Foot)
		d.text(cell.x+cell.width-cellIndent-d.face.Width(foot, style), d.y+height-rowPadding-rowPitch/2+baseline*sizeTable, style, foot)
	}
	for i, line := range lines {
		base := y + float64(i)*rowPitch + rowPitch/2 + baseline*sizeTable
		if cell.Label {
			d.text(cell.x+(cell.width-d.face.Width(line, style))/2, base, style, line)
		} else {
			d.justified(cell.x+cellIndent, base, cell.width-2*cellIndent, style, line, last[i])
		}
	}
}

// frame closes the table on this page.
func (d *Doc) frame(start float64) {
	if d.y > start {
		d.page.Frame(left, start, width, d.y-start, lineOuter)
	}
}
