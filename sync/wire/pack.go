package wire

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"math/bits"
	"sync"
)

// Part is a run of lines packed once, to be put into any number of answers.
type Part struct {
	packed []byte // whole deflate blocks that refer to nothing before them, ended at a byte
	crc    uint32
	size   int64
}

// Len is what the part takes in memory and on the wire.
func (p *Part) Len() int { return len(p.packed) }

// Pack packs lines for later.
func Pack(lines []byte) (*Part, error) {
	var b bytes.Buffer
	z, err := flate.NewWriter(&b, flate.DefaultCompression)
	if err != nil {
		return nil, fmt.Errorf("pack lines: %w", err)
	}
	if _, err := z.Write(lines); err != nil {
		return nil, fmt.Errorf("pack lines: %w", err)
	}
	if err := z.Flush(); err != nil {
		return nil, fmt.Errorf("pack lines: %w", err)
	}
	return &Part{bytes.Clone(b.Bytes()), crc32.ChecksumIEEE(lines), int64(len(lines))}, nil
}

// Packer writes one gzip stream (RFC 1952) of fresh lines and parts packed before.
type Packer struct {
	out   io.Writer
	z     *flate.Writer
	fresh bool // something was written that is not flushed
	begun bool
	crc   uint32
	size  int64
}

// writers are kept because one takes more memory than a whole answer.
var writers = sync.Pool{New: func() any {
	z, err := flate.NewWriter(nil, flate.DefaultCompression)
	if err != nil { // only for an unknown level
		panic(err)
	}
	return z
}}

// NewPacker begins a stream; Close ends it.
func NewPacker(out io.Writer) *Packer { return &Packer{out: out} }

// header says deflate and nothing else, as gzip without a name and time does.
var header = []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255}

func (p *Packer) begin() error {
	if p.begun {
		return nil
	}
	p.begun = true
	p.z = writers.Get().(*flate.Writer)
	p.z.Reset(p.out)
	_, err := p.out.Write(header)
	return err
}

// Write packs bytes.
func (p *Packer) Write(b []byte) (int, error) {
	if err := p.begin(); err != nil {
		return 0, err
	}
	p.crc = crc32.Update(p.crc, crc32.IEEETable, b)
	p.size += int64(len(b))
	p.fresh = true
	return p.z.Write(b)
}

// Put inserts a part as it is.
func (p *Packer) Put(part *Part) error {
	if err := p.begin(); err != nil {
		return err
	}
	if p.fresh {
		if err := p.z.Flush(); err != nil {
			return err
		}
		p.fresh = false
	}
	if _, err := p.out.Write(part.packed); err != nil {
		return err
	}
	p.z.Reset(p.out) // what follows must not refer to what lies before the part
	p.crc = joinCRC(p.crc, part.crc, part.size)
	p.size += part.size
	return nil
}

// Close ends the stream; nothing may be written after it.
func (p *Packer) Close() error {
	if err := p.begin(); err != nil {
		return err
	}
	defer writers.Put(p.z)
	if err := p.z.Close(); err != nil {
		return err
	}
	var end [8]byte
	binary.LittleEndian.PutUint32(end[:4], p.crc)
	binary.LittleEndian.PutUint32(end[4:], uint32(p.size))
	_, err := p.out.Write(end[:])
	return err
}

// joinCRC is the CRC-32 of a text of which the parts' sums and the second one's length are known: appending n
// zero bytes multiplies the first by x^8n modulo the polynomial.
func joinCRC(a, b uint32, n int64) uint32 {
	x := uint32(1) << 31 // x^0 in the reversed order of bits of this CRC
	square := uint32(1) << 23
	for ; n > 0; n >>= 1 { // square is x^8, x^16, x^32 …
		if n&1 == 1 {
			x = multiply(x, square)
		}
		square = multiply(square, square)
	}
	return multiply(a, x) ^ b
}

// multiply is a product of polynomials over GF(2) modulo that of CRC-32, bits reversed.
func multiply(a, b uint32) uint32 {
	var p uint32
	for ; a != 0; a <<= 1 {
		if bits.LeadingZeros32(a) == 0 {
			p ^= b
		}
		if b&1 == 1 {
			b = b>>1 ^ crc32.IEEE
		} else {
			b >>= 1
		}
	}
	return p
}
