package services

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"cunju/sync/engine"
)

// Rules judges edits of services. It reads nothing but its catalog and what it
// is given, so every node and every way in comes to the same verdict.
type Rules struct {
	Catalog Catalog
}

// steps lists where a record may go from where it is, and who may take it there.
// The author (a phone) submits, and withdraws with a reason what nobody has verified; all else is the office's.
var steps = []struct {
	from, to State
	phone    bool
}{
	{"", Draft, true}, {"", Submitted, true},
	{Draft, Submitted, true}, {Draft, Voided, true},
	{Submitted, Verified, false}, {Submitted, Returned, false}, {Submitted, Voided, true},
	{Returned, Submitted, true}, {Returned, Verified, false}, {Returned, Voided, true},
	{Verified, Voided, false},
}

// MayMove reports whether a record may go from one state to another. node tells
// that the office does it, not the author's phone.
func MayMove(from, to State, node bool) bool {
	if from == to {
		return from != ""
	}
	for _, s := range steps {
		if s.from == from && s.to == to {
			return node || s.phone
		}
	}
	return false
}

// Frozen reports whether only a node may still touch a record in this state.
func Frozen(s State) bool { return s == Verified || s == Voided }

// officeFields are written by whoever verifies, never by who is verified.
var officeFields = []string{"no", "verified_by", "verified_at"}

// Check is the rule of the collection: "" or the refusal code of the edit.
func (r Rules) Check(p engine.Proposed) string {
	e := edit{cur: p.Current, set: p.Set}
	from, to := State(e.was("state")), State(e.will("state"))
	if p.Current != nil && Frozen(from) && !p.Node {
		return "frozen"
	}
	if code := authorRule(e, p); code != "" {
		return code
	}
	if p.Current != nil && from == "" {
		from = Draft
	}
	if to == "" {
		to = Draft
	}
	if !MayMove(from, to, p.Node) {
		return "state"
	}
	if code := officeRule(e, from, to); code != "" {
		return code
	}
	if code := r.values(e, p.Tau); code != "" {
		return code
	}
	if to == Submitted || to == Verified {
		return r.whole(e)
	}
	return ""
}

// authorRule: a phone writes only services whose counsel is its own holder and
// leaves alone what the office decides.
func authorRule(e edit, p engine.Proposed) string {
	if p.Node {
		return ""
	}
	if e.will("counsel") != p.By || (p.Current != nil && e.was("counsel") != p.By) {
		return "rights"
	}
	for _, f := range officeFields {
		if e.will(f) != e.was(f) {
			return "rights"
		}
	}
	return ""
}

// officeRule: a number is given once, with its verification, and stays; whatever
// is taken back from the office's hands says why.
func officeRule(e edit, from, to State) string {
	if old := e.was("no"); old != "" && e.will("no") != old {
		return "rule:number"
	}
	if to == Verified && (e.will("no") == "" || e.will("verified_by") == "" || e.will("verified_at") == "") {
		return "rule:number"
	}
	if to == from {
		return ""
	}
	taken := to == Returned || (to == Voided && from != Draft)
	if taken && strings.TrimSpace(e.will("return_reason")) == "" {
		return "rule:reason"
	}
	return ""
}

// textLimits are checked whenever the field is edited.
var textLimits = []struct {
	field string
	max   int
}{
	{"title", MaxTitle}, {"summary", MaxSummary}, {"advice", MaxSummary}, {"place", MaxPlace},
	{"client_name", MaxName}, {"return_reason", MaxReason}, {"no", 40}, {"device_no", 40},
}

// closedLists are checked whenever the field is edited and not empty.
var closedLists = []struct {
	field string
	list  []string
}{
	{"mode", Modes}, {"outcome", Outcomes}, {"client_kind", ClientKinds}, {"secrecy", Secrecies},
}

// values looks only at edited fields: an old value that a newer standard no longer
// knows must not block an unrelated edit.
func (r Rules) values(e edit, tau int64) string {
	for _, l := range textLimits {
		if s, edited := e.edited(l.field); edited && utf8.RuneCountInString(s) > l.max {
			return "rule:too_long_" + l.field
		}
	}
	for _, l := range closedLists {
		if s, edited := e.edited(l.field); edited && s != "" && !slices.Contains(l.list, s) {
			return "rule:" + l.field
		}
	}
	if s, edited := e.edited("kind"); edited || e.cur == nil {
		if _, known := r.Catalog.ServiceType(s); !known {
			return "rule:kind"
		}
	}
	if s, edited := e.edited("topic"); edited && s != "" {
		if _, _, known := r.Catalog.Topic(s); !known {
			return "rule:topic"
		}
	}
	if s, edited := e.edited("occurred_at"); edited && s != "" {
		at, err := time.Parse(time.RFC3339, s)
		if err != nil || at.UnixMilli() > tau+dayMS {
			return "rule:occurred_at"
		}
	}
	if s, edited := e.edited("follow_up_at"); edited && s != "" && !isDay(s) {
		return "rule:follow_up_at"
	}
	if n, edited := e.number("duration_min"); edited && (n < 0 || n > MaxMinutes) {
		return "rule:duration_min"
	}
	if n, edited := e.number("persons"); edited && (n < 0 || n > MaxPersons) {
		return "rule:persons"
	}
	return ""
}

// isDay accepts a date or a full time: a follow-up is often only a day.
func isDay(s string) bool {
	if _, err := time.Parse(time.DateOnly, s); err == nil {
		return true
	}
	_, err := time.Parse(time.RFC3339, s)
	return err == nil
}

// columns are the fields of the type standard that are columns of the record;
// any other required field is a key of details.
var columns = map[string]bool{
	"occurred_at": true, "region": true, "mode": true, "counsel": true, "topic": true, "title": true,
	"outcome": true, "secrecy": true, "client_kind": true, "client_name": true, "client_phone": true,
	"client_id_no": true, "summary": true, "advice": true, "duration_min": true, "consent": true,
	"persons": true, "place": true, "follow_up_at": true,
}

// apart are required fields that live in records of their own and may arrive
// later over a slow line. Presence is never compulsory (government-app rules).
var apart = map[string]bool{"documents": true, "attachments": true, "presence": true, "client_sign": true}

// Missing lists the required fields that a record of its kind lacks.
func (r Rules) Missing(record map[string]any) []string {
	e := edit{cur: record}
	kind, known := r.Catalog.ServiceType(e.was("kind"))
	if !known {
		return []string{"kind"}
	}
	details := object(record["details"])
	var missing []string
	for _, f := range kind.Required {
		switch {
		case apart[f], f == "client_name" && e.was("client_kind") == Anonymous:
		case columns[f] && !filled(record[f]), !columns[f] && !filled(details[f]):
			missing = append(missing, f)
		}
	}
	return missing
}

// whole refuses a submission that lacks what its kind requires; the code names
// the first missing field so that its author's form can point at it.
func (r Rules) whole(e edit) string {
	if missing := r.Missing(e.merged()); len(missing) > 0 {
		return "rule:required_" + missing[0]
	}
	return ""
}
