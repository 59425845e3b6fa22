package setup

import (
	_ "embed"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The shortest password. The longest is what bcrypt reads: it would silently
// ignore the rest.
const (
	minPassword      = 10
	maxPasswordBytes = 72
	minDifferent     = 5
)

//go:embed weak.txt
var weakText string

var weakList = func() map[string]bool {
	list := map[string]bool{}
	for _, line := range strings.Fields(weakText) {
		list[line] = true
	}
	return list
}()

// dressed is a well-known word with nothing but digits and signs around it,
// such as Admin@2026.
var dressed = regexp.MustCompile(`^[^a-z]*(admin|administrator|root|superuser|cunju|password|passw0rd|p@ssw0rd|qwerty|sifa|sifasuo|sifaju|chongqing|welcome|letmein|test|user|guest|woaini|abc|a|aa|aaa)[^a-z]*$`)

// Weak says that a password is too easily guessed for an account that can read
// personal data: too short or too long, of few different characters, a run,
// on the list of common ones, or made of the person's own login or name.
// It asks for no mix of character classes, which only makes people write them down.
func Weak(password, login, name string) bool {
	if utf8.RuneCountInString(password) < minPassword || len(password) > maxPasswordBytes || !utf8.ValidString(password) {
		return true
	}
	lower := strings.ToLower(password)
	if different(lower) < minDifferent || isRun(lower) || weakList[lower] || dressed.MatchString(lower) {
		return true
	}
	account, _, _ := strings.Cut(strings.ToLower(login), "@")
	for _, own := range []string{account, strings.ToLower(login), strings.ToLower(name)} {
		if utf8.RuneCountInString(own) >= 2 && strings.Contains(lower, own) {
			return true
		}
	}
	return false
}

func different(text string) int {
	seen := map[rune]bool{}
	for _, r := range text {
		seen[r] = true
	}
	return len(seen)
}

// isRun is true when each character follows its neighbour: 1234567890, zyxwvutsrq.
func isRun(text string) bool {
	up, down := true, true
	runes := []rune(text)
	for i := 1; i < len(runes); i++ {
		step := runes[i] - runes[i-1]
		if unicode.IsDigit(runes[i]) && unicode.IsDigit(runes[i-1]) {
			step = (step + 10) % 10 // 9 is followed by 0
			up, down = up && step == 1, down && step == 9
			continue
		}
		up, down = up && step == 1, down && step == -1
	}
	return up || down
}
