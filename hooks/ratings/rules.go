package ratings

import (
	"encoding/json/v2"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"cunju/sync/engine"
)

const dayMS = 24 * 60 * 60 * 1000

var (
	tagForm    = regexp.MustCompile(`^[0-9a-f]{14}$`)
	aliasForm  = regexp.MustCompile(`^[0-9a-f]{8}$`)
	voiceForm  = regexp.MustCompile(`^[0-9a-f]{16}$`)
	regionForm = regexp.MustCompile(`^[0-9]{9}000$`)
	phoneForm  = regexp.MustCompile(`^\+?[0-9]{5,15}$`)
)

// Check is the rule of a synced rating. Only a node may bring one: the page that
// takes it runs there, and a counsel's phone must have no way to write one.
func Check(p engine.Proposed) string {
	text := func(field string) string { s, _ := p.Set[field].(string); return s }
	switch {
	case !p.Node:
		return "rights"
	case p.Current != nil:
		return "frozen"
	case !regionForm.MatchString(text("region")):
		return "rule:region"
	case !tagForm.MatchString(text("tag")) || !aliasForm.MatchString(text("install_alias")):
		return "rule:code"
	case !whole(p.Set["day"], 0, 0xffff):
		return "rule:day"
	case !whole(p.Set["grade"], VeryBad, VeryGood):
		return "rule:grade"
	case !reasonsAllowed(p.Set["reasons"]):
		return "rule:reasons"
	case utf8.RuneCountInString(text("remark")) > MaxRemark || text("remark") != Clean(text("remark")):
		return "rule:remark"
	case text("call_back_phone") != "" && !phoneForm.MatchString(text("call_back_phone")):
		return "rule:phone"
	case text("assisted_by") != "" && !slices.Contains(Helpers, text("assisted_by")):
		return "rule:assisted_by"
	case !slices.Contains(Origins, text("origin")):
		return "rule:origin"
	}
	if _, ok := readFlags(p.Set["flags"]); !ok {
		return "rule:flags"
	}
	at, err := time.Parse(time.RFC3339, text("rated_at"))
	if err != nil || p.Tau > 0 && at.UnixMilli() > p.Tau+dayMS {
		return "rule:rated_at"
	}
	return ""
}

// whole accepts what JSON and Go give for a whole number in [low, high].
func whole(v any, low, high float64) bool {
	n, ok := number(v)
	return ok && n == math.Trunc(n) && n >= low && n <= high
}

func number(v any) (float64, bool) {
	switch n := v.(type) {
	case float64:
		return n, true
	case int:
		return float64(n), true
	case int64:
		return float64(n), true
	}
	return 0, false
}

func reasonsAllowed(v any) bool {
	reasons, ok := decode[[]string](v)
	if !ok || len(reasons) > len(Reasons) {
		return false
	}
	for i, r := range reasons {
		if !slices.Contains(Reasons, r) || slices.Contains(reasons[:i], r) {
			return false
		}
	}
	return true
}

// readFlags reads the flags of a change or of a table.
func readFlags(v any) (Flags, bool) {
	list, ok := decode[[]string](v)
	if !ok {
		return Flags{}, false
	}
	return flagsOf(list)
}

// decode reads a JSON field, which comes as a parsed value from a change and as
// text from a table. Absent is the zero value.
func decode[T any](v any) (out T, ok bool) {
	var raw []byte
	switch s := v.(type) {
	case nil:
		return out, true
	case string:
		raw = []byte(s)
	default:
		var err error
		if raw, err = json.Marshal(v); err != nil {
			return out, false
		}
	}
	if len(raw) == 0 || string(raw) == "null" {
		return out, true
	}
	err := json.Unmarshal(raw, &out)
	return out, err == nil
}

// Clean makes a remark fit to be kept and shown: no control or formatting
// characters, by which a text could pretend to be another (line breaks stay),
// no spaces at the ends, and at most MaxRemark characters.
func Clean(s string) string {
	s = strings.ToValidUTF8(strings.ReplaceAll(s, "\r\n", "\n"), "")
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029') {
			return -1
		}
		return r
	}, s))
	return strings.TrimSpace(firstRunes(s, MaxRemark))
}

// Phone reads a number for calling back as people type it. ok is false where
// it cannot be a telephone number; an empty one is allowed.
func Phone(s string) (phone string, ok bool) {
	phone = strings.Map(func(r rune) rune {
		switch {
		case r >= '\uff10' && r <= '\uff19':
			return r - '\uff10' + '0'
		case r == ' ' || r == '-' || r == '(' || r == ')' || r == '\u3000' || r == '（' || r == '）':
			return -1
		}
		return r
	}, strings.TrimSpace(s))
	return phone, phone == "" || phoneForm.MatchString(phone)
}

// Verdict is what the ratings of one service come to.
type Verdict struct {
	Counts    bool // false: none of them counts
	Effective Rating
	First     int64 // ms, when the first rating came
	Voices    int   // browsers and nodes that were heard
	Records   int
}

// Decide applies Q2 and Q3: the browser that was first speaks for the service
// with the newest that it said within AmendDays; everything is kept. A browser whose
// rating is held back does not speak, the next one does. The same
// browser cannot be known at two nodes, so another node's page is another voice.
// The answer does not depend on the order of what is given.
func Decide(ratings []Rating) Verdict {
	all := slices.Clone(ratings)
	sortRatings(all)
	var order []string
	latest, first := map[string]Rating{}, map[string]int64{}
	voices := map[string]bool{}
	for _, r := range all {
		voice := r.voice()
		voices[voice] = true
		if r.Flags.Late {
			continue
		}
		if _, heard := first[voice]; !heard {
			order, first[voice] = append(order, voice), r.RatedAt
		}
		if r.RatedAt <= first[voice]+AmendDays*dayMS {
			latest[voice] = r
		}
	}
	v := Verdict{Records: len(all), Voices: len(voices)}
	for _, voice := range order {
		if latest[voice].speaks() {
			v.Counts, v.Effective, v.First = true, latest[voice], first[voice]
			break
		}
	}
	return v
}

func (r Rating) voice() string { return r.Origin + "/" + r.Flags.Voice }

// JoinState says where a rating stands: "joined" once its service is here,
// "waiting" before, "orphan" when the service has not come in OrphanDays. A
// service that arrives after that was not there to be rated and does not join.
func JoinState(ratedAt, serviceArrived, now int64) string {
	limit := ratedAt + OrphanDays*dayMS
	switch {
	case serviceArrived > 0 && serviceArrived <= limit:
		return Joined
	case serviceArrived > 0 || now > limit:
		return Orphan
	}
	return Waiting
}

// States of a rating on its way to being counted.
const (
	Waiting = "waiting"
	Joined  = "joined"
	Orphan  = "orphan"
)
