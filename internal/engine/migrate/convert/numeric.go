package convert

import (
	"encoding/binary"
	"math"
	"strconv"

	"cofre/internal/engine/migrate/source"
)

// numeric converts by decimal digits, never through binary arithmetic: the REAL
// 10.1 is the decimal 10.1, because that is the shortest one that it stands for.
type numeric struct {
	limited          bool
	precision, scale int
	least            int // of Type
}

// numericFor reads atttypmod: precision and scale as NUMERIC(p,s) has them; the
// scale is a signed number of 11 bits.
func numericFor(t Type) numeric {
	if t.Mod < 4 {
		return numeric{least: t.Least}
	}
	m := t.Mod - 4
	return numeric{limited: true, precision: int(m>>16) & 0xffff, scale: int((m&0x7ff)^1024) - 1024}
}

// mostScale is PostgreSQL's limit of decimals; mostWhole of digits before the point.
const (
	mostScale = 16383
	mostWhole = 131072
)

func (c numeric) Append(dst []byte, v *source.Value) ([]byte, Notes) {
	var buf [64]byte
	var d decimal
	var notes Notes
	switch v.Class {
	case source.Integer:
		d, _ = parseDecimal(strconv.AppendInt(buf[:0:32], v.Int, 10), buf[32:])
	case source.Real:
		if math.IsInf(v.Real, 0) {
			return dst, Infinite
		}
		notes = RealDecimal
		if c.limited && plainReal(v.Real, c.scale, &d, buf[:]) {
			break
		}
		d = realDecimal(v.Real, -1, buf[:])
		if c.limited && d.loses(c.scale) {
			// 0.30000000000000004 is 0.3 for every program that works with 15 digits.
			var again [64]byte
			if short := realDecimal(v.Real, 14, again[:]); !short.loses(c.scale) {
				d.digits = append(buf[:0], short.digits...)
				d.behind = short.behind
				notes |= RealNoise
			}
		}
	case source.Text:
		var ok bool
		if d, ok = parseDecimal(v.Bytes, buf[:]); !ok {
			return dst, refuse(v)
		}
		notes = d.textNotes()
	default:
		return dst, NotNumber
	}
	scale := max(0, d.behind, c.least)
	if c.limited {
		if scale = c.scale; d.loses(scale) {
			d.round(scale)
			notes |= Scale
		}
		if len(d.digits) > 0 && len(d.digits)-d.behind > c.precision-c.scale {
			return dst, OutOfRange
		}
		scale = max(0, scale)
	}
	if scale > mostScale || len(d.digits)-d.behind > mostWhole {
		return dst, OutOfRange
	}
	return d.appendNumeric(dst, scale), notes
}

// plainReal is realDecimal for the usual amounts, without the search for the
// shortest decimal: of all decimals with at most 15 digits no two stand for the
// same REAL, so that one which does is the one.
func plainReal(f float64, scale int, d *decimal, buf []byte) bool {
	if scale < 0 || scale >= len(powers) {
		return false
	}
	n := math.Round(f * powers[scale])
	if math.Abs(n) >= 1e15 || n/powers[scale] != f {
		return false
	}
	d.negative, d.behind, d.digits = n < 0, scale, buf[:0]
	if n != 0 {
		d.digits = strconv.AppendUint(d.digits, uint64(math.Abs(n)), 10)
	}
	return true
}

// powers of ten that are exact in a REAL, and all that divide without surprise.
var powers = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6}

// realDecimal returns the decimal that a REAL stands for: the shortest one, or
// that of so many digits behind the first.
func realDecimal(f float64, digits int, buf []byte) decimal {
	var text [32]byte
	s := strconv.AppendFloat(text[:0], f, 'e', digits, 64)
	d, _ := parseDecimal(s, buf)
	for n := len(d.digits); n > 0 && d.digits[n-1] == '0'; n-- {
		d.digits = d.digits[:n-1]
		d.behind--
	}
	if len(d.digits) == 0 {
		d.behind = 0
	}
	return d
}

// loses says whether anything but zeros is behind so many decimals.
func (d *decimal) loses(scale int) bool {
	cut := d.behind - scale
	if cut <= 0 {
		return false
	}
	for _, c := range d.digits[max(0, len(d.digits)-cut):] {
		if c != '0' {
			return true
		}
	}
	return false
}

// round rounds to so many decimals, halves away from zero.
func (d *decimal) round(scale int) {
	keep := len(d.digits) - (d.behind - scale)
	up := keep >= 0 && keep < len(d.digits) && d.digits[keep] >= '5'
	d.digits, d.behind = d.digits[:max(0, keep)], scale
	if !up {
		return
	}
	for i := len(d.digits) - 1; i >= 0; i-- {
		if d.digits[i]++; d.digits[i] <= '9' {
			return
		}
		d.digits[i] = '0'
	}
	// 9.99 became 0.00: one digit more before it.
	d.digits = append(d.digits, '0')
	copy(d.digits[1:], d.digits)
	d.digits[0] = '1'
}

// appendNumeric appends PostgreSQL's binary form: groups of four digits around
// the point, without groups of zeros at either end, and the number of decimals.
func (d *decimal) appendNumeric(dst []byte, scale int) []byte {
	before := len(d.digits) - d.behind // digits before the point, may be negative
	groups := floorDiv(before+3, 4)    // groups before the point
	head := len(dst)
	dst = append(dst, 0, 0, 0, 0, 0, 0, 0, 0)
	sign, weight, last := uint16(0), 0, 0
	if d.negative && len(d.digits) > 0 {
		sign = 0x4000
	}
	count := 0
	for g, at := groups-1, before-4*groups; at < len(d.digits); g, at = g-1, at+4 {
		n := uint16(0)
		for i := at; i < at+4; i++ {
			n *= 10
			if i >= 0 && i < len(d.digits) {
				n += uint16(d.digits[i] - '0')
			}
		}
		if n == 0 && count == 0 {
			continue
		}
		if count == 0 {
			weight = g
		}
		dst = binary.BigEndian.AppendUint16(dst, n)
		if count++; n != 0 {
			last = count
		}
	}
	dst = dst[:head+8+2*last]
	if last == 0 {
		sign, weight = 0, 0
	}
	h := dst[head:]
	binary.BigEndian.PutUint16(h, uint16(last))
	binary.BigEndian.PutUint16(h[2:], uint16(int16(weight)))
	binary.BigEndian.PutUint16(h[4:], sign)
	binary.BigEndian.PutUint16(h[6:], uint16(scale))
	return dst
}

func floorDiv(a, b int) int {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
