package convert

import (
	"bytes"

	"cofre/internal/engine/migrate/source"
)

type uuid struct{}

func (uuid) Append(dst []byte, v *source.Value) ([]byte, Notes) {
	if v.Class == source.Blob && len(v.Bytes) == 16 {
		return append(dst, v.Bytes...), UUIDBytes
	}
	if v.Class == source.Text {
		if len(trim(v.Bytes)) == 0 {
			return dst, EmptyText
		}
		if out, notes, ok := appendUUID(dst, v.Bytes); ok {
			return out, notes
		}
	}
	return dst, NotUUID
}

// appendUUID reads 32 hexadecimal digits, with dashes in the usual places or
// without any, in braces or behind "urn:uuid:".
func appendUUID(dst, s []byte) ([]byte, Notes, bool) {
	notes := Notes(0)
	if t, ok := bytes.CutPrefix(s, []byte("urn:uuid:")); ok {
		s, notes = t, UUIDForm
	} else if len(s) == 38 && s[0] == '{' && s[37] == '}' {
		s, notes = s[1:37], UUIDForm
	}
	dashes := len(s) == 36
	if !dashes && len(s) != 32 {
		return dst, 0, false
	}
	if !dashes {
		notes = UUIDForm
	}
	end := len(dst)
	for i := 0; i < len(s); {
		if dashes && (i == 8 || i == 13 || i == 18 || i == 23) {
			if s[i] != '-' {
				return dst[:end], 0, false
			}
			i++
			continue
		}
		hi, lo := hexDigit(s[i]), hexDigit(s[i+1])
		if hi > 15 || lo > 15 {
			return dst[:end], 0, false
		}
		if s[i] >= 'A' && s[i] <= 'F' || s[i+1] >= 'A' && s[i+1] <= 'F' {
			notes = UUIDForm
		}
		dst = append(dst, hi<<4|lo)
		i += 2
	}
	return dst, notes, true
}

// hexDigit is the digit's value, or more than 15.
func hexDigit(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	}
	return 255
}
