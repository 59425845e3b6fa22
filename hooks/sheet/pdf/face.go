package pdf

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sort"
)

// ErrFont is wrapped by every complaint about the bytes of a font.
var ErrFont = errors.New("font not usable")

// Face is a TrueType font, read in place. It never writes to its bytes, so one Face may
// serve any number of documents at the same time.
type Face struct {
	name             string
	tables           map[string][]byte
	groups           []byte // cmap format 12: 12 bytes a group, sorted
	unitsPerEm       int
	glyphs           int // number of glyphs
	longMetrics      int // glyphs with an advance of their own
	longLoca         bool
	ascent, descent  int // thousandths of the em
	xMin, yMin, xMax int
	yMax             int
}

// ParseFace reads the table directory of a TrueType font with outlines in glyf and a
// Unicode cmap of format 12. name is what the PDF calls it, without spaces.
func ParseFace(name string, data []byte) (*Face, error) {
	tables, err := readTables(data)
	if err != nil {
		return nil, err
	}
	face := &Face{name: name, tables: tables}
	if err := face.readHeaders(); err != nil {
		return nil, err
	}
	if face.groups, err = readGroups(tables["cmap"]); err != nil {
		return nil, err
	}
	return face, nil
}

func readTables(data []byte) (map[string][]byte, error) {
	if len(data) < 12 || binary.BigEndian.Uint32(data) != 0x00010000 {
		return nil, fmt.Errorf("%w: no TrueType header", ErrFont)
	}
	count := int(binary.BigEndian.Uint16(data[4:]))
	if len(data) < 12+16*count {
		return nil, fmt.Errorf("%w: table directory cut short", ErrFont)
	}
	tables := make(map[string][]byte, count)
	for i := range count {
		entry := data[12+16*i:]
		start, size := uint64(binary.BigEndian.Uint32(entry[8:])), uint64(binary.BigEndian.Uint32(entry[12:]))
		if start+size > uint64(len(data)) {
			return nil, fmt.Errorf("%w: table %q lies outside", ErrFont, entry[:4])
		}
		tables[string(entry[:4])] = data[start : start+size : start+size]
	}
	for table, least := range map[string]int{"head": 54, "hhea": 36, "maxp": 32, "hmtx": 4, "loca": 4, "glyf": 0, "cmap": 4} {
		if found, ok := tables[table]; !ok || len(found) < least {
			return nil, fmt.Errorf("%w: table %q missing or cut short", ErrFont, table)
		}
	}
	return tables, nil
}

func (f *Face) readHeaders() error {
	head, hhea := f.tables["head"], f.tables["hhea"]
	f.unitsPerEm = int(binary.BigEndian.Uint16(head[18:]))
	f.longLoca = binary.BigEndian.Uint16(head[50:]) == 1
	f.glyphs = int(binary.BigEndian.Uint16(f.tables["maxp"][4:]))
	f.longMetrics = int(binary.BigEndian.Uint16(hhea[34:]))
	entry := 2
	if f.longLoca {
		entry = 4
	}
	switch {
	case f.unitsPerEm == 0:
		return fmt.Errorf("%w: no units in the em", ErrFont)
	case f.longMetrics == 0 || f.longMetrics > f.glyphs || len(f.tables["hmtx"]) < 4*f.longMetrics+2*(f.glyphs-f.longMetrics):
		return fmt.Errorf("%w: hmtx cut short", ErrFont)
	case len(f.tables["loca"]) < entry*(f.glyphs+1):
		return fmt.Errorf("%w: loca cut short", ErrFont)
	}
	f.ascent, f.descent = f.thousandths(hhea[4:]), f.thousandths(hhea[6:])
	f.xMin, f.yMin = f.thousandths(head[36:]), f.thousandths(head[38:])
	f.xMax, f.yMax = f.thousandths(head[40:]), f.thousandths(head[42:])
	return nil
}

// thousandths reads a signed length in font units.
func (f *Face) thousandths(b []byte) int {
	return int(int16(binary.BigEndian.Uint16(b))) * 1000 / f.unitsPerEm
}

// readGroups finds the format 12 subtable, the only one that reaches above U+FFFF.
func readGroups(cmap []byte) ([]byte, error) {
	count := int(binary.BigEndian.Uint16(cmap[2:]))
	for i := range count {
		if len(cmap) < 4+8*(i+1) {
			break
		}
		start := uint64(binary.BigEndian.Uint32(cmap[4+8*i+4:]))
		if start+16 > uint64(len(cmap)) || binary.BigEndian.Uint16(cmap[start:]) != 12 {
			continue
		}
		size := 12 * uint64(binary.BigEndian.Uint32(cmap[start+12:]))
		if start+16+size > uint64(len(cmap)) {
			break
		}
		return cmap[start+16 : start+16+size], nil
	}
	return nil, fmt.Errorf("%w: no cmap of format 12", ErrFont)
}

// Glyph finds the glyph of a character; false when the font has none.
func (f *Face) Glyph(r rune) (uint16, bool) {
	code, count := uint32(r), len(f.groups)/12
	i := sort.Search(count, func(i int) bool { return binary.BigEndian.Uint32(f.groups[12*i+4:]) >= code })
	if i == count {
		return 0, false
	}
	first := binary.BigEndian.Uint32(f.groups[12*i:])
	glyph := uint64(binary.BigEndian.Uint32(f.groups[12*i+8:])) + uint64(code-first)
	if code < first || glyph == 0 || glyph >= uint64(f.glyphs) {
		return 0, false
	}
	return uint16(glyph), true
}

// lacks reports whether the font has no glyph for some character of text.
func (f *Face) lacks(text string) bool {
	for _, r := range text {
		if _, ok := f.Glyph(r); !ok {
			return true
		}
	}
	return false
}

// Advance is the width of a character in thousandths of the em. One the font lacks is drawn
// in a box one em wide.
func (f *Face) Advance(r rune) int {
	glyph, ok := f.Glyph(r)
	if !ok {
		return 1000
	}
	return f.advance(glyph)
}

func (f *Face) advance(glyph uint16) int {
	i := min(int(glyph), f.longMetrics-1)
	return int(binary.BigEndian.Uint16(f.tables["hmtx"][4*i:])) * 1000 / f.unitsPerEm
}
