package orders

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cunju/hooks/holidays"
	"cunju/sync/engine"
)

const (
	counsel = "counsel00000001"
	other   = "counsel00000002"
	officer = "officer00000001"
	county  = "county000000001"
	accused = "counsel00000009"
	why     = "到村核实，双方都问过，依清单第三条。"
)

var ranks = map[string]Rank{counsel: Handler, other: Handler, officer: Office, county: County, accused: Handler, "": Nobody}

func opening(matter Matter) Opening {
	return Opening{At: time.Date(2026, 11, 24, 10, 0, 0, 0, holidays.China).UnixMilli(), Matter: matter, Requester: "r", About: []string{accused}}
}

// history reads steps as kind@who=argument, an hour apart.
func history(o Opening, text string) Order {
	var events []Event
	who := map[string]string{"c": counsel, "d": other, "o": officer, "s": county, "x": accused, "": ""}
	for i, word := range strings.Fields(text) {
		word, arg, _ := strings.Cut(word, "=")
		kind, by, _ := strings.Cut(word, "@")
		e := Event{ID: fmt.Sprintf("%015d", i), Kind: Kind(kind), By: who[by], Rank: ranks[who[by]], Note: why, At: o.At + int64(i+1)*int64(time.Hour/time.Millisecond)}
		if e.Kind == CallBack {
			e.Answer = arg
		} else if e.Target = who[arg]; e.Target == "" {
			e.Target = arg
		}
		events = append(events, e)
	}
	return Fold(o, events)
}

func refused(o Order) string {
	var out []string
	for _, s := range o.Steps {
		if s.Refused != "" {
			out = append(out, string(s.Kind)+":"+s.Refused)
		}
	}
	return strings.Join(out, " ")
}

func TestThePathOfAnOrder(t *testing.T) {
	for _, each := range []struct {
		name, steps, refused string
		want                 State
	}{
		{"answered", "dispatch@o=c sign@c begin@c contact@c finish@c call_back@o=satisfied close@o", "", Closed},
		{"nobody was spoken with", "dispatch@o=c sign@c begin@c finish@c", "finish:state", Doing},
		{"help is called back", "dispatch@o=c sign@c begin@c contact@c finish@c close@o", "close:state", Done},
		{"signed by another", "dispatch@o=c sign@d", "sign:author", Dispatched},
		{"first objection is the office's", "dispatch@o=c return@c rule@s=d return_accept@o", "rule:state", New},
		{"second goes to the county", "dispatch@o=c return@c return_reject@o return@c return_reject@o rule@o=c rule@s=c return@c sign@c",
			"return_reject:author rule:author return:twice", Signed},
		{"owner until another signs", "dispatch@o=c sign@c transfer@o=d begin@c sign@c sign@d", "begin:state sign:author", Signed},
		{"co-handling", "dispatch@o=c sign@c cohandle@c=d cohandle@c=d cohandle@c=c", "cohandle:target cohandle:target", Signed},
		{"held orders rest", "dispatch@o=c sign@c hold@o begin@c resume@o begin@c", "begin:state", Doing},
		{"extended once", "dispatch@o=c sign@c extend@o extend@o", "extend:twice", Signed},
		{"reopened once", "dispatch@o=c sign@c begin@c contact@c finish@c call_back@o=unsatisfied close@o reopen@o dispatch@o=d sign@d begin@d contact@d finish@d call_back@o=unsatisfied reopen@o close@o",
			"close:state reopen:twice", Closed},
		{"merged", "dispatch@o=c merge@o=order0000000002 sign@c", "sign:state", Closed},
		{"declined", "decline@o dispatch@o=c", "dispatch:state", Closed},
		{"never to who is complained about", "dispatch@o=x dispatch@o=c sign@x", "dispatch:target sign:author", Dispatched},
		{"a person is not the node", "remind@o=close:50", "remind:author", New},
	} {
		o := history(opening(Help), each.steps)
		assert.Equal(t, each.want, o.State, each.name)
		assert.Equal(t, each.refused, refused(o), each.name)
	}
	o := history(opening(Help), "dispatch@o=c sign@c transfer@o=d")
	assert.Equal(t, counsel, o.Owner, "the first unit stays owner until another has signed")
}

func TestClocksKnowOfflineDeliveryAndHolds(t *testing.T) {
	cal := holidays.Builtin()
	due := func(o Order, name string) string {
		for _, k := range o.Clocks(cal, o.At+int64(200*time.Hour/time.Millisecond)) {
			if k.Name == name {
				return time.UnixMilli(k.Due).In(holidays.China).Format("01-02T15:04")
			}
		}
		return ""
	}
	o := history(opening(Help), "dispatch@o=c") // 11:00 on a Tuesday, four hours of the office
	assert.Equal(t, "11-24T17:00", due(o, "sign"))
	assert.Equal(t, "12-04T00:00", due(o, "close"))
	e := []Event{{ID: "1", Kind: Dispatch, By: officer, Rank: Office, Target: counsel, At: o.At},
		{ID: "2", Kind: Deliver, At: time.Date(2026, 11, 27, 9, 30, 0, 0, holidays.China).UnixMilli()}}
	late := Fold(opening(Help), e)
	assert.Equal(t, "11-27T15:30", due(late, "sign"), "runs from when the phone could know")
	assert.Equal(t, "12-09T00:00", due(late, "close"), "three working days of proven outage")
	assert.Equal(t, "12-15T00:00", due(history(opening(Help), "dispatch@o=c sign@c extend@o"), "close"))
}

func TestAClockThatBeginsAnewIsToldOfAgain(t *testing.T) {
	cal := holidays.Builtin()
	o := history(opening(Help), "remind=dispatch:50 supervise=dispatch dispatch@o=c return@c return_accept@o")
	back := o.WaitingAt
	var said []string
	for _, e := range o.Due(cal, back+int64(30*time.Hour/time.Millisecond)) {
		said = append(said, string(e.Kind)+":"+e.Target)
	}
	assert.Contains(t, said, "remind:dispatch:50")
	assert.Contains(t, said, "supervise:dispatch")
	o = history(opening(Help), "dispatch@o=c sign@c transfer@o=d sign@d")
	first := o.Clocks(cal, o.SignedAt)[0]
	assert.Equal(t, opening(Help).At+int64(time.Hour/time.Millisecond), first.Done, "a transfer does not make the dispatch late")
}

// forbidden looks at what happened, not at how it was decided.
func forbidden(o Order) string {
	returns, reopens, extends := 0, 0, 0
	var last, before Kind
	answer, offered := "", ""
	for _, s := range o.Steps {
		if s.Refused != "" {
			continue
		}
		switch {
		case s.By == accused || s.Target == accused && slices.Contains([]Kind{Dispatch, Transfer, Rule, CoHandle}, s.Kind):
			return "who is complained about acted"
		case before == Close && s.Kind != Reopen || before == Merge || before == Decline:
			return fmt.Sprintf("%s after the end", s.Kind)
		}
		switch s.Kind {
		case Dispatch, Transfer:
			offered = s.Target
		case Sign:
			if s.By != offered {
				return "signed by somebody to whom it was not given"
			}
		case Return:
			returns++
			offered = s.By
		case Rule:
			if returns != 2 || s.By != county {
				return "ruled wrongly"
			}
			offered = s.Target
		case Accept, Reject:
			if returns != 1 {
				return "the second objection was not the county's"
			}
		case Reopen:
			reopens++
			extends = 0
		case Extend:
			extends++
		case CallBack:
			answer = s.Answer
		case Begin:
			if last != Sign {
				return "worked without being signed"
			}
		case Close:
			if answer == Unsatisfied && reopens == 0 || o.Matter != Consultation && last != CallBack {
				return "closed over the requester's word"
			}
		}
		if _, moves := target(s.Kind); moves {
			last, before = s.Kind, s.Kind
		}
	}
	if returns > 2 || reopens > 1 || extends > 1 {
		return "too often"
	}
	return ""
}

// missed counts by hand what the node must have said by now.
func missed(o Order, cal holidays.Calendar, now int64) string {
	if o.State == Closed || o.Held || o.DoneAt > 0 || o.Extended || o.Urgent || len(o.Pauses) > 0 {
		return ""
	}
	day, left := time.UnixMilli(max(o.At, o.ReopenedAt)).In(holidays.China), map[Matter]int{Consultation: 3, Help: 7, Complaint: 15}[o.Matter]
	for left > 0 {
		if day = day.AddDate(0, 0, 1); cal.Works(day) {
			left--
		}
	}
	if last := day.Format(time.DateOnly); time.UnixMilli(now).In(holidays.China).Format(time.DateOnly) > last && !o.Supervised {
		return "nobody was told that the order was to be done by " + last
	}
	return ""
}

// untold names a clock that has run out since it began and of which the node said nothing since.
func untold(o Order, cal holidays.Calendar, now int64) string {
	if o.State == Closed || o.Held {
		return ""
	}
	for _, k := range o.Clocks(cal, now) {
		if k.Done > 0 || now <= k.Due {
			continue
		}
		told := slices.ContainsFunc(o.Steps, func(s Step) bool {
			return s.Refused == "" && s.Kind == Supervise && s.Target == k.Name && s.At >= k.From
		})
		if !told {
			return "nobody was told that " + k.Name + " has run out"
		}
	}
	return ""
}

// likely makes a step what somebody at the page would choose.
func likely(r *rand.Rand, o *Order, e *Event) {
	next := o.Next()
	switch {
	case o.Held:
		next = append(next, Resume)
	case o.State == Signed || o.State == Doing:
		next = append(next, Contact, Contact, CoHandle, Hold, Extend)
	case o.State == Dispatched || o.State == Transferring:
		next = append(next, Sign, Deliver)
	}
	if len(next) == 0 {
		return
	}
	e.Kind, e.By, e.Target = next[r.IntN(len(next))], officer, []string{counsel, other}[r.IntN(2)]
	switch e.Kind {
	case Sign:
		e.By = o.Offered
	case Begin, Finish, Contact:
		e.By = o.Owner
	case Return:
		e.By = cmp.Or(o.Offered, o.Owner)
	case Merge, Decline:
		if r.IntN(4) > 0 { // they end most walks early
			e.Kind, e.By = Sign, o.Offered
		}
	case CallBack:
		e.Answer = []string{Unsatisfied, Satisfied, Anonymous}[r.IntN(3)]
	case Rule:
		e.By = county
	case Deliver:
		e.By = ""
	}
}

// walk lets anybody do anything, three quarters of it what the page would offer, and the node look in between.
func walk(t *testing.T, r *rand.Rand, cal holidays.Calendar, seed uint64, n int) Order {
	o := Fold(Opening{At: opening(Help).At + int64(r.IntN(1e10)), Urgent: r.IntN(8) == 0, Matter: []Matter{Consultation, Help, Complaint}[r.IntN(3)],
		Requester: []string{"", "r"}[r.IntN(2)], About: []string{accused}}, nil)
	people := []string{counsel, other, officer, county, accused, ""}
	answers := []string{Satisfied, FairEnough, Unsatisfied, Anonymous}
	var events []Event
	put := func(e Event) string {
		e.ID = fmt.Sprintf("%015d", len(events))
		events = append(events, e)
		no := o.Allows(e)
		o.Steps = append(o.Steps, Step{e, no})
		if no == "" {
			o.take(e)
		}
		return no
	}
	now := o.At
	length := 4 + r.IntN(20)
	if r.IntN(6) == 0 {
		length += 50 // long enough for a second round
	}
	for range length {
		now += 1 + int64(r.IntN(3)*r.IntN(3e8))
		e := Event{Kind: Kinds[r.IntN(len(Kinds))], By: people[r.IntN(6)], Target: people[r.IntN(5)], Answer: answers[r.IntN(4)], Note: why, At: now}
		if r.IntN(4) > 0 {
			likely(r, &o, &e)
		}
		e.Rank = ranks[e.By]
		put(e)
		if r.IntN(4) > 0 {
			continue
		}
		for _, due := range o.Due(cal, now) {
			require.Empty(t, put(due), "seed %d history %d: what the node must say is allowed", seed, n)
		}
		require.Empty(t, o.Due(cal, now), "seed %d history %d: said once", seed, n)
		require.Empty(t, untold(o, cal, now), "seed %d history %d", seed, n)
		require.Empty(t, missed(o, cal, now), "seed %d history %d", seed, n)
	}
	r.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
	require.Equal(t, o, Fold(o.Opening, events), "seed %d history %d: the order of arrival matters", seed, n)
	return o
}

// TestNoHistoryReachesAForbiddenStateOrAMissedClock is the model-based walk.
func TestNoHistoryReachesAForbiddenStateOrAMissedClock(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	r, cal := rand.New(rand.NewPCG(seed, 7)), holidays.Builtin()
	reached, took, steps, supervised := map[State]int{}, map[Kind]int{}, 0, 0
	const histories = 100_000
	for n := range histories {
		o := walk(t, r, cal, seed, n)
		require.Empty(t, forbidden(o), "seed %d history %d", seed, n)
		reached[o.State]++
		steps += len(o.Steps)
		for _, s := range o.Steps {
			if s.Refused == "" {
				took[s.Kind]++
			}
		}
		if o.Supervised {
			supervised++
		}
	}
	for _, s := range States {
		assert.Positive(t, reached[s], "no history ended in %s", s)
	}
	for _, k := range Kinds {
		assert.Positive(t, took[k], "%s never had an effect", k)
	}
	t.Logf("seed %d: %d histories, %d steps, %d supervised, 0 forbidden, 0 clocks missed", seed, histories, steps, supervised)
}

func TestCheckOfASyncedStep(t *testing.T) {
	good := map[string]any{"order_id": "order0000000001", "kind": "sign", "by": counsel, "at": "2026-11-24T10:00:00.000+08:00"}
	check := func(field string, value any, node bool) string {
		set := map[string]any{}
		for k, v := range good {
			set[k] = v
		}
		set[field] = value
		return Check(engine.Proposed{Set: set, By: counsel, Node: node, Tau: 1795485600000})
	}
	assert.Empty(t, check("kind", "sign", false), "a phone signs offline")
	assert.Equal(t, "rule:order", check("order_id", "", false))
	assert.Equal(t, "rule:kind", check("kind", "delete", false))
	assert.Equal(t, "rights", check("kind", "remind", false))
	assert.Equal(t, "rule:too_long_note", check("note", strings.Repeat("长", MaxNote+1), false))
	assert.Equal(t, "rule:by", check("by", other, false))
	assert.Equal(t, "rule:at", check("at", "2026-12-24T10:00:00Z", false))
	assert.Equal(t, "frozen", Check(engine.Proposed{Current: good, Set: good}))
}
