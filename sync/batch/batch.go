// Package batch seals runs of changes under one signature, and defines the other
// signed statements of the protocol: what a forwarding node decided, and receipts.
// Pure: no clock, no disk.
package batch

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"cunju/sync/install"
)

// MaxChanges is how many changes one batch may hold.
const MaxChanges = 2000

// ErrMalformed is the answer to a header that does not follow the protocol.
var ErrMalformed = errors.New("malformed batch")

var b64 = base64.RawURLEncoding

// Header is a batch's header line (docs/sync.md §4). Batch is the format, always 1.
type Header struct {
	Batch   int    `json:"batch"`
	Suite   string `json:"suite"`
	Install string `json:"install"`
	No      int64  `json:"no"`
	Prev    string `json:"prev"`
	First   int64  `json:"first"`
	N       int    `json:"n"`
	At      int64  `json:"at"`
	Offset  int64  `json:"offset"`
	Contact int64  `json:"contact"`
	Sig     string `json:"sig"`
}

// Text is what the header signs; its hash by the suite is the batch hash.
func (h Header) Text(bodies []string) string {
	var b strings.Builder
	b.Grow(160 + 44*len(bodies))
	fmt.Fprintf(&b, "cunju batch v1\n%s\n%s\n%d\n%s\n%d\n%d\n%d\n%d\n%d",
		h.Suite, h.Install, h.No, h.Prev, h.First, h.N, h.At, h.Offset, h.Contact)
	for _, s := range bodies {
		b.WriteByte('\n')
		b.WriteString(s)
	}
	return b.String()
}

// BodyHash is the text form of a line's hash by the suite std.
func BodyHash(line []byte) string { return BodyHashOf(install.SuiteStd, line) }

// BodyHashOf is the text form of a line's hash, by the suite of the batch that it is in.
func BodyHashOf(suite string, line []byte) string {
	h := install.Sum(suite, line)
	return b64.EncodeToString(h[:])
}

// Hash is the batch hash of a signed text by the suite std.
func Hash(text string) string { return HashOf(install.SuiteStd, text) }

// HashOf is the batch hash of a signed text.
func HashOf(suite, text string) string { return BodyHashOf(suite, []byte(text)) }

// Seal fills in suite, install, n and signature of a header over these lines
// and returns it with the batch hash.
func Seal(k *install.Key, h Header, lines [][]byte) (Header, string) {
	bodies := make([]string, len(lines))
	for i, l := range lines {
		bodies[i] = BodyHashOf(k.Suite(), l)
	}
	return SealBodies(k, h, bodies)
}

// SealBodies is Seal for lines of which only the hashes are there.
func SealBodies(k *install.Key, h Header, bodies []string) (Header, string) {
	h.Batch, h.Suite, h.Install, h.N = 1, k.Suite(), k.ID(), len(bodies)
	text := h.Text(bodies)
	h.Sig = b64.EncodeToString(k.Sign(text))
	return h, HashOf(h.Suite, text)
}

// Verified checks form and signature and returns the batch hash.
func Verified(h Header, bodies []string, public []byte) (string, error) {
	if err := h.check(len(bodies)); err != nil {
		return "", err
	}
	sig, err := install.Decode64(h.Sig)
	if err != nil || len(sig) != 64 {
		return "", ErrMalformed
	}
	text := h.Text(bodies)
	if err := install.Verify(h.Suite, public, text, sig); err != nil {
		return "", err
	}
	return HashOf(h.Suite, text), nil
}

// maxNumber is the last whole number that every JSON reader keeps exactly.
const maxNumber = 1 << 53

func (h Header) check(bodies int) error {
	switch {
	case h.Batch != 1:
		return fmt.Errorf("%w: format", ErrMalformed)
	case !install.KnownSuite(h.Suite):
		return install.ErrSuite
	case h.N != bodies || h.N < 1 || h.N > MaxChanges:
		return fmt.Errorf("%w: %d of %d changes", ErrMalformed, bodies, h.N)
	case h.No < 1 || h.First < 1 || h.No > maxNumber || h.First > maxNumber:
		return fmt.Errorf("%w: number", ErrMalformed)
	case h.At < 0 || h.At > maxNumber || h.Offset < -maxNumber || h.Offset > maxNumber || h.Contact < 0 || h.Contact > maxNumber:
		return fmt.Errorf("%w: time", ErrMalformed)
	case (h.No == 1) != (h.Prev == "") || !hashOrNone(h.Prev):
		return fmt.Errorf("%w: previous", ErrMalformed)
	}
	return nil
}

// IsHash tells whether s is the text form of a hash.
func IsHash(s string) bool { return s != "" && hashOrNone(s) }

// hashOrNone tells whether s is the text form of a hash, or empty.
func hashOrNone(s string) bool {
	b, err := install.Decode64(s)
	return err == nil && (len(b) == 32 || s == "")
}
