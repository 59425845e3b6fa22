package sim

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/stretchr/testify/require"

	"cunju/sync/install"
)

const cityCode = "500000000000"

var townCodes = []string{"500238101000", "500238102000", "500236103000"}

func villagesOf(town string) []string {
	return []string{town[:9] + "201", town[:9] + "202", town[:9] + "203"}
}

// land is one seeded world: a city, its townships, their phones, the network between them, and one true time that
// every actor's clock differs from in its own way.
type land struct {
	t    testing.TB
	seed uint64
	dir  string

	mu sync.Mutex
	at time.Time

	net    *network
	rights *rights
	city   *node
	towns  []*node
	phones []*handset

	promises []*promise
	problems []problem
	forks    map[string]bool // installs of which a fault made two
	erased   map[string]bool // records of which a body was erased
	changes  int
	faults   map[string]int
	backups  int
	broken   *mutation // nil: as it should be
}

// problem is what the oracle found.
type problem struct{ kind, text string }

// newLand builds a world with its nodes running and its phones enrolled.
func newLand(t testing.TB, seed uint64, towns, phones int, broken *mutation) *land {
	w := &land{t: t, seed: seed, dir: t.TempDir(), at: time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC), rights: newRights(), forks: map[string]bool{},
		erased: map[string]bool{}, faults: map[string]int{}, broken: broken}
	w.net = newNetwork(w)
	if broken != nil && broken.net != nil {
		broken.net(w.net)
	}
	w.city = newNode(t, w, "city", install.City, cityCode)
	w.net.nodes["city"] = w.city
	for i := range towns {
		n := newNode(t, w, fmt.Sprint("town", i+1), install.Township, townCodes[i])
		w.net.nodes[n.name] = n
		w.towns = append(w.towns, n)
		w.join(t, n)
	}
	for i := range phones {
		w.newPhone(w.towns[i%towns], fmt.Sprint("staff", i+1))
	}
	t.Cleanup(func() {
		for _, n := range w.nodes() {
			require.NoError(t, n.stop())
		}
	})
	return w
}

func (w *land) nodes() []*node { return append([]*node{w.city}, w.towns...) }

// fault counts one.
func (w *land) fault(name string) { w.faults[name]++ }

func (w *land) problem(kind, format string, args ...any) {
	w.problems = append(w.problems, problem{kind, fmt.Sprintf(format, args...)})
}

// say prints a step of the history, for somebody who looks for the cause of a problem.
func (w *land) say(format string, args ...any) {
	if *trace {
		fmt.Printf("%s "+format+"\n", append([]any{w.at.Format("02 15:04:05")}, args...)...)
	}
}

// pass lets time go by.
func (w *land) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = w.at.Add(d)
}

// tick is the true time; it never stands still.
func (w *land) tick() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = w.at.Add(time.Millisecond)
	return w.at
}

// clock is one actor's clock.
type clock struct {
	w    *land
	skew time.Duration
	high int64        // the latest time it ever showed, ms
	lie  func() int64 // a broken node: what it takes for the time while it serves a phone; 0: its own
}

func (c *clock) now() time.Time {
	at := c.w.tick().Add(c.skew)
	c.high = max(c.high, at.UnixMilli())
	if c.lie != nil {
		if ms := c.lie(); ms != 0 {
			return time.UnixMilli(ms)
		}
	}
	return at
}

// rights are intervals of assignment, in true time.
type rights struct{ spans map[string][]span }

type span struct{ from, to int64 }

const forever = int64(1) << 52

func newRights() *rights { return &rights{spans: map[string][]span{}} }

func (r *rights) give(staff, region string, at int64) {
	key := staff + " " + region
	if s := r.spans[key]; len(s) == 0 || s[len(s)-1].to != forever {
		r.spans[key] = append(s, span{at, forever})
	}
}

func (r *rights) take(staff, region string, at int64) {
	if s := r.spans[staff+" "+region]; len(s) > 0 && s[len(s)-1].to == forever {
		s[len(s)-1].to = at
	}
}

func (r *rights) has(staff, region string, at int64) bool {
	return slices.ContainsFunc(r.spans[staff+" "+region], func(s span) bool { return s.from <= at && at < s.to })
}

// MayWrite implements engine.Rights.
func (r *rights) MayWrite(_ dbx.Builder, staff, region string, tau int64) (bool, error) {
	return r.has(staff, region, tau), nil
}

// Reads implements engine.Rights.
func (r *rights) Reads(_ dbx.Builder, staff string, regions []string, now int64) ([]string, error) {
	var list []string
	for _, region := range regions {
		if r.has(staff, region, now) {
			list = append(list, region)
		}
	}
	return list, nil
}

// promise is a change that somebody saw as saved.
type promise struct {
	id      string
	phone   *handset // nil: saved at a desk
	node    *node    // where it belongs first
	excused string   // why it may be gone after all; "" for most
}

func pick[T any](rng *rand.Rand, list []T) T { return list[rng.IntN(len(list))] }

func chance(rng *rand.Rand, percent int) bool { return rng.IntN(100) < percent }

func between(rng *rand.Rand, low, high int) int { return low + rng.IntN(high-low+1) }
