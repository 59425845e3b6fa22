package ratings

import (
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cunju/hooks/codes"
)

func TestTwoTapsRate(t *testing.T) {
	n := start(t)
	n.arrive(service, nil)
	path := pathOf(n.code(service))
	b := n.browser()
	page := b.get(path)
	assert.Equal(t, http.StatusOK, page.status)
	for _, want := range []string{"这次服务，您满意吗？", "非常满意", "基本满意", "非常不满意", "2026年11月24日", "上磺镇羊桥村", "李明", "法律咨询", "婚姻家庭", "巫溪县大宁律师事务所", "15002201810000000"} {
		assert.Contains(t, page.body, want)
	}
	assert.NotContains(t, page.body, "checked", "no default choice")
	sent := b.do(http.MethodPost, path, url.Values{"form": {formField.FindStringSubmatch(page.body)[1]}, "grade": {"4"}})
	assert.Equal(t, http.StatusSeeOther, sent.status)
	assert.Equal(t, path, sent.header.Get("Location"))
	thanks := b.get(path)
	assert.Contains(t, thanks.body, "谢谢，评价收到了")
	n.settle()
	assert.Equal(t, 1, n.count("SELECT count(*) FROM rating_services WHERE service = '"+service+"' AND grade = 4"))
	assert.Equal(t, 1, n.count("SELECT count(*) FROM ratings WHERE region = '500238101000' AND origin = 'township' AND day = 1058"))
}

func TestCapitalAddressIsTheSamePage(t *testing.T) {
	n := start(t)
	c := n.code(service)
	for _, path := range []string{"/R/" + c.Text(), "/r/" + strings.ToLower(c.Text())} {
		assert.Equal(t, http.StatusOK, n.browser().get(path).status, path)
	}
	b := n.browser()
	b.rate("/R/"+c.Text(), "5")
	assert.Contains(t, b.get(pathOf(c)).body, "谢谢")
}

func TestScanningChangesNothing(t *testing.T) {
	n := start(t)
	path := pathOf(n.code(service))
	before := n.count("SELECT count(*) FROM sync_changes")
	b := n.browser()
	for range 2 { // messengers fetch a page before their user does
		assert.Equal(t, http.StatusOK, b.get(path).status)
		assert.Equal(t, http.StatusOK, n.browser().do(http.MethodHead, path, nil).status)
	}
	assert.Equal(t, before, n.count("SELECT count(*) FROM sync_changes"))
	assert.Contains(t, n.browser().get(path).body, "您满意吗")
}

func TestEveryKindOfNoIsOnePage(t *testing.T) {
	n := start(t)
	genuine := n.code(service)
	day := genuine.Day
	key := testKeyOf(phone, 2026)
	a := genuine.Alias
	document := codes.MakeDocument(key, a, day, service, [codes.HashSize]byte{1})
	cases := map[string]string{
		"mistyped":          genuine.Text()[:20] + swap(genuine.Text()[20]) + genuine.Text()[21:],
		"forged":            codes.Make(noKey, a, day, service).Text(),
		"unknown alias":     codes.Make(noKey, [4]byte{9, 9, 9, 9}, day, service).Text(),
		"too old":           codes.Make(key, a, day-codes.DaysBack-1, service).Text(),
		"from the future":   codes.Make(testKeyOf(phone, 2026), a, day+codes.DaysAhead+1, service).Text(),
		"key of other year": codes.Make(testKeyOf(phone, 2025), a, day, service).Text(),
		"document code":     document.Text(),
		"not a code":        "hello",
		"script":            url.PathEscape("<script>alert(1)</script>"),
		"long":              strings.Repeat("A", 2000),
	}
	require.Equal(t, http.StatusNotFound, n.browser().get("/r/x").status)
	want := n.browser().get("/r/x")
	assert.Contains(t, want.body, "12348")
	for name, text := range cases {
		for _, prefix := range []string{"/r/", "/R/"} {
			for _, method := range []string{http.MethodGet, http.MethodPost} {
				n.pass(time.Minute)
				var form url.Values
				if method == http.MethodPost {
					form = url.Values{"grade": {"5"}}
				}
				got := n.browser().do(method, prefix+text, form)
				got.header.Del("Date")
				want.header.Del("Date")
				assert.Equal(t, want, got, name)
			}
		}
	}
	typed := n.browser().do(http.MethodPost, "/r/", url.Values{"code": {"nonsense"}})
	assert.Equal(t, want.body, typed.body)
	assert.Equal(t, want.status, typed.status)
}

func TestWindowOfACode(t *testing.T) {
	n := start(t)
	day, _ := codes.Day(n.now())
	a := n.code(service).Alias
	for offset, want := range map[int]int{-codes.DaysBack - 1: 404, -codes.DaysBack: 200, 0: 200, codes.DaysAhead: 200, codes.DaysAhead + 1: 404} {
		d := uint16(int(day) + offset)
		c := codes.Make(testKeyOf(phone, codes.Year(d)), a, d, service)
		assert.Equal(t, want, n.browser().get(pathOf(c)).status, offset)
	}
}

func TestRandomCodesLearnNothing(t *testing.T) {
	n := start(t)
	tries := 100_000
	if testing.Short() {
		tries = 2_000
	}
	b := n.browser()
	want := b.get("/r/x")
	encoding := base32.StdEncoding.WithPadding(base32.NoPadding)
	raw := make([]byte, 24)
	for i := range tries {
		rand.Read(raw)
		raw[0] = 0x25
		if i%2 == 0 { // half of them name an install that exists
			copy(raw[1:5], []byte{0xa1, 0xb2, 0xc3, 0xd4})
			raw[5], raw[6] = 1058>>8, 1058&0xff
		}
		n.pass(10 * time.Second) // slower than the throttle
		got := b.get("/r/" + encoding.EncodeToString(raw))
		if got.status != want.status || got.body != want.body || len(got.header) != len(want.header) {
			t.Fatalf("try %d answered otherwise: %d", i, got.status)
		}
	}
}

func TestGuessingIsThrottled(t *testing.T) {
	n := start(t)
	b := n.browser()
	statuses := map[int]int{}
	for range 100 {
		statuses[b.get("/r/x").status]++
	}
	assert.Greater(t, statuses[404], 20)
	assert.Greater(t, statuses[429], 20)
	busy := b.get("/r/x")
	assert.Contains(t, busy.body, "请等一分钟")
	assert.Equal(t, "60", busy.header.Get("Retry-After"))
	n.pass(2 * time.Minute)
	assert.Equal(t, 200, b.get(pathOf(n.code(service))).status, "the address is let in again")
}

func TestAVillageBehindOneAddressIsServed(t *testing.T) {
	n := start(t)
	path := pathOf(n.code(service))
	for i := range 200 {
		require.Equal(t, 200, n.browser().get(path).status, i)
	}
}

func TestFormMustComeFromThePage(t *testing.T) {
	n := start(t)
	path := pathOf(n.code(service))
	b := n.browser()
	form := b.form(path)
	for name, try := range map[string]func() answer{
		"no token": func() answer { return b.do(http.MethodPost, path, url.Values{"grade": {"1"}}) },
		"wrong token": func() answer {
			return b.do(http.MethodPost, path, url.Values{"grade": {"1"}, "form": {strings.Repeat("0", 32)}})
		},
		"no cookie": func() answer {
			return n.browser().do(http.MethodPost, path, url.Values{"grade": {"1"}, "form": {form}})
		},
		"other browser's": func() answer {
			c := n.browser()
			c.get(path)
			return c.do(http.MethodPost, path, url.Values{"grade": {"1"}, "form": {form}})
		},
		"another code's": func() answer {
			other := b.form(pathOf(n.code("service00000002")))
			return b.do(http.MethodPost, path, url.Values{"grade": {"1"}, "form": {other}})
		},
	} {
		got := try()
		assert.Equal(t, http.StatusBadRequest, got.status, name)
		assert.Contains(t, got.body, "请再点一次", name)
	}
	assert.Zero(t, n.count("SELECT count(*) FROM ratings"))
}

func TestNoGradeIsAskedFor(t *testing.T) {
	n := start(t)
	path := pathOf(n.code(service))
	for _, grade := range []string{"", "0", "6", "-1", "5.0", "five"} {
		got := n.browser().rate(path, grade)
		assert.Equal(t, http.StatusBadRequest, got.status, grade)
		assert.Contains(t, got.body, "请先点一个", grade)
	}
	assert.Zero(t, n.count("SELECT count(*) FROM ratings"))
}

func TestSecondTapMakesNoSecondRecord(t *testing.T) {
	n := start(t)
	path := pathOf(n.code(service))
	b := n.browser()
	form := b.form(path)
	done := make(chan answer)
	for range 6 {
		go func() { done <- b.do(http.MethodPost, path, url.Values{"form": {form}, "grade": {"3"}}) }()
	}
	for range 6 {
		assert.Equal(t, http.StatusSeeOther, (<-done).status)
	}
	assert.Equal(t, 1, n.count("SELECT count(*) FROM ratings"))
}

func TestFirstBrowserAmends(t *testing.T) {
	n := start(t)
	n.arrive(service, nil)
	path := pathOf(n.code(service))
	b := n.browser()
	b.rate(path, "5")
	n.pass(24 * time.Hour)
	assert.Equal(t, http.StatusSeeOther, b.rate(path, "2").status)
	n.pass(time.Minute)
	got := b.more(path, url.Values{"reason": {"unclear", "slow", "nonsense"}, "remark": {" 没讲明白 \u202e"}, "phone": {"138-0013 8000"}, "helper": {"family"}})
	assert.Equal(t, http.StatusSeeOther, got.status)
	n.settle()
	said, err := n.ratings.ServiceRatings(n.app.DB(), service)
	require.NoError(t, err)
	require.Len(t, said, 3, "all are kept")
	assert.Equal(t, []bool{false, false, false}, []bool{said[0].Effective, said[1].Effective, said[2].Effective},
		"what somebody helped with waits for a person")
	assert.Equal(t, []int{5, 2, 2}, []int{said[0].Grade, said[1].Grade, said[2].Grade})
	assert.True(t, said[2].Flags.Amends)
	assert.Equal(t, "family", said[2].AssistedBy)
	assert.Equal(t, 1, n.count(`SELECT count(*) FROM ratings WHERE reasons = '["unclear","slow"]' AND remark = '没讲明白' AND call_back_phone = '13800138000'`))
	page := b.get(path)
	assert.Contains(t, page.body, "没讲明白")
	assert.Equal(t, http.StatusSeeOther, b.rate(path, "4").status)
	assert.Equal(t, 1, n.count(`SELECT count(*) FROM ratings WHERE grade = 4 AND remark = '没讲明白' AND coalesce(reasons, '') = ''`),
		"a changed grade keeps the words and drops the reasons")
}

func TestAmendingEnds(t *testing.T) {
	n := start(t)
	path := pathOf(n.code(service))
	b := n.browser()
	b.rate(path, "5")
	n.pass(AmendDays*24*time.Hour + time.Second)
	page := b.get(path)
	assert.Contains(t, page.body, "不能再改")
	assert.NotContains(t, page.body, "<form")
	day, _ := codes.Day(n.now().Add(-AmendDays * 24 * time.Hour))
	require.Equal(t, n.code(service).Day, day+AmendDays)
}

func TestOneBrowserCannotFillTheBook(t *testing.T) {
	n := start(t)
	path := pathOf(n.code(service))
	b := n.browser()
	form := b.form(path)
	for i := range 20 {
		n.pass(time.Second)
		b.do(http.MethodPost, path, url.Values{"form": {form}, "grade": {fmt.Sprint(1 + i%5)}})
	}
	assert.Equal(t, MaxPerVoice, n.count("SELECT count(*) FROM ratings"))
}

func TestManyBrowsersCannotFillTheBook(t *testing.T) {
	n := start(t)
	path := pathOf(n.code(service))
	var last answer
	for range MaxPerCode + 1 {
		n.pass(time.Minute)
		last = n.browser().rate(path, "1")
	}
	assert.Equal(t, http.StatusConflict, last.status)
	assert.Contains(t, last.body, "不能再收评价")
	assert.Equal(t, MaxPerCode, n.count("SELECT count(*) FROM ratings"))
}

func TestSecondVoiceIsKeptAndNotCounted(t *testing.T) {
	n := start(t)
	n.arrive(service, nil)
	path := pathOf(n.code(service))
	first, second := n.browser(), n.browser()
	first.rate(path, "2")
	n.pass(time.Minute)
	assert.Contains(t, second.get(path).body, "您满意吗", "nobody sees what another said")
	second.rate(path, "5")
	assert.Contains(t, second.get(path).body, "已有人评过")
	assert.NotContains(t, first.get(path).body, "已有人评过")
	n.settle()
	assert.Equal(t, 1, n.count("SELECT count(*) FROM rating_services WHERE grade = 2 AND voices = 2 AND records = 2"))
	assert.Equal(t, 1, n.count(`SELECT count(*) FROM ratings WHERE flags LIKE '%"second_voice"%' AND grade = 5`))
}

func TestOneHandForManyIsFlagged(t *testing.T) {
	n := start(t)
	b := n.browser()
	for i := range 4 {
		b.rate(pathOf(n.code(fmt.Sprintf("service0000000%d", i))), "5")
	}
	n.browser().rate(pathOf(n.code(service)), "5")
	assert.Equal(t, 2, n.count(`SELECT count(*) FROM ratings WHERE flags LIKE '%"crowd"%'`))
}

func TestLateRatingIsKeptAndNotCounted(t *testing.T) {
	n := start(t)
	n.arrive(service, nil)
	path := pathOf(n.code(service))
	n.pass((CountDays + 1) * 24 * time.Hour)
	b := n.browser()
	b.rate(path, "1")
	assert.Contains(t, b.get(path).body, "不计入统计")
	n.settle()
	assert.Equal(t, 1, n.count("SELECT count(*) FROM rating_joins"))
	assert.Zero(t, n.count("SELECT count(*) FROM rating_services"))
}

func TestTypedCode(t *testing.T) {
	n := start(t)
	b := n.browser()
	for _, path := range []string{"/r", "/r/", "/R/"} {
		page := b.get(path)
		assert.Equal(t, http.StatusOK, page.status, path)
		assert.Contains(t, page.body, "输入评价码")
	}
	c := n.code(service)
	text := strings.ToLower(c.Text())
	for _, in := range []string{c.Text(), text[:10] + " " + text[10:20] + "-" + text[20:], "http://127.0.0.1:8091/R/" + c.Text()} {
		got := b.do(http.MethodPost, "/r/", url.Values{"code": {in}})
		assert.Equal(t, http.StatusSeeOther, got.status)
		assert.Equal(t, pathOf(c), got.header.Get("Location"))
	}
}

func TestRevokedInstall(t *testing.T) {
	n := start(t)
	path := pathOf(n.code(service))
	_, err := n.app.NonconcurrentDB().NewQuery("UPDATE sync_installs SET state = 'revoked' WHERE id = '" + phone + "'").Execute()
	require.NoError(t, err)
	assert.Equal(t, 404, n.browser().get(path).status, "a thief's code without a record")
	n.arrive(service, nil)
	assert.Equal(t, 200, n.browser().get(path).status, "an honest sheet whose record is here")
}

func swap(c byte) string {
	if c == 'A' {
		return "B"
	}
	return "A"
}
