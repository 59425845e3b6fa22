package ledgers

import "slices"

// Rates are a year's, in fen: by grade of a village's counsel and by difficulty of a mediated case.
type Rates struct{ Village, Case map[string]int64 }

// Grades of a counsel's year in a village (rule E4).
var Grades = []string{"excellent", "good", "passed", "failed"}

// Difficulties of a mediated case, as its record names them.
var Difficulties = []string{"oral", "simple", "complex", "major"}

// written are the papers that a written mediation's file must hold (table of kinds of service).
var written = []string{"application", "notice", "identity", "minutes", "agreement"}

// Mediation is what a record of mediation says of itself.
type Mediation struct {
	Service, Difficulty string
	Verified, Agreed    bool
	Performed           string   // done, partly, pending, refused
	Due                 bool     // a day of performance was agreed
	Items               []string // papers in the file
}

// Payable says whether the case's subsidy may be paid (rule P4): registered and verified, agreement
// reached, performed or to be performed on a day, file complete. An oral agreement needs no papers.
func (m Mediation) Payable() bool {
	if !m.Verified || !m.Agreed || m.Performed != "done" && !(m.Performed == "pending" && m.Due) {
		return false
	}
	if m.Difficulty == "oral" {
		return true
	}
	for _, paper := range written {
		if !slices.Contains(m.Items, paper) {
			return false
		}
	}
	return true
}

// Served is one counsel's year in one village.
type Served struct {
	Region, Staff    string
	Assigned, Months int // months under assignment, and of these with verified service
	Grade            string
	Deduction        int64 // fen
	Reason           string
	Cases            []Mediation
}

// Pay is what comes of it, in fen.
type Pay struct {
	Base, Cases, Deduction, Total int64
	Paid                          int // cases that are paid
}

// Pay computes rate × months ÷ 12 − deductions, and the cases' subsidy beside it (rules E6, P3). A
// deduction eats no case's subsidy: that is paid by the case. A village without a grade gets no base yet.
func (s Served) Pay(rates Rates) Pay {
	p := Pay{Base: (rates.Village[s.Grade]*int64(s.Months) + 6) / 12}
	p.Deduction = min(s.Deduction, p.Base)
	for _, m := range s.Cases {
		if m.Payable() {
			p.Cases += rates.Case[m.Difficulty]
			p.Paid++
		}
	}
	p.Total = p.Base - p.Deduction + p.Cases
	return p
}
