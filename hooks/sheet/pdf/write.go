package pdf

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"time"
	"unicode/utf16"
)

// Numbers of the objects that every file has; pages follow, two objects each.
const (
	objCatalog = iota + 1
	objPages
	objInfo
	objFont
	objDescendant
	objDescriptor
	objProgram
	objToUnicode
	objFirstPage
)

// Bytes finishes the file.
func (d *Document) Bytes() ([]byte, error) {
	program, err := d.face.subset(d.glyphs)
	if err != nil {
		return nil, err
	}
	w := &writer{}
	w.WriteString("%PDF-1.7\n%\xE4\xB8\xAD\xE6\n") // the second line says: binary
	w.object("<</Type/Catalog/Pages %d 0 R/Lang(zh-CN)/ViewerPreferences<</DisplayDocTitle true>>>>", objPages)
	w.object("<</Type/Pages/Count %d/Kids[%s]>>", len(d.pages), d.kids())
	w.object("<</Title %s/Producer(cunju)/CreationDate(%s)/ModDate(%[2]s)>>", textString(d.info.Title), date(d.info.Created))
	w.fontObjects(d, program)
	for i, page := range d.pages {
		w.object("<</Type/Page/Parent %d 0 R/MediaBox[0 0 %.3f %.3f]/Resources<</Font<</F %d 0 R>>>>/Contents %d 0 R>>",
			objPages, page.width, page.height, objFont, objFirstPage+2*i+1)
		w.stream("", page.body.Bytes())
	}
	w.trailer()
	return w.Bytes(), w.err
}

func (d *Document) kids() string {
	var kids bytes.Buffer
	for i := range d.pages {
		fmt.Fprintf(&kids, "%d 0 R ", objFirstPage+2*i)
	}
	return kids.String()
}

// fontObjects writes the composite font: two-byte codes that are glyph numbers of the subset.
func (w *writer) fontObjects(d *Document, program []byte) {
	f := d.face
	name := subsetTag(program) + "+" + f.name
	w.object("<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>",
		name, objDescendant, objToUnicode)
	var widths bytes.Buffer
	for _, glyph := range d.glyphs {
		fmt.Fprintf(&widths, "%d ", f.advance(glyph))
	}
	w.object("<</Type/Font/Subtype/CIDFontType2/BaseFont/%s/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"+
		"/FontDescriptor %d 0 R/CIDToGIDMap/Identity/DW 1000/W[1[%s]]>>", name, objDescriptor, widths.String())
	w.object("<</Type/FontDescriptor/FontName/%s/Flags 4/FontBBox[%d %d %d %d]/ItalicAngle 0/Ascent %d/Descent %d/CapHeight %[6]d/StemV 80/FontFile2 %[8]d 0 R>>",
		name, f.xMin, f.yMin, f.xMax, f.yMax, f.ascent, f.descent, objProgram)
	w.stream(fmt.Sprintf("/Length1 %d", len(program)), program)
	w.stream("", toUnicode(d.runes))
}

// subsetTag is the six capital letters that tell one subset from another.
func subsetTag(program []byte) string {
	sum := sha256.Sum256(program)
	tag := sum[:6]
	for i := range tag {
		tag[i] = 'A' + tag[i]%26
	}
	return string(tag)
}

// toUnicode maps codes back to characters; those above U+FFFF are two UTF-16 units.
func toUnicode(runes []rune) []byte {
	var cmap bytes.Buffer
	cmap.WriteString("/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n" +
		"/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n" +
		"/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n" +
		"1 begincodespacerange <0000> <FFFF> endcodespacerange\n")
	const most = 100 // entries that one block may hold
	for start := 0; start < len(runes); start += most {
		block := runes[start:min(start+most, len(runes))]
		fmt.Fprintf(&cmap, "%d beginbfchar\n", len(block))
		for i, r := range block {
			fmt.Fprintf(&cmap, "<%04X> <%X>\n", start+i+1, utf16Bytes(string(r)))
		}
		cmap.WriteString("endbfchar\n")
	}
	cmap.WriteString("endcmap CMapName currentdict /CMap defineresource pop end end\n")
	return cmap.Bytes()
}

func utf16Bytes(s string) []byte {
	var out []byte
	for _, unit := range utf16.Encode([]rune(s)) {
		out = binary.BigEndian.AppendUint16(out, unit)
	}
	return out
}

// textString is a PDF string in UTF-16 with byte order mark, in hexadecimal.
func textString(s string) string { return fmt.Sprintf("<FEFF%X>", utf16Bytes(s)) }

func date(t time.Time) string {
	zone := t.Format("-0700")
	return t.Format("D:20060102150405") + zone[:3] + "'" + zone[3:] + "'"
}

// writer counts offsets for the cross-reference table.
type writer struct {
	bytes.Buffer
	offsets []int
	err     error
}

func (w *writer) begin() {
	w.offsets = append(w.offsets, w.Len())
	fmt.Fprintf(w, "%d 0 obj\n", len(w.offsets))
}

func (w *writer) object(format string, args ...any) {
	w.begin()
	fmt.Fprintf(w, format, args...)
	w.WriteString("\nendobj\n")
}

func (w *writer) stream(entries string, data []byte) {
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	_, err := z.Write(data)
	if closeErr := z.Close(); err == nil {
		err = closeErr
	}
	if err != nil && w.err == nil {
		w.err = fmt.Errorf("compress stream: %w", err)
	}
	w.begin()
	fmt.Fprintf(w, "<</Filter/FlateDecode/Length %d%s>>\nstream\n", packed.Len(), entries)
	w.Write(packed.Bytes())
	w.WriteString("\nendstream\nendobj\n")
}

// trailer writes the cross-reference table. The file's identity is the digest of its content,
// not of a clock.
func (w *writer) trailer() {
	sum, start := sha256.Sum256(w.Bytes()), w.Len()
	fmt.Fprintf(w, "xref\n0 %d\n0000000000 65535 f \n", len(w.offsets)+1)
	for _, offset := range w.offsets {
		fmt.Fprintf(w, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(w, "trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[<%X><%[4]X>]>>\nstartxref\n%[5]d\n%%%%EOF\n",
		len(w.offsets)+1, objCatalog, objInfo, sum[:16], start)
}

var _ io.Writer = (*writer)(nil)
