package ratings

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"regexp"

	"github.com/pocketbase/pocketbase/core"
)

// Cookies. The first names a browser that rates; the second marks one that ever
// held a login or an install and must not rate (Q3).
const (
	browserCookie = "cunju_rate"
	staffCookie   = "cunju_staff"

	browserAge = 90 * 24 * 60 * 60
	staffAge   = 400 * 24 * 60 * 60 // the longest that browsers keep
)

var browserForm = regexp.MustCompile(`^[A-Z2-7]{26}$`)

// browserOf is the browser's random name, "" when it brought none.
func browserOf(r *http.Request) string {
	c, err := r.Cookie(browserCookie)
	if err != nil || !browserForm.MatchString(c.Value) {
		return ""
	}
	return c.Value
}

// nameBrowser gives the browser a name if it has none.
func nameBrowser(e *core.RequestEvent) string {
	if name := browserOf(e.Request); name != "" {
		return name
	}
	name := rand.Text()
	setCookie(e, browserCookie, name, browserAge)
	return name
}

// MarkStaffBrowser marks the browser as one of the office's own. The login
// hooks call it; a route that enrols a phone may call it, too.
func MarkStaffBrowser(e *core.RequestEvent) {
	setCookie(e, staffCookie, "1", staffAge)
}

func isStaffBrowser(r *http.Request) bool {
	c, err := r.Cookie(staffCookie)
	return err == nil && c.Value != ""
}

func setCookie(e *core.RequestEvent, name, value string, age int) {
	e.SetCookie(&http.Cookie{Name: name, Value: value, Path: "/", MaxAge: age, HttpOnly: true,
		Secure: e.IsTLS(), SameSite: http.SameSiteLaxMode})
}

// voiceOf names the browser at one code. Nobody can tell from two voices that
// they are one browser.
func voiceOf(browser string, code codeKey) string {
	return keyed([]byte(browser), "cunju v1 voice", code.Alias+code.Tag)[:16]
}

// formToken proves that a form came from the page this browser was shown. The
// key is the code's own, so that every node that knows the code accepts it.
func formToken(key []byte, browser string, code codeKey) string {
	return keyed(key, "cunju v1 form", code.Alias+code.Tag+browser)[:32]
}

func sameToken(a, b string) bool { return hmac.Equal([]byte(a), []byte(b)) }

// browserHash is what is kept of a browser beyond one code, for 30 days.
func browserHash(browser string) string {
	return keyed([]byte(browser), "cunju v1 browser", "")[:32]
}

// ratingID is the same for the same browser's n-th rating of a code, so that two
// taps on a slow line cannot make two records.
func ratingID(key []byte, origin, voice string, code codeKey, n int) string {
	sum := hmac.New(sha256.New, key)
	sum.Write([]byte("cunju v1 rating" + origin + voice + code.Alias + code.Tag))
	sum.Write([]byte{byte(n)})
	const letters = "abcdefghijklmnopqrstuvwxyz012345" // 32 of the 36: no letter is likelier
	id := sum.Sum(nil)[:15]
	for i := range id {
		id[i] = letters[id[i]%32]
	}
	return string(id)
}

func keyed(key []byte, label, text string) string {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(label + " " + text))
	return hex.EncodeToString(h.Sum(nil))
}
