package ratings

import (
	"crypto/rand"
	"crypto/sha256"
	_ "embed"
	"fmt"
	"math/bits"
	"net/http"
	"net/netip"
	"regexp"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"
)

// A whole village may sit behind one address, so an empty bucket must not shut it
// out: a browser that has done a little work, a second or three on a cheap phone,
// goes on at once. A browser without scripts waits a minute, as the page and
// Retry-After say. Who floods pays a second for each thirty pages.
const (
	workBits   = 16
	workPages  = 30
	workWindow = 10 * time.Minute
	workCookie = "cunju_work"
	maxWorks   = 10_000
)

//go:embed page/work.js
var workScript []byte

// workPolicy lets the waiting page run the one script, and it alone.
const workPolicy = policy + "; script-src 'self'"

var workForm = regexp.MustCompile(`^([0-9a-f]{32})\.([0-9]{1,10})$`)

// works are the solutions that were spent, in memory: after a restart the challenges
// are others.
type works struct {
	mu    sync.Mutex
	key   []byte
	spent map[string]int
}

func newWorks() *works {
	w := &works{key: make([]byte, 32), spent: map[string]int{}}
	rand.Read(w.key)
	return w
}

// challenge is what an address must work on in a window of time.
func (w *works) challenge(prefix netip.Prefix, at time.Time) string {
	return keyed(w.key, "cunju v1 work", fmt.Sprint(prefix, at.UnixMilli()/workWindow.Milliseconds()))[:32]
}

// pay takes the cost of a page from a solution; false where it is none, or is used up.
func (w *works) pay(solution string, prefix netip.Prefix, now time.Time, cost int) bool {
	m := workForm.FindStringSubmatch(solution)
	if m == nil || m[1] != w.challenge(prefix, now) && m[1] != w.challenge(prefix, now.Add(-workWindow)) || !solved(m[1], m[2]) {
		return false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.spent) >= maxWorks {
		clear(w.spent)
	}
	w.spent[solution] += cost
	return w.spent[solution] <= workPages
}

// solved says whether the hash of challenge and nonce begins with enough zero bits.
func solved(challenge, nonce string) bool {
	sum := sha256.Sum256([]byte(challenge + "." + nonce))
	zeros := 0
	for _, b := range sum {
		zeros += bits.LeadingZeros8(b)
		if b != 0 {
			break
		}
	}
	return zeros >= workBits
}

// wait is the page of an empty bucket: it works by itself where scripts run, and
// says to come back in a minute where they do not.
func (r *Ratings) wait(e *core.RequestEvent) error {
	e.Response.Header().Set("Retry-After", "60")
	v := view{Kind: "busy", Lines: []string{"busy.text"}, Challenge: r.works.challenge(prefixOf(e.RealIP()), r.deps.Now()), Bits: workBits}
	return show(e, http.StatusTooManyRequests, entryPath, v)
}

// paid says whether the browser has worked for a page of that cost.
func (r *Ratings) paid(e *core.RequestEvent, cost int) bool {
	c, err := e.Request.Cookie(workCookie)
	return err == nil && r.works.pay(c.Value, prefixOf(e.RealIP()), r.deps.Now(), cost)
}

func script(e *core.RequestEvent) error {
	setHeaders(e.Response.Header())
	e.Response.Header().Set("Cache-Control", "public, max-age=3600")
	return e.Blob(http.StatusOK, "text/javascript; charset=utf-8", workScript)
}
