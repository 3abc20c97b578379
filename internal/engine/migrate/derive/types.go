package derive

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"cofre/internal/engine/migrate/convert"
	"cofre/internal/engine/migrate/source"
)

// framework is what made the schema; it decides what a program will expect where
// SQLite's declaration says less than PostgreSQL's would.
type framework uint8

const (
	byHand framework = iota
	django
	rails
	laravel
	alchemy
	gorm
)

// recognize tells the framework by the tables that it keeps for itself.
func recognize(schema *source.Schema, definitions map[string]*definition) framework {
	has := func(table string, columns ...string) bool {
		for i := range schema.Tables {
			t := &schema.Tables[i]
			if t.Name == table {
				for _, c := range columns {
					if t.Column(c) < 0 {
						return false
					}
				}
				return true
			}
		}
		return false
	}
	switch {
	case has("django_migrations"), has("django_content_type"):
		return django
	case has("ar_internal_metadata"):
		return rails
	case has("migrations", "migration", "batch"):
		return laravel
	case has("alembic_version"):
		return alchemy
	}
	for _, d := range definitions {
		if !d.backticks {
			return byHand
		}
	}
	return gorm
}

// types of PostgreSQL by the names that are used here.
var oids = map[string]uint32{
	"boolean": 16, "bytea": 17, "bigint": 20, "smallint": 21, "integer": 23, "text": 25, "json": 114, "cidr": 650, "double precision": 701,
	"macaddr": 829, "inet": 869, "character varying": 1043, "date": 1082, "time without time zone": 1083, "timestamp without time zone": 1114,
	"timestamp with time zone": 1184, "interval": 1186, "time with time zone": 1266, "numeric": 1700, "uuid": 2950, "jsonb": 3802,
}

func plain(name string) convert.Type {
	return convert.Type{OID: oids[name], Mod: -1, Name: name, SQL: name}
}

func varchar(n int) convert.Type {
	t := plain("character varying")
	t.Mod, t.SQL = int32(n)+4, fmt.Sprintf("character varying(%d)", n)
	return t
}

func numeric(precision, scale int) convert.Type {
	t := plain("numeric")
	t.Mod, t.SQL = int32(precision<<16|scale)+4, fmt.Sprintf("numeric(%d,%d)", precision, scale)
	return t
}

func timestamp(digits int) convert.Type {
	t := plain("timestamp without time zone")
	t.Mod, t.SQL = int32(digits), fmt.Sprintf("timestamp(%d) without time zone", digits)
	return t
}

var declared = regexp.MustCompile(`^([^(]*)(?:\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\))?`)

// typeOf decides the type of a column: by what it was declared as, where the
// values leave that possible; by the values where nothing was declared. widened
// says that the values need a wider type than was declared.
func typeOf(c *source.Column, e *Evidence, made framework, holdsJSON bool) (t convert.Type, widened bool) {
	m := declared.FindStringSubmatch(strings.ToUpper(strings.Join(strings.Fields(c.Type), " ")))
	name := strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(m[1]), "UNSIGNED"))
	length, _ := strconv.Atoi(m[2])
	scale, _ := strconv.Atoi(m[3])
	switch name {
	case "BOOL", "BOOLEAN":
		return plain("boolean"), false
	case "TINYINT":
		if length == 1 && e.Bits && e.Integers == e.values() {
			return plain("boolean"), false
		}
		return whole(e, "smallint", 1<<15)
	case "SMALLINT", "INT2":
		return whole(e, "smallint", 1<<15)
	case "MEDIUMINT", "INT4":
		return whole(e, "integer", 1<<31)
	case "INT", "INTEGER", "BIGINT", "INT8", "UNSIGNED BIG INT", "BIG INT", "LONG", "BIGSERIAL", "SERIAL":
		return plain("bigint"), false
	case "CHAR", "CHARACTER", "NCHAR", "NATIVE CHARACTER":
		if special, ok := disguised(length, e, made); ok {
			return special, false
		}
		return limited(length, e)
	case "VARCHAR", "CHARACTER VARYING", "NVARCHAR", "VARYING CHARACTER", "VARCHAR2":
		if holdsJSON {
			return plain("jsonb"), false
		}
		return limited(length, e)
	case "TEXT", "CLOB", "NCLOB", "LONGTEXT", "MEDIUMTEXT", "TINYTEXT", "STRING", "NTEXT", "CITEXT":
		if holdsJSON {
			return plain("jsonb"), false
		}
		return plain("text"), false
	case "JSON", "JSONB":
		return plain("jsonb"), false
	case "UUID", "GUID", "UNIQUEIDENTIFIER", "UNIQUE IDENTIFIER":
		return plain("uuid"), false
	case "INET", "CIDR", "MACADDR", "INTERVAL", "DATE":
		return plain(strings.ToLower(name)), false
	case "BLOB", "BYTEA", "BINARY", "VARBINARY", "LONGBLOB", "MEDIUMBLOB", "TINYBLOB", "IMAGE":
		return plain("bytea"), false
	case "REAL", "DOUBLE", "DOUBLE PRECISION", "FLOAT", "FLOAT8", "FLOAT4":
		return plain("double precision"), false
	case "DECIMAL", "NUMERIC", "NUMBER", "DEC", "MONEY", "CURRENCY":
		return decimal(name, length, scale, m[2] != "", e, made)
	case "DATETIME", "TIMESTAMP", "TIMESTAMP WITHOUT TIME ZONE", "SMALLDATETIME":
		return moment(name, e, made), false
	case "TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE", "DATETIMEOFFSET":
		return plain("timestamp with time zone"), false
	case "TIME", "TIME WITHOUT TIME ZONE":
		return plain("time without time zone"), false
	case "TIMETZ", "TIME WITH TIME ZONE":
		return plain("time with time zone"), false
	}
	if holdsJSON {
		return plain("jsonb"), false
	}
	return byAffinity(name, e), false
}

// whole is an integer type that is large enough.
func whole(e *Evidence, name string, limit int64) (convert.Type, bool) {
	if e.Low < -limit || e.High >= limit {
		return plain("bigint"), true
	}
	return plain(name), false
}

// limited is varchar(n) where all values fit, since SQLite never enforced it.
func limited(n int, e *Evidence) (convert.Type, bool) {
	switch {
	case n == 0 || n > 10485760:
		return plain("text"), false
	case e.Longest > int64(n):
		return plain("text"), true
	}
	return varchar(n), false
}

// disguised are types that frameworks keep as CHAR where SQLite has none: UUIDs
// in 32 or 36 characters, addresses in 15 or 39 (Django).
func disguised(length int, e *Evidence, made framework) (convert.Type, bool) {
	none := e.values() == 0
	switch {
	case length == 32 && (e.all(PlainUUID) || none && (made == django || made == alchemy)):
		return plain("uuid"), true
	case length == 36 && e.all(DashedUUID):
		return plain("uuid"), true
	case (length == 15 || length == 39) && made == django && (none || e.all(Address)):
		return plain("inet"), true
	}
	return convert.Type{}, false
}

// decimal is numeric with the limits that were declared, where all values keep to
// them. GORM declares a boolean as a bare numeric.
func decimal(name string, precision, scale int, limits bool, e *Evidence, made framework) (convert.Type, bool) {
	if made == gorm && name == "NUMERIC" && !limits && e.Bits && e.Integers == e.values() {
		return plain("boolean"), false
	}
	t := plain("numeric")
	t.Least = min(e.Scale, 12)
	if !limits {
		return t, false
	}
	digits := len(strconv.FormatInt(max(e.High, -max(e.Low, -1<<62)), 10))
	if e.Scale > scale || precision < 1 || precision > 1000 || scale > precision || digits > precision-scale {
		return t, true
	}
	return numeric(precision, scale), false
}

// moment is the type that the framework's own PostgreSQL schema would have.
func moment(name string, e *Evidence, made framework) convert.Type {
	switch made {
	case rails:
		return timestamp(6)
	case laravel:
		if e.Fraction {
			return timestamp(6)
		}
		return timestamp(0)
	case alchemy:
		if e.Zoned == 0 {
			return plain("timestamp without time zone")
		}
	}
	// SQLite's own CURRENT_TIMESTAMP is UTC: a moment, and no reading of some clock.
	return plain("timestamp with time zone")
}

// byAffinity follows SQLite's rules for types that it does not know.
func byAffinity(name string, e *Evidence) convert.Type {
	contains := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(name, p) {
				return true
			}
		}
		return false
	}
	switch {
	case name == "" || name == "ANY":
	case contains("CHAR", "CLOB", "TEXT") && e.Blobs == 0:
		return plain("text")
	case contains("BLOB"):
		return plain("bytea")
	}
	switch {
	case e.Blobs > 0 && e.Integers+e.Reals == 0:
		return plain("bytea")
	case e.Texts+e.Blobs > 0 || e.values() == 0:
		return plain("text")
	case e.Reals > 0:
		return plain("double precision")
	}
	return plain("bigint")
}

// classOf is the class of a type in expressions.
func classOf(t convert.Type) class {
	switch t.SQL {
	case "boolean":
		return logical
	case "bytea":
		return binary
	case "json", "jsonb":
		return structured
	case "bigint", "integer", "smallint", "double precision":
		return numeral
	}
	switch t.OID {
	case oids["numeric"]:
		return numeral
	case oids["text"], oids["character varying"]:
		return textual
	case oids["date"], oids["timestamp without time zone"], oids["timestamp with time zone"]:
		return temporal
	}
	return opaque
}
