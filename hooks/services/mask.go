package services

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"cunju/hooks/identity"
)

// maskName masks a client's name. The name of a committee or an enterprise is not
// personal and stays.
func maskName(name, clientKind string) string {
	if clientKind == "committee" || clientKind == "enterprise" {
		return strings.TrimSpace(name)
	}
	return identity.MaskName(name)
}

// digits finds identity and telephone numbers in free text.
var digits = regexp.MustCompile(`[0-9]{17}[0-9Xx]|[0-9]{7,}`)

// MaskText hides in free text what the record's own fields hold: the client's
// name, and any run of digits long enough to be a telephone or identity number.
func MaskText(s, name, clientKind string) string {
	name = strings.TrimSpace(name)
	if utf8.RuneCountInString(name) > 1 {
		s = strings.ReplaceAll(s, name, maskName(name, clientKind))
	}
	return digits.ReplaceAllStringFunc(s, func(run string) string {
		if len(run) >= 15 {
			return identity.MaskID(run)
		}
		return identity.MaskPhone(run)
	})
}

// openKeys are the keys of details that name nobody; all others are shown only when
// the whole record is revealed.
var openKeys = map[string]bool{"lecture_title": true, "audience": true, "materials": true, "laws_covered": true,
	"dispute_type": true, "difficulty": true, "performed": true, "judicial_confirm_due": true, "amount": true,
	"risk_level": true, "people_involved": true, "deadline": true, "contract_amount": true, "conclusion": true,
	"refer_to": true, "aid_basis": true, "incident_kind": true, "slot": true, "witness_kind": true, "trainees": true,
	"group_msgs": true, "co_staff": true}

// MaskDetails keeps what names nobody and tells which other keys are there.
func MaskDetails(details map[string]any) (shown map[string]any, hidden []string) {
	shown = map[string]any{}
	for key, value := range details {
		if openKeys[key] {
			shown[key] = value
		} else if filled(value) {
			hidden = append(hidden, key)
		}
	}
	return shown, hidden
}
