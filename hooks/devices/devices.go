// Package devices pairs phones with people and townships with the city: one-time
// codes, certificates, and the keys for rating codes. It stands between the sync engine, which
// certifies, and the office, which knows whom.
package devices

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"
)

// Limits of pairing (docs/sync.md §7).
const (
	CodeLife  = 10 * time.Minute
	MaxTries  = 5                    // wrong codes of one address block within CodeLife
	PhoneLife = 60 * 24 * time.Hour  // a phone's certificate
	NodeLife  = 400 * 24 * time.Hour // a township's certificate
)

// Kinds of pairing.
const (
	KindPhone    = "phone"
	KindTownship = "township"
)

// alphabet is Crockford's base32: no letter that can be taken for a digit.
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// NewCode makes a one-time code of 16 characters, 80 bits.
func NewCode() string {
	var b [16]byte
	rand.Read(b[:])
	for i := range b {
		b[i] = alphabet[b[i]&31]
	}
	return string(b[:])
}

// Normal reads a code as a person types it: any case, spaces and hyphens, O for
// 0, I or L for 1. ok is false when it cannot be a code.
func Normal(typed string) (code string, ok bool) {
	if len(typed) > 64 {
		return "", false
	}
	var b strings.Builder
	for _, r := range strings.ToUpper(typed) {
		switch r {
		case ' ', '-', '\t', '　', '－', '—':
			continue
		case 'O':
			r = '0'
		case 'I', 'L':
			r = '1'
		}
		if !strings.ContainsRune(alphabet, r) {
			return "", false
		}
		b.WriteRune(r)
	}
	return b.String(), b.Len() == 16
}

// Grouped writes a code as it is read aloud.
func Grouped(code string) string {
	var parts []string
	for i := 0; i+4 <= len(code); i += 4 {
		parts = append(parts, code[i:i+4])
	}
	return strings.Join(parts, "-")
}

// hashOf is what is stored of a code: nothing lasting can be read off the database.
func hashOf(code string) string {
	h := sha256.Sum256([]byte("cunju pairing v1\n" + code))
	return hex.EncodeToString(h[:])
}
