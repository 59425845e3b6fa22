package pdf

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDocument(t *testing.T) {
	doc := New(song(t), Info{Title: "王𬭩 (", Created: time.Date(2026, 3, 8, 9, 5, 0, 0, time.FixedZone("", 8*3600))})
	first := doc.AddPage(200, 100)
	doc.AddPage(200, 100)
	first.Text(10, 20, Style{Size: 16, Bold: true, Spacing: 1.5}, "甲甲乙")
	first.Line(0, 0, 10, 10, 0.5)
	first.Fill([]Rect{{X: 1, Y: 2, Width: 3, Height: 4}})
	file, err := doc.Bytes()
	require.NoError(t, err)

	t.Run("every offset points at its object", func(t *testing.T) {
		start, err := strconv.Atoi(string(regexp.MustCompile(`startxref\n(\d+)\n`).FindSubmatch(file)[1]))
		require.NoError(t, err)
		offsets := regexp.MustCompile(`(\d{10}) 00000 n `).FindAllSubmatch(file[start:], -1)
		require.Len(t, offsets, objFirstPage-1+2*2)
		for i, offset := range offsets {
			at, err := strconv.Atoi(string(offset[1]))
			require.NoError(t, err)
			assert.True(t, bytes.HasPrefix(file[at:], fmt.Appendf(nil, "%d 0 obj\n", i+1)), "object %d", i+1)
		}
	})
	t.Run("tells title and date", func(t *testing.T) {
		assert.Contains(t, string(file), "/Title <FEFF738BD872DF6900200028>")
		assert.Contains(t, string(file), "/CreationDate(D:20260308090500+08'00')/ModDate(D:20260308090500+08'00')")
	})
	t.Run("draws from the top left corner", func(t *testing.T) {
		assert.Equal(t, "BT /F 16 Tf 2 Tr 1 j 0.512 w 1.5 Tc 10 80 Td <000100010002> Tj 0 Tr 0 j 0 Tc ET\n"+
			"0.5 w 0 100 m 10 90 l S\n1 94 3 4 re\nf\n", first.body.String())
	})
	t.Run("maps codes back to characters", func(t *testing.T) {
		cmap := string(toUnicode([]rune("甲𬭩")))
		assert.Contains(t, cmap, "2 beginbfchar\n<0001> <7532>\n<0002> <D872DF69>\nendbfchar")
		assert.Equal(t, 3, strings.Count(string(toUnicode(make([]rune, 201))), "beginbfchar"), "at most 100 in a block")
	})
	t.Run("streams unpack to what was drawn", func(t *testing.T) {
		packed := regexp.MustCompile(`(?s)stream\n(.*?)\nendstream`).FindAllSubmatch(file, -1)
		reader, err := zlib.NewReader(bytes.NewReader(packed[2][1]))
		require.NoError(t, err)
		plain, err := io.ReadAll(reader)
		require.NoError(t, err)
		assert.Equal(t, first.body.String(), string(plain))
	})
}

func TestCharactersThatShareAGlyphKeepTheirCodes(t *testing.T) {
	doc := New(song(t), Info{})
	space, hard := doc.code(' '), doc.code('\u00A0')
	require.Equal(t, doc.glyphs[0], doc.glyphs[1], "the font draws both alike")
	assert.NotEqual(t, space, hard)
}

func TestMissingCharacterShowsItsNumber(t *testing.T) {
	doc := New(song(t), Info{})
	page := doc.AddPage(200, 100)
	page.Text(0, 50, Style{Size: 10}, "甲\U00030EDD乙")
	body := page.body.String()
	assert.Contains(t, body, "/Span <</ActualText <FEFFD883DEDD>>> BDC")
	assert.Equal(t, "甲30ED乙", string(doc.runes), "the digits are drawn")
	assert.Contains(t, body, "20 50 Td", "the next character stands one em further")
}

func TestMissingCharacterInAFontWithoutDigits(t *testing.T) {
	face, err := ParseFace("Tiny", tiny())
	require.NoError(t, err)
	page := New(face, Info{}).AddPage(200, 100)
	page.Text(0, 50, Style{Size: 10}, "乙")
	assert.Contains(t, page.body.String(), "re S", "an empty box is all it can show")
}
