package bundle

import (
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"cunju/sync/install"
)

// Box is where files for an install go: a public key for encryption, signed by the install's
// own key, which itself only ever signs.
type Box struct {
	Suite   string `json:"suite"`
	Install string `json:"install"`
	Key     string `json:"key"` // 65 bytes, b64
	Sig     string `json:"sig"`
}

func (b Box) text(suite string) string {
	return strings.Join([]string{install.Title("cunju box v1", suite), b.Suite, b.Install, b.Key}, "\n")
}

// Verify checks the box against the certificate of its install.
func (b Box) Verify(c install.Cert) error {
	if b.Suite != SuiteStd {
		return ErrSuite
	}
	sig, err := b64.DecodeString(b.Sig)
	if err != nil || b.Install != c.Install {
		return ErrSignature
	}
	if err := install.Verify(c.Suite, c.PublicKey(), b.text(c.Suite), sig); err != nil {
		return fmt.Errorf("%w: %w", ErrSignature, err)
	}
	_, err = b.public()
	return err
}

func (b Box) public() (*ecdh.PublicKey, error) {
	raw, err := b64.DecodeString(b.Key)
	if err != nil {
		return nil, ErrSignature
	}
	key, err := ecdh.P256().NewPublicKey(raw)
	if err != nil {
		return nil, ErrSignature
	}
	return key, nil
}

// Key opens what was put into a box.
type Key struct{ private *ecdh.PrivateKey }

// NewKey makes one.
func NewKey() (*Key, error) {
	k, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make box key: %w", err)
	}
	return &Key{k}, nil
}

// ParseKey reads 32 bytes.
func ParseKey(raw []byte) (*Key, error) {
	k, err := ecdh.P256().NewPrivateKey(raw)
	if err != nil {
		return nil, fmt.Errorf("read box key: %w", err)
	}
	return &Key{k}, nil
}

// DerivedKey is the box key of a store that keeps a single secret: HKDF of it, so that the two keys are as good as
// independent. A scalar outside the curve's order is as likely as 2^-32; the next counter is taken then.
func DerivedKey(k *install.Key) (*Key, error) {
	secret, err := k.Bytes()
	if err != nil {
		return nil, fmt.Errorf("encode key: %w", err)
	}
	for n := byte(0); n < 8; n++ {
		raw, err := hkdf.Key(sha256.New, secret, nil, "cunju box v1 "+string('0'+rune(n)), 32)
		if err != nil {
			return nil, fmt.Errorf("derive box key: %w", err)
		}
		if key, err := ParseKey(raw); err == nil {
			return key, nil
		}
	}
	return nil, errors.New("derive box key: no scalar")
}

// Box is the public side, signed by the install.
func (k *Key) Box(by *install.Key) Box {
	b := Box{Suite: SuiteStd, Install: by.ID(), Key: b64.EncodeToString(k.private.PublicKey().Bytes())}
	b.Sig = b64.EncodeToString(by.Sign(b.text(by.Suite())))
	return b
}

// LoadKey reads a node's box key from the key folder, outside data and backups, or makes it.
func LoadKey(dir string) (*Key, error) {
	path := filepath.Join(dir, "bundle.key")
	text, err := os.ReadFile(path)
	if err == nil {
		raw, err := hex.DecodeString(string(text))
		if err != nil {
			return nil, fmt.Errorf("read %s: not a key file", path)
		}
		return ParseKey(raw)
	}
	if !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("read box key: %w", err)
	}
	key, err := NewKey()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make key folder: %w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("create box key: %w", err)
	}
	_, err = f.WriteString(hex.EncodeToString(key.private.Bytes()))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, errors.Join(fmt.Errorf("write box key: %w", err), os.Remove(path))
	}
	return key, nil
}
