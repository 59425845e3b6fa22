package install

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// ErrClock means that a request's time is too far from the server's.
var ErrClock = errors.New("clock")

// MaxClockSkew is how far a signed request may be from the server's clock, ms.
const MaxClockSkew = 10 * 60 * 1000

// Authorization makes the header of docs/sync.md §7 for a request. uri is path
// and query as sent.
func (k *Key) Authorization(method, uri string, now int64) string {
	var n [9]byte
	rand.Read(n[:])
	nonce := base64.RawURLEncoding.EncodeToString(n[:])
	sig := k.Sign(requestText(k.suite, method, uri, strconv.FormatInt(now, 10), nonce))
	header := fmt.Sprintf("Cunju %s.%d.%s.%s", k.ID(), now, nonce, base64.RawURLEncoding.EncodeToString(sig))
	if k.suite != SuiteStd {
		header += "." + k.suite
	}
	return header
}

func requestText(suite, method, uri, ms, nonce string) string {
	return strings.Join([]string{Title("cunju request v1", suite), method, uri, ms, nonce}, "\n")
}

// Claim is a parsed Authorization header, not yet verified.
type Claim struct {
	Install string
	Ms      int64
	Suite   string
	nonce   string
	sig     []byte
}

// ParseAuthorization reads the header; ok is false for any other scheme or form.
func ParseAuthorization(header string) (Claim, bool) {
	rest, ok := strings.CutPrefix(header, "Cunju ")
	parts := strings.Split(rest, ".")
	if !ok || len(header) > 400 {
		return Claim{}, false
	}
	suite := SuiteStd
	if len(parts) == 5 {
		suite, parts = parts[4], parts[:4]
		if suite == SuiteStd || !KnownSuite(suite) {
			return Claim{}, false
		}
	}
	if len(parts) != 4 || !plain64(parts[0], 32) || !plain64(parts[2], 64) {
		return Claim{}, false
	}
	ms, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil || ms < 0 || ms > maxTime || strconv.FormatInt(ms, 10) != parts[1] {
		return Claim{}, false
	}
	sig, err := Decode64(parts[3])
	if err != nil || len(sig) != 64 {
		return Claim{}, false
	}
	return Claim{Install: parts[0], Ms: ms, Suite: suite, nonce: parts[2], sig: sig}, true
}

// plain64 tells whether s is made of base64url's letters only.
func plain64(s string, most int) bool {
	for _, r := range []byte(s) {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_' {
			return false
		}
	}
	return s != "" && len(s) <= most
}

// Check verifies the claim against the install's public key and the server's clock.
// The signature is judged first: a stranger learns nothing about the clock.
func (c Claim) Check(public []byte, method, uri string, now int64) error {
	text := requestText(c.Suite, method, uri, strconv.FormatInt(c.Ms, 10), c.nonce)
	if err := Verify(c.Suite, public, text, c.sig); err != nil {
		return err
	}
	if d := c.Ms - now; d > MaxClockSkew || d < -MaxClockSkew {
		return ErrClock
	}
	return nil
}
