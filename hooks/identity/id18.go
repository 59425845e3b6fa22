package identity

import (
	"time"
	"unicode/utf8"

	"cunju/hooks/fault"
)

// ID is what an identity number says.
type ID struct {
	Number string // 18 characters
	Area   string // 6 digits; numbers keep the code of their time for life
	Birth  time.Time
	Male   bool
	Old    bool // was given in the form of 15 digits, which has no check character
}

// earliest is the birth year before which nobody alive is born.
const earliest = 1885

// Plausible reports whether the holder may be alive.
func (id ID) Plausible() bool { return id.Birth.Year() >= earliest }

// weights and checks of GB 11643-1999.
var (
	idWeights = [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	idChecks  = "10X98765432"
)

// provinces are the first two digits that were ever given out; 81 to 83 stand
// in the residence permits of Hong Kong, Macao and Taiwan.
var provinces = set("11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37",
	"41", "42", "43", "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71", "81", "82", "83")

func set(items ...string) map[string]bool {
	m := make(map[string]bool, len(items))
	for _, item := range items {
		m[item] = true
	}
	return m
}

// ParseID18 reads an identity number as people type it. The error is the fault
// id_check_digit and wraps a Problem. today bounds the date of birth.
func ParseID18(s string, today time.Time) (ID, error) {
	id, problem := parseID(fold(s), today)
	if problem != "" {
		return ID{}, fault.New("id_check_digit").Wrap(problem)
	}
	return id, nil
}

func parseID(s string, today time.Time) (ID, Problem) {
	old := false
	switch utf8.RuneCountInString(s) {
	case 15:
		if !digits(s) {
			return ID{}, BadCharset
		}
		s, old = s[:6]+"19"+s[6:], true
		s += string(checkOf(s))
	case 18:
		if len(s) != 18 || !digits(s[:17]) || (s[17] != 'X' && !digits(s[17:])) {
			return ID{}, BadCharset
		}
	default:
		return ID{}, BadLength
	}
	if !knownArea(s) {
		return ID{}, BadArea
	}
	if s[17] != checkOf(s[:17]) {
		return ID{}, BadChecksum
	}
	birth, err := time.Parse("20060102", s[6:14])
	if err != nil || birth.After(today) {
		return ID{}, BadDate
	}
	return ID{Number: s, Area: s[:6], Birth: birth, Male: (s[16]-'0')%2 == 1, Old: old}, ""
}

// knownArea looks at the province. The permanent residence card of foreigners
// begins with 9, then the province.
func knownArea(s string) bool {
	return provinces[s[:2]] || s[0] == '9' && provinces[s[1:3]]
}

// checkOf needs 17 digits.
func checkOf(s string) byte {
	sum := 0
	for i, weight := range idWeights {
		sum += int(s[i]-'0') * weight
	}
	return idChecks[sum%11]
}
