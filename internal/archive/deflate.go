package archive

// deflateReader reads deflated data (RFC 1951), but for what comes out of them.
type deflateReader struct {
	bits             bitReader
	literals, copies huffman
	final            bool // the block is the last
	length, distance int  // of stored bytes, or of a copy
}

// block reads the head of a block: of bytes that were stored, or of codes.
func (d *deflateReader) block() (stored bool, err error) {
	d.final = d.bits.take(1) == 1
	switch d.bits.take(2) {
	case 0:
		return true, d.storedHead()
	case 1:
		return false, d.fixedCodes()
	case 2:
		return false, d.ownCodes()
	}
	return false, errBlock
}

func (d *deflateReader) storedHead() error {
	d.bits.align()
	n, inverse := d.bits.take(16), d.bits.take(16)
	if n != inverse^0xffff {
		return errBlock
	}
	d.length = n
	return nil
}

// copy reads what belongs to a copy of what came before. A code and all of its
// extra bits, twice, are at most 48 bits.
func (d *deflateReader) copy(symbol int) error {
	if symbol -= endOfBlock + 1; symbol >= len(lengthBase) {
		return errHuffman
	}
	d.length = lengthBase[symbol] + int(d.bits.word)&(1<<lengthBits[symbol]-1)
	d.bits.skip(lengthBits[symbol])
	c := d.copies.next(d.bits.word)
	d.bits.skip(c.bits())
	if symbol = c.symbol(); c == 0 || symbol >= len(distanceBase) {
		return errHuffman
	}
	d.distance = distanceBase[symbol] + int(d.bits.word)&(1<<distanceBits[symbol]-1)
	d.bits.skip(distanceBits[symbol])
	return nil
}

// fixedCodes are those of RFC 1951, 3.2.6.
func (d *deflateReader) fixedCodes() error {
	var literals [288]uint8
	for symbol := range literals {
		switch {
		case symbol < 144, symbol > 279:
			literals[symbol] = 8
		case symbol < 256:
			literals[symbol] = 9
		default:
			literals[symbol] = 7
		}
	}
	var copies [32]uint8
	for symbol := range copies {
		copies[symbol] = 5
	}
	if err := d.literals.build(literals[:]); err != nil {
		return err
	}
	return d.copies.build(copies[:])
}

// ownCodes reads the codes of a block: their lengths, in codes themselves.
func (d *deflateReader) ownCodes() error {
	literals, copies, orders := d.bits.take(5)+257, d.bits.take(5)+1, d.bits.take(4)+4
	if literals > literalsMax || copies > copiesMax {
		return errHuffman
	}
	var order [19]uint8
	for _, symbol := range lengthsOrder[:orders] {
		order[symbol] = uint8(d.bits.take(3))
	}
	if err := d.copies.build(order[:]); err != nil {
		return err
	}
	var room [literalsMax + copiesMax]uint8
	lengths := room[:literals+copies]
	for at := 0; at < len(lengths); {
		d.bits.fill()
		c := d.copies.next(d.bits.word)
		d.bits.skip(c.bits())
		n, again := uint8(0), 1
		switch symbol := c.symbol(); {
		case c == 0, symbol == 16 && at == 0:
			return errHuffman
		case symbol < 16:
			n = uint8(symbol)
		case symbol == 16:
			n, again = lengths[at-1], 3+d.bits.take(2)
		case symbol == 17:
			again = 3 + d.bits.take(3)
		default:
			again = 11 + d.bits.take(7)
		}
		if again > len(lengths)-at {
			return errHuffman
		}
		for range again {
			lengths[at] = n
			at++
		}
	}
	if lengths[endOfBlock] == 0 {
		return errHuffman
	}
	if err := d.literals.build(lengths[:literals]); err != nil {
		return err
	}
	d.literals.pair()
	return d.copies.build(lengths[literals:])
}
