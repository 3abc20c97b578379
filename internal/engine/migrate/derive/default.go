package derive

import (
	"encoding/hex"
	"strings"

	"cofre/internal/engine/migrate/convert"
	"cofre/internal/engine/migrate/source"
)

// defaultOf translates a column's default, "" where it has none. False: it has
// one that is not carried.
func defaultOf(expr string, t convert.Type, columns map[string]columnType) (sql string, ok bool) {
	tokens := lex(expr)
	for len(tokens) > 1 && tokens[0].is("(") && len((&scanner{tokens: tokens}).group()) == len(tokens)-2 {
		tokens = tokens[1 : len(tokens)-1]
	}
	if len(tokens) == 0 || len(tokens) == 1 && tokens[0].is("NULL") {
		return "", true
	}
	if v, ok := constant(tokens); ok {
		out, notes := convert.For(t, convert.Options{}).Append(nil, &v)
		if notes&convert.Asked != 0 {
			return "", false
		}
		shown := convert.Literal(t, out)
		return literal(shown) + "::" + t.SQL, true
	}
	if clock := clockOf(tokens); clock != "" {
		return nowAs(clock, t)
	}
	e, exact, err := value(tokens, columns)
	return e.sql, err == nil && exact && e.class == classOf(t)
}

// constant reads a literal.
func constant(tokens []token) (v source.Value, ok bool) {
	sign := ""
	if len(tokens) == 2 && tokens[0].is("-", "+") {
		sign, tokens = strings.TrimPrefix(tokens[0].text, "+"), tokens[1:]
	}
	if len(tokens) != 1 {
		return v, false
	}
	switch t := tokens[0]; t.kind {
	case number:
		return source.Value{Class: source.Text, Bytes: []byte(sign + t.text)}, true
	case text, quoted:
		return source.Value{Class: source.Text, Bytes: []byte(t.text)}, sign == ""
	case bytes:
		b, err := hex.DecodeString(t.text)
		return source.Value{Class: source.Blob, Bytes: b}, err == nil && sign == ""
	case word:
		if t.is("TRUE", "FALSE") {
			n := int64(0)
			if t.is("TRUE") {
				n = 1
			}
			return source.Value{Class: source.Integer, Int: n}, true
		}
	}
	return v, false
}

// clockOf recognizes the ways to ask SQLite for the time: it returns "timestamp",
// "date", "time" or "epoch".
func clockOf(tokens []token) string {
	var b strings.Builder
	for _, t := range tokens {
		if t.kind == text {
			b.WriteString("'" + t.text + "'")
		} else {
			b.WriteString(strings.ToLower(t.text))
		}
	}
	switch b.String() {
	case "current_timestamp", "datetime('now')", "datetime()", "strftime('%Y-%m-%d %H:%M:%S','now')":
		return "timestamp"
	case "strftime('%Y-%m-%d %H:%M:%f','now')", "strftime('%Y-%m-%dT%H:%M:%fZ','now')", "strftime('%Y-%m-%dT%H:%M:%SZ','now')":
		return "instant"
	case "current_date", "date('now')", "date()":
		return "date"
	case "current_time", "time('now')", "time()":
		return "time"
	case "strftime('%s','now')", "unixepoch()", "unixepoch('now')", "cast(strftime('%s','now')asinteger)", "cast(strftime('%s','now')asint)":
		return "epoch"
	}
	return ""
}

// nowAs is the present time as a column's default. SQLite's is always UTC.
func nowAs(clock string, t convert.Type) (sql string, ok bool) {
	const utc = "(CURRENT_TIMESTAMP AT TIME ZONE 'UTC')"
	switch t.OID {
	case oids["timestamp with time zone"]:
		return "CURRENT_TIMESTAMP", clock == "timestamp" || clock == "instant"
	case oids["timestamp without time zone"]:
		return utc, clock == "timestamp" || clock == "instant"
	case oids["date"]:
		return utc + "::date", clock == "date" || clock == "timestamp"
	case oids["time without time zone"]:
		return utc + "::time(0)", clock == "time"
	case oids["bigint"]:
		return "extract(epoch from CURRENT_TIMESTAMP)::bigint", clock == "epoch"
	case oids["text"]:
		format := map[string]string{"timestamp": "YYYY-MM-DD HH24:MI:SS", "date": "YYYY-MM-DD", "time": "HH24:MI:SS"}[clock]
		return "to_char(" + utc + ", '" + format + "')", format != ""
	}
	return "", false
}
