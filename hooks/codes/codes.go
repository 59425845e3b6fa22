// Package codes makes and reads the codes that are printed as QR on service
// records (R1) and filed documents (D1). A code holds no personal data and no
// number that can be counted up; a MAC over all its bytes says that a phone or
// node which was given a key by its township made it.
//
// Bytes of a code, in order:
//
//	0       version in the top 3 bits, kind in the next 3, suite in the lowest 2
//	1–4     random alias of the install
//	5–6     day since 2024-01-01 (Asia/Shanghai), big-endian
//	7–13    tag: HMAC-SHA-256(K, "cunju v1 service" ‖ service id), first 7 bytes
//	14–25   documents only: first 12 bytes of the document's hash
//	last 10 HMAC-SHA-256(K, "cunju v1 token" ‖ everything before), first 10 bytes
//
// The first byte of a rating code is therefore 0x25, of a document code 0x29, of a
// plate, whose layout is in plate.go, 0x2d.
// As text a code is base32 (RFC 4648) in capitals without padding, so that a QR
// of its address stays in the alphanumeric mode.
//
// The package is pure and imports the standard library alone. The phone's
// JavaScript passes the same testdata/vectors.json.
package codes

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"strings"
)

// Kind says what a code is good for; a code of one kind is refused where
// another is asked for.
type Kind byte

// Kinds. A plate has a layout of its own, read by ParsePlate; Parse refuses it.
const (
	Rating   Kind = 1
	Document Kind = 2
	Plate    Kind = 3
)

// Version and Suite are the only ones allowed: SHA-256 and HMAC-SHA-256.
const (
	Version  = 1
	SuiteStd = 1
)

// Sizes in bytes.
const (
	AliasSize = 4
	TagSize   = 7
	HashSize  = 12
	MACSize   = 10

	ratingSize   = 1 + AliasSize + 2 + TagSize + MACSize
	documentSize = ratingSize + HashSize
)

// Sizes in characters of the text form.
const (
	RatingChars   = (ratingSize*8 + 4) / 5
	DocumentChars = (documentSize*8 + 4) / 5
)

const (
	tagLabel   = "cunju v1 service"
	tokenLabel = "cunju v1 token"
)

var encoding = base32.StdEncoding.WithPadding(base32.NoPadding)

// Code is one code, taken apart. Hash is used by documents only.
type Code struct {
	Kind  Kind
	Alias [AliasSize]byte
	Day   uint16
	Tag   [TagSize]byte
	Hash  [HashSize]byte
	MAC   [MACSize]byte
}

// Tag is what a code carries instead of a service's id: without the key nobody
// can tell which service it is, with the key anybody can join the two.
func Tag(key []byte, service string) [TagSize]byte {
	return [TagSize]byte(mac(key, tagLabel, []byte(service))[:TagSize])
}

// Make gives the rating code of a service, sealed with the install's key of the
// day's year.
func Make(key []byte, alias [AliasSize]byte, day uint16, service string) Code {
	c := Code{Kind: Rating, Alias: alias, Day: day, Tag: Tag(key, service)}
	c.MAC = c.seal(key)
	return c
}

// MakeDocument gives the code of a filed document that belongs to a service;
// hash is the beginning of the document's hash.
func MakeDocument(key []byte, alias [AliasSize]byte, day uint16, service string, hash [HashSize]byte) Code {
	c := Code{Kind: Document, Alias: alias, Day: day, Tag: Tag(key, service), Hash: hash}
	c.MAC = c.seal(key)
	return c
}

// Verify says whether the holder of the key made this very code. It takes the
// same time for every answer.
func (c Code) Verify(key []byte) bool {
	want := c.seal(key)
	return hmac.Equal(want[:], c.MAC[:])
}

// Bytes is the binary form.
func (c Code) Bytes() []byte {
	return append(c.head(), c.MAC[:]...)
}

// Text is the form that is printed: capitals A–Z and digits 2–7.
func (c Code) Text() string {
	return encoding.EncodeToString(c.Bytes())
}

// URL is the address to print as QR. base is scheme and host ("https://host" or
// "http://127.0.0.1:8091"); it is put in capitals, which scheme and host do not mind.
func (c Code) URL(base string) string {
	path := "/R/"
	if c.Kind == Document {
		path = "/D/"
	}
	return strings.ToUpper(strings.TrimRight(base, "/")) + path + c.Text()
}

func (c Code) head() []byte {
	b := make([]byte, 0, documentSize)
	b = append(b, Version<<5|byte(c.Kind)<<2|SuiteStd)
	b = append(b, c.Alias[:]...)
	b = binary.BigEndian.AppendUint16(b, c.Day)
	b = append(b, c.Tag[:]...)
	if c.Kind == Document {
		b = append(b, c.Hash[:]...)
	}
	return b
}

func (c Code) seal(key []byte) [MACSize]byte {
	return [MACSize]byte(mac(key, tokenLabel, c.head())[:MACSize])
}

func mac(key []byte, label string, data []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(label))
	h.Write(data)
	return h.Sum(nil)
}
