package codes

import (
	"encoding/binary"
	"errors"
	"strings"
)

// ErrCode is the answer for every text that is not a code. One error for all
// reasons: whoever guesses codes learns nothing from it.
var ErrCode = errors.New("not a code")

// MaxTyped is the longest input Parse and Typed look at, in bytes: a document
// code with a space or hyphen between all characters, in a long address.
const MaxTyped = 512

// Parse takes the text form apart. Small letters are read as capitals; anything
// else than one of the two lengths, the alphabet, zero spare bits and an allowed
// version, kind and suite is refused. It does not check the MAC: see Verify.
func Parse(text string) (Code, error) {
	if len(text) != RatingChars && len(text) != DocumentChars {
		return Code{}, ErrCode
	}
	text = upperASCII(text)
	b, err := encoding.DecodeString(text)
	// The decoder ignores the spare bits of the last character and skips line
	// breaks; comparing with our own text refuses both.
	if err != nil || encoding.EncodeToString(b) != text {
		return Code{}, ErrCode
	}
	return fromBytes(b)
}

// Typed reads a code that a person typed or pasted: spaces, hyphens and a whole
// address around it are dropped, full-width letters become narrow, and the digits
// that the alphabet lacks are taken for the letters they look like.
func Typed(text string) (Code, error) {
	if len(text) > MaxTyped {
		return Code{}, ErrCode
	}
	text = strings.TrimSpace(text)
	if i := strings.LastIndexByte(text, '/'); i >= 0 {
		text = text[i+1:]
	}
	return Parse(strings.Map(typedRune, text))
}

// Grouped is the text form in groups of four, for people to read and type.
func Grouped(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

func typedRune(r rune) rune {
	if r >= '\uff10' && r <= '\uff5a' { // full-width forms
		r -= '\uff10' - '0'
	}
	switch r {
	case ' ', '\t', '\r', '\n', '-', '\u00a0', '\u3000', '\uff0d',
		'\u2010', '\u2011', '\u2012', '\u2013', '\u2014':
		return -1
	case '0':
		return 'O'
	case '1':
		return 'I'
	case '8':
		return 'B'
	}
	return r
}

func fromBytes(b []byte) (Code, error) {
	c := Code{Kind: Kind(b[0] >> 2 & 7)}
	size := ratingSize
	if c.Kind == Document {
		size = documentSize
	}
	allowed := c.Kind == Rating || c.Kind == Document
	if !allowed || b[0]>>5 != Version || b[0]&3 != SuiteStd || len(b) != size {
		return Code{}, ErrCode
	}
	rest := b[1:]
	rest = rest[copy(c.Alias[:], rest):]
	c.Day = binary.BigEndian.Uint16(rest)
	rest = rest[2:]
	rest = rest[copy(c.Tag[:], rest):]
	if c.Kind == Document {
		rest = rest[copy(c.Hash[:], rest):]
	}
	copy(c.MAC[:], rest)
	return c, nil
}

func upperASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'a' && c <= 'z' {
			b[i] = c - 'a' + 'A'
		}
	}
	return string(b)
}
