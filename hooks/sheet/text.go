package sheet

import (
	"strings"
	"unicode"
)

// clean prepares text that people typed for paper. Line ends of every kind become '\n', tabs
// and odd spaces become one space, bytes that are not UTF-8 become U+FFFD, which shows. What has no
// shape is left out: control characters, and every format character, for marks that turn the
// direction of reading could make a printed name or sum read otherwise than it was stored.
func clean(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\v' || r == '\f' || r == '\u0085' || r == '\u2028' || r == '\u2029':
			return '\n'
		case r == '\u3000': // the full-width space indents and sets names apart
			return r
		case r == '\t' || unicode.Is(unicode.Zs, r):
			return ' '
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Variation_Selector):
			return -1
		}
		return r
	}, text)
}

// cleanLine is clean for what must stay on one line: a title, a number, a label.
func cleanLine(text string) string {
	return strings.TrimSpace(strings.ReplaceAll(clean(text), "\n", " "))
}

// Uncovered lists the characters of text that the sheet font lacks, each once. They print as
// a box around their number; a caller may want to say so beforehand.
func Uncovered(text string) ([]rune, error) {
	face, err := song()
	if err != nil {
		return nil, err
	}
	var missing []rune
	seen := map[rune]bool{}
	for _, r := range clean(text) {
		if _, ok := face.Glyph(r); !ok && r != '\n' && !seen[r] {
			seen[r] = true
			missing = append(missing, r)
		}
	}
	return missing, nil
}
