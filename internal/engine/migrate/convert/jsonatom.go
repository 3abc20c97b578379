package convert

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// text reads a string, without its quotes and escapes. It is a part of the input where
// there is nothing to replace.
func (p *jsonParser) text() []byte {
	p.in = p.in[1:]
	n := plain(p.in)
	dst := p.in[:n:n]
	p.in = p.in[n:]
	for len(p.in) > 0 {
		c := p.in[0]
		switch {
		case c == '"':
			p.in = p.in[1:]
			return dst
		case c < 0x20:
			p.fail(NotJSON)
			return dst
		case c != '\\':
			dst, p.in = append(dst, c), p.in[1:]
		case len(p.in) < 2:
			p.fail(NotJSON)
			return dst
		case p.in[1] == 'u':
			dst = p.escape(dst)
		default:
			i := bytes.IndexByte([]byte(`"\/bfnrt`), p.in[1])
			if i < 0 {
				p.fail(NotJSON)
				return dst
			}
			dst, p.in = append(dst, "\"\\/\b\f\n\r\t"[i]), p.in[2:]
		}
	}
	p.fail(NotJSON)
	return dst
}

// escape reads \uXXXX, or two of them that make one character.
func (p *jsonParser) escape(dst []byte) []byte {
	r, ok := p.unit()
	if !ok {
		p.fail(NotJSON)
		return dst
	}
	switch {
	case p.verbatim:
	case r == 0:
		p.fail(JSONZero)
	case utf16.IsSurrogate(r):
		low, ok := p.unit()
		if r = utf16.DecodeRune(r, low); !ok || r == utf8.RuneError {
			p.fail(NotJSON)
		}
	}
	return utf8.AppendRune(dst, r)
}

func (p *jsonParser) unit() (r rune, ok bool) {
	if len(p.in) < 6 || p.in[0] != '\\' || p.in[1] != 'u' {
		return 0, false
	}
	for _, c := range p.in[2:6] {
		d := hexDigit(c)
		if d > 15 {
			return 0, false
		}
		r = r<<4 | rune(d)
	}
	p.in = p.in[6:]
	return r, true
}

// plain is how many bytes come before one that ends a string, or that is written in
// another way.
func plain(s []byte) int {
	for i, c := range s {
		if c < 0x20 || c == '"' || c == '\\' {
			return i
		}
	}
	return len(s)
}

func appendJSONString(dst, s []byte) []byte {
	n := plain(s)
	dst = append(append(dst, '"'), s[:n]...)
	for _, c := range s[n:] {
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\b':
			dst = append(dst, `\b`...)
		case '\f':
			dst = append(dst, `\f`...)
		case '\n':
			dst = append(dst, `\n`...)
		case '\r':
			dst = append(dst, `\r`...)
		case '\t':
			dst = append(dst, `\t`...)
		default:
			if c < 0x20 {
				dst = append(dst, `\u00`...)
				dst = append(dst, "0123456789abcdef"[c>>4], "0123456789abcdef"[c&15])
			} else {
				dst = append(dst, c)
			}
		}
	}
	return append(dst, '"')
}

// mostExponentOfJSON keeps a number from becoming a page of zeros.
const mostExponentOfJSON = 1000

func (p *jsonParser) number() {
	n := 0
	for n < len(p.in) && bytes.IndexByte([]byte("+-.0123456789eE"), p.in[n]) >= 0 {
		n++
	}
	s := p.in[:n]
	var buf [64]byte
	d, ok := parseDecimal(s, buf[:])
	if !ok || d.loose || !strictNumber(s) {
		p.fail(NotJSON)
		return
	}
	if p.in = p.in[n:]; p.verbatim {
		return
	}
	if d.behind > mostExponentOfJSON || d.behind < -mostExponentOfJSON {
		p.fail(OutOfRange)
		return
	}
	for ; d.behind < 0; d.behind++ {
		if len(d.digits) > 0 {
			d.digits = append(d.digits, '0')
		}
	}
	if d.negative && len(d.digits) > 0 {
		p.out = append(p.out, '-')
	}
	before := len(d.digits) - d.behind
	if before <= 0 {
		p.out = append(p.out, '0')
	} else {
		p.out = append(p.out, d.digits[:before]...)
	}
	if d.behind > 0 {
		p.out = append(p.out, '.')
		for i := before; i < len(d.digits); i++ {
			if i < 0 {
				p.out = append(p.out, '0')
			} else {
				p.out = append(p.out, d.digits[i])
			}
		}
	}
}

// strictNumber checks what parseDecimal is more generous about: digits on both
// sides of the point.
func strictNumber(s []byte) bool {
	if s[0] == '-' {
		s = s[1:]
	}
	i := bytes.IndexByte(s, '.')
	return len(s) > 0 && s[0] >= '0' && s[0] <= '9' && (i < 0 || i+1 < len(s) && s[i+1] >= '0' && s[i+1] <= '9')
}
