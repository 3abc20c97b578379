package browse

import (
	"bytes"
	"cmp"
	"strconv"
	"strings"
)

// decimal is a number with all of its digits: 0.DIGITS × 10^exponent, or one of
// PostgreSQL's infinities and NaN, which it counts as the largest of all.
type decimal struct {
	class    int // -1 and 1 the infinities, 2 NaN, 0 all others
	negative bool
	digits   []byte // without zeros at either end; none is zero
	exponent int
}

// maxExponent is beyond any number of a database.
const maxExponent = 1 << 30

func parseDecimal(s []byte) (d decimal, ok bool) {
	if len(s) == 0 {
		return d, false
	}
	if last := s[len(s)-1] | 0x20; last == 'y' || last == 'f' || last == 'n' { // infinity, inf, nan
		return specialDecimal(strings.ToLower(string(s[:min(len(s), 10)])))
	}
	if s[0] == '-' || s[0] == '+' {
		d.negative = s[0] == '-'
		s = s[1:]
	}
	mantissa, exponent := s, 0
	if i := bytes.IndexAny(s, "eE"); i >= 0 {
		n, err := strconv.Atoi(string(s[i+1 : min(len(s), i+12)]))
		if err != nil || len(s) > i+12 {
			return d, false
		}
		mantissa, exponent = s[:i], min(max(n, -maxExponent), maxExponent)
	}
	whole, fraction, point := bytes.Cut(mantissa, []byte("."))
	if len(whole)+len(fraction) == 0 || !allDigits(whole) || !allDigits(fraction) {
		return d, false
	}
	d.digits, d.exponent = whole, len(whole)+exponent
	if point && len(fraction) > 0 {
		d.digits = append(append(make([]byte, 0, len(mantissa)), whole...), fraction...)
	}
	for len(d.digits) > 0 && d.digits[0] == '0' {
		d.digits, d.exponent = d.digits[1:], d.exponent-1
	}
	d.digits = bytes.TrimRight(d.digits, "0")
	if len(d.digits) == 0 {
		d.exponent, d.negative = 0, false
	}
	return d, true
}

func specialDecimal(s string) (decimal, bool) {
	switch s {
	case "infinity", "inf", "+inf":
		return decimal{class: 1}, true
	case "-infinity", "-inf":
		return decimal{class: -1}, true
	case "nan":
		return decimal{class: 2}, true
	}
	return decimal{}, false
}

func allDigits(s []byte) bool {
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

func (d decimal) sign() int {
	switch {
	case len(d.digits) == 0:
		return 0
	case d.negative:
		return -1
	}
	return 1
}

func (d decimal) compare(o decimal) int {
	if d.class != 0 || o.class != 0 {
		return cmp.Compare(d.class, o.class)
	}
	if d.sign() != o.sign() {
		return cmp.Compare(d.sign(), o.sign())
	}
	order := cmp.Or(cmp.Compare(d.exponent, o.exponent), bytes.Compare(d.digits, o.digits))
	if d.negative {
		return -order
	}
	return order
}
