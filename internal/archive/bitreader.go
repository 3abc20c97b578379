package archive

import (
	"encoding/binary"
	"errors"
	"io"
)

// bitReader reads bits, the lowest of each byte first (RFC 1951, 3.1.1). Behind
// the end it gives zeros; short tells.
type bitReader struct {
	from io.Reader
	in   []byte // what has arrived, behind the eight bytes before it
	pos  int    // how much of in went into word
	word uint64 // the bits that come next
	bits int    // how many of them were counted; those above are right, but still in in
	pad  int    // how many of them lie behind the end
	size int64  // of all that arrived
	err  error  // why no more arrives
}

func newBitReader() bitReader { return bitReader{in: make([]byte, 8, 8+64<<10)} }

// begin reads something else.
func (b *bitReader) begin(from io.Reader) {
	b.from, b.in, b.pos, b.word, b.bits, b.pad, b.size, b.err = from, b.in[:8], 8, 0, 0, 0, 0, nil
}

// fill has at least 56 bits in word.
func (b *bitReader) fill() {
	if in := b.in[b.pos:]; len(in) >= 8 {
		b.word |= binary.LittleEndian.Uint64(in) << b.bits
		b.pos += (63 - b.bits) >> 3
		b.bits |= 56
		return
	}
	for b.bits < 56 {
		if b.arrived() {
			b.word |= uint64(b.in[b.pos]) << b.bits
			b.pos++
		} else {
			b.pad += 8
		}
		b.bits += 8
	}
}

// arrived waits for more where all has been read. The last eight bytes are kept:
// bytes may take them back.
func (b *bitReader) arrived() bool {
	if b.pos < len(b.in) {
		return true
	}
	if b.err == nil {
		copy(b.in, b.in[len(b.in)-8:])
		var n int
		n, b.err = b.from.Read(b.in[8:cap(b.in)])
		b.in, b.pos, b.size = b.in[:8+n], 8, b.size+int64(n)
	}
	return b.pos < len(b.in)
}

// skip goes on by n bits of word.
func (b *bitReader) skip(n int) {
	b.word >>= n
	b.bits -= n
}

// take reads up to 32 bits.
func (b *bitReader) take(n int) int {
	b.fill()
	got := int(b.word & (1<<n - 1))
	b.skip(n)
	return got
}

// align goes on to the next byte.
func (b *bitReader) align() { b.skip(b.bits & 7) }

// bytes are some of the bytes that come next, of up to n; none behind the end. It
// begins at a byte, and they are good until something else is read.
func (b *bitReader) bytes(n int) []byte {
	b.pos -= max(0, b.bits-b.pad) / 8
	b.word, b.bits, b.pad = 0, 0, 0
	if !b.arrived() {
		return nil
	}
	got := b.in[b.pos:min(b.pos+n, len(b.in))]
	b.pos += len(got)
	return got
}

// short says why bits were missing that have been read.
func (b *bitReader) short() error {
	switch {
	case b.pad <= b.bits:
		return nil
	case errors.Is(b.err, io.EOF):
		return io.ErrUnexpectedEOF
	}
	return b.err
}

// ended says whether there are no more bytes.
func (b *bitReader) ended() bool { return b.bits-b.pad < 8 && !b.arrived() }
