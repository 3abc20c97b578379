package archive

// fixedCodes are those of RFC 1951, 3.2.6.
func (b *readback) fixedCodes() error {
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
	if err := b.literals.build(literals[:]); err != nil {
		return err
	}
	return b.copies.build(copies[:])
}

// ownCodes reads the codes of a block: their lengths, in codes themselves.
func (b *readback) ownCodes() error {
	literals, copies, orders := b.bits.take(5)+257, b.bits.take(5)+1, b.bits.take(4)+4
	if literals > literalsMax || copies > copiesMax {
		return errHuffman
	}
	var order [19]uint8
	for _, symbol := range lengthsOrder[:orders] {
		order[symbol] = uint8(b.bits.take(3))
	}
	if err := b.copies.build(order[:]); err != nil {
		return err
	}
	var room [literalsMax + copiesMax]uint8
	lengths := room[:literals+copies]
	for at := 0; at < len(lengths); {
		b.bits.fill()
		c := b.copies.next(b.bits.word)
		b.bits.skip(c.bits())
		n, again := uint8(0), 1
		switch symbol := c.symbol(); {
		case c == 0, symbol == 16 && at == 0:
			return errHuffman
		case symbol < 16:
			n = uint8(symbol)
		case symbol == 16:
			n, again = lengths[at-1], 3+b.bits.take(2)
		case symbol == 17:
			again = 3 + b.bits.take(3)
		default:
			again = 11 + b.bits.take(7)
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
	if err := b.literals.build(lengths[:literals]); err != nil {
		return err
	}
	b.literals.pair()
	return b.copies.build(lengths[literals:])
}
