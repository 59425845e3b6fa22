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
	sig := k.Sign(requestText(method, uri, strconv.FormatInt(now, 10), nonce))
	return fmt.Sprintf("Cunju %s.%d.%s.%s", k.ID(), now, nonce, base64.RawURLEncoding.EncodeToString(sig))
}

func requestText(method, uri, ms, nonce string) string {
	return strings.Join([]string{"cunju request v1", method, uri, ms, nonce}, "\n")
}

// Claim is a parsed Authorization header, not yet verified.
type Claim struct {
	Install string
	Ms      int64
	nonce   string
	sig     []byte
}

// ParseAuthorization reads the header; ok is false for any other scheme or form.
func ParseAuthorization(header string) (Claim, bool) {
	rest, ok := strings.CutPrefix(header, "Cunju ")
	parts := strings.Split(rest, ".")
	if !ok || len(parts) != 4 || len(header) > 400 {
		return Claim{}, false
	}
	ms, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil {
		return Claim{}, false
	}
	sig, err := base64.RawURLEncoding.DecodeString(parts[3])
	if err != nil {
		return Claim{}, false
	}
	return Claim{Install: parts[0], Ms: ms, nonce: parts[2], sig: sig}, true
}

// Check verifies the claim against the install's public key and the server's clock.
// The signature is judged first: a stranger learns nothing about the clock.
func (c Claim) Check(public []byte, method, uri string, now int64) error {
	text := requestText(method, uri, strconv.FormatInt(c.Ms, 10), c.nonce)
	if err := Verify(SuiteStd, public, text, c.sig); err != nil {
		return err
	}
	if d := c.Ms - now; d > MaxClockSkew || d < -MaxClockSkew {
		return ErrClock
	}
	return nil
}
