package install

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"
)

// The suites. Every hash and signature belongs to one and says which.
const (
	// SuiteStd is SHA-256 and ECDSA P-256.
	SuiteStd = "std"
	// SuiteGM is SM3 (GB/T 32905) and SM2 (GB/T 32918) with the default user id.
	SuiteGM = "gm"
)

// userID is what SM2 mixes into the hash when two parties agreed on nothing else (GM/T 0009).
var userID = []byte("1234567812345678")

// ErrSuite is the answer to a suite that is not known here.
var ErrSuite = errors.New("unknown suite")

// KnownSuite tells whether a name is one of the suites.
func KnownSuite(suite string) bool { return suite == SuiteStd || suite == SuiteGM }

// Named is the suite of a statement that leaves it out when it is std, as those of before the second suite do.
func Named(suite string) string {
	if suite == "" {
		return SuiteStd
	}
	return suite
}

// Unnamed is the other way round: what such a statement writes.
func Unnamed(suite string) string {
	if suite == SuiteStd {
		return ""
	}
	return suite
}

// Title is the first line of a signed text: its kind and, but for std, its suite.
func Title(kind, suite string) string {
	if s := Unnamed(Named(suite)); s != "" {
		return kind + " " + s
	}
	return kind
}

// Sum hashes by a suite; one that is not known hashes like std and verifies nothing.
func Sum(suite string, data []byte) [32]byte {
	if suite == SuiteGM {
		return sm3.Sum(data)
	}
	return sha256.Sum256(data)
}

// Key is an install's private key.
type Key struct {
	suite  string
	std    *ecdsa.PrivateKey // of std
	gm     *sm2.PrivateKey   // of gm
	public []byte
}

// NewKey makes a key pair of the suite std.
func NewKey() (*Key, error) { return NewKeyOf(SuiteStd) }

// NewKeyOf makes a key pair of a suite.
func NewKeyOf(suite string) (*Key, error) {
	switch suite {
	case SuiteStd:
		p, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return nil, fmt.Errorf("make key: %w", err)
		}
		return wrap(p)
	case SuiteGM:
		p, err := sm2.GenerateKey(rand.Reader)
		if err != nil {
			return nil, fmt.Errorf("make key: %w", err)
		}
		return wrapGM(p), nil
	}
	return nil, ErrSuite
}

// ParseKey reads what Bytes wrote of a key of the suite std.
func ParseKey(raw []byte) (*Key, error) { return ParseKeyOf(SuiteStd, raw) }

// ParseKeyOf reads what Bytes wrote.
func ParseKeyOf(suite string, raw []byte) (*Key, error) {
	switch suite {
	case SuiteStd:
		p, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), raw)
		if err != nil {
			return nil, fmt.Errorf("read key: %w", err)
		}
		return wrap(p)
	case SuiteGM:
		p, err := sm2.NewPrivateKey(raw)
		if err != nil {
			return nil, fmt.Errorf("read key: %w", err)
		}
		return wrapGM(p), nil
	}
	return nil, ErrSuite
}

func wrap(p *ecdsa.PrivateKey) (*Key, error) {
	pub, err := p.PublicKey.Bytes()
	if err != nil {
		return nil, fmt.Errorf("read key: %w", err)
	}
	return &Key{suite: SuiteStd, std: p, public: pub}, nil
}

func wrapGM(p *sm2.PrivateKey) *Key {
	pub := make([]byte, 65)
	pub[0] = 4 // an uncompressed point
	p.X.FillBytes(pub[1:33])
	p.Y.FillBytes(pub[33:])
	return &Key{suite: SuiteGM, gm: p, public: pub}
}

// Suite is the key's suite.
func (k *Key) Suite() string { return k.suite }

// Bytes is the raw private scalar, for a key file outside data and backups.
func (k *Key) Bytes() ([]byte, error) {
	if k.gm != nil {
		return k.gm.D.FillBytes(make([]byte, 32)), nil
	}
	return k.std.Bytes()
}

// Public is the 65-byte uncompressed point.
func (k *Key) Public() []byte { return k.public }

// ID is the install id that belongs to this key.
func (k *Key) ID() string { return ID(k.suite, k.public) }

// Sign returns r‖s, 64 bytes.
func (k *Key) Sign(text string) []byte {
	var r, s *big.Int
	var err error
	if k.gm != nil {
		r, s, err = sm2.SignWithSM2(rand.Reader, &k.gm.PrivateKey, userID, []byte(text))
	} else {
		sum := sha256.Sum256([]byte(text))
		r, s, err = ecdsa.Sign(rand.Reader, k.std, sum[:])
	}
	if err != nil { // only a broken random source can do this; nothing may be signed then
		panic("sign: " + err.Error())
	}
	sig := make([]byte, 64)
	r.FillBytes(sig[:32])
	s.FillBytes(sig[32:])
	return sig
}

// Verify checks a signature of an install's public key. A key is a point on its suite's
// curve, so nothing signed under one suite verifies under the other.
func Verify(suite string, public []byte, text string, sig []byte) error {
	if !KnownSuite(suite) {
		return ErrSuite
	}
	if len(sig) != 64 || len(public) != 65 {
		return ErrSignature
	}
	r, s := new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:])
	if suite == SuiteGM {
		pub, err := sm2.NewPublicKey(public)
		if err != nil || !sm2.VerifyWithSM2(pub, userID, []byte(text), r, s) {
			return ErrSignature
		}
		return nil
	}
	pub, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), public)
	sum := sha256.Sum256([]byte(text))
	if err != nil || !ecdsa.Verify(pub, sum[:], r, s) {
		return ErrSignature
	}
	return nil
}

// Text is Bytes as a line that names its suite: bare hex digits for std, as in files from before the second suite.
func (k *Key) Text() (string, error) {
	raw, err := k.Bytes()
	if err != nil {
		return "", fmt.Errorf("encode key: %w", err)
	}
	if k.suite == SuiteStd {
		return hex.EncodeToString(raw), nil
	}
	return k.suite + ":" + hex.EncodeToString(raw), nil
}

// ParseKeyText reads what Text wrote.
func ParseKeyText(text string) (*Key, error) {
	suite, digits, ok := strings.Cut(text, ":")
	if !ok {
		suite, digits = SuiteStd, text
	}
	raw, err := hex.DecodeString(digits)
	if err != nil {
		return nil, fmt.Errorf("read key: not hex digits")
	}
	return ParseKeyOf(suite, raw)
}
