package source

import (
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Class is how SQLite stores a value, whatever its column was declared as.
type Class uint8

// The storage classes.
const (
	Null Class = iota
	Integer
	Real
	Text
	Blob
)

// Value is one value as it lies in the file. Bytes belong to SQLite: they are
// good until the statement's next step. A Large value has no Bytes; Row.Open
// and Row.Load read it.
type Value struct {
	Class Class
	Large bool
	Int   int64   // Integer
	Real  float64 // Real
	Bytes []byte  // Text (as it is stored: not always valid UTF-8, may hold NUL) and Blob
	Size  int64   // bytes of a Text or Blob
}

// shown is how many characters of a value an example quotes.
const shown = 40

// String quotes the value for a person: short, on one line, with what can't be
// seen made visible.
func (v *Value) String() string {
	switch v.Class {
	case Null:
		return "NULL"
	case Integer:
		return strconv.FormatInt(v.Int, 10)
	case Real:
		return FormatReal(v.Real)
	case Text:
		return quote(v.Bytes)
	default:
		part := v.Bytes[:min(len(v.Bytes), shown/4)]
		s := "x'" + hex.EncodeToString(part) + "'"
		if len(part) < len(v.Bytes) || v.Large {
			s += "… (" + strconv.FormatInt(v.Size, 10) + " B)"
		}
		return s
	}
}

func quote(text []byte) string {
	if len(text) == 0 {
		return "''"
	}
	var b strings.Builder
	for n := 0; len(text) > 0; n++ {
		if n == shown {
			b.WriteString("…")
			break
		}
		r, size := utf8.DecodeRune(text)
		switch {
		case r == utf8.RuneError && size == 1:
			b.WriteString(`\x` + hex.EncodeToString(text[:1]))
		case r == 0:
			b.WriteString(`\0`)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case !strconv.IsPrint(r):
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		default:
			b.WriteRune(r)
		}
		text = text[size:]
	}
	return b.String()
}

// FormatReal writes f as SQLite's own shell does, but with as many digits as
// it takes to read the same number back: 10.1, 5.0, 1.0e+300, Inf.
func FormatReal(f float64) string { return string(AppendReal(nil, f)) }

// AppendReal is FormatReal that appends.
func AppendReal(dst []byte, f float64) []byte {
	begin := len(dst)
	switch a := max(f, -f); {
	case a > 1.7976931348623157e308:
		if f < 0 {
			return append(dst, "-Inf"...)
		}
		return append(dst, "Inf"...)
	case a != 0 && (a < 1e-4 || a >= 1e15):
		dst = strconv.AppendFloat(dst, f, 'e', -1, 64)
	default:
		dst = strconv.AppendFloat(dst, f, 'f', -1, 64)
	}
	for i, c := range dst[begin:] {
		switch c {
		case '.':
			return dst
		case 'e':
			return slices.Insert(dst, begin+i, '.', '0')
		}
	}
	return append(dst, ".0"...)
}
