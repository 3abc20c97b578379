package archive

import (
	"encoding/binary"
	"io"
)

// block begins a block.
func (b *readback) block() error {
	if b.final {
		b.step = b.ends
		return nil
	}
	stored, err := b.deflateReader.block()
	if b.step = b.tokens; stored {
		b.step = b.stored
	}
	return err
}

// stored holds bytes that were not compressed.
func (b *readback) stored() error {
	for b.length > 0 {
		n := min(b.length, b.to-b.at)
		if n == 0 {
			return b.full()
		}
		got := b.bits.bytes(n)
		if len(got) == 0 {
			return io.ErrUnexpectedEOF
		}
		if string(got) != string(b.now.buf[b.at:b.at+len(got)]) {
			return errReadback
		}
		b.at += len(got)
		b.length -= len(got)
	}
	b.step = b.block
	return nil
}

// full says whether something may come out behind the part.
func (b *readback) full() error {
	if b.last {
		return errReadback
	}
	return nil
}

// tokens holds literals and copies.
func (b *readback) tokens() error {
	for b.length == 0 || b.copied() {
		if b.at == b.to && !b.last {
			return nil
		}
		b.quick()
		b.bits.fill()
		c := b.literals.next(b.bits.word)
		if c&twoLiterals != 0 {
			if b.to-b.at < 2 {
				c = c.first()
			} else {
				if binary.LittleEndian.Uint16(b.now.buf[b.at:]) != c.both() {
					return errReadback
				}
				b.at += 2
				b.bits.skip(c.bits())
				continue
			}
		}
		b.bits.skip(c.bits())
		switch symbol := c.symbol(); {
		case c == 0:
			return errHuffman
		case symbol < endOfBlock:
			if b.at == b.to || b.now.buf[b.at] != byte(symbol) {
				return errReadback
			}
			b.at++
		case symbol == endOfBlock:
			b.step = b.block
			return nil
		default:
			if err := b.copy(symbol); err != nil {
				return err
			}
			if int64(b.distance) > b.before+int64(b.at) {
				return errReadback // from before the stream
			}
		}
	}
	if b.length > 0 && b.at < b.to {
		return errReadback
	}
	return b.full()
}

// copied holds a copy, as far as the part goes: what lies so far back must be the
// same. It is false where the part ends before the copy, or something differs.
func (b *readback) copied() bool {
	n := min(b.length, b.to-b.at)
	if n > 0 && !alike(b.now.buf[b.at:], b.now.buf[b.at-b.distance:], n) {
		return false
	}
	b.at, b.length = b.at+n, b.length-n
	return b.length == 0
}

// longestCopy is the most that a copy brings.
const longestCopy = 258

// quick holds tokens as tokens does, while the part and the packed bytes that have
// arrived are good for more than any token, and all codes are found by one look.
// What differs is left to tokens, too: it says so. Four fifths of the time of
// reading back are spent here, so its state is in variables.
func (b *readback) quick() {
	in, pos, word, bits := b.bits.in, b.bits.pos, b.bits.word, b.bits.bits
	buf, at, to := &b.now.buf, b.at, b.to-longestCopy
	first := int(max(0, -b.before)) // where the stream begins
	for at < to && pos+8 <= len(in) {
		word |= binary.LittleEndian.Uint64(in[pos:]) << bits
		pos += (63 - bits) >> 3
		bits |= 56
		c := b.literals.fast[word&(1<<fastBits-1)]
		if c&twoLiterals != 0 {
			if binary.LittleEndian.Uint16(buf[at:]) != c.both() {
				break
			}
			at += 2
			word >>= c.bits()
			bits -= c.bits()
			continue
		}
		symbol := c.symbol()
		if symbol < endOfBlock {
			if c == 0 || buf[at] != byte(symbol) {
				break
			}
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
		c = b.copies.fast[word>>used&(1<<fastBits-1)]
		used += c.bits()
		symbol = c.symbol()
		if c == 0 || symbol >= len(distanceBase) {
			break
		}
		from := at - distanceBase[symbol] - int(word>>used)&(1<<distanceBits[symbol]-1)
		used += distanceBits[symbol]
		if from < first || !alike(buf[at:], buf[from:], n) {
			break
		}
		at += n
		word >>= used
		bits -= used
	}
	b.bits.pos, b.bits.word, b.bits.bits, b.at = pos, word, bits, at
}

// alike says whether n bytes are the same. Seven more are there.
func alike(a, b []byte, n int) bool {
	for ; n > 8; n -= 8 {
		if binary.LittleEndian.Uint64(a) != binary.LittleEndian.Uint64(b) {
			return false
		}
		a, b = a[8:], b[8:]
	}
	return (binary.LittleEndian.Uint64(a)^binary.LittleEndian.Uint64(b))<<(64-8*n) == 0
}
