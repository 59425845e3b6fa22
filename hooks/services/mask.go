package services

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// compound are the surnames of two characters that are still common; cutting one
// in half would show a wrong surname.
var compound = map[string]bool{"欧阳": true, "上官": true, "司马": true, "诸葛": true, "夏侯": true, "皇甫": true,
	"尉迟": true, "公孙": true, "令狐": true, "慕容": true, "东方": true, "司徒": true, "端木": true, "轩辕": true}

// MaskName shows the surname and 某 (rule D1). The name of a committee or an
// enterprise is not personal and stays.
func MaskName(name, clientKind string) string {
	name = strings.TrimSpace(name)
	if name == "" || clientKind == "committee" || clientKind == "enterprise" {
		return name
	}
	runes := []rune(name)
	first := string(runes[:1])
	if len(runes) > 2 && compound[string(runes[:2])] {
		first = string(runes[:2])
	}
	if !unicode.Is(unicode.Han, runes[0]) {
		return first + "***"
	}
	return first + "某"
}

// MaskPhone keeps what tells two callers apart and hides what dials: 138****1234.
func MaskPhone(phone string) string {
	return maskMiddle(phone, 3, 4, 4)
}

// MaskID keeps three characters of the region and the last two.
func MaskID(id string) string {
	return maskMiddle(id, 3, 2, 13)
}

// maskMiddle hides all of a value that is too short to be cut.
func maskMiddle(s string, head, tail, stars int) string {
	runes := []rune(strings.TrimSpace(s))
	switch {
	case len(runes) == 0:
		return ""
	case len(runes) < head+tail+2:
		return "****"
	}
	return string(runes[:head]) + strings.Repeat("*", stars) + string(runes[len(runes)-tail:])
}

// digits finds identity and telephone numbers in free text.
var digits = regexp.MustCompile(`[0-9]{17}[0-9Xx]|[0-9]{7,}`)

// MaskText hides in free text what the record's own fields hold: the client's
// name, and any run of digits long enough to be a telephone or identity number.
func MaskText(s, name, clientKind string) string {
	name = strings.TrimSpace(name)
	if utf8.RuneCountInString(name) > 1 {
		s = strings.ReplaceAll(s, name, MaskName(name, clientKind))
	}
	return digits.ReplaceAllStringFunc(s, func(run string) string {
		if len(run) >= 15 {
			return MaskID(run)
		}
		return MaskPhone(run)
	})
}

// open are the keys of details that name nobody; all others are shown only when
// the whole record is revealed.
var open = map[string]bool{"lecture_title": true, "audience": true, "materials": true, "laws_covered": true,
	"dispute_type": true, "difficulty": true, "performed": true, "judicial_confirm_due": true, "amount": true,
	"risk_level": true, "people_involved": true, "deadline": true, "contract_amount": true, "conclusion": true,
	"refer_to": true, "aid_basis": true, "incident_kind": true, "slot": true, "witness_kind": true, "trainees": true,
	"group_msgs": true, "co_staff": true}

// MaskDetails keeps what names nobody and tells which other keys are there.
func MaskDetails(details map[string]any) (shown map[string]any, hidden []string) {
	shown = map[string]any{}
	for key, value := range details {
		if open[key] {
			shown[key] = value
		} else if filled(value) {
			hidden = append(hidden, key)
		}
	}
	return shown, hidden
}
