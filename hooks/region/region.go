// Package region is the arithmetic of the 12-digit administrative codes of
// GB/T 2260 and GB/T 10114: 2 digits of the province, 2 of the city, 2 of the
// county, 3 of the township and 3 of the village. A scope is a code whose
// trailing groups are zero and stands for everything under it. Whether a code
// is in use is the directory's knowledge. It imports the standard library and
// hooks/fault only.
package region

import (
	"strings"

	"cunju/hooks/fault"
)

// Length is the number of digits of a code.
const Length = 12

// Level is the rank of a code.
type Level string

// The levels. City is met outside the municipalities only.
const (
	Province Level = "province"
	City     Level = "city"
	County   Level = "county"
	Township Level = "township"
	Village  Level = "village"
)

// cuts are the lengths at which a code may end.
var cuts = []struct {
	digits int
	level  Level
}{{2, Province}, {4, City}, {6, County}, {9, Township}, {12, Village}}

// municipalities have counties directly under the province.
var municipalities = map[string]bool{"11": true, "12": true, "31": true, "50": true}

// Code is a well-formed 12-digit code.
type Code string

// Parse takes a text as a code or answers the fault region_unknown.
func Parse(text string) (Code, error) {
	if !Valid(text) {
		return "", fault.New("region_unknown")
	}
	return Code(text), nil
}

// Valid reports whether the text is a well-formed code: 12 digits that begin
// with a province.
func Valid(text string) bool {
	if len(text) != Length || text[:2] == "00" {
		return false
	}
	for i := range Length {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return true
}

func cut(code string) (digits int, level Level) {
	for _, c := range cuts {
		if strings.Trim(code[c.digits:], "0") == "" {
			return c.digits, c.level
		}
	}
	return Length, Village
}

// LevelOf gives the rank of a code, "" for a text that is none.
func LevelOf(code string) Level {
	if !Valid(code) {
		return ""
	}
	_, level := cut(code)
	return level
}

// Prefix gives the digits that all codes under the scope begin with: 2, 4, 6, 9
// or 12 of them; "" for a text that is no code.
func Prefix(scope string) string {
	if !Valid(scope) {
		return ""
	}
	digits, _ := cut(scope)
	return scope[:digits]
}

// Covers reports whether the code lies in the scope. A scope covers itself.
func Covers(scope, code string) bool {
	prefix := Prefix(scope)
	return prefix != "" && Valid(code) && strings.HasPrefix(code, prefix)
}

// Range gives the lowest and the highest code inside the scope, so that a
// comparison with both can use an index. For a text that is no code it gives an
// empty range: no code lies between "1" and "0".
func Range(scope string) (from, to string) {
	prefix := Prefix(scope)
	if prefix == "" {
		return "1", "0"
	}
	return scope, prefix + strings.Repeat("9", Length-len(prefix))
}

// Parent gives the code one level up, "" for a province or a text that is no
// code. A county of a municipality stands under the province itself.
func Parent(code string) string {
	if !Valid(code) {
		return ""
	}
	digits, _ := cut(code)
	up := map[int]int{4: 2, 6: 4, 9: 6, 12: 9}[digits]
	if digits == 6 && municipalities[code[:2]] {
		up = 2
	}
	if up == 0 {
		return ""
	}
	return pad(code[:up])
}

// Ancestors lists the codes above, nearest first.
func Ancestors(code string) []string {
	var above []string
	for up := Parent(code); up != ""; up = Parent(up) {
		above = append(above, up)
	}
	return above
}

// At gives the code's ancestor of a level, or itself; "" when it lies higher.
func At(code string, level Level) string {
	for _, c := range cuts {
		if c.level == level && Valid(code) && len(Prefix(code)) >= c.digits {
			return pad(code[:c.digits])
		}
	}
	return ""
}

func pad(prefix string) string { return prefix + strings.Repeat("0", Length-len(prefix)) }
