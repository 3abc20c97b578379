package convert

import (
	"bytes"
	"math"
	"slices"
	"unicode/utf8"

	"cofre/internal/engine/migrate/source"
)

// jsonText is the codec of json, which keeps the text as it is.
type jsonText struct{}

func (jsonText) Append(dst []byte, v *source.Value) ([]byte, Notes) {
	s, notes := jsonOf(v)
	if notes&Refusals != 0 {
		return dst, notes
	}
	p := jsonParser{in: s, verbatim: true}
	if bad := p.document(); bad != 0 {
		return dst, bad
	}
	return append(dst, s...), notes
}

// jsonBinary is the codec of jsonb. It sends the very text that PostgreSQL will
// give back, so that what is read later can be compared byte for byte.
type jsonBinary struct{}

func (jsonBinary) Append(dst []byte, v *source.Value) ([]byte, Notes) {
	s, notes := jsonOf(v)
	if notes&Refusals != 0 {
		return dst, notes
	}
	end := len(dst)
	p := jsonParser{in: s, out: append(dst, 1)} // version of the format
	if bad := p.document(); bad != 0 {
		return dst[:end], bad
	}
	return p.out, notes
}

// jsonOf is the text of a value in a column of JSON. SQLite turns a text that is
// a number into one where the column's declared type is none of its own ("JSON").
func jsonOf(v *source.Value) ([]byte, Notes) {
	switch v.Class {
	case source.Text:
		if len(trim(v.Bytes)) == 0 {
			return nil, EmptyText
		}
		return v.Bytes, 0
	case source.Blob:
		return v.Bytes, BlobText
	case source.Real:
		if math.IsInf(v.Real, 0) {
			return nil, NotJSON
		}
	}
	return []byte(v.String()), JSONScalar
}

// jsonParser reads strict JSON (RFC 8259) and writes it as PostgreSQL's jsonb
// prints it: one blank behind colons and commas, keys by length and then by
// bytes, of equal keys the last, numbers without exponent.
type jsonParser struct {
	in       []byte
	out      []byte
	verbatim bool // only check; what jsonb alone can't hold is fine
	depth    int
	bad      Notes
}

// mostDepth is as deep as SQLite's own JSON functions go.
const mostDepth = 1000

func (p *jsonParser) document() Notes {
	if !utf8.Valid(p.in) {
		return NotJSON
	}
	p.value()
	p.blanks()
	if p.bad == 0 && len(p.in) > 0 {
		p.bad = NotJSON
	}
	return p.bad
}

func (p *jsonParser) blanks() {
	for len(p.in) > 0 && (p.in[0] == ' ' || p.in[0] == '\t' || p.in[0] == '\n' || p.in[0] == '\r') {
		p.in = p.in[1:]
	}
}

// next takes c if it comes next, after blanks.
func (p *jsonParser) next(c byte) bool {
	if p.blanks(); len(p.in) > 0 && p.in[0] == c {
		p.in = p.in[1:]
		return true
	}
	return false
}

func (p *jsonParser) fail(n Notes) {
	if p.bad == 0 {
		p.bad = n
	}
	p.in = nil
}

func (p *jsonParser) value() {
	p.blanks()
	if len(p.in) == 0 {
		p.fail(NotJSON)
		return
	}
	switch c := p.in[0]; c {
	case '{', '[':
		if p.depth++; p.depth > mostDepth {
			p.fail(OutOfRange)
			return
		}
		if p.in = p.in[1:]; c == '{' {
			p.object()
		} else {
			p.list()
		}
		p.depth--
	case '"':
		p.out = appendJSONString(p.out, p.text())
	case 't', 'f', 'n':
		for _, word := range []string{"true", "false", "null"} {
			if bytes.HasPrefix(p.in, []byte(word)) {
				p.out, p.in = append(p.out, word...), p.in[len(word):]
				return
			}
		}
		p.fail(NotJSON)
	default:
		p.number()
	}
}

func (p *jsonParser) list() {
	p.out = append(p.out, '[')
	for first := true; !p.next(']'); first = false {
		if !first {
			if !p.next(',') {
				p.fail(NotJSON)
				return
			}
			p.out = append(p.out, ", "...)
		}
		if p.value(); p.bad != 0 {
			return
		}
	}
	p.out = append(p.out, ']')
}

type jsonMember struct {
	key       []byte
	order     int
	from, end int // of the value in out
}

func (p *jsonParser) object() {
	begin := len(p.out)
	members := make([]jsonMember, 0, 8)
	for !p.next('}') {
		if len(members) > 0 && !p.next(',') {
			p.fail(NotJSON)
			return
		}
		p.blanks()
		if len(p.in) == 0 || p.in[0] != '"' {
			p.fail(NotJSON)
			return
		}
		m := jsonMember{key: p.text(), order: len(members), from: len(p.out)}
		if p.bad == 0 && !p.next(':') {
			p.fail(NotJSON)
		}
		if p.bad != 0 {
			return
		}
		if p.value(); p.bad != 0 {
			return
		}
		m.end = len(p.out)
		members = append(members, m)
	}
	if p.verbatim {
		p.out = p.out[:begin]
		return
	}
	slices.SortFunc(members, func(a, b jsonMember) int {
		if d := len(a.key) - len(b.key); d != 0 {
			return d
		}
		if d := bytes.Compare(a.key, b.key); d != 0 {
			return d
		}
		return b.order - a.order // the last one first
	})
	end := len(p.out) // in their order they are written behind themselves, and then moved
	p.out = append(p.out, '{')
	for i, m := range members {
		if i > 0 {
			if bytes.Equal(m.key, members[i-1].key) {
				continue
			}
			p.out = append(p.out, ", "...)
		}
		p.out = append(appendJSONString(p.out, m.key), ": "...)
		p.out = append(p.out, p.out[m.from:m.end]...)
	}
	p.out = append(p.out, '}')
	p.out = append(p.out[:begin], p.out[end:]...)
}
