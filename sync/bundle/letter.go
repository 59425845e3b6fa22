package bundle

import (
	"crypto/rand"
	"crypto/sha256"
	"strconv"
	"strings"

	"cunju/sync/install"
)

// Kinds of letter.
const (
	Push   = "push"   // batches, on their way up
	Answer = "answer" // receipts and feeds, on their way back
)

// Letter is the first line inside: who writes and what about. Its signature covers the
// file's header, and so the key of everything that follows: receipts are signed anyway, records of a feed are not.
type Letter struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
	Re   string `json:"re,omitempty"`  // id of the letter that this one answers
	At   int64  `json:"at"`            // sender's clock, ms
	Cert string `json:"cert"`          // sender's certificate
	Box  *Box   `json:"box,omitzero"`  // where the answer goes
	Ask  string `json:"ask,omitempty"` // query of a feed call; an answer repeats it
	More bool   `json:"more,omitzero"` // the sender has more than fits into one file
	Sig  string `json:"sig,omitempty"`
}

// NewID names a letter: 16 random bytes.
func NewID() string {
	var b [16]byte
	rand.Read(b[:])
	return b64.EncodeToString(b[:])
}

func (l Letter) text(header []byte, suite string) string {
	sum := sha256.Sum256(header)
	box := ""
	if l.Box != nil {
		box = l.Box.Key
	}
	return strings.Join([]string{install.Title("cunju bundle v1", suite), b64.EncodeToString(sum[:]), l.Kind, l.ID, l.Re, strconv.FormatInt(l.At, 10),
		l.Cert, box, l.Ask, strconv.FormatBool(l.More)}, "\n")
}

func (l Letter) signed(k *install.Key, header []byte) Letter {
	l.Sig = b64.EncodeToString(k.Sign(l.text(header, k.Suite())))
	return l
}

// verify checks signature and box; whether the sender is known is the reader's question.
func (l Letter) verify(header []byte) (install.Cert, error) {
	c, err := install.Parse(l.Cert)
	if err != nil {
		return c, ErrSignature
	}
	sig, err := b64.DecodeString(l.Sig)
	if err != nil || install.Verify(c.Suite, c.PublicKey(), l.text(header, c.Suite), sig) != nil {
		return c, ErrSignature
	}
	if l.Box != nil {
		err = l.Box.Verify(c)
	}
	return c, err
}
