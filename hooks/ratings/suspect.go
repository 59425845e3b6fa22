package ratings

import (
	"cmp"
	"slices"
)

// Rules by which a rating is held back from the scores until a person decides. It
// stays visible, and a bad one opens its case all the same.
const (
	RuleAssisted = "assisted" // somebody else held the phone, the slip or the telephone
	RuleCrowd    = "crowd"    // one browser for three services of a counsel
	RuleBlock    = "block"    // one address block for three services of a counsel in a day
	RuleFast     = "fast"     // from the counsel's own address block, at once
	RuleBurst    = "burst"    // four services within ten minutes
	RuleFives    = "fives"    // twenty times the best grade without a word
)

// Rules lists all rules.
var Rules = []string{RuleAssisted, RuleCrowd, RuleBlock, RuleFast, RuleBurst, RuleFives}

// Limits of the rules. They were set on the generated data of fraud_test.go, which
// prints what each finds and whom it troubles.
const (
	blockCodes  = 3
	fastMS      = 2 * 60 * 1000
	burstCodes  = 4
	burstMS     = 10 * 60 * 1000
	fivesInARow = 20
)

// Heard is what the rules must know of a rating.
type Heard struct {
	ID, Tag    string
	Grade      int
	AssistedBy string
	Flags      Flags
	RatedAt    int64 // ms
	MintedAt   int64 // ms, when the record was made; 0 while it has not come
	Bare       bool  // neither a remark nor a reason nor a number
}

// Suspect applies the rules to all ratings of one install. The answer follows from
// what is given, not from its order, so that every node comes to the same.
func Suspect(heard []Heard) map[string][]string {
	all := slices.Clone(heard)
	slices.SortFunc(all, func(a, b Heard) int { return cmp.Or(cmp.Compare(a.RatedAt, b.RatedAt), cmp.Compare(a.ID, b.ID)) })
	held := map[string][]string{}
	hold := func(rule string, list ...Heard) {
		for _, h := range list {
			if !slices.Contains(held[h.ID], rule) {
				held[h.ID] = append(held[h.ID], rule)
			}
		}
	}
	blocks := map[string][]Heard{}
	for _, h := range all {
		if h.AssistedBy != "" {
			hold(RuleAssisted, h)
		}
		if h.Flags.Crowd {
			hold(RuleCrowd, h)
		}
		if apart := h.RatedAt - h.MintedAt; h.Flags.Side && h.MintedAt > 0 && apart < fastMS && apart > -fastMS {
			hold(RuleFast, h)
		}
		if h.Flags.Block != "" {
			blocks[h.Flags.Block] = append(blocks[h.Flags.Block], h)
		}
	}
	for _, list := range blocks {
		if distinct(list) >= blockCodes {
			hold(RuleBlock, list...)
		}
	}
	// A desk keys a pile of slips in one go.
	inRows(slices.DeleteFunc(all, func(h Heard) bool { return h.Flags.Channel != "" }), hold)
	return held
}

// inRows looks at ratings that follow each other: many in little time, and long rows
// of the best grade without a word.
func inRows(own []Heard, hold func(rule string, list ...Heard)) {
	for i := range own {
		end := i
		for end < len(own) && own[end].RatedAt-own[i].RatedAt <= burstMS {
			end++
		}
		if distinct(own[i:end]) >= burstCodes {
			hold(RuleBurst, own[i:end]...)
		}
	}
	for start := 0; start < len(own); start++ {
		end := start
		for end < len(own) && own[end].Grade == VeryGood && own[end].Bare {
			end++
		}
		if distinct(own[start:end]) >= fivesInARow {
			hold(RuleFives, own[start:end]...)
		}
		start = max(start, end)
	}
}

// distinct counts services: who changes a rating is not a crowd.
func distinct(list []Heard) int {
	tags := map[string]bool{}
	for _, h := range list {
		tags[h.Tag] = true
	}
	return len(tags)
}
