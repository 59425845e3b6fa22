package identity

import (
	"strings"

	"cunju/hooks/fault"
)

// mobile are the prefixes assigned by 2024, machine cards included.
var mobile = set(
	"130", "131", "132", "133", "134", "135", "136", "137", "138", "139",
	"140", "144", "145", "146", "147", "148", "149",
	"150", "151", "152", "153", "155", "156", "157", "158", "159",
	"162", "165", "166", "167",
	"170", "171", "172", "173", "174", "175", "176", "177", "178",
	"180", "181", "182", "183", "184", "185", "186", "187", "188", "189",
	"190", "191", "192", "193", "195", "196", "197", "198", "199",
)

// ParsePhone reads a telephone number as people type it: a mobile number, a
// landline with its area code, a number beginning with 400 or 800, or a hotline
// of five digits. It gives the number in one form, a landline as 023-12345678.
// The error is the fault phone_format and wraps a Problem.
func ParsePhone(s string) (string, error) {
	number, problem := parsePhone(plain(s))
	if problem != "" {
		return "", fault.New("phone_format").Wrap(problem)
	}
	return number, nil
}

// plain drops what separates groups of digits and the country's own prefix.
func plain(s string) string {
	s = strings.NewReplacer("-", "", "－", "", "—", "", "(", "", ")", "").Replace(fold(s))
	for _, country := range []string{"+86", "0086", "86"} {
		if rest, ok := strings.CutPrefix(s, country); ok && (country != "86" || len(s) == 13) {
			return rest
		}
	}
	return s
}

func parsePhone(s string) (string, Problem) {
	switch {
	case s == "":
		return "", BadLength
	case !digits(s):
		return "", BadCharset
	case s[0] == '0':
		return landline(s)
	case len(s) == 5 && (s[0] == '1' || s[0] == '9'):
		return s, ""
	case len(s) == 10 && (s[:3] == "400" || s[:3] == "800"):
		return s, ""
	case len(s) != 11:
		return "", BadLength
	case !mobile[s[:3]]:
		return "", BadPrefix
	}
	return s, ""
}

// landline splits the area code off: 010 and 02x have three digits and eight
// digits after them, the others four and seven or eight.
func landline(s string) (string, Problem) {
	area, shortest := 4, 7
	if strings.HasPrefix(s, "010") || strings.HasPrefix(s, "02") {
		area, shortest = 3, 8
	}
	if len(s) < area+shortest || len(s) > area+8 {
		return "", BadLength
	}
	return s[:area] + "-" + s[area:], ""
}
