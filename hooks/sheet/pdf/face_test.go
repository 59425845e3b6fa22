package pdf

import (
	"encoding/binary"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func u16(values ...int) (b []byte) {
	for _, v := range values {
		b = binary.BigEndian.AppendUint16(b, uint16(v))
	}
	return b
}

func u32(values ...int) (b []byte) {
	for _, v := range values {
		b = binary.BigEndian.AppendUint32(b, uint32(v))
	}
	return b
}

func join(parts ...[]byte) (all []byte) {
	for _, part := range parts {
		all = append(all, part...)
	}
	return all
}

// tiny is a font of four glyphs: missing, 甲 (an outline), 𬭩 (made of parts), a space. Its
// loca is short and its last two glyphs share one advance.
func tiny() []byte {
	head := make([]byte, 54)
	copy(head[18:], u16(2000))
	hhea := make([]byte, 36)
	copy(hhea[34:], u16(2))
	maxp := make([]byte, 32)
	copy(maxp[4:], u16(4))
	outline := join(u16(1, 0, 0, 100, 100), u16(0, 0), []byte{1, 0, 0, 0})
	parts := join(u16(0xFFFF, 0, 0, 100, 100), u16(0, 1, 0, 0, 0))
	return assemble([]table{
		{"cmap", join(u16(0, 2, 0, 3), u32(20), u16(3, 10), u32(24), u16(4, 0), u16(12, 0), u32(16+36, 0, 3), u32(' ', ' ', 3, '甲', '甲', 1, '𬭩', '𬭩', 2))},
		{"glyf", join(outline, parts)},
		{"head", head}, {"hhea", hhea},
		{"hmtx", u16(1000, 0, 2000, 50, 7, 8)},
		{"loca", u16(0, 0, len(outline)/2, (len(outline)+len(parts))/2, (len(outline)+len(parts))/2)},
		{"maxp", maxp},
	})
}

func song(t testing.TB) *Face {
	t.Helper()
	data, err := os.ReadFile("../fonts/NotoSerifSC-Regular.ttf")
	require.NoError(t, err)
	face, err := ParseFace("NotoSerifSC-Regular", data)
	require.NoError(t, err)
	return face
}

func TestFace(t *testing.T) {
	face, err := ParseFace("Tiny", tiny())
	require.NoError(t, err)
	t.Run("finds glyphs of all planes", func(t *testing.T) {
		for r, want := range map[rune]uint16{' ': 3, '甲': 1, '𬭩': 2} {
			glyph, ok := face.Glyph(r)
			assert.True(t, ok)
			assert.Equal(t, want, glyph)
		}
		for _, r := range []rune{0, '乙', '乱', '𬭪', 0x10FFFF, -1} {
			_, ok := face.Glyph(r)
			assert.False(t, ok, "%U", r)
		}
	})
	t.Run("measures in thousandths", func(t *testing.T) {
		assert.Equal(t, []int{1000, 1000, 1000}, []int{face.Advance('甲'), face.Advance(' '), face.Advance('乙')})
		assert.InDelta(t, 2*(16+1), face.Width("甲乙", Style{Size: 16, Spacing: 1}), 1e-9)
	})
	t.Run("cuts down to the glyphs used", func(t *testing.T) {
		program, err := face.subset([]uint16{3, 1})
		require.NoError(t, err)
		_, err = ParseFace("Subset", program)
		require.ErrorIs(t, err, ErrFont, "a subset has no cmap: the codes in the page are its glyph numbers")
		assert.Equal(t, uint32(0xB1B0AFBA), checksum(program), "the checksum of a whole font is a constant")
	})
	t.Run("refuses a glyph made of parts", func(t *testing.T) {
		_, err := face.subset([]uint16{2})
		assert.ErrorIs(t, err, ErrFont)
	})
	t.Run("refuses a glyph that is not there", func(t *testing.T) {
		_, err := face.subset([]uint16{4})
		assert.ErrorIs(t, err, ErrFont)
	})
}

func TestSubsetKeepsOutlinesAndAdvances(t *testing.T) {
	face := song(t)
	var glyphs []uint16
	for _, r := range "中𬭩 ，A" {
		glyph, ok := face.Glyph(r)
		require.True(t, ok)
		glyphs = append(glyphs, glyph)
	}
	program, err := face.subset(glyphs)
	require.NoError(t, err)
	// Give the subset a cmap, so that the same code reads it back.
	whole := map[string][]byte{}
	for i := range int(binary.BigEndian.Uint16(program[4:])) {
		entry := program[12+16*i:]
		start, size := binary.BigEndian.Uint32(entry[8:]), binary.BigEndian.Uint32(entry[12:])
		whole[string(entry[:4])] = program[start : start+size]
		assert.Equal(t, checksumOf(string(entry[:4]), program[start:start+size]), binary.BigEndian.Uint32(entry[4:]), "%s", entry[:4])
	}
	small := &Face{tables: whole}
	require.NoError(t, small.readHeaders())
	require.Equal(t, len(glyphs)+1, small.glyphs)
	for i, glyph := range glyphs {
		want, err := face.outline(glyph)
		require.NoError(t, err)
		got, err := small.outline(uint16(i + 1))
		require.NoError(t, err)
		assert.Equal(t, want, got[:len(want)])
		assert.Equal(t, face.advance(glyph), small.advance(uint16(i+1)))
	}
}

// checksumOf is what the directory must say: head is summed without its own checksum of the
// whole.
func checksumOf(tag string, data []byte) uint32 {
	data = clone(data)
	if tag == "head" {
		copy(data[8:], []byte{0, 0, 0, 0})
	}
	return checksum(data)
}

func TestParseFaceRefusesCutFonts(t *testing.T) {
	font := tiny()
	for size := range len(font) - 4 {
		_, err := ParseFace("Tiny", font[:size])
		assert.ErrorIs(t, err, ErrFont, "%d bytes", size)
	}
}

// FuzzParseFace: no bytes make the reader panic, and what it accepts can be cut down or is
// refused with ErrFont.
func FuzzParseFace(f *testing.F) {
	f.Add(tiny())
	f.Add(tiny()[:100])
	f.Fuzz(func(t *testing.T, data []byte) {
		face, err := ParseFace("Fuzz", data)
		if err != nil {
			assert.ErrorIs(t, err, ErrFont)
			return
		}
		doc := New(face, Info{})
		doc.AddPage(100, 100).Text(0, 0, Style{Size: 10}, "甲𬭩 乙")
		if _, err := doc.Bytes(); err != nil {
			assert.ErrorIs(t, err, ErrFont)
		}
	})
}
