// Package cases is the loop that a bad rating opens (差评处置, rules Q6 and Q7): what
// the office does about it step by step, by which clocks, and what the resident says
// in the end. Every step is a record that is appended; where a case stands is folded
// from them. The person who was rated can take no step.
package cases

import (
	"cmp"
	"slices"
	"unicode/utf8"
)

// Collection holds the steps; they are created once and never edited.
const Collection = "rating_events"

// State is where a case stands.
type State string

// The states. A case is received by the rating itself.
const (
	Received   State = "received"
	Accepted   State = "accepted"
	Verifying  State = "verifying"
	Unfounded  State = "unfounded"
	FixPlan    State = "fix_plan"
	Explained  State = "explained"
	Fixed      State = "fixed"
	CalledBack State = "called_back"
	Closed     State = "closed"
)

// States lists all states in the order of the path.
var States = []State{Received, Accepted, Verifying, Unfounded, FixPlan, Explained, Fixed, CalledBack, Closed}

// Kind is what a step is.
type Kind string

// Steps that move a case, then those that leave it where it is: contact notes that
// the resident was reached, asked is the resident's own second answer, remind and
// escalate are the node's.
const (
	Accept       Kind = "accept"
	Verify       Kind = "verify"
	FindNone     Kind = "unfounded"
	Plan         Kind = "plan"
	Explain      Kind = "explain"
	Fix          Kind = "fix"
	CallBack     Kind = "call_back"
	Close        Kind = "close"
	Reopen       Kind = "reopen"
	Contact      Kind = "contact"
	Asked        Kind = "asked"
	Remind       Kind = "remind"
	Escalate     Kind = "escalate"
	Count        Kind = "count"   // a person decided that a flagged rating counts
	Exclude      Kind = "exclude" // … that it does not
	Enter        Kind = "enter"   // a slip or a call was keyed in at the desk
	Sample       Kind = "sample"  // outcome of a call of the random sample
	MinNote           = 10        // characters of a finding: "spoken with" closes nothing
	MaxNote           = 1000
	reopenedOnce      = 1
)

// Moves lists the kinds that move a case, as the office may choose them.
var Moves = []Kind{Accept, Verify, FindNone, Plan, Explain, Fix, CallBack, Close, Reopen}

// Answers of a resident; the last two are for call-backs alone.
const (
	Satisfied   = "satisfied"
	FairEnough  = "fair"
	Unsatisfied = "unsatisfied"
	Unreached   = "unreached"
	Anonymous   = "anonymous"
)

// AskedAnswers are the three of the second question (Q6).
var AskedAnswers = []string{Satisfied, FairEnough, Unsatisfied}

// Event is one step as it is recorded.
type Event struct {
	ID     string
	Kind   Kind
	By     string // staff; "" is the node or the resident
	Answer string
	Note   string
	At     int64 // ms
}

// Opening is what a case begins with.
type Opening struct {
	At      int64    // ms, when the bad rating came
	PhoneAt int64    // ms, when a number to call back was left; 0: none
	Rated   []string // staff who may take no step: those who served
}

// Step is an event and why it was without effect, "" if it had one.
type Step struct {
	Event
	Refused string
}

// Case is where the steps have led.
type Case struct {
	Opening
	State    State
	Finder   string // who found it unfounded, planned the repair or explained
	Last     string // who took the last step of a person
	Found    State  // the finding: Unfounded, FixPlan or Explained
	Answer   string // what the resident said last, by telephone or on the page
	Reopened int
	Steps    []Step

	AcceptedAt, ContactAt, SettledAt, CalledAt, AskedAt, ClosedAt int64
	Reminded, Escalated                                           []string // clocks that were told about
}

// move is one edge of the path.
type move struct {
	kind Kind
	from []State
	to   State
}

var moves = []move{
	{Accept, []State{Received}, Accepted},
	{Verify, []State{Accepted}, Verifying},
	{FindNone, []State{Verifying}, Unfounded},
	{Plan, []State{Verifying}, FixPlan},
	{Explain, []State{Verifying}, Explained},
	{Fix, []State{FixPlan}, Fixed},
	{CallBack, []State{Unfounded, Explained, Fixed}, CalledBack},
	{Close, []State{CalledBack}, Closed},
	{Reopen, []State{CalledBack, Closed}, Verifying},
}

// Fold gives the case that the events lead to. Their order in the list does not
// matter; one that the rules do not allow at its turn stays in the list of steps
// without effect.
func Fold(o Opening, events []Event) Case {
	c := Case{Opening: o, State: Received}
	events = slices.Clone(events)
	slices.SortFunc(events, func(a, b Event) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID))
	})
	for _, e := range events {
		refused := c.Allows(e)
		c.Steps = append(c.Steps, Step{e, refused})
		if refused == "" {
			c.take(e)
		}
	}
	return c
}

// take applies a step that the rules allow.
func (c *Case) take(e Event) {
	for _, m := range moves {
		if m.kind == e.Kind {
			c.State = m.to
		}
	}
	switch e.Kind {
	case Accept:
		c.AcceptedAt = e.At
	case FindNone, Plan, Explain:
		c.Finder, c.Found = e.By, c.State
	case Contact:
		c.ContactAt = cmp.Or(c.ContactAt, e.At)
	case CallBack:
		c.CalledAt = e.At
		if slices.Contains(AskedAnswers, e.Answer) { // who was not reached has not changed their mind
			c.Answer, c.ContactAt = e.Answer, cmp.Or(c.ContactAt, e.At)
		}
	case Asked:
		c.AskedAt, c.Answer = e.At, e.Answer
	case Close:
		c.ClosedAt = e.At
	case Reopen:
		c.Reopened++
		c.SettledAt, c.CalledAt, c.AskedAt, c.ClosedAt, c.Finder, c.Found = 0, 0, 0, 0, "", ""
	case Remind:
		c.Reminded = append(c.Reminded, e.Note)
	case Escalate:
		c.Escalated = append(c.Escalated, e.Note)
	case Verify, Fix, Count, Exclude, Enter, Sample:
	}
	if c.settled() && c.SettledAt == 0 {
		c.SettledAt = e.At
	}
	if e.By != "" {
		c.Last = e.By
	}
}

// settled says that the office has answered: only call-back and closing are left.
func (c *Case) settled() bool {
	return c.State == Unfounded || c.State == Explained || c.State == Fixed
}

func longEnough(note string) bool {
	n := utf8.RuneCountInString(note)
	return n >= MinNote && n <= MaxNote
}
