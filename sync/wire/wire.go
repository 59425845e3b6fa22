// Package wire reads and writes the protocol's lines with limits. What comes out
// is well formed; nothing here decides whether it is true.
package wire

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json/v2"
	"errors"
	"fmt"
	"io"

	"cunju/sync/batch"
	"cunju/sync/change"
)

// Limits of one request (docs/sync.md §1).
const (
	MaxPacked   = 8 << 20
	MaxUnpacked = 32 << 20
	MaxBatches  = 200
)

// ErrMalformed and ErrTooLarge are the two ways in which a request cannot be read.
var (
	ErrMalformed = errors.New("malformed line")
	ErrTooLarge  = errors.New("too large")
)

// Packed wraps a request body: at most MaxPacked bytes in, MaxUnpacked out,
// unpacking gzip when encoding says so. A bomb stops at the limit, not after it.
func Packed(body io.Reader, encoding string) (io.Reader, error) {
	body = &capped{r: body, left: MaxPacked}
	switch encoding {
	case "", "identity":
		return body, nil
	case "gzip":
		z, err := gzip.NewReader(body)
		if err != nil {
			return nil, fmt.Errorf("%w: not gzip", ErrMalformed)
		}
		return &capped{r: z, left: MaxUnpacked}, nil
	}
	return nil, fmt.Errorf("%w: encoding", ErrMalformed)
}

// capped is an io.LimitReader that tells the end from the limit.
type capped struct {
	r    io.Reader
	left int64
}

func (c *capped) Read(p []byte) (int, error) {
	if c.left <= 0 {
		var one [1]byte
		if n, err := c.r.Read(one[:]); n == 0 && err != nil {
			return 0, err
		}
		return 0, ErrTooLarge
	}
	if int64(len(p)) > c.left {
		p = p[:c.left]
	}
	n, err := c.r.Read(p)
	c.left -= int64(n)
	return n, err
}

// Line is one body line of a batch: verbatim bytes and its hash. An erased body
// has only the hash.
type Line struct {
	Bytes  []byte
	Hash   string
	Erased bool
}

// Sealed is one batch as read: header, lines, and what a forwarding node added.
type Sealed struct {
	Header batch.Header
	Lines  []Line
	Via    *batch.Via
}

// Bodies lists the body hashes in order.
func (s *Sealed) Bodies() []string {
	hashes := make([]string, len(s.Lines))
	for i, l := range s.Lines {
		hashes[i] = l.Hash
	}
	return hashes
}

// Item is what a push is made of: a certificate, a list of revocations, or a batch.
type Item struct {
	Cert        string
	Revocations *batch.Revocations
	Batch       *Sealed
}

// Reader reads the lines of a push.
type Reader struct {
	in      *bufio.Reader
	peeked  []byte
	batches int
}

// NewReader reads from r, which is already unpacked and limited.
func NewReader(r io.Reader) *Reader {
	return &Reader{in: bufio.NewReaderSize(r, 16<<10)}
}

// Next returns the next item, or io.EOF. A batch that the stream cuts off is
// io.ErrUnexpectedEOF: nothing of it may be stored.
func (r *Reader) Next() (Item, error) {
	line, err := r.line()
	if err != nil {
		return Item{}, err
	}
	var head struct {
		Cert  string `json:"cert"`
		Batch int    `json:"batch"`

		Revocations *batch.Revocations `json:"revocations"`
	}
	if err := json.Unmarshal(line, &head); err != nil {
		return Item{}, fmt.Errorf("%w: not JSON", ErrMalformed)
	}
	switch {
	case head.Cert != "":
		return Item{Cert: head.Cert}, nil
	case head.Revocations != nil:
		return Item{Revocations: head.Revocations}, nil
	case head.Batch == 1:
		s, err := r.sealed(line)
		return Item{Batch: s}, err
	}
	return Item{}, fmt.Errorf("%w: neither certificate nor batch", ErrMalformed)
}

func (r *Reader) sealed(first []byte) (*Sealed, error) {
	s := &Sealed{}
	if err := json.Unmarshal(first, &s.Header, json.RejectUnknownMembers(true)); err != nil {
		return nil, fmt.Errorf("%w: header", ErrMalformed)
	}
	if r.batches++; r.batches > MaxBatches {
		return nil, fmt.Errorf("%w: more than %d batches", ErrTooLarge, MaxBatches)
	}
	if s.Header.N < 1 || s.Header.N > batch.MaxChanges {
		return nil, fmt.Errorf("%w: %d changes", ErrMalformed, s.Header.N)
	}
	for range s.Header.N {
		line, err := r.line()
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return nil, err
		}
		s.Lines = append(s.Lines, body(s.Header.Suite, line))
	}
	return s, r.via(s)
}

func body(suite string, line []byte) Line {
	var gone struct {
		Erased string `json:"erased"`
	}
	if bytes.HasPrefix(line, []byte(`{"erased":`)) && len(line) < 100 &&
		json.Unmarshal(line, &gone, json.RejectUnknownMembers(true)) == nil && batch.IsHash(gone.Erased) {
		return Line{Hash: gone.Erased, Erased: true}
	}
	return Line{Bytes: line, Hash: batch.BodyHashOf(suite, line)}
}

// via reads the optional line after a batch.
func (r *Reader) via(s *Sealed) error {
	line, err := r.line()
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err != nil {
		return err
	}
	if !bytes.HasPrefix(line, []byte(`{"via":`)) {
		r.peeked = line
		return nil
	}
	var v struct {
		Via batch.Via `json:"via"`
	}
	if err := json.Unmarshal(line, &v, json.RejectUnknownMembers(true)); err != nil {
		return fmt.Errorf("%w: via", ErrMalformed)
	}
	if len(v.Via.Taus) != len(s.Lines) || len(v.Via.Refused) > len(s.Lines) {
		return fmt.Errorf("%w: via", ErrMalformed)
	}
	s.Via = &v.Via
	return nil
}

// line returns the next line without its newline. A last line without newline
// was cut and is io.ErrUnexpectedEOF.
func (r *Reader) line() ([]byte, error) {
	if l := r.peeked; l != nil {
		r.peeked = nil
		return l, nil
	}
	var line []byte
	for {
		part, err := r.in.ReadSlice('\n')
		line = append(line, part...)
		if len(line) > change.MaxLine+1 {
			return nil, fmt.Errorf("%w: line", ErrTooLarge)
		}
		switch {
		case err == nil:
			return bytes.TrimSuffix(line, []byte("\n")), nil
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && len(line) == 0:
			return nil, io.EOF
		case errors.Is(err, io.EOF):
			return nil, io.ErrUnexpectedEOF
		case errors.Is(err, ErrTooLarge):
			return nil, ErrTooLarge
		default:
			return nil, fmt.Errorf("read line: %w", err)
		}
	}
}

// Write puts v as one line.
func Write(w io.Writer, v any) error {
	b, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		return fmt.Errorf("encode line: %w", err)
	}
	return WriteRaw(w, b)
}

// WriteRaw puts verbatim bytes as one line.
func WriteRaw(w io.Writer, line []byte) error {
	if _, err := w.Write(line); err != nil {
		return err
	}
	_, err := w.Write([]byte{'\n'})
	return err
}

// WriteBatch puts a batch as it was sealed.
func WriteBatch(w io.Writer, s *Sealed) error {
	if err := Write(w, s.Header); err != nil {
		return err
	}
	for _, l := range s.Lines {
		var err error
		if l.Erased {
			err = Write(w, map[string]string{"erased": l.Hash})
		} else {
			err = WriteRaw(w, l.Bytes)
		}
		if err != nil {
			return err
		}
	}
	if s.Via == nil {
		return nil
	}
	return Write(w, map[string]any{"via": s.Via})
}
