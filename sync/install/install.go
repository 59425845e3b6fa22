// Package install knows who speaks: key pairs, install ids derived from keys,
// certificates and their chains, and signed requests. Suites are named in every
// signature; std is ECDSA P-256 with SHA-256.
package install

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/json/v2"
	"errors"
	"fmt"
	"math/big"
	"strings"
)

// SuiteStd names SHA-256, HMAC-SHA-256 and ECDSA P-256.
const SuiteStd = "std"

// Errors of this package; callers map them to the protocol's codes.
var (
	ErrSuite     = errors.New("unknown suite")
	ErrSignature = errors.New("signature")
	ErrChain     = errors.New("certificate chain")
	ErrMalformed = errors.New("malformed certificate")
)

// Key is an install's private key.
type Key struct {
	private *ecdsa.PrivateKey
	public  []byte
}

// NewKey makes a key pair.
func NewKey() (*Key, error) {
	p, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make key: %w", err)
	}
	return wrap(p)
}

// ParseKey reads what Bytes wrote.
func ParseKey(raw []byte) (*Key, error) {
	p, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), raw)
	if err != nil {
		return nil, fmt.Errorf("read key: %w", err)
	}
	return wrap(p)
}

func wrap(p *ecdsa.PrivateKey) (*Key, error) {
	pub, err := p.PublicKey.Bytes()
	if err != nil {
		return nil, fmt.Errorf("read key: %w", err)
	}
	return &Key{p, pub}, nil
}

// Bytes is the raw private scalar, for a key file outside data and backups.
func (k *Key) Bytes() ([]byte, error) { return k.private.Bytes() }

// Public is the 65-byte uncompressed point.
func (k *Key) Public() []byte { return k.public }

// ID is the install id that belongs to this key.
func (k *Key) ID() string { return ID(k.public) }

// Sign returns r‖s, 64 bytes.
func (k *Key) Sign(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	r, s, err := ecdsa.Sign(rand.Reader, k.private, sum[:])
	if err != nil { // only a broken random source can do this; nothing may be signed then
		panic("sign: " + err.Error())
	}
	sig := make([]byte, 64)
	r.FillBytes(sig[:32])
	s.FillBytes(sig[32:])
	return sig
}

// Verify checks a signature of an install's public key.
func Verify(suite string, public []byte, text string, sig []byte) error {
	if suite != SuiteStd {
		return ErrSuite
	}
	pub, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), public)
	if err != nil || len(sig) != 64 {
		return ErrSignature
	}
	sum := sha256.Sum256([]byte(text))
	if !ecdsa.Verify(pub, sum[:], new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:])) {
		return ErrSignature
	}
	return nil
}

var lower32 = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// ID derives the install id from a public key: 16 characters a-z2-7.
func ID(public []byte) string {
	h := sha256.New()
	h.Write([]byte("cunju install v1\n"))
	h.Write(public)
	return lower32.EncodeToString(h.Sum(nil)[:10])
}

// Kinds of install.
const (
	Phone    = "phone"
	Township = "township"
	City     = "city"
)

// Cert is a certificate's payload (docs/sync.md §2). Times are ms since 1970.
type Cert struct {
	V       int      `json:"v"`
	Suite   string   `json:"suite"`
	Install string   `json:"install"`
	Key     string   `json:"key"`
	Kind    string   `json:"kind"`
	Staff   string   `json:"staff"`
	Name    string   `json:"name"`
	Regions []string `json:"regions"`
	Alias   string   `json:"alias"`
	From    int64    `json:"from"`
	Until   int64    `json:"until"`
	Issuer  string   `json:"issuer"`
	No      int64    `json:"no"`
}

// IsNode tells whether the install is a server, which may certify and write what phones may not.
func (c *Cert) IsNode() bool { return c.Kind == Township || c.Kind == City }

// PublicKey is the decoded key.
func (c *Cert) PublicKey() []byte {
	b, _ := base64.RawURLEncoding.DecodeString(c.Key)
	return b
}

// Region is the first region: a node's own code, a phone's first village.
func (c *Cert) Region() string {
	if len(c.Regions) == 0 {
		return ""
	}
	return c.Regions[0]
}

// Issue signs a certificate with the issuer's key and returns its text form.
func Issue(k *Key, c Cert) (string, error) {
	c.V, c.Suite, c.Issuer = 1, SuiteStd, k.ID()
	payload, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("encode certificate: %w", err)
	}
	body := base64.RawURLEncoding.EncodeToString(payload)
	sig := k.Sign("cunju cert v1\n" + body)
	return body + "." + base64.RawURLEncoding.EncodeToString(sig), nil
}

// Parse decodes a certificate and checks that its id belongs to its key. It does
// not check the signature: that needs the issuer, see VerifiedBy.
func Parse(text string) (Cert, error) {
	var c Cert
	body, _, ok := strings.Cut(text, ".")
	if !ok || len(text) > 16<<10 {
		return c, ErrMalformed
	}
	payload, err := base64.RawURLEncoding.DecodeString(body)
	if err != nil {
		return c, ErrMalformed
	}
	if err := json.Unmarshal(payload, &c, json.RejectUnknownMembers(true)); err != nil {
		return Cert{}, ErrMalformed
	}
	if c.V != 1 || c.Suite != SuiteStd {
		return Cert{}, ErrSuite
	}
	if ID(c.PublicKey()) != c.Install || len(c.Regions) == 0 || len(c.Regions) > 100 {
		return Cert{}, ErrMalformed
	}
	return c, nil
}

// VerifiedBy checks text's signature against its issuer's certificate, its dates
// against now, and that the issuer may certify and covers every region.
func VerifiedBy(text string, issuer Cert, now int64) (Cert, error) {
	c, err := Parse(text)
	if err != nil {
		return c, err
	}
	body, sig64, _ := strings.Cut(text, ".")
	sig, err := base64.RawURLEncoding.DecodeString(sig64)
	if err != nil || c.Issuer != issuer.Install {
		return Cert{}, ErrSignature
	}
	if err := Verify(c.Suite, issuer.PublicKey(), "cunju cert v1\n"+body, sig); err != nil {
		return Cert{}, err
	}
	if !issuer.IsNode() || now > c.Until || now < c.From {
		return Cert{}, ErrChain
	}
	for _, r := range c.Regions {
		if !Covers(issuer.Region(), r) {
			return Cert{}, ErrChain
		}
	}
	return c, nil
}

// Covers tells whether a 12-digit code lies at or under another: trailing zeros
// of the outer code are stripped at the lengths 2, 4, 6 and 9. A municipality's
// code 500000000000 covers everything that begins with 50.
func Covers(outer, code string) bool {
	return len(outer) == 12 && len(code) == 12 && strings.HasPrefix(code, Prefix(outer))
}

// Prefix strips a code to the part that says something.
func Prefix(code string) string {
	for _, n := range []int{2, 4, 6, 9} {
		if len(code) == 12 && strings.Trim(code[n:], "0") == "" {
			return code[:n]
		}
	}
	return code
}
