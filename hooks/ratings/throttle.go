package ratings

import (
	"net/netip"
	"sync"
	"time"
)

// Limits of the public page for one address. A whole village may sit behind one
// address, so the bucket is large; a code that is none costs more, because only who
// guesses meets many of them.
const (
	bucketSize   = 240
	refillPerSec = 2
	costPage     = 1
	costNoCode   = 4
	maxBuckets   = 10_000
)

// throttle is a token bucket for each address, in memory: after a restart
// everybody has a full one.
type throttle struct {
	mu      sync.Mutex
	now     func() time.Time
	buckets map[netip.Prefix]bucket
}

type bucket struct {
	left float64
	at   time.Time
}

func newThrottle(now func() time.Time) *throttle {
	return &throttle{now: now, buckets: map[netip.Prefix]bucket{}}
}

// take spends from the address's bucket; false means that it is empty.
func (t *throttle) take(address string, cost float64) bool {
	key := prefixOf(address)
	t.mu.Lock()
	defer t.mu.Unlock()
	b := t.filled(key)
	if b.left <= 0 {
		return false
	}
	b.left -= cost
	if len(t.buckets) >= maxBuckets {
		t.sweep()
	}
	t.buckets[key] = b
	return true
}

func (t *throttle) filled(key netip.Prefix) bucket {
	now := t.now()
	b, ok := t.buckets[key]
	if !ok {
		return bucket{left: bucketSize, at: now}
	}
	if passed := now.Sub(b.at).Seconds(); passed > 0 {
		b.left = min(bucketSize, b.left+passed*refillPerSec)
	}
	b.at = now
	return b
}

// sweep forgets full buckets, and all of them where none is full: an attacker
// with ten thousand addresses must not fill the memory.
func (t *throttle) sweep() {
	for key := range t.buckets {
		if t.filled(key).left >= bucketSize {
			delete(t.buckets, key)
		}
	}
	if len(t.buckets) >= maxBuckets {
		clear(t.buckets)
	}
}

// prefixOf takes an IPv6 network of 64 bits for one address, as one subscriber
// has all of it. What is no address shares one bucket.
func prefixOf(address string) netip.Prefix {
	addr, err := netip.ParseAddr(address)
	if err != nil {
		return netip.Prefix{}
	}
	addr = addr.Unmap().WithZone("")
	bits := addr.BitLen()
	if addr.Is6() {
		bits = 64
	}
	prefix, _ := addr.Prefix(bits)
	return prefix
}
