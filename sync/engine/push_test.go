package engine

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// crowd sends n pushes while a first one is being committed, and lets it go on when they wait.
func crowd(t *testing.T, c *committer, n int, each func(i int, p *push)) {
	started, goOn := make(chan bool), make(chan bool)
	together, first := c.together, true
	c.together = func(group []*push) {
		if first {
			first = false
			started <- true
			<-goOn
		}
		together(group)
	}
	var wait sync.WaitGroup
	send := func(i int) {
		p := &push{changes: 20, err: errNotCommitted, turn: make(chan bool, 1)}
		wait.Go(func() {
			defer func() { _ = recover() }()
			c.commit(p)
			each(i, p)
		})
	}
	send(0)
	<-started
	for i := range n {
		send(i + 1)
	}
	require.Eventually(t, func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		return len(c.waiting) == n
	}, 5*time.Second, time.Millisecond)
	goOn <- true
	wait.Wait()
	require.False(t, c.busy)
	require.Empty(t, c.waiting)
}

func TestPushesThatWaitShareOneCommit(t *testing.T) {
	var sizes []int
	c := &committer{together: func(group []*push) {
		sizes = append(sizes, len(group))
		for _, p := range group {
			p.err = nil
		}
	}}
	var answered atomic.Int64
	crowd(t, c, 120, func(_ int, p *push) {
		require.NoError(t, p.err)
		answered.Add(1)
	})
	require.Equal(t, int64(121), answered.Load())
	require.Equal(t, []int{1, 50, 50, 20}, sizes, "as many as fit into %d changes", changesPerCommit)
}

func TestNobodyWaitsForACommitThatPanics(t *testing.T) {
	n := 0
	c := &committer{together: func(group []*push) {
		if n++; n == 2 {
			panic("oops")
		}
		for _, p := range group {
			p.err = nil
		}
	}}
	var failed atomic.Int64
	crowd(t, c, 60, func(_ int, p *push) {
		if errors.Is(p.err, errNotCommitted) {
			failed.Add(1)
		}
	})
	require.Equal(t, int64(49), failed.Load(), "those of its group but the one that panicked")
}

func TestRoomLetsInWhatFits(t *testing.T) {
	r := &room{}
	r.left.L = &r.mu
	r.enter(10 * changesWaiting) // alone, whatever its size
	entered := make(chan int, 2)
	go func() {
		r.enter(changesWaiting)
		entered <- 1
		r.enter(1)
		entered <- 2
	}()
	select {
	case <-entered:
		t.Fatal("no room yet")
	case <-time.After(20 * time.Millisecond):
	}
	r.leave(10 * changesWaiting)
	require.Equal(t, 1, <-entered)
	r.leave(changesWaiting)
	require.Equal(t, 2, <-entered)
}
