package cases

import (
	"regexp"
	"slices"
	"time"
	"unicode/utf8"

	"cunju/sync/engine"
)

// Why a step is refused; "" allows it.
const (
	WrongState  = "state"
	IsRated     = "rated"       // the person rated handles nothing
	SamePerson  = "same_person" // a second person must look
	NoteShort   = "note"        // a finding says what was found
	WrongAnswer = "answer"      // no answer, or one that does not fit
	WrongAuthor = "author"      // a person's step without one, or the reverse
)

// Allows says why a step may not be taken now, "" if it may. It is the one rule:
// the office's routes ask it before they write, the fold asks it again for every
// step, whoever brought it.
func (c *Case) Allows(e Event) string {
	if refused := c.author(e); refused != "" {
		return refused
	}
	for _, m := range moves {
		if m.kind == e.Kind && !slices.Contains(m.from, c.State) {
			return WrongState
		}
	}
	if e.Answer != "" && e.Kind != CallBack && e.Kind != Asked {
		return WrongAnswer
	}
	switch e.Kind {
	case FindNone, Plan, Explain, Fix, Reopen:
		if !longEnough(e.Note) {
			return NoteShort
		}
	case CallBack:
		return c.callBack(e)
	case Asked:
		return c.asked(e)
	case Close:
		return c.closing(e)
	case Contact:
		if c.State == Received || c.State == Closed {
			return WrongState
		}
	case Remind, Escalate:
		if c.State == Closed {
			return WrongState
		}
	case Accept, Verify, Count, Exclude, Enter, Sample:
	}
	if e.Kind == Reopen && (c.Reopened >= reopenedOnce || c.Answer != Unsatisfied) {
		return WrongState
	}
	return ""
}

// author: people take people's steps, never about themselves; the node reminds and
// the resident answers without a name.
func (c *Case) author(e Event) string {
	switch e.Kind {
	case Remind, Escalate, Asked:
		if e.By != "" {
			return WrongAuthor
		}
		return ""
	}
	switch {
	case e.By == "":
		return WrongAuthor
	case slices.Contains(c.Rated, e.By):
		return IsRated
	}
	return ""
}

// callBack: who had left a number is called, who had left none cannot be.
func (c *Case) callBack(e Event) string {
	phone := c.PhoneAt > 0 && c.PhoneAt <= e.At
	switch {
	case e.Answer == Anonymous && phone, e.Answer != Anonymous && !phone,
		e.Answer != Anonymous && e.Answer != Unreached && !slices.Contains(AskedAnswers, e.Answer):
		return WrongAnswer
	}
	return ""
}

// asked: the page asks again once the office has answered.
func (c *Case) asked(e Event) string {
	switch {
	case !c.Answerable():
		return WrongState
	case !slices.Contains(AskedAnswers, e.Answer):
		return WrongAnswer
	}
	return ""
}

// Answerable says whether the resident's page asks again now: once, after the
// office has answered, and once more after it was looked at anew.
func (c *Case) Answerable() bool {
	return c.AskedAt == 0 && (c.settled() || c.State == CalledBack || c.State == Closed)
}

// closing: a complaint that was found to be without ground is closed by another
// person than the one who found so, and so is one whose resident is still not satisfied,
// which must have been looked at anew before.
func (c *Case) closing(e Event) string {
	if c.Answer == Unsatisfied && c.Reopened < reopenedOnce {
		return WrongState
	}
	if (c.Found == Unfounded || c.Answer == Unsatisfied) && e.By == c.Finder {
		return SamePerson
	}
	return ""
}

// Next lists the moves that a person might take now, by state alone.
func (c *Case) Next() []Kind {
	var out []Kind
	for _, m := range moves {
		if slices.Contains(m.from, c.State) && (m.kind != Reopen || c.Reopened < reopenedOnce && c.Answer == Unsatisfied) {
			out = append(out, m.kind)
		}
	}
	return out
}

var (
	codeForm   = regexp.MustCompile(`^[0-9a-f]{22}$`)
	regionForm = regexp.MustCompile(`^[0-9]{9}000$`)
	idForm     = regexp.MustCompile(`^[a-z0-9]{15}$`)
)

var kinds = []Kind{Accept, Verify, FindNone, Plan, Explain, Fix, CallBack, Close, Reopen, Contact, Asked, Remind, Escalate, Count, Exclude, Enter, Sample}

// Check is the rule of a synced step: only nodes bring one, and none is edited.
// Whether it had an effect is decided by the fold.
func Check(p engine.Proposed) string {
	text := func(field string) string { s, _ := p.Set[field].(string); return s }
	kind := Kind(text("kind"))
	switch {
	case !p.Node:
		return "rights"
	case p.Current != nil:
		return "frozen"
	case !regionForm.MatchString(text("region")):
		return "rule:region"
	case !slices.Contains(kinds, kind):
		return "rule:kind"
	case kind != Sample && !codeForm.MatchString(text("code")), kind == Sample && !idForm.MatchString(text("service")):
		return "rule:code"
	case (kind == Count || kind == Exclude || kind == Enter) && !idForm.MatchString(text("rating")):
		return "rule:rating"
	case utf8.RuneCountInString(text("note")) > MaxNote:
		return "rule:too_long_note"
	case p.By != text("by"):
		return "rule:by"
	}
	at, err := time.Parse(time.RFC3339, text("at"))
	if err != nil || p.Tau > 0 && at.UnixMilli() > p.Tau+24*60*60*1000 {
		return "rule:at"
	}
	return ""
}
