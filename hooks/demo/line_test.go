//go:build linux

package demo

import (
	"io"
	"math/rand/v2"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The worst line of the mountain villages, each way.
const (
	lineDelay = 300 * time.Millisecond // half of a round trip
	lineBytes = 50_000 / 8             // a second
	lineDrops = 5                      // one connection in so many breaks
)

// badLine is a TCP proxy that is slow and loses connections.
type badLine struct {
	to      string
	rng     *rand.Rand
	dropped atomic.Int64
}

// run serves the line until the test ends and gives its address.
func (l *badLine) run(t *testing.T) string {
	in, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { in.Close() })
	go func() {
		for {
			conn, err := in.Accept()
			if err != nil {
				return
			}
			life := -1 // bytes until it breaks
			if l.rng.IntN(lineDrops) == 0 {
				life = l.rng.IntN(4000)
				l.dropped.Add(1)
			}
			go l.carry(conn, life)
		}
	}()
	return in.Addr().String()
}

func (l *badLine) carry(conn net.Conn, life int) {
	defer conn.Close()
	far, err := net.Dial("tcp", l.to)
	if err != nil {
		return
	}
	defer far.Close()
	ends := make(chan bool, 2)
	go func() { slowly(far, conn, life); ends <- true }()
	go func() { slowly(conn, far, -1); ends <- true }()
	<-ends
}

// slowly copies at the line's pace; life ≥ 0: so many bytes, then it breaks.
func slowly(to io.Writer, from io.Reader, life int) {
	type piece struct {
		bytes []byte
		at    time.Time
	}
	way := make(chan piece, 64)
	go func() {
		defer close(way)
		for {
			b := make([]byte, 1000)
			n, err := from.Read(b)
			if err != nil {
				return
			}
			way <- piece{b[:n], time.Now()}
		}
	}()
	for p := range way {
		time.Sleep(time.Until(p.at.Add(lineDelay)))
		time.Sleep(time.Duration(len(p.bytes)) * time.Second / lineBytes)
		if life >= 0 {
			if life -= len(p.bytes); life < 0 {
				return
			}
		}
		if _, err := to.Write(p.bytes); err != nil {
			return
		}
	}
}
