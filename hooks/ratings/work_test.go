package ratings

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// solve does the page's work.
func solve(challenge string) string {
	for n := 0; ; n++ {
		if nonce := strconv.Itoa(n); solved(challenge, nonce) {
			return challenge + "." + nonce
		}
	}
}

func TestWhoWorksGoesOnWhenTheAddressIsBusy(t *testing.T) {
	n := start(t)
	path := pathOf(n.code(service))
	for n.browser().get("/r/").status != http.StatusTooManyRequests {
	}
	b := n.browser()
	busy := b.get(path)
	require.Equal(t, http.StatusTooManyRequests, busy.status)
	assert.Equal(t, "60", busy.header.Get("Retry-After"), "without a script: a minute")
	assert.Contains(t, busy.body, "请等一分钟")
	assert.Contains(t, busy.header.Get("Content-Security-Policy"), "script-src 'self'")
	m := regexp.MustCompile(`data-challenge="([0-9a-f]{32})"`).FindStringSubmatch(busy.body)
	require.NotNil(t, m)
	begun := time.Now()
	b.header.Set("Cookie", workCookie+"="+solve(m[1]))
	t.Logf("solved in %s", time.Since(begun).Round(time.Millisecond))
	for i := range workPages {
		require.Equal(t, http.StatusOK, b.get(path).status, "page %d", i)
	}
	assert.Equal(t, http.StatusTooManyRequests, b.get(path).status, "then there is more to do")
	assert.NotContains(t, n.browser().get("/r/page.css").header.Get("Content-Security-Policy"), "script-src")
}

func TestGuessingCostsMoreWork(t *testing.T) {
	n := start(t)
	for n.browser().get("/r/x").status != http.StatusTooManyRequests {
	}
	b := n.browser()
	b.header.Set("Cookie", workCookie+"="+solve(n.ratings.works.challenge(prefixOf("127.0.0.1"), n.now())))
	pages := 0
	for b.get("/r/x").status == http.StatusNotFound {
		pages++
	}
	assert.Less(t, pages, workPages/(costNoCode+costPage)+2)
}

func TestWorkIsForOneAddressAndATime(t *testing.T) {
	w, now := newWorks(), time.UnixMilli(1795485600000)
	here, there := prefixOf("10.0.0.1"), prefixOf("10.0.0.2")
	s := solve(w.challenge(here, now))
	assert.False(t, w.pay(s, there, now, 1), "another address")
	assert.True(t, w.pay(s, here, now, 1))
	assert.True(t, w.pay(s, here, now.Add(workWindow), 1), "the window before is good")
	assert.False(t, w.pay(s, here, now.Add(2*workWindow), 1))
	for _, bad := range []string{"", "x", s + "0", s[:32] + ".", s[:32] + ".99999999999"} {
		assert.False(t, w.pay(bad, here, now, 1), bad)
	}
	assert.False(t, newWorks().pay(s, here, now, 1), "another node")
	for i := range maxWorks + 10 {
		w.spent[fmt.Sprint(i)] = 1
	}
	w.pay(s, here, now, 1)
	assert.LessOrEqual(t, len(w.spent), maxWorks, "the memory is bounded")
}
