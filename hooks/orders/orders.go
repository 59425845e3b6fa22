// Package orders is the life of a work order (工单, rules of work orders): what may
// follow what, who is bound to act, by which clocks, and what the node has to tell.
// Every step is a record that is appended; where an order stands is folded from them,
// so that steps taken offline find their place whenever they arrive.
package orders

import (
	"cmp"
	"slices"
	"strings"
)

// Collection holds the steps; they are created once and never edited.
const Collection = "order_events"

// State is where an order stands.
type State string

// The states. Side states (held, supervised, co-handled, merged) are fields of Order.
const (
	New           State = "new"
	Dispatched    State = "dispatched"
	Signed        State = "signed"
	Doing         State = "doing"
	Transferring  State = "transfer"       // offered to another, who has not signed yet
	ReturnRequest State = "return_request" // objected to: the office or the county rules
	Done          State = "done"
	CalledBack    State = "call_back"
	Closed        State = "closed"
	Reopened      State = "reopened"
)

// States lists all states in the order of the path.
var States = []State{New, Dispatched, Signed, Doing, Transferring, ReturnRequest, Done, CalledBack, Closed, Reopened}

// Kind is what a step is.
type Kind string

// Steps that move an order, then those that leave it where it is. Deliver, remind,
// supervise and report are the node's own.
const (
	Dispatch  Kind = "dispatch"
	Sign      Kind = "sign"
	Begin     Kind = "begin"
	Transfer  Kind = "transfer"
	Return    Kind = "return"
	Accept    Kind = "return_accept" // the office takes the first objection
	Reject    Kind = "return_reject"
	Rule      Kind = "rule" // the county decides the second objection, for good
	Finish    Kind = "finish"
	CallBack  Kind = "call_back"
	Close     Kind = "close"
	Reopen    Kind = "reopen"
	Decline   Kind = "decline" // not to be accepted here (O3)
	Merge     Kind = "merge"
	Contact   Kind = "contact"
	CoHandle  Kind = "cohandle"
	Hold      Kind = "hold"
	Resume    Kind = "resume"
	Extend    Kind = "extend"
	Deliver   Kind = "deliver"
	Remind    Kind = "remind"
	Supervise Kind = "supervise"
	Report    Kind = "report"
)

// Kinds lists all kinds.
var Kinds = []Kind{Dispatch, Sign, Begin, Transfer, Return, Accept, Reject, Rule, Finish, CallBack, Close, Reopen, Decline, Merge,
	Contact, CoHandle, Hold, Resume, Extend, Deliver, Remind, Supervise, Report}

// Limits of rule §5 and O5.
const (
	MaxReturns = 2
	MinNote    = 10 // characters: "spoken with" alone closes nothing
	MaxNote    = 2000
)

// Answers of a requester at the call-back; the last is for who cannot be asked.
const (
	Satisfied   = "satisfied"
	FairEnough  = "fair"
	Unsatisfied = "unsatisfied"
	Anonymous   = "anonymous"
)

// Rank is on whose behalf a step is taken.
type Rank int

// The ranks. Nobody is the node itself.
const (
	Nobody  Rank = iota
	Handler      // counsel or provider
	Office       // the township's officer
	County       // a supervisor above the township
)

// Event is one step as it is recorded.
type Event struct {
	ID     string
	Kind   Kind
	By     string // staff; "" is the node
	Rank   Rank
	Target string // who gets the order, who helps, which order it is merged into, which clock is told of
	Answer string
	Note   string
	At     int64 // ms, the centre's clock
}

// Opening is what an order begins with.
type Opening struct {
	At        int64 // ms
	Urgent    bool
	Matter    Matter
	Requester string   // "" where anonymous
	About     []string // staff complained about: they take no step (O4)
}

// Matter decides the time for closing.
type Matter string

// Matters of rule §5.
const (
	Consultation Matter = "consultation"
	Help         Matter = "help"
	Complaint    Matter = "complaint"
)

// Step is an event and why it was without effect, "" if it had one.
type Step struct {
	Event
	Refused string
}

// Span is a stretch in which the clocks stand still, ms.
type Span struct{ From, To int64 }

// Order is where the steps have led.
type Order struct {
	Opening
	State      State
	Owner      string // the first unit stays owner until another has signed (O1)
	Offered    string // who was offered the order and has not signed
	Helpers    []string
	Held       bool
	Supervised bool
	Extended   bool
	Final      bool // the county has ruled: no further objection
	Returns    int
	Reopens    int
	Answer     string
	MergedInto string
	Pauses     []Span // holds and proven outages, in order; the last is open while To is 0
	Told       []string
	Steps      []Step

	DispatchedAt, DeliveredAt, SignedAt, ContactAt, DoneAt, CalledAt, ClosedAt int64
	WaitingAt, PlacedAt, ReturnedAt, ReopenedAt                                int64
}

// Fold gives the order that the events lead to. Their order in the list does not
// matter; one that the rules do not allow at its turn stays in the list without effect.
func Fold(o Opening, events []Event) Order {
	out := Order{Opening: o, State: New, WaitingAt: o.At}
	events = slices.Clone(events)
	slices.SortFunc(events, func(a, b Event) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID)) })
	for _, e := range events {
		refused := out.Allows(e)
		out.Steps = append(out.Steps, Step{e, refused})
		if refused == "" {
			out.take(e)
		}
	}
	return out
}

// take applies a step that the rules allow.
func (o *Order) take(e Event) {
	o.move(e)
	switch e.Kind {
	case Contact:
		o.ContactAt = cmp.Or(o.ContactAt, e.At)
	case CoHandle:
		o.Helpers = append(o.Helpers, e.Target)
	case Hold:
		o.Held, o.Pauses = true, append(o.Pauses, Span{From: e.At})
	case Resume:
		o.resume(e.At)
	case Extend:
		o.Extended = true
	case Deliver:
		o.DeliveredAt = e.At
		o.Pauses = append(o.Pauses, Span{From: o.DispatchedAt, To: e.At})
	case Remind, Supervise, Report:
		o.Told = append(o.Told, string(e.Kind)+":"+e.Target)
		o.Supervised = o.Supervised || e.Kind == Supervise
	}
}

// move applies what changes the state.
func (o *Order) move(e Event) {
	if to, ok := target(e.Kind); ok {
		o.State = to
	}
	switch e.Kind {
	case Dispatch:
		o.PlacedAt = e.At
		o.offer(e)
	case Transfer:
		o.offer(e)
	case Sign:
		o.Owner, o.Offered, o.SignedAt = e.By, "", e.At
	case Return:
		o.Returns, o.ReturnedAt, o.Offered = o.Returns+1, e.At, e.By
		o.forget("ruling")
	case Accept:
		o.ReturnedAt, o.WaitingAt = 0, e.At
		o.release()
	case Reject: // it is the objector's again, and the clock for signing begins anew
		o.ReturnedAt = 0
		o.offer(Event{Target: o.Offered, At: e.At})
	case Rule:
		o.Final, o.ReturnedAt = true, 0
		o.offer(e)
	case Finish:
		o.DoneAt = e.At
	case CallBack:
		o.CalledAt, o.Answer = e.At, e.Answer
	case Close, Decline:
		o.ClosedAt = e.At
	case Merge:
		o.MergedInto, o.ClosedAt = e.Target, e.At
	case Reopen:
		o.Reopens, o.WaitingAt, o.ReopenedAt = o.Reopens+1, e.At, e.At
		o.release()
		o.DoneAt, o.ContactAt, o.CalledAt, o.ClosedAt, o.Answer, o.Extended, o.Told, o.Supervised = 0, 0, 0, 0, "", false, nil, false
	}
	if e.Kind == Merge || e.Kind == Decline {
		o.resume(e.At)
	}
}

// offer gives the order to somebody, who answers for it only after signing.
func (o *Order) offer(e Event) {
	o.Offered, o.DispatchedAt, o.DeliveredAt, o.SignedAt = e.Target, e.At, 0, 0
	o.forget("sign", "contact")
}

// forget lets clocks that begin anew be told about again.
func (o *Order) forget(clocks ...string) {
	o.Told = slices.DeleteFunc(o.Told, func(t string) bool {
		parts := strings.Split(t, ":") // kind:clock or kind:clock:share
		return slices.Contains(clocks, parts[1])
	})
}

// release lays the order on the office's table again.
func (o *Order) release() {
	o.Owner, o.Offered, o.SignedAt, o.DispatchedAt, o.PlacedAt = "", "", 0, 0, 0
	o.forget("dispatch")
}

// resume ends a hold.
func (o *Order) resume(at int64) {
	if !o.Held {
		return
	}
	o.Held = false
	for i := range o.Pauses {
		if o.Pauses[i].To == 0 {
			o.Pauses[i].To = at
		}
	}
}
