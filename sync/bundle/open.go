package bundle

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json/v2"
	"errors"
	"fmt"
	"io"

	"cunju/sync/install"
)

// Opened is a file that was read to its end and found whole.
type Opened struct {
	Letter Letter
	From   install.Cert // the letter's signer; whether he is known is another question
	packed []byte
}

// Open decrypts a file in place and checks all of it before anything is handed out.
func Open(file []byte, key *Key) (*Opened, error) {
	if len(file) > MaxFile {
		return nil, ErrTooLarge
	}
	line, rest, found := bytes.Cut(file[:min(len(file), maxHeader)], []byte("\n"))
	if !found {
		return nil, ErrNoBundle
	}
	rest = file[len(line)+1:]
	h, once, err := parseHeader(line)
	if err != nil {
		return nil, err
	}
	if h.Box != short(key.private.PublicKey().Bytes()) {
		return nil, ErrReceiver
	}
	aead, err := stream(key.private, once, line)
	if err != nil {
		return nil, err
	}
	o := &Opened{packed: rest[:0]}
	for n := uint64(0); ; n++ {
		size := min(len(rest), frame+tag)
		last := size == len(rest)
		plain, err := aead.Open(rest[:0], nonce(n, last), rest[:size], nil)
		if err != nil {
			return nil, ErrDamaged
		}
		o.packed = append(o.packed, plain...)
		if rest = rest[size:]; last {
			break
		}
	}
	return o, o.read(bytes.Clone(line))
}

// read unpacks everything once, within limits, and takes the letter.
func (o *Opened) read(header []byte) error {
	in, err := o.unpack()
	if err != nil {
		return err
	}
	line, err := readLine(in, maxLetter)
	if err != nil {
		return err
	}
	if json.Unmarshal(line, &o.Letter, json.RejectUnknownMembers(true)) != nil || (o.Letter.Kind != Push && o.Letter.Kind != Answer) {
		return ErrDamaged
	}
	if o.From, err = o.Letter.verify(header); err != nil {
		return err
	}
	n, err := io.Copy(io.Discard, io.LimitReader(in, MaxUnpacked+1))
	switch {
	case err != nil:
		return ErrDamaged
	case n > MaxUnpacked:
		return ErrTooLarge
	}
	return nil
}

func (o *Opened) unpack() (*bufio.Reader, error) {
	z, err := gzip.NewReader(bytes.NewReader(o.packed))
	if err != nil {
		return nil, ErrDamaged
	}
	return bufio.NewReaderSize(z, 64<<10), nil
}

func readLine(in *bufio.Reader, most int) ([]byte, error) {
	var line []byte
	for {
		part, err := in.ReadSlice('\n')
		if line = append(line, part...); len(line) > most {
			return nil, ErrDamaged
		}
		if err == nil {
			return bytes.TrimSuffix(line, []byte("\n")), nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return nil, ErrDamaged
		}
	}
}

// Each hands over the sections one after another; what a section's reader leaves is passed over. It may be called again.
func (o *Opened) Each(take func(io.Reader) error) error {
	in, err := o.unpack()
	if err != nil {
		return err
	}
	if _, err := readLine(in, maxLetter); err != nil {
		return err
	}
	if line, err := readLine(in, 1); err != nil || len(line) > 0 {
		return ErrDamaged
	}
	for n := 0; ; n++ {
		if _, err := in.Peek(1); errors.Is(err, io.EOF) {
			return nil
		}
		if n == MaxSections {
			return ErrTooLarge
		}
		s := &section{in: in, start: true}
		if err := take(s); err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, s); err != nil {
			return fmt.Errorf("%w: %w", ErrDamaged, err)
		}
	}
}

// section reads up to an empty line or the end.
type section struct {
	in    *bufio.Reader
	start bool // at the beginning of a line
	done  bool
	part  []byte // of the line in hand
}

func (s *section) Read(p []byte) (int, error) {
	if len(s.part) == 0 {
		if s.done {
			return 0, io.EOF
		}
		part, err := s.in.ReadSlice('\n')
		switch {
		case s.start && string(part) == "\n":
			s.done = true
			return 0, io.EOF
		case errors.Is(err, io.EOF):
			s.done = true
			if len(part) == 0 {
				return 0, io.EOF
			}
		case err != nil && !errors.Is(err, bufio.ErrBufferFull):
			return 0, err
		}
		s.start, s.part = err == nil, append(s.part[:0:0], part...)
	}
	n := copy(p, s.part)
	s.part = s.part[n:]
	return n, nil
}
