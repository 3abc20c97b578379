package archive

import "encoding/binary"

const (
	deflateWindow = 32 << 10
	partSize      = 256 << 10
	partRoom      = 8 // parts that are packed and not yet read back; the compressor holds back less than two
)

// part is some of what is packed.
type part struct {
	buf [deflateWindow + partSize + 8]byte // room for what came before, the part, and a word that ends behind it
	n   int
}

// room is where the part goes; n is set by who fills it.
func (p *part) room() []byte  { return p.buf[deflateWindow:][:partSize] }
func (p *part) bytes() []byte { return p.buf[deflateWindow:][:p.n] }

// readback unpacks a zlib stream (RFC 1950 and 1951) while it is written, and
// holds it against what it was made from: what Read gives has come out of the
// stream as it went in. It takes half of the time of unpacking, since nothing has
// to be put together, and is stricter than a checksum.
//
// One goroutine writes: a part is expected before its packed bytes are written.
// Another reads. There may be one stream after the other.
type readback struct {
	*queue // of packed bytes
	plain  chan *part
	spare  chan *part

	deflateReader
	now    *part  // its room holds the window that came before it
	before int64  // bytes of the stream before now.buf
	at, to int    // in now.buf: what is held next, where the part ends
	given  int    // in now.buf: what Read gives next
	last   bool   // no part follows
	sum    uint32 // the checksum, once the stream has ended
	failed error

	step func() error // goes on, to the end of a part or of a block
}

var errReadback = errDump("the compressed rows are not those that were compressed")

func newReadback() *readback {
	return &readback{spare: make(chan *part, partRoom+2), deflateReader: deflateReader{bits: newBitReader()}, now: new(part)}
}

// begin begins a stream, when the one before has been read to its end.
func (b *readback) begin() {
	b.queue, b.plain = newQueue(), make(chan *part, partRoom)
	b.bits.begin(b.queue)
	b.now.n = 0
	b.before, b.at, b.to, b.given, b.last = -deflateWindow, deflateWindow, deflateWindow, deflateWindow, false
	b.step, b.final, b.length, b.failed = b.begins, false, 0, nil
}

// part is to be filled, and expected.
func (b *readback) part() *part {
	select {
	case p := <-b.spare:
		return p
	default:
		return new(part)
	}
}

// expect says what will be packed next. The part is no longer changed.
func (b *readback) expect(p *part) error {
	select {
	case b.plain <- p:
		return nil
	case <-b.gone:
		return b.left
	}
}

// end says that nothing follows, or why; sum is the checksum of all parts.
func (b *readback) end(sum uint32, err error) {
	b.sum = sum
	close(b.plain)
	b.queue.end(err)
}

// Read gives what was held. At io.EOF nothing is missing, and the checksum is right.
func (b *readback) Read(to []byte) (int, error) {
	for b.given == b.at {
		if b.failed == nil && b.at == b.to && !b.last {
			b.failed = b.next()
		}
		if b.failed != nil {
			return 0, b.failed
		}
		b.failed = b.step()
		if short := b.bits.short(); short != nil {
			b.failed = short // it explains the rest
		}
	}
	n := copy(to, b.now.buf[b.given:b.at])
	b.given += n
	return n, nil
}

// next goes on to the next part.
func (b *readback) next() error {
	held := b.now
	if out := b.before + int64(b.at); out > bombBytes && out/bombRatio > b.bits.size {
		return errBomb // as whoever unpacks it will say
	}
	next, more := <-b.plain
	if !more {
		b.last = true
		return nil
	}
	copy(next.buf[:deflateWindow], held.buf[b.to-deflateWindow:b.to])
	b.before += int64(b.to - deflateWindow)
	b.now, b.at, b.to, b.given = next, deflateWindow, deflateWindow+next.n, deflateWindow
	select {
	case b.spare <- held:
	default:
	}
	return nil
}

// begins reads the header of the stream.
func (b *readback) begins() error {
	if head := b.bits.take(16); string([]byte{byte(head), byte(head >> 8)}) != zlibHeader {
		return errZlibHeader
	}
	b.step = b.block
	return nil
}

// ends reads the checksum. Nothing may be left, on either side.
func (b *readback) ends() error {
	if b.at < b.to {
		return errReadback
	}
	if !b.last {
		return nil // there may be a part
	}
	b.bits.align()
	var sum [4]byte
	for i := range sum {
		sum[i] = byte(b.bits.take(8))
	}
	switch {
	case b.bits.short() != nil:
	case !b.bits.ended():
		return errBytesFollow
	case binary.BigEndian.Uint32(sum[:]) != b.sum:
		return errZlibChecksum
	}
	return b.bits.err
}
