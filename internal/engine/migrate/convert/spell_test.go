package convert

import (
	"testing"

	"cofre/internal/engine/migrate/source"
)

func TestValuesOfTheTwoKindsAreSpelledAlike(t *testing.T) {
	integer := func(n int64) source.Value { return source.Value{Class: source.Integer, Int: n} }
	decimal := func(f float64) source.Value { return source.Value{Class: source.Real, Real: f} }
	text := func(s string) source.Value {
		return source.Value{Class: source.Text, Bytes: []byte(s), Size: int64(len(s))}
	}
	for _, c := range []struct {
		declared string
		lite     source.Value
		server   string
		same     bool
	}{
		{"boolean", integer(1), "t", true},
		{"boolean", integer(0), "t", false},
		{"bigint", integer(1 << 40), "1099511627776", true},
		{"integer", text("12"), "12", true},
		{"integer", text("twelve"), "12", false},
		{"numeric(10,2)", decimal(1249.9), "1249.90", true},
		{"numeric", text("100"), "100.000", true},
		{"numeric(10,2)", integer(0), "0.00", true},
		{"numeric(10,2)", decimal(-0.5), "0.50", false},
		{"double precision", decimal(0.1), "0.1", true},
		{"real", decimal(0.1), "0.1", true},
		{"text", text("a\tb"), "a\tb", true},
		{"text", integer(7), "7", true},
		{"character(5)", text("ab"), "ab   ", true},
		{"character varying(3)", text("abc"), "abc", true},
		{"public.citext", text("Ana"), "Ana", true},
		{"bytea", source.Value{Class: source.Blob, Bytes: []byte{0, 255}, Size: 2}, `\x00ff`, true},
		{"uuid", text("A0EEBC999C0B4EF8BB6D6BB9BD380A11"), "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", true},
		{"date", text("2026-03-01 00:00:00"), "2026-03-01", true},
		{"timestamp without time zone", text("2026-03-01T12:00:00.5"), "2026-03-01 12:00:00.5", true},
		{"timestamp(3) with time zone", text("2026-03-01 12:00:00"), "2026-03-01 09:00:00-03", true},
		{"timestamp with time zone", integer(1772366400), "2026-03-01 12:00:00+00", true},
		{"timestamp with time zone", text("2026-03-01 12:00:01"), "2026-03-01 12:00:00+00", false},
		{"time without time zone", text("10:15"), "10:15:00", true},
		{"interval", integer(93784000000), "1 day 02:03:04", true},
		{"interval", text("-1:30:00"), "-01:30:00", true},
		{"jsonb", text(`{"b":[1,2.50],"a":"<é>"}`), `{"a": "<é>", "b": [1, 2.50]}`, true},
		{"json", text(`{"a":1}`), `{"a": 2}`, false},
		{"inet", text("10.0.0.1"), "10.0.0.1", true},
		{"macaddr", text("08-00-2B-01-02-03"), "08:00:2b:01:02:03", true},
		{"bit(3)", text("101"), "101", true},
		{"integer[]", text("[1,null,3]"), "{1,NULL,3}", true},
		{"text[]", text(`["a,b","c"]`), `{"a,b",c}`, true},
		{"text[]", text(`["a","b","c"]`), `{"a,b",c}`, false},
	} {
		s := SpellerFor(c.declared, Options{})
		if s == nil {
			t.Errorf("%s can't be compared", c.declared)
			continue
		}
		lite, server := string(s.Spell(nil, &c.lite)), string(s.SpellText(nil, []byte(c.server)))
		if (lite == server) != c.same {
			t.Errorf("%s: %s is %q, %s is %q", c.declared, c.lite.String(), lite, c.server, server)
		}
	}
	for _, declared := range []string{"", "tsvector", "int4range", "money", "public.mood", "integer[][]", "point", "xml", "time with time zone"} {
		if SpellerFor(declared, Options{}) != nil {
			t.Errorf("%s is compared", declared)
		}
	}
}
