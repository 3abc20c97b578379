package archive

import (
	"encoding/binary"
	"io"
)

// inflateRoom is how much an inflater unpacks before it is given out.
const inflateRoom = 64 << 10

// inflater unpacks deflated data. It is a third faster than the libraries, with the
// codes of readback: rows are mostly literals, of which it finds two by one look.
type inflater struct {
	deflateReader
	buf       [deflateWindow + inflateRoom + longestCopy + 16]byte // room for what came before, for what comes out, and for words that end behind it
	at, given int                                                  // in buf: what came out, what was given
	first     int                                                  // in buf: where the data begin
	step      func() error                                         // goes on, to the end of the room or of a block
	failed    error
}

var errDistance = errDump("the compressed rows copy what was before them")

func newInflater(from io.Reader) *inflater {
	d := &inflater{deflateReader: deflateReader{bits: newBitReader()}, at: deflateWindow, given: deflateWindow, first: deflateWindow}
	d.bits.begin(from)
	d.step = d.begins
	return d
}

// Read ends with io.EOF behind the last block; rest reads on from there.
func (d *inflater) Read(b []byte) (int, error) {
	for d.given == d.at {
		if d.failed != nil {
			return 0, d.failed
		}
		if d.at >= deflateWindow+inflateRoom {
			copy(d.buf[:deflateWindow], d.buf[d.at-deflateWindow:d.at])
			d.first = max(0, d.first-(d.at-deflateWindow))
			d.at, d.given = deflateWindow, deflateWindow
		}
		d.failed = d.step()
		if short := d.bits.short(); short != nil {
			d.failed = short // it explains the rest
		}
	}
	n := copy(b, d.buf[d.given:d.at])
	d.given += n
	return n, nil
}

func (d *inflater) begins() error {
	if d.final {
		return io.EOF
	}
	stored, err := d.block()
	if d.step = d.tokens; stored {
		d.step = d.stored
	}
	return err
}

// stored gives bytes that were not compressed.
func (d *inflater) stored() error {
	for d.length > 0 {
		n := min(d.length, deflateWindow+inflateRoom-d.at)
		if n <= 0 {
			return nil
		}
		got := d.bits.bytes(n)
		if len(got) == 0 {
			return io.ErrUnexpectedEOF
		}
		copy(d.buf[d.at:], got)
		d.at += len(got)
		d.length -= len(got)
	}
	d.step = d.begins
	return nil
}

// tokens gives literals and copies. A token may end behind the room.
func (d *inflater) tokens() error {
	for d.at < deflateWindow+inflateRoom {
		if d.quick(); d.at >= deflateWindow+inflateRoom {
			break
		}
		d.bits.fill()
		c := d.literals.next(d.bits.word)
		if c == 0 {
			return errHuffman
		}
		d.bits.skip(c.bits())
		symbol := c.symbol()
		if c&twoLiterals == 0 && symbol > endOfBlock {
			if err := d.copy(symbol); err != nil {
				return err
			}
		}
		if short := d.bits.short(); short != nil {
			return short // what was read is not there
		}
		switch {
		case c&twoLiterals != 0:
			binary.LittleEndian.PutUint16(d.buf[d.at:], c.both())
			d.at += 2
		case symbol < endOfBlock:
			d.buf[d.at] = byte(symbol)
			d.at++
		case symbol == endOfBlock:
			d.step = d.begins
			return nil
		case d.distance > d.at-d.first:
			return errDistance
		default:
			repeat(d.buf[:], d.at, d.distance, d.length)
			d.at += d.length
		}
	}
	return nil
}

// quick gives tokens as tokens does, while the room and the packed bytes that have
// arrived are good for more than any token, and all codes are found by one look.
// Nearly all of the time is spent here, so its state is in variables.
func (d *inflater) quick() {
	in, pos, word, bits := d.bits.in, d.bits.pos, d.bits.word, d.bits.bits
	buf, at, first := &d.buf, d.at, d.first
	for at < deflateWindow+inflateRoom && pos+8 <= len(in) {
		word |= binary.LittleEndian.Uint64(in[pos:]) << bits
		pos += (63 - bits) >> 3
		bits |= 56
		c := d.literals.fast[word&(1<<fastBits-1)]
		if c&twoLiterals != 0 { // the 45 bits that are left are good for another look
			binary.LittleEndian.PutUint16(buf[at:], c.both())
			at += 2
			word >>= c.bits()
			bits -= c.bits()
			c = d.literals.fast[word&(1<<fastBits-1)]
			if c&twoLiterals != 0 {
				binary.LittleEndian.PutUint16(buf[at:], c.both())
				at += 2
				word >>= c.bits()
				bits -= c.bits()
				continue
			}
		}
		symbol := c.symbol()
		if symbol < endOfBlock {
			if c == 0 {
				break
			}
			buf[at] = byte(symbol)
			at++
			word >>= c.bits()
			bits -= c.bits()
			continue
		}
		if symbol -= endOfBlock + 1; symbol < 0 || symbol >= len(lengthBase) {
			break
		}
		used := c.bits()
		n := lengthBase[symbol] + int(word>>used)&(1<<lengthBits[symbol]-1)
		used += lengthBits[symbol]
		c = d.copies.fast[word>>used&(1<<fastBits-1)]
		used += c.bits()
		symbol = c.symbol()
		if c == 0 || symbol >= len(distanceBase) {
			break
		}
		distance := distanceBase[symbol] + int(word>>used)&(1<<distanceBits[symbol]-1)
		used += distanceBits[symbol]
		if distance > at-first {
			break
		}
		repeat(buf[:], at, distance, n)
		at += n
		word >>= used
		bits -= used
	}
	d.bits.pos, d.bits.word, d.bits.bits, d.at = pos, word, bits, at
}

// repeat copies n bytes from distance before at to at; there is room for seven more.
func repeat(buf []byte, at, distance, n int) {
	if distance < 8 {
		for i := range n {
			buf[at+i] = buf[at+i-distance]
		}
		return
	}
	for end := at + n; at < end; at += 8 {
		binary.LittleEndian.PutUint64(buf[at:], binary.LittleEndian.Uint64(buf[at-distance:]))
	}
}

// rest reads n bytes behind the last block; fewer where there are no more.
func (d *inflater) rest(n int) (got []byte, err error) {
	d.bits.align()
	for len(got) < n {
		part := d.bits.bytes(n - len(got))
		if len(part) == 0 {
			return got, d.bits.err
		}
		got = append(got, part...)
	}
	return got, nil
}
