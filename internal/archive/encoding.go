package archive

import (
	"io"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/transform"
)

// decoder reads the texts of an archive as UTF-8; nil where they are.
type decoder struct{ encoding encoding.Encoding }

// charmaps are PostgreSQL's names of encodings of one byte a character. In none of
// them is a sign of COPY or SQL a part of another character.
var charmaps = map[string]*charmap.Charmap{
	"LATIN1": charmap.ISO8859_1, "LATIN2": charmap.ISO8859_2, "LATIN3": charmap.ISO8859_3, "LATIN4": charmap.ISO8859_4, "LATIN5": charmap.ISO8859_9,
	"LATIN6": charmap.ISO8859_10, "LATIN7": charmap.ISO8859_13, "LATIN8": charmap.ISO8859_14, "LATIN9": charmap.ISO8859_15, "LATIN10": charmap.ISO8859_16,
	"ISO_8859_5": charmap.ISO8859_5, "ISO_8859_6": charmap.ISO8859_6, "ISO_8859_7": charmap.ISO8859_7, "ISO_8859_8": charmap.ISO8859_8,
	"KOI8R": charmap.KOI8R, "KOI8U": charmap.KOI8U, "WIN866": charmap.CodePage866, "WIN874": charmap.Windows874, "WIN1250": charmap.Windows1250,
	"WIN1251": charmap.Windows1251, "WIN1252": charmap.Windows1252, "WIN1253": charmap.Windows1253, "WIN1254": charmap.Windows1254,
	"WIN1255": charmap.Windows1255, "WIN1256": charmap.Windows1256, "WIN1257": charmap.Windows1257, "WIN1258": charmap.Windows1258,
}

// decoderOf knows UTF-8 and the encodings of one byte.
func decoderOf(name string) (d decoder, ok bool) {
	if name == "UTF8" {
		return d, true
	}
	m, ok := charmaps[name]
	if ok {
		d.encoding = m
	}
	return d, ok
}

func (d decoder) reader(r io.Reader) io.Reader {
	if d.encoding == nil {
		return r
	}
	return transform.NewReader(r, d.encoding.NewDecoder())
}

// encodingIn reads SET client_encoding = 'UTF8';
func encodingIn(statement string) string {
	_, name, _ := strings.Cut(statement, "'")
	name, _, _ = strings.Cut(name, "'")
	return strings.ToUpper(name)
}
