package sheet

import (
	"crypto/sha256"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const ordinary = "依照《农村土地承包法》第二十七条，承包期内代耕不改变承包关系；当事人问：“能不能收回？”答：能……" +
	"补偿金额3,600.50元（年利率3.45％），电话023-5152 0000，see Article 27 of the Rural Land Contracting Law，〔2026〕12号——完。"

func TestExtractedTextEqualsInput(t *testing.T) {
	t.Run("ordinary text", func(t *testing.T) {
		assert.Equal(t, solid(ordinary), solid(extracted(t, paragraphs(t, ordinary), 0)))
	})
	t.Run("every line of rare names", func(t *testing.T) {
		names, err := os.ReadFile("testdata/rare_names.txt")
		require.NoError(t, err)
		lines := strings.Split(strings.TrimSpace(string(names)), "\n")
		require.Len(t, lines, 203)
		got := solid(extracted(t, paragraphs(t, string(names)), 0))
		for _, line := range lines {
			require.True(t, strings.HasPrefix(got, solid(line)), "want %s next, got %.60s", line, got)
			got = strings.TrimPrefix(got, solid(line))
		}
		assert.Empty(t, got)
	})
	t.Run("ten thousand characters", func(t *testing.T) {
		long := tenThousand()
		assert.Equal(t, solid(long), solid(extracted(t, paragraphs(t, long), 0)))
	})
	t.Run("ten thousand characters in a table", func(t *testing.T) {
		long := tenThousand()
		file, err := Render(Options{Created: made}, func(d *Doc) { d.Table([]Row{wide("情况与诉求", long, 3)}) })
		require.NoError(t, err)
		assert.Equal(t, solid(long), solid(extracted(t, file, left+labelShare*width)))
		assert.Contains(t, poppler(t, "pdftotext", file, "-f", "10"), "情况与诉求", "the label is repeated overleaf")
	})
	t.Run("characters that the font lacks", func(t *testing.T) {
		lacking := "面𰻝馆😀ก"
		missing, err := Uncovered(lacking + lacking)
		require.NoError(t, err)
		assert.Equal(t, []rune("𰻝😀ก"), missing)
		assert.Equal(t, lacking, solid(extracted(t, paragraphs(t, lacking), 0)))
	})
}

// tenThousand is 10,000 characters in which no two neighbouring lines are alike.
func tenThousand() string {
	var long strings.Builder
	for i := range 10_000 {
		switch {
		case i%97 == 96:
			long.WriteRune('，')
		case i%1009 == 1008:
			long.WriteRune('\n')
		case i%501 == 500:
			long.WriteRune('𬭩')
		default:
			long.WriteRune(rune(0x4E00 + i*7%5000))
		}
	}
	return long.String()
}

func TestFontCoversTheNationalTable(t *testing.T) {
	for _, name := range []string{"fonts/beyond_gbk.txt", "testdata/rare_names.txt"} {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		missing, err := Uncovered(string(text))
		require.NoError(t, err)
		assert.Empty(t, string(missing), name)
	}
	var common []rune // the 20,902 ideographs of GBK hold the rest of the table
	for r := rune(0x4E00); r <= 0x9FA5; r++ {
		common = append(common, r)
	}
	missing, err := Uncovered(string(common) + "〇①㈠℃㎡№※☆★○●◎□■△▲√×÷±≤≥≠∞αβⅠⅡ、。·—～…‘’“”〔〕〈〉《》「」『』〖〗【】￥")
	require.NoError(t, err)
	assert.Empty(t, string(missing))
}

func TestFontIsTheOneBuilt(t *testing.T) {
	want, err := os.ReadFile("fonts/NotoSerifSC-Regular.ttf.sha256")
	require.NoError(t, err)
	assert.Equal(t, strings.Fields(string(want))[0], fmt.Sprintf("%x", sha256.Sum256(songBytes)))
}

func TestSameInputGivesSameBytes(t *testing.T) {
	want := paragraphs(t, ordinary)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			got, err := Render(Options{Title: "试印", Created: made}, func(d *Doc) { d.Paragraphs(ordinary) })
			assert.NoError(t, err)
			assert.Equal(t, want, got)
		})
	}
	group.Wait()
}

func TestHostileText(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"direction overrides": {"金额\u202E00001\u202C元\u2066甲\u2069\u200F", "金额00001元甲"},
		"script":              {"<script>alert('x')</script>) Tj ET (", "<script>alert('x')</script>)TjET("},
		"control characters":  {"甲\x00乙\x1b[31m丙\x7f\u0085丁", "甲乙[31m丙丁"},
		"lone surrogate":      {"甲\xed\xa0\x80乙", "甲\uFFFD乙"},
		"bytes not UTF-8":     {"甲\xff\xfe乙", "甲\uFFFD乙"},
		"invisible":           {"甲\u200B\uFEFF乙\u00AD丙\uFE0F\U000E0101丁", "甲乙丙丁"},
		"line ends":           {"甲\r\n乙\r丙\u2028丁", "甲乙丙丁"},
		"nothing":             {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, solid(extracted(t, paragraphs(t, c.in), 0)))
		})
	}
	t.Run("more than anyone prints", func(t *testing.T) {
		_, err := Render(Options{}, func(d *Doc) { d.Paragraphs(strings.Repeat("长", 28*22*maxPages)) })
		assert.ErrorIs(t, err, ErrTooLong)
	})
	t.Run("a label longer than a page", func(t *testing.T) {
		_, err := Render(Options{}, func(d *Doc) { d.Table([]Row{wide(strings.Repeat("长", 400), "", 1)}) })
		assert.ErrorIs(t, err, ErrTooLong)
	})
	t.Run("a panic becomes an error", func(t *testing.T) {
		file, err := Render(Options{}, func(*Doc) { panic("broken") })
		assert.ErrorContains(t, err, "broken")
		assert.Nil(t, file)
	})
}
