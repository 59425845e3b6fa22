package sheet

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
)

// square gives ASCII half the width of everything else, as far as the breaker cares.
func square(r rune) float64 {
	if r < 0x80 {
		return 0.5
	}
	return 1
}

func TestBreakLines(t *testing.T) {
	for name, c := range map[string]struct {
		in   string
		want []string
	}{
		"fits":                        {"当事人", []string{"当事人"}},
		"empty":                       {"", []string{""}},
		"between ideographs":          {"当事人要求收回", []string{"当事人要求", "收回"}},
		"no comma first":              {"当事人要求，收", []string{"当事人要", "求，收"}},
		"no closing pair first":       {"（当事人要）。收", []string{"（当事人", "要）。收"}},
		"no opening mark last":        {"当事人要《农村", []string{"当事人要", "《农村"}},
		"no opening quote last":       {"当事人称“能”", []string{"当事人称", "“能”"}},
		"dash and dots stay whole":    {"当事人要……——", []string{"当事人", "要……——"}},
		"number stays whole":          {"共计人民币3600.50元", []string{"共计人民币", "3600.50元"}},
		"word stays whole":            {"an old office", []string{"an old ", "office"}},
		"spaces hang":                 {"当事人要求   收回", []string{"当事人要求   ", "收回"}},
		"a word wider than a line":    {"500238101000J", []string{"5002381010", "00J"}},
		"marks without end":           {"，，，，，，，", []string{"，，，，，", "，，"}},
		"percent stays with a number": {"年利率达24％的", []string{"年利率达", "24％的"}},
		"a character above U+FFFF":    {"𬭩𫖯𠅤𠙶𡎚𡐓", []string{"𬭩𫖯𠅤𠙶𡎚", "𡐓"}},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, breakLines(c.in, 5, square))
		})
	}
	t.Run("one character where none fits", func(t *testing.T) {
		assert.Equal(t, []string{"当", "事"}, breakLines("当事", 0.5, square))
	})
}

func TestWrapTellsWhereParagraphsEnd(t *testing.T) {
	lines, last := wrap("当事人要求收回\n\n完", 5, square)
	assert.Equal(t, []string{"当事人要求", "收回", "", "完"}, lines)
	assert.Equal(t, []bool{false, true, true, true}, last)
}

// FuzzBreakLines: no character lost, no line wider than the box, and marks where they may
// stand unless the line offered no better place.
func FuzzBreakLines(f *testing.F) {
	for _, seed := range []string{ordinary, "，。、（（（“”", "word 123,456.78 元", strings.Repeat("a", 99), "𬭩，𫖯 ( 。", "e\u0301\u0301 ——……", " \x00\xff"} {
		f.Add(seed, uint8(10))
	}
	f.Fuzz(func(t *testing.T, text string, box uint8) {
		width := float64(box) / 2
		text = strings.ReplaceAll(clean(text), "\n", "")
		lines := breakLines(text, width, square)
		assert.Equal(t, text, strings.Join(lines, ""))
		for i, line := range lines {
			runes := []rune(line)
			visible, used := strings.TrimRight(line, " "), 0.0
			for _, r := range visible {
				used += square(r)
			}
			assert.True(t, used <= width || utf8.RuneCountInString(visible) <= 1, "line %q is %v wide", line, used)
			if i == len(lines)-1 {
				continue
			}
			assert.NotEmpty(t, runes)
			next, _ := utf8.DecodeRuneInString(lines[i+1])
			if mayBreak(runes[len(runes)-1], next) {
				continue
			}
			for j := 1; j < len(runes); j++ {
				assert.False(t, mayBreak(runes[j-1], runes[j]), "%q | %q: could have been cut after %q", line, lines[i+1], string(runes[:j]))
			}
		}
	})
}
