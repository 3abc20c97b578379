package browse

import (
	"bytes"
	"unicode/utf8"
)

// pattern is that of LIKE: % is any text, _ any character, \ takes away what the
// next one means.
type pattern struct {
	parts []patternPart
	fold  bool // in any case
}

type patternPart struct {
	kind byte // % or _, or 0 for the text
	text []byte
}

func newPattern(s string, fold bool) pattern {
	p := pattern{fold: fold}
	if fold {
		s = string(bytes.ToLower([]byte(s)))
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '%' && len(p.parts) > 0 && p.parts[len(p.parts)-1].kind == '%':
		case c == '%' || c == '_':
			p.parts = append(p.parts, patternPart{kind: c})
		default:
			if c == '\\' && i+1 < len(s) {
				i++
			}
			if n := len(p.parts); n == 0 || p.parts[n-1].kind != 0 {
				p.parts = append(p.parts, patternPart{})
			}
			last := &p.parts[len(p.parts)-1]
			last.text = append(last.text, s[i])
		}
	}
	return p
}

// matches takes time in proportion to the text and the pattern multiplied at most:
// only the last % has to be tried again.
func (p pattern) matches(s []byte) bool {
	if p.fold {
		s = bytes.ToLower(s)
	}
	i, star, rest := 0, -1, s // star is the last % that was passed, rest where its text begins
	for at := s; ; {
		if i < len(p.parts) && p.parts[i].kind == '%' {
			star, rest = i, at
			i++
			continue
		}
		if i == len(p.parts) && len(at) == 0 {
			return true
		}
		if i < len(p.parts) {
			if n, ok := p.parts[i].begins(at); ok {
				at, i = at[n:], i+1
				continue
			}
		}
		if star < 0 || len(rest) == 0 {
			return false
		}
		_, n := utf8.DecodeRune(rest)
		rest = rest[n:]
		at, i = rest, star+1
	}
}

func (p patternPart) begins(s []byte) (n int, ok bool) {
	if p.kind == '_' {
		_, n = utf8.DecodeRune(s)
		return n, n > 0
	}
	return len(p.text), bytes.HasPrefix(s, p.text)
}
