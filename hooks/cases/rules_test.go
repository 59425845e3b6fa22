package cases

import (
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
	rated  = "counsel00000001"
	hand   = "officer00000001"
	second = "officer00000002"
	note10 = "到村核实，双方都问过了。"
)

// history reads steps as text: kind, then @ who acts (h, s, r, - for nobody), then = answer.
func history(t *testing.T, o Opening, text string) Case {
	t.Helper()
	var events []Event
	for i, word := range strings.Fields(text) {
		word, answer, _ := strings.Cut(word, "=")
		kind, who, _ := strings.Cut(word, "@")
		by, known := map[string]string{"": hand, "h": hand, "s": second, "r": rated, "-": ""}[who]
		require.True(t, known, word)
		events = append(events, Event{ID: fmt.Sprintf("%015d", i), Kind: Kind(kind), By: by, Answer: answer, Note: note10, At: o.At + int64(i+1)*1000})
	}
	return Fold(o, events)
}

// refusals is what became of each step.
func refusals(c Case) string {
	var out []string
	for _, s := range c.Steps {
		out = append(out, string(s.Kind)+":"+s.Refused)
	}
	return strings.Join(out, " ")
}

func opening(phone bool) Opening {
	o := Opening{At: time.Date(2026, 11, 24, 10, 0, 0, 0, holidays.China).UnixMilli(), Rated: []string{rated}}
	if phone {
		o.PhoneAt = o.At
	}
	return o
}

func TestThePathOfACase(t *testing.T) {
	for _, each := range []struct {
		name, steps, refused string
		phone                bool
		want                 State
	}{
		{"repaired", "accept contact verify plan fix call_back=satisfied close", "", true, Closed},
		{"explained to nobody known", "accept verify explain call_back=anonymous close", "", false, Closed},
		{"without ground, closed by another", "accept verify unfounded call_back=fair close@s", "", true, Closed},
		{"without ground, closed by the finder", "accept verify unfounded call_back=fair close@h", "close:same_person", true, CalledBack},
		{"nothing is skipped", "verify plan fix call_back=satisfied close", "verify:state plan:state fix:state call_back:state close:state", true, Received},
		{"a plan is no repair", "accept verify plan call_back=satisfied", "call_back:state", true, FixPlan},
		{"the person rated", "accept@r verify@r", "accept:rated verify:rated", true, Received},
		{"the person rated closes", "accept verify explain call_back=satisfied close@r", "close:rated", true, CalledBack},
		{"nobody", "accept@-", "accept:author", true, Received},
		{"a person reminds", "remind@h escalate@h", "remind:author escalate:author", true, Received},
		{"a person answers for the resident", "accept verify explain asked@h=satisfied", "asked:author", true, Explained},
		{"who left a number is called", "accept verify explain call_back=anonymous", "call_back:answer", true, Explained},
		{"who left none cannot be", "accept verify explain call_back=satisfied", "call_back:answer", false, Explained},
		{"not satisfied: looked at anew", "accept verify explain call_back=unsatisfied close reopen plan fix call_back=satisfied close", "close:state", true, Closed},
		{"never satisfied: another closes", "accept verify explain call_back=unsatisfied reopen explain call_back=unsatisfied close@h reopen close@s", "close:same_person reopen:state", true, Closed},
		{"asked by the page", "accept verify plan fix asked@-=unsatisfied call_back=anonymous close", "close:state", false, CalledBack},
		{"asked after the end", "accept verify explain call_back=anonymous close asked@-=unsatisfied reopen", "", false, Verifying},
		{"asked too early", "accept asked@-=satisfied", "asked:state", true, Accepted},
		{"asked twice", "accept verify explain asked@-=fair asked@-=unsatisfied", "asked:state", true, Explained},
		{"asked with no answer", "accept verify explain asked@-=unreached", "asked:answer", true, Explained},
	} {
		c := history(t, opening(each.phone), each.steps)
		assert.Equal(t, each.want, c.State, each.name)
		var failed []string
		for _, word := range strings.Fields(refusals(c)) {
			if !strings.HasSuffix(word, ":") {
				failed = append(failed, word)
			}
		}
		assert.Equal(t, each.refused, strings.Join(failed, " "), each.name)
	}
}

func TestAFindingSaysWhatWasFound(t *testing.T) {
	for _, kind := range []Kind{FindNone, Plan, Explain} {
		c := history(t, opening(true), "accept verify")
		assert.Equal(t, NoteShort, c.Allows(Event{Kind: kind, By: hand, Note: "已沟通"}), kind)
		assert.Equal(t, NoteShort, c.Allows(Event{Kind: kind, By: hand, Note: strings.Repeat("长", MaxNote+1)}), kind)
		assert.Empty(t, c.Allows(Event{Kind: kind, By: hand, Note: note10}), kind)
	}
}

// successors is the path of rule Q7, written by hand: what may follow what.
var successors = map[Kind][]Kind{
	"": {Accept}, Accept: {Verify}, Verify: {FindNone, Plan, Explain}, Plan: {Fix},
	FindNone: {CallBack}, Explain: {CallBack}, Fix: {CallBack},
	CallBack: {Close, Reopen}, Close: {Reopen}, Reopen: {FindNone, Plan, Explain},
}

// forbidden looks at what happened, not at how it was decided.
func forbidden(c Case) string {
	var last Kind
	reopened, finder, unfounded := 0, "", false
	answer := ""
	for _, s := range c.Steps {
		if s.Refused != "" {
			continue
		}
		if s.By == rated {
			return "the person rated acted"
		}
		if slices.Contains(AskedAnswers, s.Answer) {
			answer = s.Answer
		}
		if !slices.Contains(Moves, s.Kind) {
			continue
		}
		if !slices.Contains(successors[last], s.Kind) {
			return fmt.Sprintf("%s after %q", s.Kind, last)
		}
		switch s.Kind {
		case Reopen:
			reopened++
		case FindNone, Plan, Explain:
			finder, unfounded = s.By, s.Kind == FindNone
		case Close:
			if unfounded && s.By == finder {
				return "nobody else looked at a finding without ground"
			}
			if answer == Unsatisfied && reopened == 0 {
				return "closed over the resident's word"
			}
		case CallBack:
			if (c.PhoneAt > 0) == (s.Answer == Anonymous) {
				return "called back wrongly"
			}
		}
		last = s.Kind
	}
	if reopened > 1 {
		return "reopened for ever"
	}
	ends := map[Kind]State{"": Received, Accept: Accepted, Verify: Verifying, FindNone: Unfounded, Plan: FixPlan, Explain: Explained,
		Fix: Fixed, CallBack: CalledBack, Close: Closed, Reopen: Verifying}
	if ends[last] != c.State {
		return fmt.Sprintf("%s after %q", c.State, last)
	}
	return ""
}

// TestNoHistoryReachesAForbiddenState walks histories that anybody could send:
// any kind by anybody in any order, half of them steered towards what is allowed.
func TestNoHistoryReachesAForbiddenState(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 6))
	reached, steps, closed := map[State]int{}, 0, 0
	const histories = 20_000
	for n := range histories {
		o := opening(r.IntN(2) == 0)
		events := walk(r, o, 2+r.IntN(24))
		c := Fold(o, events)
		steps += len(events)
		reached[c.State]++
		if c.State == Closed {
			closed++
		}
		require.Empty(t, forbidden(c), "seed %d history %d: %s", seed, n, refusals(c))
		shuffled := slices.Clone(events)
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		require.Equal(t, c, Fold(o, shuffled), "seed %d history %d: the order of arrival matters", seed, n)
		require.Len(t, c.Steps, len(events), "every step is kept")
	}
	for _, s := range States {
		assert.Positive(t, reached[s], "no history ended in %s", s)
	}
	t.Logf("seed %d: %d histories, %d steps, %d closed, 0 forbidden", seed, histories, steps, closed)
}

func walk(r *rand.Rand, o Opening, n int) []Event {
	people := []string{rated, hand, second, ""}
	answers := []string{"", Satisfied, FairEnough, Unsatisfied, Unreached, Anonymous}
	var events []Event
	for i := range n {
		e := Event{ID: fmt.Sprintf("%015d", i), Kind: kinds[r.IntN(len(kinds))], By: people[r.IntN(4)], Answer: answers[r.IntN(6)],
			At: o.At + int64(r.IntN(1000)), Note: note10}
		if r.IntN(10) == 0 {
			e.Note = "好"
		}
		if r.IntN(2) == 0 { // what somebody at the page would choose
			c := Fold(o, events)
			if next := c.Next(); len(next) > 0 {
				e.Kind, e.At = next[r.IntN(len(next))], o.At+1000+int64(i)
				e.By = people[r.IntN(3)]
				if e.Kind != CallBack {
					e.Answer = ""
				}
			}
		}
		events = append(events, e)
	}
	return events
}

func TestClocksRunOnWorkingDays(t *testing.T) {
	cal := holidays.Builtin()
	eve := opening(true)
	eve.At = time.Date(2026, 9, 30, 17, 0, 0, 0, holidays.China).UnixMilli() // the evening before seven days off
	eve.PhoneAt = eve.At
	c := Fold(eve, nil)
	due := map[string]string{}
	for _, k := range c.Clocks(cal) {
		due[k.Name] = time.UnixMilli(k.Due).In(holidays.China).Format("2006-01-02T15")
	}
	assert.Equal(t, map[string]string{"accept": "2026-10-01T17", "contact": "2026-10-09T00", "settle": "2026-10-14T00", "limit": "2026-10-28T00"}, due)
	anonymous := Fold(opening(false), nil)
	assert.Len(t, anonymous.Clocks(cal), 3, "nobody can be contacted who left no number")
}

func TestRemindersComeOnceAndLateClocksGoToTheCounty(t *testing.T) {
	cal, o := holidays.Builtin(), opening(true)
	at := func(hours float64) int64 { return o.At + int64(hours*float64(time.Hour/time.Millisecond)) }
	c := Fold(o, nil)
	remind, escalate := c.Due(cal, at(1))
	assert.Empty(t, remind)
	assert.Empty(t, escalate)
	remind, escalate = c.Due(cal, at(20))
	assert.Equal(t, []string{"accept"}, remind)
	assert.Empty(t, escalate)
	remind, escalate = c.Due(cal, at(25))
	assert.Equal(t, []string{"accept"}, escalate)
	assert.Contains(t, remind, "accept")
	c = Fold(o, []Event{{ID: "1", Kind: Remind, Note: "accept", At: at(20)}, {ID: "2", Kind: Escalate, Note: "accept", At: at(25)}})
	remind, escalate = c.Due(cal, at(26))
	assert.Empty(t, remind)
	assert.Empty(t, escalate)
	c = history(t, o, "accept verify explain call_back=satisfied close")
	remind, escalate = c.Due(cal, at(10_000))
	assert.Empty(t, append(remind, escalate...), "a closed case is at rest")
}

func TestCheckOfASyncedStep(t *testing.T) {
	good := map[string]any{"region": "500238101000", "code": strings.Repeat("0f", 11), "kind": "accept", "by": hand, "at": "2026-11-24T10:00:00.000+08:00"}
	p := func(change map[string]any) engine.Proposed {
		set := map[string]any{}
		for k, v := range good {
			set[k] = v
		}
		for k, v := range change {
			set[k] = v
		}
		return engine.Proposed{Collection: Collection, Set: set, By: hand, Node: true, Tau: 1795485600000}
	}
	assert.Empty(t, Check(p(nil)))
	for want, change := range map[string]map[string]any{
		"rule:region":        {"region": "500238101201"},
		"rule:kind":          {"kind": "delete"},
		"rule:code":          {"code": ""},
		"rule:rating":        {"kind": "exclude"},
		"rule:too_long_note": {"note": strings.Repeat("长", MaxNote+1)},
		"rule:by":            {"by": second},
		"rule:at":            {"at": "2026-12-24T10:00:00Z"},
	} {
		assert.Equal(t, want, Check(p(change)))
	}
	phone := p(nil)
	phone.Node = false
	assert.Equal(t, "rights", Check(phone), "no phone writes a step")
	again := p(nil)
	again.Current = good
	assert.Equal(t, "frozen", Check(again), "no step is edited")
}
