package setup

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"cunju/hooks/fault"
)

func TestWeakPasswords(t *testing.T) {
	const login, name = "zhangsan@sfs.example.cn", "张三"
	weak := map[string]string{
		"short":                  "a8#kQz!Lm",
		"empty":                  "",
		"longer than bcrypt":     strings.Repeat("ab3$", 19),
		"known default":          "admin123456",
		"known default, capital": "Admin123456",
		"dressed word":           "Admin@2026!!",
		"dressed product":        "Cunju20261124",
		"dressed office":         "sifasuo#8888",
		"on the list":            "1qaz2wsx3edc",
		"run up":                 "1234567890",
		"run up past nine":       "5678901234",
		"run down":               "zyxwvutsrqp",
		"few characters":         "aabbccddaabb",
		"login inside":           "zhangsan-7391x",
		"login inside, capital":  "x7391ZhangSan",
		"name inside":            "张三的密码本一二三四",
		"broken text":            "abcdefgh\xff\xfe12",
	}
	for why, password := range weak {
		assert.True(t, Weak(password, login, name), why)
	}
	for _, password := range []string{"correct horse battery", "tree-7-river-lamp", "山上有棵树下有条河呀", "Xk29vbtqWm"} {
		assert.False(t, Weak(password, login, name), password)
	}
}

func TestRequestsAreChecked(t *testing.T) {
	good := Request{Name: " 张三 ", Login: " Zhang@SFS.example.cn ", Password: "tree-7-river-lamp"}.clean()
	assert.NoError(t, good.Validate())
	assert.Equal(t, "zhang@sfs.example.cn", good.Login)
	assert.Equal(t, "a@b.cn", Request{Email: "A@b.cn"}.clean().Login)
	assert.Equal(t, "ABCDEFGH23", Request{Code: "abcde-fgh 23"}.clean().Code)

	cases := map[string]struct {
		change func(*Request)
		code   string
	}{
		"no name":       {func(r *Request) { r.Name = "" }, "malformed"},
		"long name":     {func(r *Request) { r.Name = strings.Repeat("长", 61) }, "malformed"},
		"no login":      {func(r *Request) { r.Login = "" }, "malformed"},
		"login with <>": {func(r *Request) { r.Login = "x <a@b.cn>" }, "malformed"},
		"weak password": {func(r *Request) { r.Password = "admin123456" }, "weak_password"},
	}
	for name, c := range cases {
		bad := good
		c.change(&bad)
		assert.Equal(t, c.code, fault.Code(bad.Validate()), name)
	}
}

func TestCodesHaveNoLookAlikes(t *testing.T) {
	seen := map[string]bool{}
	for range 200 {
		code := newCode()
		assert.Len(t, code, 10)
		assert.NotContains(t, strings.Join(strings.Split(code, ""), " "), "O")
		assert.Empty(t, strings.Trim(code, "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"))
		seen[code] = true
	}
	assert.Len(t, seen, 200)
}
