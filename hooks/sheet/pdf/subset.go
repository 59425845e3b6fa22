package pdf

import (
	"encoding/binary"
	"fmt"
)

// subset makes a font program that holds the given glyphs, renumbered 1, 2, 3 … in the order
// given (0 stays the glyph for "missing"), and only the tables a PDF reader needs.
func (f *Face) subset(glyphs []uint16) ([]byte, error) {
	var outlines []byte
	all := append([]uint16{0}, glyphs...)
	metrics := make([]byte, 0, 4*len(all))
	offsets := make([]byte, 4, 4*(len(all)+1))
	for _, glyph := range all {
		outline, err := f.outline(glyph)
		if err != nil {
			return nil, err
		}
		outlines = append(outlines, outline...)
		outlines = append(outlines, make([]byte, -len(outlines)&3)...)
		offsets = binary.BigEndian.AppendUint32(offsets, uint32(len(outlines)))
		metrics = append(metrics, f.metric(glyph)...)
	}
	head, hhea, maxp := clone(f.tables["head"]), clone(f.tables["hhea"]), clone(f.tables["maxp"])
	binary.BigEndian.PutUint32(head[8:], 0)  // checksum of the whole, set at the end
	binary.BigEndian.PutUint16(head[50:], 1) // loca holds 32-bit offsets
	binary.BigEndian.PutUint16(hhea[34:], uint16(len(all)))
	binary.BigEndian.PutUint16(maxp[4:], uint16(len(all)))
	return assemble([]table{ // the directory must be sorted by tag
		{"glyf", outlines}, {"head", head}, {"hhea", hhea}, {"hmtx", metrics}, {"loca", offsets}, {"maxp", maxp},
	}), nil
}

// outline returns one glyph's bytes in glyf; empty for a space.
func (f *Face) outline(glyph uint16) ([]byte, error) {
	loca, i := f.tables["loca"], int(glyph)
	if i >= f.glyphs {
		return nil, fmt.Errorf("%w: no glyph %d", ErrFont, glyph)
	}
	var start, end int
	if f.longLoca {
		start, end = int(binary.BigEndian.Uint32(loca[4*i:])), int(binary.BigEndian.Uint32(loca[4*i+4:]))
	} else {
		start, end = 2*int(binary.BigEndian.Uint16(loca[2*i:])), 2*int(binary.BigEndian.Uint16(loca[2*i+2:]))
	}
	if start > end || end > len(f.tables["glyf"]) {
		return nil, fmt.Errorf("%w: glyph %d lies outside", ErrFont, glyph)
	}
	outline := f.tables["glyf"][start:end]
	if len(outline) >= 2 && int16(binary.BigEndian.Uint16(outline)) < 0 {
		// Parts are named by glyph numbers, which change here. The sheet font has none.
		return nil, fmt.Errorf("%w: glyph %d is made of parts", ErrFont, glyph)
	}
	return outline, nil
}

// metric is the advance and left bearing of one glyph, as hmtx stores them.
func (f *Face) metric(glyph uint16) []byte {
	hmtx, i := f.tables["hmtx"], int(glyph)
	if i < f.longMetrics {
		return hmtx[4*i : 4*i+4]
	}
	last := 4 * (f.longMetrics - 1)
	bearing := 4*f.longMetrics + 2*(i-f.longMetrics)
	return append(clone(hmtx[last:last+2]), hmtx[bearing:bearing+2]...)
}

type table struct {
	tag  string
	data []byte
}

// assemble writes header, directory and tables, each with its checksum.
func assemble(tables []table) []byte {
	power := 1
	for power*2 <= len(tables) {
		power *= 2
	}
	log := 0
	for 1<<(log+1) <= power {
		log++
	}
	font := binary.BigEndian.AppendUint32(nil, 0x00010000)
	for _, n := range []int{len(tables), 16 * power, log, 16 * (len(tables) - power)} {
		font = binary.BigEndian.AppendUint16(font, uint16(n))
	}
	offset, head := 12+16*len(tables), 0
	for _, t := range tables {
		if t.tag == "head" {
			head = offset
		}
		font = append(font, t.tag...)
		for _, n := range []uint32{checksum(t.data), uint32(offset), uint32(len(t.data))} {
			font = binary.BigEndian.AppendUint32(font, n)
		}
		offset += (len(t.data) + 3) &^ 3
	}
	for _, t := range tables {
		font = append(font, t.data...)
		font = append(font, make([]byte, -len(t.data)&3)...)
	}
	binary.BigEndian.PutUint32(font[head+8:], 0xB1B0AFBA-checksum(font))
	return font
}

func checksum(data []byte) uint32 {
	var sum uint32
	for len(data) >= 4 {
		sum += binary.BigEndian.Uint32(data)
		data = data[4:]
	}
	var last [4]byte
	copy(last[:], data)
	return sum + binary.BigEndian.Uint32(last[:])
}

func clone(b []byte) []byte { return append([]byte(nil), b...) }
