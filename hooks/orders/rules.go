package orders

import (
	"regexp"
	"slices"
	"time"
	"unicode/utf8"

	"cunju/sync/engine"
)

// Why a step has no effect.
const (
	WrongState  = "state"
	WrongAuthor = "author"
	NoteShort   = "note"
	WrongTarget = "target"
	WrongAnswer = "answer"
	Twice       = "twice"
)

// edge is one move of the path: from where, to where, by whom at least.
type edge struct {
	kind Kind
	from []State
	to   State
	by   Rank
}

var edges = []edge{
	{Dispatch, []State{New, Reopened}, Dispatched, Office},
	{Sign, []State{Dispatched, Transferring}, Signed, Handler},
	{Begin, []State{Signed}, Doing, Handler},
	{Transfer, []State{Signed, Doing}, Transferring, Office},
	{Return, []State{Dispatched, Signed}, ReturnRequest, Handler},
	{Accept, []State{ReturnRequest}, New, Office},
	{Reject, []State{ReturnRequest}, Dispatched, Office},
	{Rule, []State{ReturnRequest}, Dispatched, County},
	{Finish, []State{Doing}, Done, Handler},
	{CallBack, []State{Done}, CalledBack, Office},
	{Close, []State{Done, CalledBack}, Closed, Office},
	{Reopen, []State{CalledBack, Closed}, Reopened, Office},
	{Decline, []State{New}, Closed, Office},
	{Merge, []State{New, Dispatched, Signed, Doing}, Closed, Office},
}

func target(kind Kind) (State, bool) {
	for _, m := range edges {
		if m.kind == kind {
			return m.to, true
		}
	}
	return "", false
}

// told are the steps that only the node takes; noted those that must say why.
var (
	byNode = []Kind{Deliver, Remind, Supervise, Report}
	noted  = []Kind{Return, Accept, Reject, Rule, Finish, Decline, Merge, Hold, Extend, Reopen, Transfer}
)

// Allows says why the rules do not let a step take effect now, "" if they do.
func (o *Order) Allows(e Event) string {
	if refused := o.author(e); refused != "" {
		return refused
	}
	if n := utf8.RuneCountInString(e.Note); n > MaxNote || slices.Contains(noted, e.Kind) && n < MinNote {
		return NoteShort
	}
	for _, m := range edges {
		if m.kind != e.Kind {
			continue
		}
		if !slices.Contains(m.from, o.State) || o.Held && e.Kind != Merge && e.Kind != Decline {
			return WrongState
		}
		if e.Rank < m.by {
			return WrongAuthor
		}
		return o.moving(e)
	}
	return o.aside(e)
}

// author: the node tells, people act, and nobody decides about a complaint against themselves.
func (o *Order) author(e Event) string {
	node := slices.Contains(byNode, e.Kind)
	switch {
	case !slices.Contains(Kinds, e.Kind):
		return WrongState
	case node != (e.By == "") || node != (e.Rank == Nobody):
		return WrongAuthor
	case e.By != "" && slices.Contains(o.About, e.By):
		return WrongAuthor
	}
	return ""
}

// moving judges what a step that moves the order must have besides its state.
func (o *Order) moving(e Event) string {
	switch e.Kind {
	case Dispatch, Transfer, Rule:
		if e.Target == "" || slices.Contains(o.About, e.Target) || e.Kind == Transfer && e.Target == o.Owner {
			return WrongTarget
		}
		if e.Kind == Rule && o.Returns < MaxReturns {
			return WrongState // the first objection is the office's
		}
	case Accept, Reject:
		if o.Returns >= MaxReturns {
			return WrongAuthor // the second goes to the county
		}
	case Sign:
		if e.By != o.Offered {
			return WrongAuthor
		}
	case Return:
		return o.objecting(e)
	case Begin, Finish:
		if e.By != o.Owner {
			return WrongAuthor
		}
		if e.Kind == Finish && o.ContactAt == 0 && o.Requester != "" {
			return WrongState // nobody was spoken with
		}
	case CallBack, Close, Reopen:
		return o.ending(e)
	case Merge:
		if e.Target == "" {
			return WrongTarget
		}
	}
	return ""
}

// objecting: by whom it was given to, twice at most, never against the county's word.
func (o *Order) objecting(e Event) string {
	switch {
	case o.Returns >= MaxReturns || o.Final:
		return Twice
	case o.State == Dispatched && e.By != o.Offered, o.State == Signed && e.By != o.Owner:
		return WrongAuthor
	}
	return ""
}

// ending: help and complaints are always called back, by another than who did the
// work; whoever is not satisfied gets the order reopened, once.
func (o *Order) ending(e Event) string {
	switch e.Kind {
	case CallBack:
		known := []string{Satisfied, FairEnough, Unsatisfied}
		if o.Requester == "" {
			known = []string{Anonymous}
		}
		if !slices.Contains(known, e.Answer) {
			return WrongAnswer
		}
		if e.By == o.Owner {
			return WrongAuthor
		}
	case Close:
		if o.State == Done && o.Matter != Consultation || o.Answer == Unsatisfied && o.Reopens == 0 {
			return WrongState
		}
		if e.By == o.Owner && o.State == CalledBack {
			return WrongAuthor
		}
	case Reopen:
		if o.Reopens > 0 {
			return Twice
		}
		if o.MergedInto != "" || o.DoneAt == 0 || o.Answer != Unsatisfied {
			return WrongState
		}
	}
	return ""
}

// aside judges the steps that leave the state as it is.
func (o *Order) aside(e Event) string {
	working := o.State == Signed || o.State == Doing
	switch e.Kind {
	case Contact, CoHandle, Extend:
		if !working || o.Held {
			return WrongState
		}
		if e.By != o.Owner && e.Rank < Office {
			return WrongAuthor
		}
		return o.beside(e)
	case Hold, Resume:
		if e.Rank < Office {
			return WrongAuthor
		}
		if !working || o.Held != (e.Kind == Resume) {
			return WrongState
		}
	case Deliver:
		if o.Offered == "" || o.DeliveredAt > 0 || o.State != Dispatched && o.State != Transferring || e.At < o.DispatchedAt {
			return WrongState
		}
	case Remind, Supervise, Report:
		if o.State == Closed || o.Held {
			return WrongState
		}
		if slices.Contains(o.Told, string(e.Kind)+":"+e.Target) {
			return Twice
		}
	}
	return ""
}

func (o *Order) beside(e Event) string {
	switch e.Kind {
	case CoHandle:
		if e.Target == "" || e.Target == o.Owner || slices.Contains(o.Helpers, e.Target) || slices.Contains(o.About, e.Target) {
			return WrongTarget
		}
	case Extend:
		if o.Extended {
			return Twice
		}
		if o.Supervised {
			return WrongState // before expiry only
		}
	}
	return ""
}

// Next lists the moves that somebody might take now, by state alone.
func (o *Order) Next() []Kind {
	var out []Kind
	for _, m := range edges {
		if slices.Contains(m.from, o.State) {
			out = append(out, m.kind)
		}
	}
	return out
}

var idForm = regexp.MustCompile(`^[a-z0-9]{15}$`)

// Check is the rule of a synced step: whether it had an effect is decided by the fold,
// so that what was done offline is kept whatever happened meanwhile.
func Check(p engine.Proposed) string {
	text := func(field string) string { s, _ := p.Set[field].(string); return s }
	kind := Kind(text("kind"))
	switch {
	case p.Current != nil:
		return "frozen"
	case !idForm.MatchString(text("order_id")):
		return "rule:order"
	case !slices.Contains(Kinds, kind):
		return "rule:kind"
	case slices.Contains(byNode, kind) && !p.Node:
		return "rights"
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
