// Package bundle puts the protocol's lines into one encrypted file that a person carries where no
// network goes: batches one way, receipts and feeds the other. What is inside is judged like what comes over HTTP; the
// file only keeps it secret, whole, and tells who wrote it. Pure: no clock, no database.
package bundle

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json/v2"
	"errors"
	"fmt"
)

// SuiteStd names ECDH P-256, HKDF-SHA-256 and AES-256-GCM.
const SuiteStd = "std"

// Limits of one file (docs/sync.md §10).
const (
	MaxFile     = 32 << 20  // bytes, held in memory while it is read
	MaxUnpacked = 128 << 20 // of its lines; a bomb stops there
	MaxSections = 2000
	maxHeader   = 512
	maxLetter   = 64 << 10 // a letter names up to 200 feeds
	frame       = 64 << 10 // bytes of plain text in each frame but the last
	tag         = 16
)

// Errors of this package; callers map them to the protocol's codes.
var (
	ErrNoBundle  = errors.New("not a bundle")             // some other file
	ErrSuite     = errors.New("unknown suite of bundle")  // a newer program wrote it
	ErrReceiver  = errors.New("bundle is for another")    // or for a key that is no longer
	ErrDamaged   = errors.New("bundle is damaged or cut") // nothing of it is used
	ErrSignature = errors.New("letter is not signed by its sender")
	ErrTooLarge  = errors.New("bundle is too large")
)

var b64 = base64.RawURLEncoding.Strict()

// header is the first line of a file, all that is readable without the key.
type header struct {
	Bundle int    `json:"bundle"` // 1
	Suite  string `json:"suite"`
	To     string `json:"to"`  // install
	Box    string `json:"box"` // first 8 bytes of SHA-256 of the receiver's box key, b64
	Key    string `json:"key"` // sender's ephemeral key, 65 bytes, b64
}

func parseHeader(line []byte) (header, *ecdh.PublicKey, error) {
	var h header
	if err := json.Unmarshal(line, &h, json.RejectUnknownMembers(true)); err != nil || h.Bundle != 1 {
		return h, nil, ErrNoBundle
	}
	if h.Suite != SuiteStd {
		return h, nil, ErrSuite
	}
	raw, err := b64.DecodeString(h.Key)
	if err != nil {
		return h, nil, ErrNoBundle
	}
	key, err := ecdh.P256().NewPublicKey(raw)
	if err != nil {
		return h, nil, ErrNoBundle
	}
	return h, key, nil
}

// stream derives the cipher of a file. The whole header line is in the salt: a changed one opens nothing.
func stream(own *ecdh.PrivateKey, other *ecdh.PublicKey, line []byte) (cipher.AEAD, error) {
	secret, err := own.ECDH(other)
	if err != nil {
		return nil, fmt.Errorf("agree on a key: %w", err)
	}
	salt := sha256.Sum256(line)
	key, err := hkdf.Key(sha256.New, secret, salt[:], "cunju bundle v1", 32)
	if err != nil {
		return nil, fmt.Errorf("derive key: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("make cipher: %w", err)
	}
	return cipher.NewGCM(block)
}

// nonce is the frame's number and whether it is the last: frames cannot be left out, swapped or cut off.
func nonce(n uint64, last bool) []byte {
	b := make([]byte, 12)
	binary.BigEndian.PutUint64(b[3:11], n)
	if last {
		b[11] = 1
	}
	return b
}

// short names a box key without showing it.
func short(key []byte) string {
	sum := sha256.Sum256(key)
	return b64.EncodeToString(sum[:8])
}
