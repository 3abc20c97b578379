package convert

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"unicode/utf8"

	"cofre/internal/engine/migrate/source"
)

// text is the codec of text, varchar(limit) and char(limit).
type text struct {
	limit int  // in characters, 0 for none
	bytes int  // in bytes, 0 for none
	pad   bool // char(n) is filled up with blanks
}

func (c text) unlimited() bool { return c == text{} }

func (c text) Append(dst []byte, v *source.Value) ([]byte, Notes) {
	var notes Notes
	s := v.Bytes
	var buf [32]byte
	switch v.Class {
	case source.Integer:
		s, notes = strconv.AppendInt(buf[:0], v.Int, 10), NumberInText
	case source.Real:
		s, notes = source.AppendReal(buf[:0], v.Real), NumberInText
	case source.Blob:
		notes = BlobText
	}
	if bytes.IndexByte(s, 0) >= 0 {
		notes |= NUL
		s = bytes.ReplaceAll(s, []byte{0}, nil)
	}
	if !utf8.Valid(s) {
		notes |= NotUTF8
		s = fromWindows1252(s)
	}
	if c.limit > 0 && (c.pad || len(s) > c.limit) {
		n, end := characters(s, c.limit)
		if end < len(s) {
			if !c.pad || len(bytes.TrimRight(s[end:], " ")) > 0 {
				notes |= TooLong
			}
			s = s[:end]
		}
		if c.pad {
			dst = append(dst, s...)
			for ; n < c.limit; n++ {
				dst = append(dst, ' ')
			}
			return dst, notes
		}
	}
	if c.bytes > 0 && len(s) > c.bytes {
		notes |= TooLong
		for s = s[:c.bytes]; len(s) > 0 && !utf8.Valid(s); {
			s = s[:len(s)-1]
		}
	}
	return append(dst, s...), notes
}

// characters counts at most limit characters and says where they end.
func characters(s []byte, limit int) (n, end int) {
	for n < limit && end < len(s) {
		_, size := utf8.DecodeRune(s[end:])
		end += size
		n++
	}
	return n, end
}

// fromWindows1252 reads bytes that are not UTF-8 as the code page that most of
// them come from. Its five unused places are read as Latin-1 has them.
func fromWindows1252(s []byte) []byte {
	out := make([]byte, 0, len(s)+len(s)/4)
	for _, b := range s {
		if b >= 0x80 && b < 0xa0 {
			out = utf8.AppendRune(out, windows1252[b-0x80])
		} else {
			out = utf8.AppendRune(out, rune(b))
		}
	}
	return out
}

var windows1252 = [32]rune{
	'€', 0x81, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0x8d, 'Ž', 0x8f,
	0x90, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0x9d, 'ž', 'Ÿ',
}

// CheckText reads a large text in pieces and says what text's Append would say of
// it in a column without a limit.
func CheckText(r io.Reader) (Notes, error) {
	var notes Notes
	buf := make([]byte, 64<<10)
	kept := 0 // bytes of a character that the last piece cut
	for {
		n, err := r.Read(buf[kept:])
		piece, last := buf[:kept+n], errors.Is(err, io.EOF)
		if err != nil && !last {
			return notes, err
		}
		if bytes.IndexByte(piece, 0) >= 0 {
			notes |= NUL
		}
		whole := len(piece)
		if !last {
			whole = beforeCut(piece)
		}
		if !utf8.Valid(piece[:whole]) {
			notes |= NotUTF8
		}
		if last {
			return notes, nil
		}
		kept = copy(buf, piece[whole:])
	}
}

// beforeCut is the length of s without a character that is cut at its end.
func beforeCut(s []byte) int {
	for back := 1; back <= min(utf8.UTFMax-1, len(s)); back++ {
		if c := s[len(s)-back]; utf8.RuneStart(c) {
			if !utf8.FullRune(s[len(s)-back:]) {
				return len(s) - back
			}
			break
		}
	}
	return len(s)
}

// enum is the codec of an enumeration: a label, letter by letter.
type enum struct{ labels map[string]bool }

func newEnum(labels []string) enum {
	e := enum{map[string]bool{}}
	for _, l := range labels {
		e.labels[l] = true
	}
	return e
}

func (c enum) Append(dst []byte, v *source.Value) ([]byte, Notes) {
	end := len(dst)
	dst, notes := text{}.Append(dst, v)
	if c.labels[string(dst[end:])] && notes&Asked == 0 {
		return dst, notes
	}
	if v.Class == source.Text && len(v.Bytes) == 0 {
		return dst[:end], EmptyText
	}
	return dst[:end], NotMember
}

// raw is the codec of bytea.
type raw struct{}

func (raw) Append(dst []byte, v *source.Value) ([]byte, Notes) {
	switch v.Class {
	case source.Blob:
		return append(dst, v.Bytes...), 0
	case source.Text:
		return append(dst, v.Bytes...), TextInBytes
	case source.Integer:
		return strconv.AppendInt(dst, v.Int, 10), TextInBytes
	default:
		return source.AppendReal(dst, v.Real), TextInBytes
	}
}
