package ratings

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The generated township of a year: honest counsel whose residents rate as people
// do, and counsel who cheat in one of six ways. All of it follows from the seed.
const (
	fraudSeed    = 20261124
	honest       = 60
	cheatsOfKind = 10
)

// crowd is the ratings of one counsel and which of them are false.
type crowd struct {
	no    int
	cheat string // "" is honest
	heard []Heard
	false map[string]bool
}

type generator struct {
	r *rand.Rand
	n int
}

// add makes one rating; the other values are those of a resident alone at home.
func (g *generator) add(c *crowd, at time.Time, change func(*Heard)) {
	g.n++
	h := Heard{ID: fmt.Sprintf("r%014d", g.n), Tag: fmt.Sprintf("%014x", g.n), Grade: g.grade(), RatedAt: at.UnixMilli(),
		MintedAt: at.Add(-g.wait()).UnixMilli(), Bare: g.r.IntN(10) > 0, Flags: Flags{Block: g.block("home", g.n)}}
	if change != nil {
		change(&h)
	}
	c.heard = append(c.heard, h)
}

// grade of an honest resident: mostly content, as satisfaction surveys are.
func (g *generator) grade() int {
	switch p := g.r.IntN(100); {
	case p < 72:
		return 5
	case p < 90:
		return 4
	case p < 96:
		return 3
	case p < 99:
		return 2
	}
	return 1
}

// wait from the record to the rating: half at the table, half later.
func (g *generator) wait() time.Duration {
	if g.r.IntN(2) == 0 {
		return time.Duration(20+g.r.IntN(400)) * time.Second
	}
	return time.Duration(1+g.r.IntN(5*24*60)) * time.Minute
}

func (g *generator) block(kind string, n int) string {
	return keyed([]byte(kind), "block", fmt.Sprint(n))[:16]
}

// ordinary is a year of one counsel: visits of two to five services every week or
// two; some villages have one address for all (the committee's wireless), where the
// counsel's phone is, too; an elder is helped now and then.
func (g *generator) ordinary(c *crowd) {
	wireless := g.r.IntN(3) == 0
	for day := g.r.IntN(7); day < 365; day += 7 + g.r.IntN(8) {
		visit := time.Date(2026, 1, 1, 9, 0, 0, 0, zone).AddDate(0, 0, day)
		shared := wireless && g.r.IntN(2) == 0
		for range 2 + g.r.IntN(4) {
			visit = visit.Add(time.Duration(15+g.r.IntN(50)) * time.Minute)
			if g.r.IntN(100) >= 45 { // not everybody rates
				continue
			}
			wait := g.wait()
			g.add(c, visit.Add(wait), func(h *Heard) {
				h.MintedAt = visit.UnixMilli()
				if shared && g.r.IntN(10) < 7 && wait < 10*time.Minute {
					h.Flags.Block, h.Flags.Side = g.block("committee", c.no*1000+day), true
				}
				if g.r.IntN(25) == 0 {
					h.AssistedBy = "family"
				}
			})
		}
	}
}

// cheats are what the rules are for; each adds false ratings to an ordinary year.
var cheats = map[string]func(*generator, *crowd){
	// At home in the evening, one phone after the other on one connection.
	RuleBlock: func(g *generator, c *crowd) {
		g.evenings(c, 12, func(i, night int, at time.Time) (time.Time, func(*Heard)) {
			return at.Add(time.Duration(i*(20+g.r.IntN(20))) * time.Minute), func(h *Heard) { h.Flags.Block = g.block("cheat", c.no*1000+night) }
		})
	},
	// A second phone beside the counsel's own, at once.
	RuleFast: func(g *generator, c *crowd) {
		g.evenings(c, 25, func(i, night int, at time.Time) (time.Time, func(*Heard)) {
			at = at.Add(time.Duration(i) * 3 * time.Hour)
			return at, func(h *Heard) {
				h.MintedAt = at.Add(-time.Duration(15+g.r.IntN(120)) * time.Second).UnixMilli()
				h.Flags.Block, h.Flags.Side = g.block("beside", c.no*10_000+night*10+i), true
			}
		})
	},
	// A pile of sheets in ten minutes, from changing networks.
	RuleBurst: func(g *generator, c *crowd) {
		g.evenings(c, 8, func(i, _ int, at time.Time) (time.Time, func(*Heard)) {
			return at.Add(time.Duration(i*(60+g.r.IntN(60))) * time.Second), nil
		})
	},
	// Patiently, one a day or two, always the best grade and never a word.
	RuleFives: func(g *generator, c *crowd) {
		at := time.Date(2026, 3, 1, 19, 0, 0, 0, zone)
		c.heard = nil // nobody else is asked to rate
		for range 45 {
			at = at.Add(time.Duration(20+g.r.IntN(30)) * time.Hour)
			g.lie(c, at, nil)
		}
	},
	// One browser for all.
	RuleCrowd: func(g *generator, c *crowd) {
		g.evenings(c, 10, func(i, _ int, at time.Time) (time.Time, func(*Heard)) {
			return at.Add(time.Duration(i*5) * time.Hour), func(h *Heard) { h.Flags.Crowd = i > 1 }
		})
	},
	// The counsel offers to tap for the resident, and some say so.
	RuleAssisted: func(g *generator, c *crowd) {
		g.evenings(c, 20, func(i, _ int, at time.Time) (time.Time, func(*Heard)) {
			return at.Add(time.Duration(i) * 4 * time.Hour), func(h *Heard) {
				if g.r.IntN(3) == 0 {
					h.AssistedBy = ByCounsel
				}
			}
		})
	},
}

func (g *generator) evenings(c *crowd, nights int, make func(i, night int, at time.Time) (time.Time, func(*Heard))) {
	for night := range nights {
		at := time.Date(2026, 1, 5, 18, g.r.IntN(60), 0, 0, zone).AddDate(0, 0, night*14+g.r.IntN(10))
		for i := range 3 + g.r.IntN(4) {
			when, change := make(i, night, at)
			g.lie(c, when, change)
		}
	}
}

// lie adds a false rating.
func (g *generator) lie(c *crowd, at time.Time, change func(*Heard)) {
	g.add(c, at, func(h *Heard) {
		h.Grade, h.Bare = VeryGood, true
		if change != nil {
			change(h)
		}
		c.false[h.ID] = true
	})
}

func generate(seed uint64) []*crowd {
	g := &generator{r: rand.New(rand.NewPCG(seed, 4))}
	var all []*crowd
	for range honest {
		c := &crowd{no: len(all), false: map[string]bool{}}
		g.ordinary(c)
		all = append(all, c)
	}
	for _, cheat := range Rules {
		for range cheatsOfKind {
			c := &crowd{no: len(all), cheat: cheat, false: map[string]bool{}}
			g.ordinary(c)
			cheats[cheat](g, c)
			all = append(all, c)
		}
	}
	return all
}

// score is what one rule finds.
type score struct{ found, false, alarms, honest, counsel int }

// TestFraudIsFound prints recall and false alarms of each rule on the generated
// township, and fails when a rule loses more than it was measured at.
func TestFraudIsFound(t *testing.T) {
	all := generate(fraudSeed)
	scores := map[string]*score{"any": {}}
	for _, rule := range Rules {
		scores[rule] = &score{}
	}
	for _, c := range all {
		held := Suspect(c.heard)
		hit := map[string]bool{}
		for _, h := range c.heard {
			rules := append([]string{}, held[h.ID]...)
			if len(rules) > 0 {
				rules = append(rules, "any")
			}
			for name, s := range scores {
				matters := name == "any" || c.cheat == name
				switch {
				case c.false[h.ID] && matters:
					s.false++
					if slices.Contains(rules, name) {
						s.found++
					}
				case !c.false[h.ID]:
					s.honest++
					if slices.Contains(rules, name) {
						s.alarms++
						if c.cheat == "" && !hit[name] {
							hit[name] = true
							s.counsel++
						}
					}
				}
			}
		}
	}
	var out strings.Builder
	fmt.Fprintf(&out, "seed %d, %d honest counsel, %d of each cheat\n%-9s %8s %8s %7s %12s %8s %16s\n", fraudSeed, honest, cheatsOfKind,
		"rule", "false", "found", "recall", "honest held", "share", "honest counsel")
	for _, name := range append(slices.Clone(Rules), "any") {
		s := scores[name]
		fmt.Fprintf(&out, "%-9s %8d %8d %6.1f%% %12d %7.2f%% %9d of %d\n", name, s.false, s.found, 100*float64(s.found)/float64(max(s.false, 1)),
			s.alarms, 100*float64(s.alarms)/float64(max(s.honest, 1)), s.counsel, honest)
	}
	t.Log("\n" + out.String())
	for rule, least := range map[string]float64{RuleBlock: 0.95, RuleFast: 0.85, RuleBurst: 0.6, RuleFives: 0.8, RuleCrowd: 0.4, RuleAssisted: 0.2, "any": 0.7} {
		s := scores[rule]
		assert.GreaterOrEqual(t, float64(s.found)/float64(s.false), least, rule)
		assert.LessOrEqual(t, float64(s.alarms)/float64(s.honest), 0.13, rule)
	}
}

func TestSuspicionDoesNotDependOnOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(fraudSeed, 9))
	for _, c := range generate(fraudSeed)[honest-5 : honest+20] {
		want := Suspect(c.heard)
		mixed := slices.Clone(c.heard)
		r.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		got := Suspect(mixed)
		require.Len(t, got, len(want))
		for id, rules := range want {
			assert.ElementsMatch(t, rules, got[id])
		}
	}
}

func TestTheRulesAtTheirEdges(t *testing.T) {
	at := func(n int, change func(*Heard)) Heard {
		h := Heard{ID: fmt.Sprint(n), Tag: fmt.Sprint(n), Grade: 4, RatedAt: int64(n) * 3_600_000, MintedAt: 1}
		if change != nil {
			change(&h)
		}
		return h
	}
	block := func(h *Heard) { h.Flags.Block = "00112233445566aa" }
	two := []Heard{at(1, block), at(2, block)}
	assert.Empty(t, Suspect(two), "a couple may share a connection")
	assert.Len(t, Suspect(append(two, at(3, block))), 3, "the third makes all three suspicious")
	again := at(4, block)
	again.Tag = two[0].Tag
	assert.Empty(t, Suspect(append(two, again)), "an amendment is no further service")
	fast := func(h *Heard) { h.Flags.Side, h.MintedAt = true, h.RatedAt-1000 }
	assert.Equal(t, map[string][]string{"1": {RuleFast}}, Suspect([]Heard{at(1, fast)}))
	assert.Empty(t, Suspect([]Heard{at(1, func(h *Heard) { h.MintedAt = h.RatedAt - 1000 })}), "at the table, on one's own connection")
	assert.Empty(t, Suspect([]Heard{at(1, func(h *Heard) { h.Flags.Side, h.MintedAt = true, 0 })}), "the record has not come")
	for _, helper := range Helpers {
		assert.Equal(t, map[string][]string{"1": {RuleAssisted}}, Suspect([]Heard{at(1, func(h *Heard) { h.AssistedBy = helper })}))
	}
	var pile []Heard
	for i := range 30 {
		pile = append(pile, at(i, func(h *Heard) { h.RatedAt, h.Flags.Channel, h.Grade, h.Bare = int64(i), "slip", 5, true }))
	}
	assert.Empty(t, Suspect(pile), "a desk keys a pile of slips in one go")
}
