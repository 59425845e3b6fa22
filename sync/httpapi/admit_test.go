package httpapi

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// Whoever was sent away goes before all who come new, however many come.
func TestNobodyStarves(t *testing.T) {
	l, now := newLane(1), time.Unix(1000, 0)
	_, ok := l.enter("first", now)
	assert.True(t, ok)
	wait, ok := l.enter("patient", now)
	assert.False(t, ok)
	assert.GreaterOrEqual(t, wait, time.Second)

	again, ok := l.enter("patient", now.Add(wait/2))
	assert.False(t, ok)
	assert.Equal(t, wait-wait/2, again, "too early: the same slot, not a later one")

	l.leave(time.Second)
	for i := range 50 {
		_, ok := l.enter(fmt.Sprint("new ", i), now.Add(wait))
		assert.False(t, ok, "the free seat is kept for who was promised it")
	}
	_, ok = l.enter("patient", now.Add(wait))
	assert.True(t, ok)
	l.leave(time.Second)

	_, ok = l.enter("another", now.Add(wait).Add(graceOfSlot+time.Hour))
	assert.True(t, ok, "who does not come back keeps nobody waiting")
}

// Slots lie one after the other at the measured pace, and what is remembered is bounded.
func TestSlotsFollowThePace(t *testing.T) {
	l, now := newLane(2), time.Unix(1000, 0)
	for range 40 {
		l.enter("a", now)
		l.leave(2 * time.Second)
	}
	l.enter("a", now)
	l.enter("b", now)
	one, _ := l.enter("c", now)
	two, _ := l.enter("d", now)
	assert.InDelta(t, time.Second, two-one, float64(10*time.Millisecond), "two seats of two seconds each: one a second")
	for i := range 2 * maxPromises {
		wait, ok := l.enter(fmt.Sprint("crowd ", i), now)
		assert.False(t, ok)
		assert.LessOrEqual(t, wait, longestWait)
	}
	assert.LessOrEqual(t, len(l.promised), maxPromises)
}
