package ratings

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestThrottle(t *testing.T) {
	now := time.Unix(0, 0)
	th := newThrottle(func() time.Time { return now })
	spend := func(address string) (n int) {
		for th.take(address, costPage) {
			n++
		}
		return n
	}
	assert.Equal(t, bucketSize, spend("10.0.0.1"))
	assert.Equal(t, bucketSize, spend("10.0.0.2"), "another address has its own")
	now = now.Add(10 * time.Second)
	assert.Equal(t, 10*refillPerSec, spend("10.0.0.1"))
	now = now.Add(-time.Hour)
	assert.Zero(t, spend("10.0.0.1"), "a clock that goes back gives nothing")
	now = now.Add(24 * time.Hour)
	assert.Equal(t, bucketSize, spend("10.0.0.1"), "never more than full")

	assert.Equal(t, bucketSize, spend("2001:db8::1"))
	assert.Zero(t, spend("2001:db8::2"), "one subscriber's network")
	assert.Equal(t, bucketSize, spend("2001:db8:0:1::2"))
	assert.Zero(t, spend("::ffff:10.0.0.1"), "the same address written otherwise")
	assert.Equal(t, bucketSize, spend("not an address"))
	assert.Zero(t, spend("neither"))
}

func TestThrottleStaysSmall(t *testing.T) {
	now := time.Unix(0, 0)
	th := newThrottle(func() time.Time { return now })
	for i := range 3 * maxBuckets {
		th.take(fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255), costPage)
		if i%1000 == 0 {
			now = now.Add(time.Second)
		}
	}
	assert.LessOrEqual(t, len(th.buckets), maxBuckets)
}
