// Package install knows who speaks: key pairs, install ids derived from keys,
// certificates and their chains, and signed requests. Suites are named in every
// signature: std is ECDSA P-256 with SHA-256, gm is SM2 with SM3.
package install

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/json/v2"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Errors of this package; callers map them to the protocol's codes.
var (
	ErrSignature = errors.New("signature")
	ErrChain     = errors.New("certificate chain")
	ErrMalformed = errors.New("malformed certificate")
)

var lower32 = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// ID derives the install id from a public key by the key's suite: 16 characters a-z2-7.
func ID(suite string, public []byte) string {
	h := Sum(suite, append([]byte("cunju install v1\n"), public...))
	return lower32.EncodeToString(h[:10])
}

// Kinds of install.
const (
	Phone    = "phone"
	Township = "township"
	City     = "city"
)

// Limits of a certificate. A phone has at most 30 villages; names are for people to read.
const (
	maxCert    = 16 << 10 // bytes of its text
	maxRegions = 100
	maxName    = 200 // characters
	maxTime    = 1 << 53
)

// Cert is a certificate's payload (docs/sync.md §2). Times are ms since 1970.
type Cert struct {
	V       int      `json:"v"`
	Suite   string   `json:"suite"` // of the key
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
	Signed  string   `json:"signed,omitempty"` // suite of the issuer's signature, left out for std
}

// IsNode tells whether the install is a server, which may certify and write what phones may not.
func (c *Cert) IsNode() bool { return c.Kind == Township || c.Kind == City }

// PublicKey is the decoded key.
func (c *Cert) PublicKey() []byte {
	b, _ := Decode64(c.Key)
	return b
}

// Region is the first region: a node's own code, a phone's first village.
func (c *Cert) Region() string {
	if len(c.Regions) == 0 {
		return ""
	}
	return c.Regions[0]
}

// Issue signs a certificate with the issuer's key and returns its text form. The key that
// it certifies is of the suite that c names, std when it names none.
func Issue(k *Key, c Cert) (string, error) {
	c.V, c.Suite, c.Issuer, c.Signed = 1, Named(c.Suite), k.ID(), Unnamed(k.suite)
	payload, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("encode certificate: %w", err)
	}
	body := base64.RawURLEncoding.EncodeToString(payload)
	sig := k.Sign("cunju cert v1\n" + body)
	return body + "." + base64.RawURLEncoding.EncodeToString(sig), nil
}

// Parse decodes a certificate and checks its form and that its id belongs to its key. It does
// not check the signature: that needs the issuer, see VerifiedBy.
func Parse(text string) (Cert, error) {
	var c Cert
	body, _, ok := strings.Cut(text, ".")
	if !ok || len(text) > maxCert {
		return c, ErrMalformed
	}
	payload, err := Decode64(body)
	if err != nil {
		return c, ErrMalformed
	}
	if err := json.Unmarshal(payload, &c, json.RejectUnknownMembers(true)); err != nil {
		return Cert{}, ErrMalformed
	}
	if c.V != 1 || !KnownSuite(c.Suite) || !KnownSuite(Named(c.Signed)) {
		return Cert{}, ErrSuite
	}
	if !c.formOK() || ID(c.Suite, c.PublicKey()) != c.Install {
		return Cert{}, ErrMalformed
	}
	return c, nil
}

var strict64 = base64.RawURLEncoding.Strict()

// Decode64 reads base64url without padding. It refuses a second spelling of the same bytes, and line breaks, which
// the standard library passes over: a signed text must have one reading.
func Decode64(s string) ([]byte, error) {
	if strings.ContainsAny(s, "\r\n") {
		return nil, ErrMalformed
	}
	return strict64.DecodeString(s)
}

func (c *Cert) formOK() bool {
	switch {
	case c.Kind != Phone && !c.IsNode():
		return false
	case len(c.Staff) > 64 || utf8.RuneCountInString(c.Name) > maxName || len(c.Alias) > 16 || len(c.Issuer) > 32:
		return false
	case c.From < 0 || c.Until < c.From || c.Until > maxTime || c.No < 0 || c.No > maxTime:
		return false
	case len(c.Regions) == 0 || len(c.Regions) > maxRegions || len(c.PublicKey()) != 65 || c.Signed == SuiteStd:
		return false
	}
	for _, r := range c.Regions {
		if len(r) != 12 || strings.Trim(r, "0123456789") != "" {
			return false
		}
	}
	return true
}

// VerifiedBy checks text's signature against its issuer's certificate, by the issuer's suite, its dates
// against now, and that the issuer may certify and covers every region.
func VerifiedBy(text string, issuer Cert, now int64) (Cert, error) {
	c, err := Parse(text)
	if err != nil {
		return c, err
	}
	body, sig64, _ := strings.Cut(text, ".")
	sig, err := Decode64(sig64)
	if err != nil || c.Issuer != issuer.Install || Named(c.Signed) != issuer.Suite {
		return Cert{}, ErrSignature
	}
	if err := Verify(issuer.Suite, issuer.PublicKey(), "cunju cert v1\n"+body, sig); err != nil {
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
