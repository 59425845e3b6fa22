package ratings

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestThePageTellsWhatBecameOfABadRatingAndAsksAgain(t *testing.T) {
	n := start(t)
	n.arrive(service, nil)
	path := pathOf(n.code(service))
	b, other := n.browser(), n.browser()
	b.rate(path, "2")
	n.handling = handling{state: "verifying"}
	assert.Contains(t, b.get(path).body, "正在核实")
	assert.NotContains(t, b.get(path).body, "现在您满意吗")
	n.handling = handling{state: "fixed", asks: true}
	assert.Contains(t, b.get(path).body, "现在您满意吗")
	assert.NotContains(t, other.get(path).body, "现在您满意吗", "another browser is not asked")
	form := url.Values{"form": {b.form(path)}, "step": {"again"}}
	assert.Equal(t, http.StatusBadRequest, b.do(http.MethodPost, path, form).status, "no answer is no answer")
	form.Set("answer", "unreached")
	assert.Equal(t, http.StatusBadRequest, b.do(http.MethodPost, path, form).status)
	form.Set("answer", "fair")
	assert.Equal(t, http.StatusSeeOther, b.do(http.MethodPost, path, form).status)
	key := keyOf(n.code(service))
	assert.Equal(t, []string{key.Alias + key.Tag + " 500238101000 fair"}, n.handling.answers)
	n.handling.state, n.handling.asks, n.handling.answer = "closed", false, "fair"
	assert.Contains(t, b.get(path+"?lang=en").body, "After that you said: Fairly satisfied")
}

func TestWhoDidNotComplainIsNotAskedAgain(t *testing.T) {
	n := start(t)
	n.arrive(service, nil)
	path := pathOf(n.code(service))
	b := n.browser()
	b.rate(path, "5")
	n.handling = handling{state: "fixed", asks: true}
	assert.NotContains(t, b.get(path).body, "现在您满意吗")
	got := b.do(http.MethodPost, path, url.Values{"form": {b.form(path)}, "step": {"again"}, "answer": {"fair"}})
	assert.Equal(t, http.StatusBadRequest, got.status)
	assert.Empty(t, n.handling.answers)
}
