// Package identity checks and masks the numbers that name people and bodies:
// identity numbers (GB 11643), unified social credit codes (GB 32100) and
// telephone numbers. A wrong number is reported, never a reason to refuse a
// record: that is for the caller. It imports the standard library and
// hooks/fault only.
package identity

import (
	"strings"
	"unicode"
)

// Problem is what is wrong with a number.
type Problem string

// The problems, in the order in which they are looked for.
const (
	BadLength   Problem = "length"
	BadCharset  Problem = "charset"
	BadPrefix   Problem = "prefix"   // a mobile prefix that is not assigned
	BadArea     Problem = "area"     // no such province
	BadChecksum Problem = "checksum" // the last character does not fit
	BadDate     Problem = "date"     // no such day, or one to come
)

// Error tells the problem without the number.
func (p Problem) Error() string { return "wrong " + string(p) }

// fold brings what people type to one form: full-width characters become
// ASCII, letters upper case, blanks and invisible characters go.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			r -= '！' - '!'
		case unicode.IsSpace(r), unicode.Is(unicode.Cf, r), unicode.IsControl(r):
			return -1
		}
		if r >= 'a' && r <= 'z' {
			r -= 'a' - 'A'
		}
		return r
	}, s)
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
