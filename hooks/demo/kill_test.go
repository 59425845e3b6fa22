//go:build linux

package demo

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"cunju/sync/phone"
)

var (
	kills    = flag.Int("process.kills", 20, "how often a node is killed")
	killSeed = flag.Uint64("process.seed", 0, "of the moments; 0: another each time, printed")
)

// ordeal is a city and a township as real processes that are killed while phones push.
type ordeal struct {
	*house
	exe  string
	args [2]nodeArgs // city, township
	rng  *rand.Rand
	day  *day
}

// built is the program itself, not a test's copy of it.
func built(t *testing.T) string {
	exe := filepath.Join(t.TempDir(), "node")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-tags", "no_ui", "-o", exe, "cunju").CombinedOutput()
	require.NoError(t, err, string(out))
	return exe
}

func newOrdeal(t *testing.T, seed uint64) *ordeal {
	dir, ctx := t.TempDir(), t.Context()
	ports, err := twoPorts(0)
	require.NoError(t, err)
	o := &ordeal{house: &house{dir: dir}, exe: built(t), rng: rand.New(rand.NewPCG(seed, 0)), day: &day{}}
	o.args[0] = nodeArgs{dir: filepath.Join(dir, "city", "data"), tier: "city", region: cityCode, name: "city", port: ports[1]}
	o.args[1] = nodeArgs{dir: filepath.Join(dir, "township", "data"), tier: "township", region: townCode, name: "township", port: ports[0],
		upstream: fmt.Sprintf("http://127.0.0.1:%d", ports[1])}
	o.city, err = startNode(ctx, o.exe, o.args[0])
	require.NoError(t, err)
	o.town, err = startNode(ctx, o.exe, o.args[1])
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, o.stop()) })
	require.NoError(t, o.furnish(ctx))
	for i, p := range o.cast.counsel {
		w, err := o.equip(ctx, p, rand.New(rand.NewPCG(seed, uint64(i+1))))
		require.NoError(t, err)
		o.day.workers = append(o.day.workers, w)
		t.Cleanup(func() { w.phone.Close() })
	}
	return o
}

// kill ends a node in the middle of whatever it does and starts it again; now and then it dies while it starts.
func (o *ordeal) kill(t *testing.T) {
	time.Sleep(time.Duration(o.rng.IntN(700)) * time.Millisecond)
	which, place := o.rng.IntN(2), &o.city
	if which == 1 {
		place = &o.town
	}
	was := *place
	require.NoError(t, was.cmd.Process.Kill())
	<-was.ended
	n, err := launch(o.exe, o.args[which])
	require.NoError(t, err)
	n.admin, *place = was.admin, n
	if o.rng.IntN(4) > 0 {
		require.NoError(t, n.ready(t.Context()))
	}
}

// backlog is how much a person has written at most while nothing can be sent.
const backlog = 60

// load saves and syncs until it is told to stop. Every failure is one of the line or of a node that is not there.
func (w *worker) load(ctx context.Context, ahead int) error {
	for ctx.Err() == nil {
		if ahead > 0 {
			w.clock.at = time.Now().AddDate(ahead, 0, 0)
		}
		if w.phone.Unsent() < backlog {
			if err := w.serve(time.Now().Add(-time.Minute)); err != nil {
				return err
			}
		}
		if err := w.phone.Sync(ctx); err != nil {
			time.Sleep(20 * time.Millisecond)
		}
	}
	return nil
}

func (d *day) acknowledged() (n int) {
	for _, w := range d.workers {
		for _, c := range w.phone.Changes() {
			if c.Level != "" {
				n++
			}
		}
	}
	return n
}

// fill leaves the township no room to write in until the function that it gives is called. The limit is the process's own.
func (o *ordeal) fill(t *testing.T) (empty func()) {
	limit := func(bytes uint64) {
		l := unix.Rlimit{Cur: bytes, Max: unix.RLIM_INFINITY}
		require.NoError(t, unix.Prlimit(o.town.cmd.Process.Pid, unix.RLIMIT_FSIZE, &l, nil))
	}
	limit(1)
	return func() { limit(unix.RLIM_INFINITY) }
}

// TestProcesses kills both nodes under load, with one phone on a line that is slow and breaks and another whose clock is ten
// years ahead, then lets the township's disk be full. Nothing that was acknowledged is lost and both nodes are equal.
func TestProcesses(t *testing.T) {
	seed := *killSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Log("seed", seed)
	o := newOrdeal(t, seed)
	line := &badLine{to: strings.TrimPrefix(o.town.url, "http://"), rng: rand.New(rand.NewPCG(seed, 9))}
	far := o.day.workers[1]
	require.NoError(t, far.phone.Close())
	var err error
	far.phone, err = phone.Open(filepath.Join(o.dir, "phones", far.login), "http://"+line.run(t),
		&http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 4 * time.Minute}, far.clock.now)
	require.NoError(t, err)

	ctx, stop := context.WithCancel(t.Context())
	var working sync.WaitGroup
	for i, w := range o.day.workers {
		working.Go(func() { assert.NoError(t, w.load(ctx, []int{0, 0, 10}[i])) })
	}
	for range *kills {
		o.kill(t)
	}
	require.NoError(t, o.city.ready(t.Context()))
	require.NoError(t, o.town.ready(t.Context()))
	stop()
	working.Wait()
	o.fullDisk(t)

	o.settle(t)
	acknowledged := o.day.acknowledged()
	tally, err := o.tally(t.Context(), o.day)
	require.NoError(t, err)
	for _, w := range o.day.workers {
		assert.Empty(t, w.refused(), w.login)
	}
	fmt.Printf("process: kills=%d acknowledged=%d lost=%d checkpoints_equal=%t\n", *kills, acknowledged, tally.Missing, tally.CheckpointsEqual)
	assert.Zero(t, tally.Missing)
	assert.True(t, tally.CheckpointsEqual)
	assert.Positive(t, line.dropped.Load())
	assert.Greater(t, acknowledged, *kills)
}

// settle lets everybody sync until the city has acknowledged all; failures of the line are tried again.
func (o *ordeal) settle(t *testing.T) {
	var said string
	for range 300 {
		said = ""
		for _, w := range o.day.workers {
			err, open := w.phone.Sync(t.Context()), 0
			for _, c := range w.phone.Changes() {
				if c.Level != "city" {
					open++
				}
			}
			if err != nil || open > 0 {
				said += fmt.Sprintf("%s: %d without the city's receipt, %d unsent, last error: %v; ", w.login, open, w.phone.Unsent(), err)
			}
		}
		if said == "" {
			return
		}
		time.Sleep(300 * time.Millisecond)
	}
	t.Fatal("not settled: ", said)
}

// fullDisk: the township acknowledges nothing that it cannot keep, goes on answering, and goes on working once there is room.
func (o *ordeal) fullDisk(t *testing.T) {
	w := o.day.workers[0]
	require.NoError(t, w.phone.Sync(t.Context()))
	empty := o.fill(t)
	require.NoError(t, w.serve(time.Now().Add(-time.Minute)))
	require.Error(t, w.phone.Sync(t.Context()))
	assert.Equal(t, 1, w.phone.Unsent(), "not written, not acknowledged")
	res, err := http.Get(o.town.url + "/api/sync/hello")
	require.NoError(t, err)
	res.Body.Close()
	assert.Equal(t, http.StatusOK, res.StatusCode, "a full disk ends no process")
	empty()
	require.NoError(t, w.phone.Sync(t.Context()))
	assert.Zero(t, w.phone.Unsent())
}
