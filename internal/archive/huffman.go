package archive

import "math/bits"

// The symbols of RFC 1951, 3.2.5, and what their extra bits add to.
const (
	endOfBlock  = 256
	literalsMax = 286
	copiesMax   = 30
)

var (
	lengthBase   = [29]int{3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258}
	lengthBits   = [29]int{8: 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0}
	distanceBase = [copiesMax]int{1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577}
	distanceBits = [copiesMax]int{4: 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13}
	lengthsOrder = [19]int{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}
)

var (
	errBlock   = errDump("a block of the compressed rows is of no known kind")
	errHuffman = errDump("the codes of the compressed rows are impossible")
)

// Codes of up to fastBits bits are found by one look; longer ones are rare.
const (
	fastBits    = 11
	longestCode = 15
)

// code is what the next bits mean: how many bits (4), that they are two literals
// (1), the symbol (9) or both literals (8 and 8), and how many bits the first of
// two has (4). Zero is no code.
type code uint32

const (
	twoLiterals code = 1 << 4
	symbolAt         = 8
	secondAt         = 16
	firstBitsAt      = 24
)

func newCode(bits, symbol int) code { return code(bits) | code(symbol)<<symbolAt }

func (c code) bits() int    { return int(c & 15) }
func (c code) symbol() int  { return int(c >> symbolAt & 0x1ff) }
func (c code) both() uint16 { return uint16(c >> symbolAt) }

// first is the first of two literals.
func (c code) first() code { return c>>firstBitsAt | c&(0xff<<symbolAt) }

// huffman is a set of codes of RFC 1951, 3.2.2.
type huffman struct {
	fast    [1 << fastBits]code
	count   [longestCode + 1]int    // of codes, by their length
	symbols [literalsMax + 2]uint16 // in the order of their codes
}

// build makes the codes from their lengths. They may leave something without a
// meaning only where there is but one code, of one bit: zlib has it so.
func (h *huffman) build(lengths []uint8) error {
	h.count = [longestCode + 1]int{}
	for _, n := range lengths {
		h.count[n]++
	}
	used := len(lengths) - h.count[0]
	h.count[0] = 0
	var place, next [longestCode + 2]int
	left := 1
	for n := 1; n <= longestCode; n++ {
		if left = left<<1 - h.count[n]; left < 0 {
			return errHuffman
		}
		place[n+1] = place[n] + h.count[n]
		next[n+1] = (next[n] + h.count[n]) << 1
	}
	if left > 0 && (used > 1 || used != h.count[1]) {
		return errHuffman
	}
	clear(h.fast[:])
	for symbol, n := range lengths {
		if n == 0 {
			continue
		}
		h.symbols[place[n]] = uint16(symbol)
		place[n]++
		if n <= fastBits {
			for at := int(bits.Reverse16(uint16(next[n]))) >> (16 - n); at < len(h.fast); at += 1 << n {
				h.fast[at] = newCode(int(n), symbol)
			}
		}
		next[n]++
	}
	return nil
}

// pair joins literals whose codes are found by one look.
func (h *huffman) pair() {
	for at := len(h.fast) - 1; at >= 0; at-- { // downwards: a second literal is not yet joined with its own
		first := h.fast[at]
		second := h.fast[at>>first.bits()]
		both := first.bits() + second.bits()
		if first == 0 || second == 0 || both > fastBits || max(first.symbol(), second.symbol()) >= endOfBlock {
			continue
		}
		h.fast[at] = newCode(both, first.symbol()) | twoLiterals | code(second.symbol())<<secondAt | code(first.bits())<<firstBitsAt
	}
}

// next finds the code that a word begins with.
func (h *huffman) next(word uint64) code {
	if c := h.fast[word&(1<<fastBits-1)]; c != 0 {
		return c
	}
	var prefix, first, place int
	for n := 1; n <= longestCode; n++ {
		prefix |= int(word & 1)
		word >>= 1
		if prefix-first < h.count[n] {
			return newCode(n, int(h.symbols[place+prefix-first]))
		}
		place += h.count[n]
		first = (first + h.count[n]) << 1
		prefix <<= 1
	}
	return 0
}
