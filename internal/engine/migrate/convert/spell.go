package convert

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"regexp"
	"strconv"
	"strings"

	"cofre/internal/engine/migrate/source"
)

// Speller gives values of one column the one form in which those of SQLite, as a
// migration would write them, can be compared with those of PostgreSQL.
type Speller struct {
	t     Type
	codec Codec
	buf   []byte
}

// SpellerFor returns the speller of a type as format_type writes it, or nil: such
// values can't be compared.
func SpellerFor(declared string, o Options) *Speller {
	t, ok := typeNamed(declared)
	if !ok {
		return nil
	}
	if codec := For(t, o); codec != nil {
		return &Speller{t: t, codec: codec}
	}
	return nil
}

// Spell appends a value that is not NULL. One that PostgreSQL's type does not take
// is spelled as it is: it differs from all that do.
func (s *Speller) Spell(to []byte, v *source.Value) []byte {
	var notes Notes
	if s.buf, notes = s.codec.Append(s.buf[:0], v); notes&Refusals == 0 {
		return spell(to, s.t, s.buf)
	}
	switch v.Class {
	case source.Integer:
		return strconv.AppendInt(to, v.Int, 10)
	case source.Real:
		return source.AppendReal(to, v.Real)
	}
	return append(to, v.Bytes...)
}

// SpellText is Spell of a value that PostgreSQL wrote.
func (s *Speller) SpellText(to, text []byte) []byte {
	v := source.Value{Class: source.Text, Bytes: text, Size: int64(len(text))}
	if rest, ok := bytes.CutPrefix(text, []byte(`\x`)); ok && s.t.OID == oidBytea {
		if raw, err := hex.DecodeString(string(rest)); err == nil {
			v = source.Value{Class: source.Blob, Bytes: raw, Size: int64(len(raw))}
		}
	}
	return s.Spell(to, &v)
}

// modifiers of a type: numeric(10,2), timestamp(3) with time zone.
var modifiers = regexp.MustCompile(`\((\d+)(?:,(-?\d+))?\)`)

// named are the types that can be spelled, as format_type writes them.
var named = map[string]uint32{
	"boolean": oidBool, "smallint": oidInt2, "integer": oidInt4, "bigint": oidInt8, "real": oidFloat4, "double precision": oidFloat8,
	"numeric": oidNumeric, "text": oidText, "character varying": oidVarchar, "character": oidBpchar, "name": oidName, "bytea": oidBytea,
	"uuid": oidUUID, "date": oidDate, "time without time zone": oidTime, "timestamp without time zone": oidTimestamp,
	"timestamp with time zone": oidTimestamptz, "interval": oidInterval, "json": oidJSON, "jsonb": oidJSONB, "inet": oidInet, "cidr": oidCIDR,
	"macaddr": oidMacaddr, "bit": oidText, "bit varying": oidText,
}

func typeNamed(declared string) (t Type, ok bool) {
	if element, found := strings.CutSuffix(declared, "[]"); found {
		elem, ok := typeNamed(element)
		return Type{Elem: &elem, Mod: -1}, ok && elem.Elem == nil
	}
	t = Type{Mod: -1, Name: declared, SQL: declared}
	if m := modifiers.FindStringSubmatch(declared); m != nil {
		first, _ := strconv.ParseInt(m[1], 10, 32)
		second, _ := strconv.ParseInt(m[2], 10, 32)
		declared = modifiers.ReplaceAllString(declared, "")
		switch declared {
		case "numeric":
			t.Mod = int32(first<<16|second&0x7ff) + 4
		case "character", "character varying":
			t.Mod = int32(first) + 4
		default:
			t.Mod = int32(first)
		}
	}
	if declared == "citext" || strings.HasSuffix(declared, ".citext") {
		declared = "text"
	}
	t.OID, ok = named[declared]
	return t, ok
}

// spell writes a value in binary form: for a person to read, and so that equal
// values are spelled alike.
func spell(to []byte, t Type, b []byte) []byte {
	switch t.OID {
	case oidText, oidVarchar, oidName:
		return append(to, b...)
	case oidBpchar:
		return append(to, bytes.TrimRight(b, " ")...)
	case oidBytea:
		return hex.AppendEncode(append(to, `\x`...), b)
	case oidJSON:
		return append(to, plainJSON(b)...)
	case oidJSONB:
		return append(to, plainJSON(b[1:])...)
	case oidNumeric:
		s := Show(t, b)
		if strings.Contains(s, ".") {
			s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
		}
		return append(to, s...)
	case oidMacaddr:
		return append(to, net.HardwareAddr(b).String()...)
	case oidInterval: // a day is 24 hours, a month 30 days: so does PostgreSQL when it compares them
		days := int64(int32(binary.BigEndian.Uint32(b[8:]))) + 30*int64(int32(binary.BigEndian.Uint32(b[12:])))
		micros := int64(binary.BigEndian.Uint64(b)) + days*dayMicros
		sign := ""
		if micros < 0 {
			sign, micros = "-", -micros
		}
		return fmt.Appendf(to, "%s%d:%02d:%02d.%06d", sign, micros/3_600_000_000, micros/60_000_000%60, micros/1_000_000%60, micros%1_000_000)
	}
	if t.Elem == nil {
		return append(to, Show(t, b)...)
	}
	to = append(to, '{')
	const header = 5 * 4 // dimensions, NULLs, type, length, first index
	for rest := b[min(len(b), header):]; len(rest) >= 4; {
		if len(rest) < len(b)-header {
			to = append(to, ',')
		}
		size := int32(binary.BigEndian.Uint32(rest))
		if rest = rest[4:]; size < 0 {
			to = append(to, "NULL"...)
			continue
		}
		to = strconv.AppendQuote(to, string(spell(nil, *t.Elem, rest[:size])))
		rest = rest[size:]
	}
	return append(to, '}')
}

// plainJSON writes a document without blanks and with its keys in order; a number
// as it is.
func plainJSON(b []byte) []byte {
	var v any
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if d.Decode(&v) != nil {
		return b
	}
	var plain bytes.Buffer
	e := json.NewEncoder(&plain)
	e.SetEscapeHTML(false)
	if e.Encode(v) != nil {
		return b
	}
	return bytes.TrimRight(plain.Bytes(), "\n")
}
