// Package batch seals runs of changes under one signature, and defines the other
// signed statements of the protocol: what a forwarding node decided, and receipts.
// Pure: no clock, no disk.
package batch

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"sort"
	"strconv"
	"strings"

	"cunju/sync/change"
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

// Text is what the header signs; its SHA-256 is the batch hash.
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

// BodyHash is the text form of a line's hash.
func BodyHash(line []byte) string {
	h := change.Hash(line)
	return b64.EncodeToString(h[:])
}

// Hash is the batch hash of a signed text.
func Hash(text string) string {
	h := sha256.Sum256([]byte(text))
	return b64.EncodeToString(h[:])
}

// Seal fills in suite, install, n and signature of a header over these lines
// and returns it with the batch hash.
func Seal(k *install.Key, h Header, lines [][]byte) (Header, string) {
	h.Batch, h.Suite, h.Install, h.N = 1, install.SuiteStd, k.ID(), len(lines)
	bodies := make([]string, len(lines))
	for i, l := range lines {
		bodies[i] = BodyHash(l)
	}
	text := h.Text(bodies)
	h.Sig = b64.EncodeToString(k.Sign(text))
	return h, Hash(text)
}

// Verified checks form and signature and returns the batch hash.
func Verified(h Header, bodies []string, public []byte) (string, error) {
	if err := h.check(len(bodies)); err != nil {
		return "", err
	}
	sig, err := b64.DecodeString(h.Sig)
	if err != nil {
		return "", ErrMalformed
	}
	text := h.Text(bodies)
	if err := install.Verify(h.Suite, public, text, sig); err != nil {
		return "", err
	}
	return Hash(text), nil
}

func (h Header) check(bodies int) error {
	switch {
	case h.Batch != 1:
		return fmt.Errorf("%w: format", ErrMalformed)
	case h.Suite != install.SuiteStd:
		return install.ErrSuite
	case h.N != bodies || h.N < 1 || h.N > MaxChanges:
		return fmt.Errorf("%w: %d of %d changes", ErrMalformed, bodies, h.N)
	case h.No < 1 || h.First < 1 || h.No > 1<<53 || h.First > 1<<53:
		return fmt.Errorf("%w: number", ErrMalformed)
	case (h.No == 1) != (h.Prev == "") || len(h.Prev) > 43:
		return fmt.Errorf("%w: previous", ErrMalformed)
	}
	return nil
}

// Via is what a forwarding node decided about another install's batch.
type Via struct {
	Server  string            `json:"server"`
	Hash    string            `json:"hash"`
	At      int64             `json:"at"`
	Taus    []int64           `json:"taus"`
	Refused map[string]string `json:"refused,omitempty"`
	Sig     string            `json:"sig"`
}

// Text is what a Via signs.
func (v Via) Text() string {
	taus := make([]string, len(v.Taus))
	for i, t := range v.Taus {
		taus[i] = strconv.FormatInt(t, 10)
	}
	return strings.Join([]string{"cunju via v1", v.Hash, v.Server, strconv.FormatInt(v.At, 10),
		strings.Join(taus, " "), indexed(v.Refused)}, "\n")
}

// Signed returns v signed by the node.
func (v Via) Signed(k *install.Key) Via {
	v.Server = k.ID()
	v.Sig = b64.EncodeToString(k.Sign(v.Text()))
	return v
}

// Verify checks the node's signature.
func (v Via) Verify(public []byte) error {
	sig, err := b64.DecodeString(v.Sig)
	if err != nil {
		return install.ErrSignature
	}
	return install.Verify(install.SuiteStd, public, v.Text(), sig)
}

// Levels of a receipt.
const (
	LevelTownship = "township"
	LevelCity     = "city"
)

// Receipt is a server's signed statement that a batch is durable with it.
// Verdicts lists, by index, only what is not "applied".
type Receipt struct {
	Batch    string            `json:"batch"`
	Install  string            `json:"install"`
	No       int64             `json:"no"`
	Level    string            `json:"level"`
	Server   string            `json:"server"`
	Epoch    string            `json:"epoch"`
	At       int64             `json:"at"`
	N        int               `json:"n"`
	Verdicts map[string]string `json:"verdicts,omitempty"`
	Sig      string            `json:"sig"`
}

// Text is what a receipt signs.
func (r Receipt) Text() string {
	return strings.Join([]string{"cunju receipt v1", r.Batch, r.Level, r.Server, r.Epoch,
		strconv.FormatInt(r.At, 10), strconv.Itoa(r.N), indexed(r.Verdicts)}, "\n")
}

// Signed returns r signed by the server.
func (r Receipt) Signed(k *install.Key) Receipt {
	r.Server = k.ID()
	r.Sig = b64.EncodeToString(k.Sign(r.Text()))
	return r
}

// Verify checks the server's signature.
func (r Receipt) Verify(public []byte) error {
	sig, err := b64.DecodeString(r.Sig)
	if err != nil {
		return install.ErrSignature
	}
	return install.Verify(install.SuiteStd, public, r.Text(), sig)
}

// indexed writes "3:code 12:code" by rising index, as both signed texts do.
func indexed(m map[string]string) string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(a, b int) bool {
		if len(keys[a]) != len(keys[b]) {
			return len(keys[a]) < len(keys[b])
		}
		return keys[a] < keys[b]
	})
	for i, k := range keys {
		keys[i] = k + ":" + m[k]
	}
	return strings.Join(keys, " ")
}
