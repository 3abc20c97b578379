package archive

import (
	"slices"
	"unicode/utf8"

	"golang.org/x/text/transform"
)

// exact decodes as inner does, but for the characters that are corrected.
type exact struct {
	inner     transform.Transformer
	corrected []correction
	width     func([]byte) int
	begins    [256]bool // a corrected character begins with this byte
}

func newExact(inner transform.Transformer, corrected []correction, width func([]byte) int) transform.Transformer {
	if len(corrected) == 0 {
		return inner
	}
	x := &exact{inner: inner, corrected: corrected, width: width}
	for _, c := range corrected {
		for first := lead(c.from); first <= lead(c.to); first++ {
			x.begins[first] = true
		}
	}
	return x
}

// lead is the first byte of a character.
func lead(v uint32) uint32 {
	for v > 0xff {
		v >>= 8
	}
	return v
}

func (x *exact) Reset() { x.inner.Reset() }

// Transform gives inner all that comes before the next character that is corrected.
func (x *exact) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	for nSrc < len(src) {
		n, r, size := x.next(src[nSrc:])
		if n > 0 {
			d, s, err := x.inner.Transform(dst[nDst:], src[nSrc:nSrc+n], size > 0 || atEOF)
			nDst, nSrc = nDst+d, nSrc+s
			if err != nil {
				return nDst, nSrc, err
			}
		}
		if size > 0 {
			if len(dst)-nDst < utf8.RuneLen(r) {
				return nDst, nSrc, transform.ErrShortDst
			}
			nDst += utf8.EncodeRune(dst[nDst:], r)
			nSrc += size
		}
	}
	return nDst, nSrc, nil
}

// next finds the first character that is corrected: where it is, what it is, and its
// size; 0 where there is none.
func (x *exact) next(src []byte) (at int, r rune, size int) {
	for at < len(src) {
		if src[at] < 0x80 {
			at++
			continue
		}
		size = x.width(src[at:])
		if at+size > len(src) {
			break
		}
		if x.begins[src[at]] {
			var v uint32
			for _, b := range src[at : at+size] {
				v = v<<8 | uint32(b)
			}
			i, found := slices.BinarySearchFunc(x.corrected, v, func(c correction, v uint32) int {
				switch {
				case c.to < v:
					return -1
				case c.from > v:
					return 1
				}
				return 0
			})
			if found {
				return at, x.corrected[i].first + rune(v-x.corrected[i].from), size
			}
		}
		at += size
	}
	return len(src), 0, 0
}
