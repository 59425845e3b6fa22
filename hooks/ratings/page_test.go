package ratings

import (
	"encoding/xml"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cunju/hooks/fault"
)

// everyPage lists all pages that a guest can be shown, by name.
func everyPage(n *node, query string) map[string]answer {
	n.arrive(service, nil)
	waiting, arrived := pathOf(n.code("service00000002"))+query, pathOf(n.code(service))+query
	good, bad, staff := n.browser(), n.browser(), n.browser()
	good.rate(arrived, "5")
	n.pass(time.Second)
	bad.rate(arrived, "1")
	n.pass(time.Second)
	bad.more(arrived, url.Values{"reason": {"slow"}, "remark": {"等太久"}, "phone": {"13800138000"}})
	staff.do(http.MethodPost, "/api/sync/enrol?good=1", nil)
	pages := map[string]answer{
		"rate":       n.browser().get(arrived),
		"waiting":    n.browser().get(waiting),
		"no grade":   n.browser().rate(arrived, ""),
		"thanks":     good.get(arrived),
		"bad thanks": bad.get(arrived),
		"bad phone":  bad.more(arrived, url.Values{"phone": {"call me"}}),
		"staff":      staff.get(arrived),
		"gone":       n.browser().get("/r/x" + query),
		"entry":      n.browser().get("/r/" + query),
	}
	for range bucketSize {
		pages["busy"] = n.browser().get("/r/x" + query)
	}
	return pages
}

func TestPagesSayNothingOfThePersonServed(t *testing.T) {
	n := start(t)
	for name, page := range everyPage(n, "") {
		for _, secret := range secrets {
			assert.NotContains(t, page.body, secret, name)
		}
		assert.NotContains(t, page.body, service, "%s: no id of the record", name)
	}
}

func TestFactsAreAnAllowList(t *testing.T) {
	m := regexp.MustCompile(`^SELECT ([a-z_, ]+) FROM services`).FindStringSubmatch(serviceFacts)
	require.NotNil(t, m)
	assert.ElementsMatch(t, []string{"kind", "topic", "occurred_at", "region", "counsel", "secrecy", "state"}, strings.Split(m[1], ", "))
}

func TestSecrecyHidesTheMatter(t *testing.T) {
	for secrecy, want := range map[string][2]bool{"normal": {true, true}, "private": {true, false}, "sealed": {false, false}} {
		n := start(t)
		n.arrive(service, map[string]any{"secrecy": secrecy})
		body := n.browser().get(pathOf(n.code(service))).body
		assert.Equal(t, want[0], strings.Contains(body, "法律咨询"), secrecy)
		assert.Equal(t, want[1], strings.Contains(body, "婚姻家庭"), secrecy)
	}
}

func TestRemarkIsShownAsText(t *testing.T) {
	for _, payload := range []string{
		`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `</textarea><svg/onload=alert(1)>`,
		`javascript:alert(1)`, `{{.Form}}`, "\u202egnp.exe", `<a href="//evil">点这里</a>`, "‮&#x3c;b&#x3e;",
	} {
		n := start(t)
		path := pathOf(n.code(service))
		b := n.browser()
		b.rate(path, "1")
		n.pass(time.Second)
		require.Equal(t, http.StatusSeeOther, b.more(path, url.Values{"remark": {payload}}).status)
		body := b.get(path).body
		assert.Contains(t, html.UnescapeString(body), Clean(payload))
		for _, tag := range []string{"<script", "<img", "<svg/", "<a href=\"//", "\u202e"} {
			assert.NotContains(t, body, tag, payload)
		}
	}
}

func TestTypedPhoneIsShownAsText(t *testing.T) {
	n := start(t)
	path := pathOf(n.code(service))
	b := n.browser()
	b.rate(path, "1")
	got := b.more(path, url.Values{"phone": {`"><script>`}, "remark": {"等太久"}, "reason": {"slow"}, "helper": {"clerk"}})
	assert.Equal(t, http.StatusBadRequest, got.status)
	assert.Contains(t, got.body, "这个电话号码不对")
	assert.Contains(t, got.body, `value="&#34;&gt;&lt;script&gt;"`)
	for _, kept := range []string{">等太久</textarea>", `value="slow" checked`, `value="clerk" selected`} {
		assert.Contains(t, got.body, kept, "nobody types twice")
	}
}

func TestHeaders(t *testing.T) {
	n := start(t)
	for name, page := range everyPage(n, "") {
		want := policy
		if name == "busy" {
			want = workPolicy
		}
		assert.Equal(t, want, page.header.Get("Content-Security-Policy"), name)
		assert.Equal(t, "no-store", page.header.Get("Cache-Control"), name)
		assert.Contains(t, page.header.Get("X-Robots-Tag"), "noindex", name)
		assert.Equal(t, "no-referrer", page.header.Get("Referrer-Policy"), name)
		for _, cookie := range page.header.Values("Set-Cookie") {
			assert.Contains(t, cookie, "HttpOnly", name)
			assert.Contains(t, cookie, "SameSite=Lax", name)
		}
	}
}

func TestPagesAreSmall(t *testing.T) {
	n := start(t)
	sheet := n.browser().get("/r/page.css?v=" + styleVersion)
	require.Equal(t, http.StatusOK, sheet.status)
	assert.Contains(t, sheet.header.Get("Cache-Control"), "immutable")
	for name, page := range everyPage(n, "") {
		assert.Less(t, len(page.body)+len(sheet.body), 20_000, name)
		t.Logf("%s: %d + %d bytes", name, len(page.body), len(sheet.body))
	}
}

// TestPagesAreAccessible holds what a program can see; a browser with axe sees the rest.
func TestPagesAreAccessible(t *testing.T) {
	for query, lang := range map[string]string{"": "zh-CN", "?lang=en": "en"} {
		n := start(t)
		for name, page := range everyPage(n, query) {
			assert.Contains(t, page.body, `<html lang="`+lang+`">`, name)
			assert.Equal(t, 1, strings.Count(page.body, "<h1>"), name)
			assert.Equal(t, 1, strings.Count(page.body, "<main>"), name)
			assert.Equal(t, strings.Count(page.body, "<fieldset"), strings.Count(page.body, "<legend>"), name)
			for _, m := range regexp.MustCompile(`<(?:input|textarea|select)[^>]* id="([^"]+)"`).FindAllStringSubmatch(page.body, -1) {
				assert.Equal(t, 1, strings.Count(page.body, `<label for="`+m[1]+`"`), "%s: %s", name, m[1])
				assert.Equal(t, 1, strings.Count(page.body, ` id="`+m[1]+`"`), "%s: %s", name, m[1])
			}
			body := page.body
			if name == "busy" { // the one page that may work by itself; without a script it says to wait
				body = strings.Replace(body, `<script type="module" src="/r/work.js"></script>`, "", 1)
			}
			assert.NotRegexp(t, `<script|style=|onclick|autofocus`, body, name)
			assertNoTextMissing(t, name, page.body)
		}
	}
}

func assertNoTextMissing(t *testing.T, name, body string) {
	t.Helper()
	for _, element := range []string{"h1", "button", "legend", "summary", "title"} {
		assert.NotContains(t, body, "<"+element+"></"+element+">", name)
	}
}

func TestEnglish(t *testing.T) {
	n := start(t)
	n.arrive(service, nil)
	path := pathOf(n.code(service))
	b := n.browser()
	b.header.Set("Accept-Language", "en-GB,en;q=0.8")
	page := b.get(path)
	for _, want := range []string{"How was this service?", "Very satisfied", "On 24 November 2026", "legal consultation", "marriage and family", "中文"} {
		assert.Contains(t, page.body, want)
	}
	other := n.browser()
	sent := other.do(http.MethodPost, path+"?lang=en", url.Values{"form": {other.form(path)}, "grade": {"4"}})
	assert.Equal(t, path+"?lang=en", sent.header.Get("Location"), "the language stays")
	b.header.Set("Accept-Language", "fr")
	assert.Contains(t, b.get(path).body, "您满意吗")
	assert.Contains(t, b.get(path+"?lang=en").body, "How was")
}

func TestMessagesAreComplete(t *testing.T) {
	hasHan := func(s string) bool {
		return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
	}
	for key, text := range messages {
		if strings.HasPrefix(key, "fact.") || key == "language" { // parts of a sentence; the other language's name
			continue
		}
		assert.True(t, hasHan(text.Zh), key)
		assert.NotEmpty(t, text.En, key)
		assert.False(t, hasHan(text.En), key)
	}
	for _, list := range [][]string{prefixed("reason.", Reasons), prefixed("helper.", append([]string{""}, Helpers...)),
		{"grade.1", "grade.2", "grade.3", "grade.4", "grade.5", "rate.choose", "rate.again", "more.phonebad"}} {
		for _, key := range list {
			assert.Contains(t, messages, key)
		}
	}
	source := string(mustRead("page/page.html"))
	for _, m := range regexp.MustCompile(`\.T "([a-z.]+)"`).FindAllStringSubmatch(source, -1) {
		assert.Contains(t, messages, m[1], "named in the template")
	}
	for _, code := range []string{"rate_staff_browser", "rate_window"} {
		_, ok := fault.Lookup(code)
		assert.True(t, ok, code)
	}
}

func prefixed(prefix string, names []string) (out []string) {
	for _, name := range names {
		out = append(out, prefix+name)
	}
	return out
}

func TestStaffBrowserMayNotRate(t *testing.T) {
	n := start(t)
	path := pathOf(n.code(service))
	login := func(b *browser) {
		got := b.do(http.MethodPost, "/api/collections/staff/auth-with-password",
			url.Values{"identity": {"counsel@example.cn"}, "password": {"correct-horse-1"}})
		require.Equal(t, http.StatusOK, got.status, got.body)
	}
	for name, become := range map[string]func(*browser){
		"login":     login,
		"enrolment": func(b *browser) { b.do(http.MethodPost, "/api/sync/enrol?good=1", url.Values{}) },
	} {
		b := n.browser()
		form := b.form(path)
		become(b)
		for _, got := range []answer{b.get(path), b.do(http.MethodPost, path, url.Values{"form": {form}, "grade": {"5"}})} {
			assert.Equal(t, http.StatusForbidden, got.status, name)
			assert.Contains(t, got.body, "请换您自己的或家人的手机扫码", name)
		}
	}
	assert.Zero(t, n.count("SELECT count(*) FROM ratings"))

	wrong := n.browser()
	wrong.do(http.MethodPost, "/api/sync/enrol", url.Values{})
	wrong.do(http.MethodPost, "/api/collections/staff/auth-with-password", url.Values{"identity": {"counsel@example.cn"}, "password": {"no"}})
	wrong.do(http.MethodGet, "/api/sync/enrol?good=1", nil)
	assert.Equal(t, http.StatusOK, wrong.get(path).status, "who did not get in is no staff")
}

func TestRatingsLeaveNoRequestLog(t *testing.T) {
	n := start(t)
	settings := n.app.Settings()
	settings.Logs.MaxDays, settings.Logs.MinLevel = 1, -4
	require.NoError(t, n.app.Save(settings))
	n.browser().rate(pathOf(n.code(service)), "5")
	n.browser().get("/api/health")
	var total, ours int
	require.Eventually(t, func() bool {
		err := n.app.AuxDB().NewQuery("SELECT count(*), coalesce(sum(data LIKE '%/r/%'), 0) FROM _logs WHERE data LIKE '%\"type\":\"request\"%'").Row(&total, &ours)
		return err == nil && total > 0
	}, 10*time.Second, 100*time.Millisecond, "the other request is logged")
	assert.Zero(t, ours)
}

func TestFacesAreDrawn(t *testing.T) {
	n := start(t)
	body := n.browser().get(pathOf(n.code(service))).body
	faces := regexp.MustCompile(`(?s)<svg.*?</svg>`).FindAllString(body, -1)
	require.Len(t, faces, len(Grades))
	seen := map[string]bool{}
	for _, face := range faces {
		assert.NoError(t, xml.Unmarshal([]byte(face), new(struct{})))
		assert.Contains(t, face, `aria-hidden="true"`)
		seen[face] = true
	}
	assert.Len(t, seen, len(Grades), "five different faces")
}
