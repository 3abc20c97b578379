// Package convert turns values as SQLite holds them into PostgreSQL's binary
// form, strictly: a value is carried exactly, or the codec says what it had to do
// to it, or that it can't. It knows no connection. What a codec says is the same
// before a migration (when every value is only looked at) and during it.
package convert

import (
	"time"

	"cofre/internal/engine/migrate/source"
)

// Codec converts values for one column.
type Codec interface {
	// Append appends v, which is neither NULL nor Large, in the binary form of the
	// column's type, and says what there is to say. With a note of Refusals nothing
	// was appended.
	Append(dst []byte, v *source.Value) ([]byte, Notes)
}

// Type is the type of a PostgreSQL column.
type Type struct {
	OID    uint32 // of a domain, the type below it
	Mod    int32  // atttypmod, -1 for none
	Name   string // pg_type.typname of OID
	SQL    string // as format_type writes it, domains by their name
	Elem   *Type  // of an array
	Enum   bool
	Labels []string // of an enumeration
	// Least is how many decimals values of a numeric without a limit show at least:
	// the amounts 1249.9 and 87.35 of one column are 1249.90 and 87.35.
	Least int
}

// Options are a person's choices that codecs need.
type Options struct {
	// Zone is where times without a zone are at home; nil is UTC.
	Zone *time.Location
	// Server converts a text to the binary form of a type that has no codec here,
	// by that type's own input function; false: the type refuses it. Nil: such
	// columns have no codec.
	Server func(t Type, text []byte) ([]byte, bool)
}

// Object identifiers of PostgreSQL's own types, from pg_type.dat.
const (
	oidBool        = 16
	oidBytea       = 17
	oidName        = 19
	oidInt8        = 20
	oidInt2        = 21
	oidInt4        = 23
	oidText        = 25
	oidJSON        = 114
	oidFloat4      = 700
	oidFloat8      = 701
	oidMacaddr     = 829
	oidInet        = 869
	oidCIDR        = 650
	oidBpchar      = 1042
	oidVarchar     = 1043
	oidDate        = 1082
	oidTime        = 1083
	oidTimestamp   = 1114
	oidTimestamptz = 1184
	oidInterval    = 1186
	oidTimetz      = 1266
	oidBit         = 1560
	oidVarbit      = 1562
	oidNumeric     = 1700
	oidUUID        = 2950
	oidJSONB       = 3802
)

// For returns the codec of a type, or nil where there is none.
func For(t Type, o Options) Codec {
	zone := o.Zone
	if zone == nil {
		zone = time.UTC
	}
	switch t.OID {
	case oidBool:
		return boolean{}
	case oidInt2:
		return integer{bits: 16}
	case oidInt4:
		return integer{bits: 32}
	case oidInt8:
		return integer{bits: 64}
	case oidFloat4:
		return float{bits: 32}
	case oidFloat8:
		return float{bits: 64}
	case oidNumeric:
		return numericFor(t)
	case oidText:
		return text{}
	case oidVarchar:
		return text{limit: int(max(0, t.Mod-4))}
	case oidBpchar:
		return text{limit: int(max(0, t.Mod-4)), pad: true}
	case oidName:
		return text{bytes: 63}
	case oidBytea:
		return raw{}
	case oidUUID:
		return uuid{}
	case oidDate:
		return date{zone}
	case oidTime:
		return clock{zone: zone, digits: digits(t.Mod)}
	case oidTimetz:
		return clock{zone: zone, digits: digits(t.Mod), zoned: true}
	case oidTimestamp:
		return timestamp{zone: zone, digits: digits(t.Mod)}
	case oidTimestamptz:
		return timestamp{zone: zone, digits: digits(t.Mod), zoned: true}
	case oidInterval:
		if t.Mod == -1 {
			return interval{}
		}
	case oidJSON:
		return jsonText{}
	case oidJSONB:
		return jsonBinary{}
	case oidInet:
		return network{}
	case oidCIDR:
		return network{cidr: true}
	case oidMacaddr:
		return hardware{}
	case oidBit:
		return bitString{length: int(t.Mod)}
	case oidVarbit:
		return bitString{length: int(t.Mod), varying: true}
	}
	switch {
	case t.Enum:
		return newEnum(t.Labels)
	case t.Name == "citext":
		return text{}
	case t.Elem != nil:
		if elem := For(*t.Elem, o); elem != nil {
			return array{elem: elem, oid: t.Elem.OID}
		}
	}
	if o.Server != nil {
		return &byServer{t: t, ask: o.Server}
	}
	return nil
}

// Streams says whether a large value may go to the column in pieces: bytes as
// they are, or text that is checked while it is read.
func Streams(c Codec) (bytes, text bool) {
	switch c := c.(type) {
	case raw:
		return true, false
	case interface{ unlimited() bool }:
		return false, c.unlimited()
	}
	return false, false
}

// digits of a type of seconds: its modifier, 6 where there is none.
func digits(mod int32) int {
	if mod < 0 || mod > 6 {
		return 6
	}
	return int(mod)
}
