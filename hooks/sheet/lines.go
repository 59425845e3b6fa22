package sheet

import (
	"strings"
	"unicode"
)

// Characters that must not start a line (closing marks and what leans on the word before)
// and that must not end one (opening marks), after GB/T 15834.
const (
	neverFirst = "，。、；：？！）》〉」』】〕｝］〗﹚﹜﹞”’…—～·％‰℃°′″々ー,.;:?!)]}%°"
	neverLast  = "（《〈「『【〔｛［〖﹙﹛﹝“‘￥＄№([{¥$£€"
)

var noStart, noEnd = set(neverFirst), set(neverLast)

func set(chars string) map[rune]bool {
	members := map[rune]bool{}
	for _, r := range chars {
		members[r] = true
	}
	return members
}

// inWord reports whether a character belongs to a word that is not torn apart: Latin and
// other letters, digits, and the ASCII signs inside numbers, addresses and licence numbers.
func inWord(r rune) bool {
	if r < 0x80 {
		return r > ' '
	}
	return r < 0x2000 && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r))
}

// mayBreak reports whether a line may end before the character next.
func mayBreak(before, next rune) bool {
	switch {
	case next == ' ': // spaces stay at the end of their line, where they do not show
		return false
	case noStart[next] || noEnd[before] || unicode.IsMark(next):
		return false
	case before == ' ':
		return true
	}
	return !inWord(before) || !inWord(next)
}

// breakLines cuts a paragraph (no '\n' inside) into lines no wider than width, spaces at a
// line's end not counted. The lines together are the paragraph, no character more or less.
// A word wider than a line, or marks without end, are torn where the line is full; one
// character is placed even where none fits.
func breakLines(paragraph string, width float64, advance func(rune) float64) []string {
	runes := []rune(paragraph)
	var lines []string
	start, candidate, used := 0, 0, 0.0
	for i := 0; i < len(runes); i++ {
		r := runes[i]
		if i > start && mayBreak(runes[i-1], r) {
			candidate = i
		}
		used += advance(r)
		if r == ' ' || i == start || used <= width+tolerance {
			continue
		}
		if candidate <= start {
			candidate = i
		}
		lines = append(lines, string(runes[start:candidate]))
		start, used = candidate, 0
		i = candidate - 1
	}
	return append(lines, string(runes[start:]))
}

// tolerance absorbs the rounding of sums, in points.
const tolerance = 1e-6

// wrap cuts clean text into lines; last[i] says that lines[i] ends a paragraph.
func wrap(text string, width float64, advance func(rune) float64) (lines []string, last []bool) {
	for paragraph := range strings.SplitSeq(text, "\n") {
		cut := breakLines(paragraph, width, advance)
		for i, line := range cut {
			lines = append(lines, line)
			last = append(last, i == len(cut)-1)
		}
	}
	return lines, last
}
