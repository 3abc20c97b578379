package convert

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"unicode/utf8"

	"cofre/internal/engine/migrate/source"
)

// array is the codec of one-dimensional arrays. SQLite has none; programs keep a
// JSON list, or PostgreSQL's own notation.
type array struct {
	elem Codec
	oid  uint32
}

func (c array) Append(dst []byte, v *source.Value) ([]byte, Notes) {
	if v.Class != source.Text {
		return dst, NotArray
	}
	s := trim(v.Bytes)
	if len(s) == 0 {
		return dst, EmptyText
	}
	var items []source.Value
	var notes Notes
	var ok bool
	if s[0] == '[' {
		items, ok = jsonItems(s)
		notes = JSONList
	} else {
		items, ok = braceItems(s)
	}
	if !ok {
		return dst, NotArray
	}
	end := len(dst)
	nulls := uint32(0)
	for i := range items {
		if items[i].Class == source.Null {
			nulls = 1
		}
	}
	if len(items) == 0 {
		dst = binary.BigEndian.AppendUint32(dst, 0)
		dst = binary.BigEndian.AppendUint32(dst, 0)
		return binary.BigEndian.AppendUint32(dst, c.oid), notes
	}
	for _, n := range []uint32{1, nulls, c.oid, uint32(len(items)), 1} { // dimensions, NULLs, type, length, first index
		dst = binary.BigEndian.AppendUint32(dst, n)
	}
	for i := range items {
		if items[i].Class == source.Null {
			dst = binary.BigEndian.AppendUint32(dst, 0xffffffff)
			continue
		}
		at := len(dst)
		var said Notes
		dst, said = c.elem.Append(append(dst, 0, 0, 0, 0), &items[i])
		if said&Refusals != 0 {
			return dst[:end], said
		}
		notes |= said &^ NumberText // each element is text
		binary.BigEndian.PutUint32(dst[at:], uint32(len(dst)-at-4))
	}
	return dst, notes
}

// jsonItems reads a JSON list of scalars.
func jsonItems(s []byte) ([]source.Value, bool) {
	// The parser here is the strict one; the standard library's then only unpacks.
	if p := (jsonParser{in: s}); p.document() != 0 {
		return nil, false
	}
	d := json.NewDecoder(bytes.NewReader(s))
	d.UseNumber()
	var list []any
	if d.Decode(&list) != nil {
		return nil, false
	}
	items := make([]source.Value, len(list))
	for i, x := range list {
		switch x := x.(type) {
		case nil:
		case string:
			items[i] = source.Value{Class: source.Text, Bytes: []byte(x)}
		case json.Number:
			items[i] = source.Value{Class: source.Text, Bytes: []byte(x)}
		case bool:
			items[i] = source.Value{Class: source.Text, Bytes: []byte(map[bool]string{true: "true", false: "false"}[x])}
		default:
			return nil, false
		}
	}
	return items, true
}

// braceItems reads {a,"b c",NULL}, of one dimension.
func braceItems(s []byte) ([]source.Value, bool) {
	if len(s) < 2 || s[0] != '{' || s[len(s)-1] != '}' || !utf8.Valid(s) {
		return nil, false
	}
	s = s[1 : len(s)-1]
	if len(trim(s)) == 0 {
		return nil, true
	}
	var items []source.Value
	for {
		item, rest, ok := braceItem(s)
		if !ok {
			return nil, false
		}
		items = append(items, item)
		if len(rest) == 0 {
			return items, true
		}
		s = rest[1:] // behind the comma
	}
}

func braceItem(s []byte) (v source.Value, rest []byte, ok bool) {
	for len(s) > 0 && blank(s[0]) {
		s = s[1:]
	}
	v.Class, v.Bytes = source.Text, []byte{}
	quoted := len(s) > 0 && s[0] == '"'
	if !quoted {
		end := bytes.IndexByte(s, ',')
		if end < 0 {
			end = len(s)
		}
		v.Bytes, rest = trim(s[:end]), s[end:]
		if bytes.EqualFold(v.Bytes, []byte("NULL")) {
			v = source.Value{}
			return v, rest, true
		}
		return v, rest, len(v.Bytes) > 0 && !bytes.ContainsAny(v.Bytes, `{}"\`)
	}
	for s = s[1:]; len(s) > 0; s = s[1:] {
		switch s[0] {
		case '"':
			for s = s[1:]; len(s) > 0 && blank(s[0]); {
				s = s[1:]
			}
			return v, s, len(s) == 0 || s[0] == ','
		case '\\':
			if s = s[1:]; len(s) == 0 {
				return v, nil, false
			}
		}
		v.Bytes = append(v.Bytes, s[0])
	}
	return v, nil, false
}
