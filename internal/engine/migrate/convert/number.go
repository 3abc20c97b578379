package convert

import (
	"encoding/binary"
	"math"
	"strconv"

	"cofre/internal/engine/migrate/source"
)

// decimal is a number as it is written: its digits without the point, so many of
// them behind it. An exponent is already applied: Behind may be negative.
type decimal struct {
	negative bool
	digits   []byte // '0'–'9', no leading zeros; empty for zero
	behind   int
	loose    bool // written with blanks, a plus sign or leading zeros
}

// mostExponent bounds what an exponent may ask for; PostgreSQL's numeric ends at
// 131,072 digits before the point.
const mostExponent = 200_000

// parseDecimal reads a number; buf is room for its digits.
func parseDecimal(s, buf []byte) (d decimal, ok bool) {
	trimmed := trim(s)
	d.loose = len(trimmed) != len(s)
	s = trimmed
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		d.negative = s[0] == '-'
		d.loose = d.loose || s[0] == '+'
		s = s[1:]
	}
	d.digits = buf[:0]
	some, point, first := false, false, true
	for len(s) > 0 {
		c := s[0]
		switch {
		case c >= '0' && c <= '9':
			if !point && first && c == '0' && len(s) > 1 && s[1] >= '0' && s[1] <= '9' {
				d.loose = true
			}
			some, first = true, false
			if point {
				d.behind++
			}
			if c != '0' || len(d.digits) > 0 {
				d.digits = append(d.digits, c)
			}
		case c == '.' && !point:
			point = true
		case (c == 'e' || c == 'E') && some:
			e, err := strconv.Atoi(string(s[1:]))
			if err != nil || e > mostExponent || e < -mostExponent {
				return d, false
			}
			d.behind -= e
			return d, true
		default:
			return d, false
		}
		s = s[1:]
	}
	return d, some
}

func trim(s []byte) []byte {
	for len(s) > 0 && blank(s[0]) {
		s = s[1:]
	}
	for len(s) > 0 && blank(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

func blank(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

// textNotes are the notes of a number that was read from text.
func (d *decimal) textNotes() Notes {
	if d.loose {
		return NumberText | LooseNumber
	}
	return NumberText
}

// refuse says why a text or blob is no number.
func refuse(v *source.Value) Notes {
	if v.Class == source.Text && len(trim(v.Bytes)) == 0 {
		return EmptyText
	}
	return NotNumber
}

type integer struct{ bits int }

func (c integer) Append(dst []byte, v *source.Value) ([]byte, Notes) {
	var n int64
	var notes Notes
	switch v.Class {
	case source.Integer:
		n = v.Int
	case source.Real:
		r := math.Round(v.Real) // half away from zero, as PostgreSQL's numeric does
		if r != r || r >= 1<<63 || r < -1<<63 {
			return dst, OutOfRange
		}
		if n, notes = int64(r), WholeReal; r != v.Real {
			notes = Fraction
		}
	case source.Text:
		var buf [64]byte
		d, ok := parseDecimal(v.Bytes, buf[:])
		if !ok {
			return dst, refuse(v)
		}
		notes = d.textNotes()
		if n, ok = d.whole(); !ok {
			return dst, OutOfRange
		}
		if d.fraction() {
			notes |= Fraction
		}
	default:
		return dst, NotNumber
	}
	switch c.bits {
	case 16:
		if n != int64(int16(n)) {
			return dst, OutOfRange
		}
		return binary.BigEndian.AppendUint16(dst, uint16(n)), notes
	case 32:
		if n != int64(int32(n)) {
			return dst, OutOfRange
		}
		return binary.BigEndian.AppendUint32(dst, uint32(n)), notes
	}
	return binary.BigEndian.AppendUint64(dst, uint64(n)), notes
}

// fraction says whether there is anything but zeros behind the point.
func (d *decimal) fraction() bool {
	behind := d.digits[max(0, len(d.digits)-max(0, d.behind)):]
	for _, c := range behind {
		if c != '0' {
			return true
		}
	}
	return false
}

// whole rounds to an integer, halves away from zero.
func (d *decimal) whole() (int64, bool) {
	before := len(d.digits) - d.behind
	if len(d.digits) == 0 || before < 0 {
		return 0, true
	}
	if before > 19 {
		return 0, false
	}
	var n uint64
	for i := range before {
		n *= 10
		if i < len(d.digits) {
			n += uint64(d.digits[i] - '0')
		}
	}
	if before < len(d.digits) && d.digits[before] >= '5' {
		n++
	}
	if d.negative {
		return -int64(n), n <= 1<<63
	}
	return int64(n), n < 1<<63
}

type float struct{ bits int }

func (c float) Append(dst []byte, v *source.Value) ([]byte, Notes) {
	var f float64
	var notes Notes
	switch v.Class {
	case source.Integer:
		// ±2^63 as a float is out of int64's range: compare without converting back there.
		if f = float64(v.Int); f >= 1<<63 || int64(f) != v.Int {
			notes = FloatRounded
		}
	case source.Real:
		f = v.Real
	case source.Text:
		var buf [64]byte
		d, ok := parseDecimal(v.Bytes, buf[:])
		if !ok {
			return dst, refuse(v)
		}
		var err error
		if f, err = strconv.ParseFloat(string(trim(v.Bytes)), 64); err != nil {
			return dst, OutOfRange
		}
		notes = d.textNotes()
		if significant(d.digits) > 17 {
			notes |= FloatRounded
		}
	default:
		return dst, NotNumber
	}
	if math.IsInf(f, 0) {
		notes |= InfiniteFloat
	}
	if c.bits == 64 {
		return binary.BigEndian.AppendUint64(dst, math.Float64bits(f)), notes
	}
	small := float32(f)
	if math.IsInf(float64(small), 0) != math.IsInf(f, 0) || small == 0 && f != 0 {
		return dst, OutOfRange
	}
	// 0.1 is no binary fraction in either size; it is the same decimal in both.
	if float64(small) != f {
		var a, b [32]byte
		if string(strconv.AppendFloat(a[:0], float64(small), 'e', -1, 32)) != string(strconv.AppendFloat(b[:0], f, 'e', -1, 64)) {
			notes |= FloatRounded
		}
	}
	return binary.BigEndian.AppendUint32(dst, math.Float32bits(small)), notes
}

// significant counts digits without the zeros at the end.
func significant(digits []byte) int {
	n := len(digits)
	for n > 0 && digits[n-1] == '0' {
		n--
	}
	return n
}
