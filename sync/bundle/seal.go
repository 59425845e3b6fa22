package bundle

import (
	"compress/gzip"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/rand"
	"encoding/json/v2"
	"fmt"
	"io"

	"cunju/sync/install"
)

// Seal writes a file for a box whose signature the caller has verified. content puts the sections
// down, which an empty line separates.
func Seal(w io.Writer, to Box, by *install.Key, l Letter, content func(io.Writer) error) error {
	once, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return fmt.Errorf("make key: %w", err)
	}
	return seal(w, to, by, l, once, content)
}

func seal(w io.Writer, to Box, by *install.Key, l Letter, once *ecdh.PrivateKey, content func(io.Writer) error) error {
	public, err := to.public()
	if err != nil {
		return err
	}
	line, err := json.Marshal(header{Bundle: 1, Suite: SuiteStd, To: to.Install, Box: short(public.Bytes()),
		Key: b64.EncodeToString(once.PublicKey().Bytes())})
	if err != nil {
		return fmt.Errorf("encode header: %w", err)
	}
	aead, err := stream(once, public, line)
	if err != nil {
		return err
	}
	if _, err := w.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("write bundle: %w", err)
	}
	first, err := json.Marshal(l.signed(by, line))
	if err != nil {
		return fmt.Errorf("encode letter: %w", err)
	}
	out := &frames{w: w, aead: aead}
	z := gzip.NewWriter(out)
	if _, err := z.Write(append(first, '\n', '\n')); err != nil {
		return fmt.Errorf("pack bundle: %w", err)
	}
	if err := content(z); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("pack bundle: %w", err)
	}
	return out.flush(true)
}

// frames encrypts what is written in frames of equal size. The last one is held back until it is known to be the last.
type frames struct {
	w    io.Writer
	aead cipher.AEAD
	n    uint64
	size int64
	buf  []byte
}

func (f *frames) Write(p []byte) (int, error) {
	if f.size += int64(len(p)); f.size > MaxFile-maxHeader-MaxFile/frame*tag-tag {
		return 0, ErrTooLarge
	}
	f.buf = append(f.buf, p...)
	for len(f.buf) > frame {
		if err := f.flush(false); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

func (f *frames) flush(last bool) error {
	n := min(len(f.buf), frame)
	_, err := f.w.Write(f.aead.Seal(nil, nonce(f.n, last), f.buf[:n], nil))
	f.n++
	f.buf = append(f.buf[:0], f.buf[n:]...)
	if err != nil {
		return fmt.Errorf("write bundle: %w", err)
	}
	return nil
}
