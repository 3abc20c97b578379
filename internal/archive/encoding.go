package archive

import (
	"cmp"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/transform"

	"cofre/internal/errs"
)

// decoder reads the texts of an archive as UTF-8, as the server would. The zero
// value takes them as they are.
type decoder struct {
	name     string // of the encoding, as PostgreSQL spells it
	encoding encoding.Encoding
}

// encodings are PostgreSQL's names of those that are read here.
var encodings = map[string]encoding.Encoding{
	"LATIN1": charmap.ISO8859_1, "LATIN2": charmap.ISO8859_2, "LATIN3": charmap.ISO8859_3, "LATIN4": charmap.ISO8859_4, "LATIN5": charmap.ISO8859_9,
	"LATIN6": charmap.ISO8859_10, "LATIN7": charmap.ISO8859_13, "LATIN8": charmap.ISO8859_14, "LATIN9": charmap.ISO8859_15, "LATIN10": charmap.ISO8859_16,
	"ISO_8859_5": charmap.ISO8859_5, "ISO_8859_6": charmap.ISO8859_6, "ISO_8859_7": charmap.ISO8859_7, "ISO_8859_8": charmap.ISO8859_8,
	"KOI8R": charmap.KOI8R, "KOI8U": charmap.KOI8U, "WIN866": charmap.CodePage866, "WIN874": charmap.Windows874, "WIN1250": charmap.Windows1250,
	"WIN1251": charmap.Windows1251, "WIN1252": charmap.Windows1252, "WIN1253": charmap.Windows1253, "WIN1254": charmap.Windows1254,
	"WIN1255": charmap.Windows1255, "WIN1256": charmap.Windows1256, "WIN1257": charmap.Windows1257, "WIN1258": charmap.Windows1258,
	"EUC_JP": japanese.EUCJP, "SJIS": japanese.ShiftJIS, "EUC_KR": korean.EUCKR, "UHC": korean.EUCKR, "BIG5": traditionalchinese.Big5,
	"EUC_CN": simplifiedchinese.GBK, "GBK": simplifiedchinese.GBK, "GB18030": simplifiedchinese.GB18030,
}

// noEncoding is that of a database whose bytes may be anything. They are taken as they
// are.
const noEncoding = "SQL_ASCII"

// decoderOf is false for an encoding that is not read here, and for noEncoding: their
// texts are taken as they are.
func decoderOf(name string) (d decoder, ok bool) {
	name = canonical(name)
	if name == "UTF8" {
		return d, true
	}
	e, ok := encodings[name]
	return decoder{name, e}, ok
}

// aliases are the other names that PostgreSQL has for UTF8 and the encodings that only
// clients have. pg_dump uses none of them, but who wants an archive to be misread may.
var aliases = map[string]string{
	"unicode": "UTF8", "mskanji": "SJIS", "shiftjis": "SJIS", "win932": "SJIS", "windows932": "SJIS", "shiftjis2004": "SHIFT_JIS_2004",
	"win936": "GBK", "windows936": "GBK", "win949": "UHC", "windows949": "UHC", "win950": "BIG5", "windows950": "BIG5",
	"utf8": "UTF8", "sjis": "SJIS", "big5": "BIG5", "gbk": "GBK", "uhc": "UHC", "gb18030": "GB18030", "johab": "JOHAB",
}

// canonical is the name of an encoding as pg_dump spells it. To PostgreSQL, only
// letters and digits count.
func canonical(name string) string {
	bare := strings.Map(func(r rune) rune {
		if r < 0x80 && isWord(byte(r)) && r != '_' {
			return r
		}
		return -1
	}, strings.ToLower(name))
	return cmp.Or(aliases[bare], name)
}

// Decodes says whether texts in an encoding, as PostgreSQL names it, are read as UTF-8
// here. Where not, names of archives are left as they are, and rows are not read.
func Decodes(encoding string) bool {
	_, ok := decoderOf(encoding)
	return ok
}

// Decoded is a text in an encoding that Decodes knows, in UTF-8; another as it is.
func Decoded(encoding, text string) string {
	d, _ := decoderOf(encoding)
	return d.decoded(text)
}

// Legible spells the bytes of a name that are no UTF-8 as PostgreSQL does in its
// messages: \xE7. A name that no encoding tells is then the same wherever it is kept:
// JSON would make one of two that differ.
func Legible(name string) string {
	if utf8.ValidString(name) {
		return name
	}
	var b strings.Builder
	for len(name) > 0 {
		r, n := utf8.DecodeRuneInString(name)
		if r == utf8.RuneError && n == 1 {
			fmt.Fprintf(&b, `\x%02X`, name[0])
		} else {
			b.WriteString(name[:n])
		}
		name = name[n:]
	}
	return b.String()
}

// unreadable is the error of asking for rows in an encoding that is not read here;
// nil where it is "", or none.
func unreadable(path, encoding string) error {
	if encoding == "" || encoding == noEncoding {
		return nil
	}
	return errs.New(errs.Unavailable, "archive.encoding", errs.Args{"file": filepath.Base(path), "encoding": encoding})
}

func (d decoder) reader(r io.Reader) io.Reader {
	if d.encoding == nil {
		return r
	}
	return transform.NewReader(r, d.transformer())
}

func (d decoder) transformer() transform.Transformer {
	return newExact(d.encoding.NewDecoder(), corrections[d.name], d.width)
}

// text reads a name or a statement, and makes it Legible.
func (d decoder) text(s string) string { return Legible(d.decoded(s)) }

func (d decoder) decoded(s string) string {
	if d.encoding == nil || isASCII(s) {
		return s
	}
	u, _, err := transform.String(d.transformer(), s)
	if err != nil {
		return s
	}
	return u
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// Widths returns what tells how many bytes the character takes that b begins with, in
// an encoding as PostgreSQL names it; it may be more than are there. Nil is UTF8. A byte
// of one that is not known here is a character. No sign of COPY or SQL is a part of
// another character, but the backslash in the encodings that no server has: SJIS,
// SHIFT_JIS_2004, BIG5, GBK, JOHAB, UHC and GB18030.
func Widths(encoding string) func(b []byte) int {
	if d, _ := decoderOf(encoding); d.name != "" {
		return d.width
	}
	return nil
}

func (d decoder) width(b []byte) int {
	switch c := b[0]; {
	case c < 0x80:
		return 1
	case (d.name == "EUC_JP" || d.name == "JOHAB") && c == 0x8f:
		return 3
	case d.name == "JOHAB":
		return 2
	case d.name == "SJIS" || d.name == "SHIFT_JIS_2004":
		if c >= 0xa0 && c < 0xe0 { // of half the width
			return 1
		}
		return 2
	case d.name == "GB18030" && (len(b) < 2 || b[1] < 0x40):
		return 4
	case d.encoding == nil:
		return 1
	}
	if _, single := d.encoding.(*charmap.Charmap); single {
		return 1
	}
	return 2
}

// encodingIn reads SET client_encoding = 'UTF8';
func encodingIn(statement string) string {
	_, name, _ := strings.Cut(statement, "'")
	name, _, _ = strings.Cut(name, "'")
	return strings.ToUpper(name[:min(len(name), 40)])
}
