package httpapi

import (
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"cunju/sync/install"
)

// Seats are how many requests of a kind a node works on at once; the others are told when to come back. Each
// push holds at most one commit's worth of parsed changes, each feed one page, each blob one chunk.
type Seats struct{ Pushes, Feeds, Blobs int }

// DefaultSeats suit a node with 1 GB of memory.
var DefaultSeats = Seats{Pushes: 64, Feeds: 128, Blobs: 32}

const (
	maxPromises = 4096             // who was told to come back and is remembered
	graceOfSlot = 30 * time.Second // how long a seat is kept for one who is late: slow link, jitter, whole seconds
	longestWait = 5 * time.Minute
	firstPace   = 20 * time.Millisecond // what a request takes of the node, until measured
)

// InstallHeader says on a push, which carries no signature of its own, for whom the seat is. It gives no right: who
// lies only gets another's place in the queue.
const InstallHeader = "Cunju-Install"

// lane admits requests of one kind. Whoever finds no seat gets a slot, each later than the one before at the
// pace at which the node works; whoever comes back in his slot goes before all who come for the first time, so nobody
// starves however many there are.
type lane struct {
	mu       sync.Mutex
	seats    int
	taken    int
	pace     time.Duration        // between two who leave, while all seats are taken
	next     time.Time            // the last slot that was given
	promised map[string]time.Time // slot by asker
}

func newLane(seats int) *lane {
	return &lane{seats: seats, pace: firstPace, promised: map[string]time.Time{}}
}

// Seat sets how many requests are worked on at once, before the app serves.
func (a *API) Seat(s Seats) {
	a.pushes, a.feeds, a.files = newLane(s.Pushes), newLane(s.Feeds), newLane(s.Blobs)
}

// enter takes a seat, or tells how long to wait.
func (l *lane) enter(who string, now time.Time) (wait time.Duration, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	due := l.sweep(now)
	slot, back := l.promised[who]
	switch {
	case back && now.Before(slot):
		return slot.Sub(now), false // too early: the same slot
	case back && l.taken < l.seats:
		delete(l.promised, who)
		l.taken++
		return 0, true
	case back: // his slot came but the node is slower than it was: he keeps his turn
		l.promised[who] = now.Add(time.Second)
		return time.Second, false
	case l.taken+due < l.seats:
		l.taken++
		return 0, true
	}
	if l.next.Before(now.Add(time.Second)) {
		l.next = now.Add(time.Second)
	}
	l.next = l.next.Add(l.pace)
	if wait = l.next.Sub(now); wait > longestWait || len(l.promised) >= maxPromises {
		return longestWait, false
	}
	l.promised[who] = l.next
	return wait, false
}

// sweep forgets who did not come back and counts those whose slot is now.
func (l *lane) sweep(now time.Time) (due int) {
	for who, slot := range l.promised {
		switch {
		case now.After(slot.Add(graceOfSlot)):
			delete(l.promised, who)
		case !slot.After(now):
			due++
		}
	}
	return due
}

// leave gives the seat back and measures.
func (l *lane) leave(took time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.taken--
	l.pace = (7*l.pace + took/time.Duration(l.seats)) / 8
}

// admitted lets a handler run when its lane has a seat. The answer is 429 with Retry-After in whole seconds otherwise.
func (a *API) admitted(l *lane, next func(*core.RequestEvent) error) func(*core.RequestEvent) error {
	return func(e *core.RequestEvent) error {
		began := time.Now()
		wait, ok := l.enter(asker(e), began)
		if !ok {
			// Rounded up, by chance to one more: those of one second do not come back in the same instant.
			seconds := int((wait+time.Second-1)/time.Second) + rand.IntN(2)
			e.Response.Header().Set("Retry-After", strconv.Itoa(seconds))
			e.Response.Header().Set("Cache-Control", "no-store")
			return a.fail(e, http.StatusTooManyRequests, "too_many", nil)
		}
		defer func() { l.leave(time.Since(began)) }()
		return next(e)
	}
}

// asker is whom a slot is kept for: the install that the request names, else the address.
func asker(e *core.RequestEvent) string {
	if c, ok := install.ParseAuthorization(e.Request.Header.Get("Authorization")); ok {
		return c.Install
	}
	if id := e.Request.Header.Get(InstallHeader); len(id) == 16 {
		return id
	}
	return e.RealIP()
}
