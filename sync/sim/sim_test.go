package sim

import (
	"encoding/json/v2"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"testing/cryptotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	runs  = flag.Int("sim.runs", 300, "worlds to simulate")
	first = flag.Uint64("sim.seed", 1, "seed of the first world")
	trace = flag.Bool("sim.trace", false, "print every step of a world; with -sim.share=0/1 -sim.runs=1 -sim.seed=S")
	share = flag.String("sim.share", "", "of the test itself: k/n, the k-th of n processes")
)

// tallies is what the simulation counted.
type tallies struct {
	Runs, Changes, Faults                 int
	Lost, Stuck, Diverged, Reused, Leaked int
	Failed                                []string
}

func (s *tallies) add(o tallies) {
	s.Runs, s.Changes, s.Faults = s.Runs+o.Runs, s.Changes+o.Changes, s.Faults+o.Faults
	s.Lost, s.Stuck, s.Diverged, s.Reused, s.Leaked = s.Lost+o.Lost, s.Stuck+o.Stuck, s.Diverged+o.Diverged, s.Reused+o.Reused, s.Leaked+o.Leaked
	s.Failed = append(s.Failed, o.Failed...)
}

func (s *tallies) String() string {
	return fmt.Sprintf("simulation: runs=%d changes=%d faults=%d lost=%d stuck=%d diverged=%d reused=%d leaked=%d",
		s.Runs, s.Changes, s.Faults, s.Lost, s.Stuck, s.Diverged, s.Reused, s.Leaked)
}

// counted sums up a finished world.
func (w *land) counted() tallies {
	s := tallies{Runs: 1, Changes: w.changes}
	for _, n := range w.faults {
		s.Faults += n
	}
	for _, p := range w.problems {
		switch p.kind {
		case "lost":
			s.Lost++
		case "stuck":
			s.Stuck++
		case "diverged":
			s.Diverged++
		case "reused":
			s.Reused++
		case "leaked":
			s.Leaked++
		}
		s.Failed = append(s.Failed, fmt.Sprintf("seed %d: %s: %s", w.seed, p.kind, p.text))
	}
	return s
}

// live builds a world from a seed, lets its history happen and ends it.
func live(t *testing.T, seed uint64, broken *mutation) tallies {
	cryptotest.SetGlobalRandom(t, seed)
	rng := rand.New(rand.NewPCG(seed, 1))
	towns := 1 + rng.IntN(3)*rng.IntN(2)
	w := newLand(t, seed, towns, towns+rng.IntN(3), broken)
	w.steps(between(rng, 40, 120), 30)
	w.finish()
	return w.counted()
}

// total is what the last line says.
var total *tallies

func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	if total != nil {
		fmt.Println(total)
	}
	os.Exit(code)
}

// TestSimulation runs whole worlds. They share one source of randomness, so that a seed is a history: one world at a
// time in a process, one process a core.
func TestSimulation(t *testing.T) {
	if *share != "" {
		var k, n int
		_, err := fmt.Sscanf(*share, "%d/%d", &k, &n)
		require.NoError(t, err)
		sum := tallies{}
		for i := k; i < *runs; i += n {
			t.Run(fmt.Sprint("seed ", *first+uint64(i)), func(t *testing.T) { sum.add(live(t, *first+uint64(i), nil)) })
		}
		b, err := json.Marshal(sum)
		require.NoError(t, err)
		fmt.Printf("\nshare %s\n", b)
		return
	}
	total = &tallies{}
	results := make(chan tallies)
	n := min(runtime.NumCPU(), *runs)
	for k := range n {
		go func() { results <- portion(t, k, n) }()
	}
	for range n {
		total.add(<-results)
	}
	for _, f := range total.Failed {
		t.Error(f)
	}
	assert.Equal(t, *runs, total.Runs)
}

// portion runs a share of the worlds in a process of its own.
func portion(t *testing.T, k, n int) (s tallies) {
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestSimulation$", fmt.Sprintf("-sim.share=%d/%d", k, n),
		fmt.Sprintf("-sim.runs=%d", *runs), fmt.Sprintf("-sim.seed=%d", *first), "-test.timeout=0")
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1", "GOGC=400")
	out, err := cmd.CombinedOutput()
	for _, l := range strings.Split(string(out), "\n") {
		if text, ok := strings.CutPrefix(l, "share "); ok && assert.NoError(t, json.Unmarshal([]byte(text), &s)) && err == nil {
			return s
		}
	}
	t.Errorf("share %d: %v\n%s", k, err, out)
	return s
}
