package archives

import (
	"encoding/json/v2"
	"maps"
	"math"
	"slices"
	"time"
	"unicode/utf8"

	"cunju/hooks/fault"
	"cunju/hooks/identity"
	"cunju/sync/engine"
)

// ahead is how far a phone's clock may run before its stamp.
const ahead = 24 * time.Hour

// CheckResident is the rule of synced residents: "" or the refusal code of the
// edit. A false number does not refuse what a phone saved in the field weeks
// ago; see Marks.
func CheckResident(p engine.Proposed) string {
	if code := step(p, ResidentStates); code != "" {
		return code
	}
	if code := tooLong(p, map[string]int{"name": MaxName, "phone": MaxPhone, "id_no": MaxNumber, "address": MaxAddress}); code != "" {
		return code
	}
	stamp := time.UnixMilli(p.Tau)
	if s := text(p.Set["gender"]); s != "" && !slices.Contains(Genders, s) {
		return "rule:gender"
	}
	if year, edited := number(p.Set["birth_year"]); edited && year != 0 &&
		(year != math.Trunc(year) || year < FirstBirthYear || year > float64(stamp.Add(ahead).Year())) {
		return "rule:birth_year"
	}
	if v, edited := p.Set["groups"]; edited && !groupsKnown(v) {
		return "rule:groups"
	}
	if s := text(p.Set["consent_at"]); s != "" {
		if at, err := time.Parse(time.RFC3339, s); err != nil || at.After(stamp.Add(ahead)) {
			return "rule:consent_at"
		}
	}
	return ""
}

// CheckEnterprise is the rule of synced enterprises.
func CheckEnterprise(p engine.Proposed) string {
	if code := step(p, EnterpriseStates); code != "" {
		return code
	}
	return tooLong(p, map[string]int{"name": MaxName, "uscc": MaxNumber, "contact": MaxContact, "phone": MaxPhone, "address": MaxAddress})
}

// step judges the state: what was taken out of use is taken out, and put back, by an
// office only. A phone that had not heard of it yet changes nothing there.
func step(p engine.Proposed, known []State) string {
	was := State(text(p.Current["state"]))
	to := was
	if v, edited := p.Set["state"]; edited {
		to = State(text(v))
	}
	switch {
	case to != "" && !slices.Contains(known, to):
		return "state"
	case p.Node:
		return ""
	case was == Merged || was == Restricted:
		return "frozen"
	case to == Merged || to == Restricted:
		return "state"
	}
	return ""
}

func tooLong(p engine.Proposed, limits map[string]int) string {
	for _, field := range slices.Sorted(maps.Keys(limits)) {
		if utf8.RuneCountInString(text(p.Set[field])) > limits[field] {
			return "rule:too_long_" + field
		}
	}
	return ""
}

// groupsKnown accepts what a change holds (a list) and what a row holds (its text).
func groupsKnown(v any) bool {
	if s, ok := v.(string); ok {
		if s == "" {
			return true
		}
		v = nil
		if json.Unmarshal([]byte(s), &v) != nil {
			return false
		}
	}
	if v == nil {
		return true
	}
	list, ok := v.([]any)
	if !ok || len(list) > len(Groups) {
		return false
	}
	return !slices.ContainsFunc(list, func(code any) bool { return !slices.Contains(Groups, text(code)) })
}

// Verify is the rule of a request at a desk, where somebody can look at the
// paper again: it brings the good numbers among the fields to their one form
// and gives the fault of the first false one, id_check_digit, uscc_check or
// phone_format. Empty ones are fine: nobody must name himself.
func Verify(fields map[string]string, today time.Time) error {
	for _, name := range Numbers {
		if fields[name] == "" {
			continue
		}
		number, err := parse(name, fields[name], today)
		if err != nil {
			return err
		}
		fields[name] = number
	}
	return nil
}

// Marks lists what is false among the numbers of a stored archive, by the code
// that Verify would have given. A mark is for whoever meets the person next.
func Marks(fields map[string]string, today time.Time) []string {
	marks := []string{}
	for _, name := range Numbers {
		if fields[name] == "" {
			continue
		}
		if _, err := parse(name, fields[name], today); err != nil {
			marks = append(marks, fault.Code(err))
		}
	}
	return marks
}

func parse(name, value string, today time.Time) (string, error) {
	switch name {
	case "id_no":
		id, err := identity.ParseID18(value, today)
		return id.Number, err
	case "uscc":
		return identity.ParseUSCC(value)
	}
	return identity.ParsePhone(value)
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

func number(v any) (float64, bool) {
	n, ok := v.(float64)
	return n, ok
}
