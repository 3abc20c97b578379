package convert_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"cofre/internal/engine/migrate/convert"
	"cofre/internal/engine/migrate/source"
	"cofre/internal/engine/migrate/target"
	"cofre/internal/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m) }

func integer(n int64) source.Value { return source.Value{Class: source.Integer, Int: n} }
func float(f float64) source.Value { return source.Value{Class: source.Real, Real: f} }
func text(s string) source.Value {
	return source.Value{Class: source.Text, Bytes: []byte(s), Size: int64(len(s))}
}
func blob(s string) source.Value {
	return source.Value{Class: source.Blob, Bytes: []byte(s), Size: int64(len(s))}
}

// refused is the answer to a value that must not arrive at all.
const refused = "\x00refused"

// values are what SQLite can hold, and what must arrive: as PostgreSQL prints it,
// with the names of the notes in their order.
var values = []struct {
	typ   string
	in    source.Value
	want  string
	notes string
}{
	{"boolean", integer(0), "false", ""},
	{"boolean", integer(1), "true", ""},
	{"boolean", integer(2), refused, "not_boolean"},
	{"boolean", integer(-1), refused, "not_boolean"},
	{"boolean", float(1), "true", "whole_real"},
	{"boolean", float(0.5), refused, "not_boolean"},
	{"boolean", text("t"), "true", "boolean_word"},
	{"boolean", text("F"), "false", "boolean_word"},
	{"boolean", text("True"), "true", "boolean_word"},
	{"boolean", text("false"), "false", "boolean_word"},
	{"boolean", text("1"), "true", "boolean_word"},
	{"boolean", text("no"), "false", "boolean_word loose_boolean"},
	{"boolean", text("ON"), "true", "boolean_word loose_boolean"},
	{"boolean", text(""), refused, "empty_text"},
	{"boolean", text("sim"), refused, "not_boolean"},
	{"boolean", text("true!"), refused, "not_boolean"},
	{"boolean", blob("1"), refused, "not_boolean"},

	{"smallint", integer(32767), "32767", ""},
	{"smallint", integer(32768), refused, "out_of_range"},
	{"integer", integer(-2147483648), "-2147483648", ""},
	{"integer", integer(2147483648), refused, "out_of_range"},
	{"bigint", integer(math.MaxInt64), "9223372036854775807", ""},
	{"bigint", integer(math.MinInt64), "-9223372036854775808", ""},
	{"integer", float(5), "5", "whole_real"},
	{"integer", float(5.5), "6", "fraction"},
	{"integer", float(-2.5), "-3", "fraction"},
	{"bigint", float(1e18), "1000000000000000000", "whole_real"},
	{"bigint", float(9.3e18), refused, "out_of_range"},
	{"bigint", float(math.Inf(1)), refused, "out_of_range"},
	{"integer", text("42"), "42", "number_text"},
	{"integer", text("-7"), "-7", "number_text"},
	{"integer", text(" 42 "), "42", "number_text loose_number"},
	{"integer", text("+42"), "42", "number_text loose_number"},
	{"integer", text("007"), "7", "number_text loose_number"},
	{"integer", text("1e3"), "1000", "number_text"},
	{"integer", text("12.0"), "12", "number_text"},
	{"integer", text("12.5"), "13", "number_text fraction"},
	{"integer", text("0.4"), "0", "number_text fraction"},
	{"integer", text("-0.5"), "-1", "number_text fraction"},
	{"integer", text("0x10"), refused, "not_number"},
	{"integer", text("1 2"), refused, "not_number"},
	{"integer", text("1e"), refused, "not_number"},
	{"integer", text("abc"), refused, "not_number"},
	{"integer", text(""), refused, "empty_text"},
	{"integer", text("  "), refused, "empty_text"},
	{"integer", blob("42"), refused, "not_number"},
	{"bigint", text("9223372036854775807"), "9223372036854775807", "number_text"},
	{"bigint", text("-9223372036854775808"), "-9223372036854775808", "number_text"},
	{"bigint", text("9223372036854775808"), refused, "out_of_range"},
	{"bigint", text("99999999999999999999"), refused, "out_of_range"},

	{"double precision", float(0.1), "0.1", ""},
	{"double precision", float(math.Copysign(0, -1)), "-0", ""},
	{"double precision", float(5e-324), "5e-324", ""},
	{"double precision", float(math.MaxFloat64), "1.7976931348623157e+308", ""},
	{"double precision", float(math.Inf(-1)), "-Infinity", "infinite_float"},
	{"double precision", integer(3), "3", ""},
	{"double precision", integer(1<<53 + 1), "9.007199254740992e+15", "float_rounded"},
	{"double precision", integer(math.MaxInt64), "9.223372036854776e+18", "float_rounded"},
	{"double precision", text("2.5"), "2.5", "number_text"},
	{"double precision", text("1e400"), refused, "out_of_range"},
	{"double precision", text("NaN"), refused, "not_number"},
	{"double precision", text("inf"), refused, "not_number"},
	{"double precision", text("0.1234567890123456789"), "0.12345678901234568", "number_text float_rounded"},
	{"real", float(0.1), "0.1", ""},
	{"real", float(0.123456789012), "0.12345679", "float_rounded"},
	{"real", float(1e39), refused, "out_of_range"},
	{"real", float(1e-50), refused, "out_of_range"},
	{"real", integer(16777217), "1.6777216e+07", "float_rounded"},

	{"numeric(14,4)", float(10.1), "10.1000", "real_decimal"},
	{"numeric(14,4)", text("12345.6789"), "12345.6789", "number_text"},
	{"numeric(14,4)", text("12345.67891"), "12345.6789", "number_text scale"},
	{"numeric(14,4)", text("99999999999.9"), refused, "out_of_range"},
	{"numeric(14,4)", text("abc"), refused, "not_number"},
	{"numeric(12,2)", float(1249.9), "1249.90", "real_decimal"},
	{"numeric(12,2)", float(-87.35), "-87.35", "real_decimal"},
	{"numeric(12,2)", float(0.30000000000000004), "0.30", "real_decimal real_noise"},
	{"numeric(12,2)", float(1.005), "1.01", "real_decimal scale"},
	{"numeric(12,2)", float(2.675), "2.68", "real_decimal scale"},
	{"numeric(12,2)", integer(7), "7.00", ""},
	{"numeric(12,2)", integer(0), "0.00", ""},
	{"numeric(4,2)", text("99.995"), refused, "out_of_range"},
	{"numeric(4,2)", text("9.999"), "10.00", "number_text scale"},
	{"numeric(4,2)", text("0.001"), "0.00", "number_text scale"},
	{"numeric(4,2)", integer(100), refused, "out_of_range"},
	{"numeric(2,2)", text("-0.05"), "-0.05", "number_text"},
	{"numeric(30,10)", integer(math.MaxInt64), "9223372036854775807.0000000000", ""},
	{"numeric", text("1e-10"), "0.0000000001", "number_text"},
	{"numeric", text("00012.3400"), "12.3400", "number_text loose_number"},
	{"numeric", text("-0.00012345"), "-0.00012345", "number_text"},
	{"numeric", text("1e20"), "100000000000000000000", "number_text"},
	{"numeric", text("123456789012345678901234567890.123456789"), "123456789012345678901234567890.123456789", "number_text"},
	{"numeric", text("10000"), "10000", "number_text"},
	{"numeric", text("100000000.0001"), "100000000.0001", "number_text"},
	{"numeric", float(1e22), "10000000000000000000000", "real_decimal"},
	{"numeric", float(123456.789), "123456.789", "real_decimal"},
	{"numeric", float(math.Copysign(0, -1)), "0", "real_decimal"},
	{"numeric", float(math.Inf(1)), refused, "infinite"},
	{"numeric", text("NaN"), refused, "not_number"},
	{"numeric", text("Infinity"), refused, "not_number"},
	{"numeric", text("1e200000"), refused, "out_of_range"},
	{"numeric", text("1_000"), refused, "not_number"},
	{"numeric", text("1.234,50"), refused, "not_number"},

	{"text", text("Olá, ação 🙂"), "Olá, ação 🙂", ""},
	{"text", text(""), "", ""},
	{"text", text("a\tb\\n\r\n"), "a\tb\\n\r\n", ""},
	{"text", text("Padaria\x00 São"), "Padaria São", "nul"},
	{"text", text("Jo\xe3o \x80"), "João €", "not_utf8"},
	{"text", text("\xff\x00"), "ÿ", "nul not_utf8"},
	{"text", text("\xed\xa0\x80"), "í\u00a0€", "not_utf8"},
	{"text", integer(5), "5", "number_in_text"},
	{"text", float(5), "5.0", "number_in_text"},
	{"text", float(10.1), "10.1", "number_in_text"},
	{"text", blob("ação"), "ação", "blob_text"},
	{"text", blob("\x89PNG"), "‰PNG", "blob_text not_utf8"},
	{"varchar(5)", text("ações"), "ações", ""},
	{"varchar(5)", text("açõeszz"), "ações", "too_long"},
	{"varchar(5)", text("ab    "), "ab   ", "too_long"},
	{"varchar(2)", integer(123), "12", "number_in_text too_long"},
	{"char(4)", text("ab"), "ab", ""}, // the cast to text drops the blanks
	{"char(4)", text("ação"), "ação", ""},
	{"char(4)", text("ab      "), "ab", ""},
	{"char(4)", text("abcde"), "abcd", "too_long"},
	{"name", text("id"), "id", ""},

	{"bytea", blob("\x00\xff"), "\\x00ff", ""},
	{"bytea", blob(""), "\\x", ""},
	{"bytea", text("ab\x00"), "\\x616200", "text_in_bytes"},
	{"bytea", integer(12), "\\x3132", "text_in_bytes"},

	{"uuid", text("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"), "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", ""},
	{"uuid", text("a0eebc999c0b4ef8bb6d6bb9bd380a11"), "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "uuid_form"},
	{"uuid", text("A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11"), "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "uuid_form"},
	{"uuid", text("{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}"), "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "uuid_form"},
	{"uuid", text("urn:uuid:a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"), "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "uuid_form"},
	{"uuid", blob("\xa0\xee\xbc\x99\x9c\x0b\x4e\xf8\xbb\x6d\x6b\xb9\xbd\x38\x0a\x11"), "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "uuid_bytes"},
	{"uuid", text("not-a-uuid"), refused, "not_uuid"},
	{"uuid", text("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1g"), refused, "not_uuid"},
	{"uuid", text("a0eebc999c0b-4ef8-bb6d-6bb9bd380a11xx"), refused, "not_uuid"},
	{"uuid", text(""), refused, "empty_text"},
	{"uuid", integer(1), refused, "not_uuid"},

	{"date", text("2025-03-01"), "2025-03-01", ""},
	{"date", text("0001-01-01"), "0001-01-01", ""},
	{"date", text("9999-12-31"), "9999-12-31", ""},
	{"date", text("2024-02-29"), "2024-02-29", ""},
	{"date", text("2023-02-29"), refused, "not_moment"},
	{"date", text("1900-02-29"), refused, "not_moment"},
	{"date", text("2025-02-31"), refused, "not_moment"},
	{"date", text("0000-00-00"), refused, "not_moment"},
	{"date", text("yesterday"), refused, "not_moment"},
	{"date", text("now"), refused, "not_moment"},
	{"date", text("infinity"), refused, "not_moment"},
	{"date", text("01/03/2025"), refused, "not_moment"},
	{"date", text("2025-3-1"), refused, "not_moment"},
	{"date", text(""), refused, "empty_text"},
	{"date", text("2025-03-01 00:00:00"), "2025-03-01", "midnight"},
	{"date", text("2025-03-01T00:00:00.000Z"), "2025-03-01", "midnight"},
	{"date", text("2025-03-01 23:59"), "2025-03-01", "time_lost"},
	{"date", text("12:00"), refused, "not_moment"},
	{"date", integer(1734663600000), "2024-12-20", "epoch_millis"},
	{"date", integer(1734663600), "2024-12-20", "epoch_seconds"},
	{"date", float(2460735.5), "2025-03-01", "julian_day"},
	{"date", integer(20250301), "1970-08-23", "odd_epoch"},
	{"date", blob("2025-03-01"), refused, "not_moment"},

	{"timestamptz", text("2025-03-01 12:00:00.25"), "2025-03-01 12:00:00.25+00", "naive_time"},
	{"timestamptz", text("2025-03-01T12:00:00Z"), "2025-03-01 12:00:00+00", ""},
	{"timestamptz", text("2025-03-01 12:00:00-03:00"), "2025-03-01 15:00:00+00", ""},
	{"timestamptz", text("2025-03-01T12:00:00.123456789-03:00"), "2025-03-01 15:00:00.123457+00", "fraction_rounded"},
	{"timestamptz", text("2025-03-01 12:00:00 +05:30"), "2025-03-01 06:30:00+00", ""},
	{"timestamptz", text("2025-03-01 12:00:00+0530"), "2025-03-01 06:30:00+00", ""},
	{"timestamptz", text("2025-03-01 12:00:00 UTC"), "2025-03-01 12:00:00+00", ""},
	{"timestamptz", text("2025-03-01 12:00:00.5 -0300 -03 m=+0.012"), "2025-03-01 15:00:00.5+00", ""},
	{"timestamptz", text("2025-03-01 12:00"), "2025-03-01 12:00:00+00", "naive_time"},
	{"timestamptz", text("2025-03-01"), "2025-03-01 00:00:00+00", "naive_time"},
	{"timestamptz", text("0001-01-01 00:00:00+00:00"), "0001-01-01 00:00:00+00", ""},
	{"timestamptz", text("2025-12-31 23:59:59.9999999"), "2026-01-01 00:00:00+00", "naive_time fraction_rounded"},
	{"timestamptz", text("2025-03-01 24:00:00"), refused, "not_moment"},
	{"timestamptz", text("2025-03-01 12:60"), refused, "not_moment"},
	{"timestamptz", text("2025-03-01 12:00:00 America/Sao_Paulo"), refused, "not_moment"},
	{"timestamptz", text("2025-03-01X12:00"), refused, "not_moment"},
	{"timestamptz", text("12:00:00"), refused, "not_moment"},
	{"timestamptz", text("today"), refused, "not_moment"},
	{"timestamptz", integer(1700000000), "2023-11-14 22:13:20+00", "epoch_seconds"},
	{"timestamptz", integer(1700000000123), "2023-11-14 22:13:20.123+00", "epoch_millis"},
	{"timestamptz", integer(1700000000123456), "2023-11-14 22:13:20.123456+00", "epoch_micros"},
	{"timestamptz", integer(1700000000123456789), "2023-11-14 22:13:20.123456+00", "epoch_nanos fraction_rounded"},
	{"timestamptz", float(1700000000.5), "2023-11-14 22:13:20.5+00", "epoch_seconds"},
	{"timestamptz", text("1700000000"), "2023-11-14 22:13:20+00", "number_text epoch_seconds"},
	{"timestamptz", text("1700000000.25"), "2023-11-14 22:13:20.25+00", "number_text epoch_seconds"},
	{"timestamptz", integer(0), "1970-01-01 00:00:00+00", "odd_epoch"},
	{"timestamptz", integer(math.MaxInt64), refused, "out_of_range"},
	{"timestamptz", float(2460736.0), "2025-03-01 12:00:00+00", "julian_day"},
	{"timestamptz", float(2451545.25), "2000-01-01 18:00:00+00", "julian_day"},
	{"timestamptz(0)", text("2025-03-01T12:00:00.5Z"), "2025-03-01 12:00:01+00", "fraction_rounded"},
	{"timestamptz(3)", text("2025-03-01T12:00:00.123Z"), "2025-03-01 12:00:00.123+00", ""},
	{"timestamp", text("2025-03-01 12:00:00.123456"), "2025-03-01 12:00:00.123456", ""},
	{"timestamp", text("2025-03-01 12:00:00-03:00"), "2025-03-01 15:00:00", "zone_applied"},
	{"timestamp", integer(1700000000), "2023-11-14 22:13:20", "zone_applied epoch_seconds"},
	{"timestamp(0)", text("2025-03-01 12:00:00"), "2025-03-01 12:00:00", ""},

	{"time", text("12:34:56.789"), "12:34:56.789", ""},
	{"time", text("12:34"), "12:34:00", ""},
	{"time", text("24:00:00"), "24:00:00", ""},
	{"time", text("24:00:01"), refused, "not_moment"},
	{"time", text("2000-01-01 12:34:56"), "12:34:56", "dummy_date"},
	{"time", text("2025-03-01 12:34:56"), "12:34:56", "date_lost"},
	{"time", text("12:34:56+03:00"), "12:34:56", "zone_lost"},
	{"time", text("12:34:56Z"), "12:34:56", "zone_applied"},
	{"time", text("allballs"), refused, "not_moment"},
	{"time", text("2025-03-01"), refused, "not_moment"},
	{"time", integer(43200), refused, "not_moment"},
	{"timetz", text("12:34:56-03:00"), "12:34:56-03", ""},
	{"timetz", text("12:34:56"), "12:34:56+00", "naive_time"},

	{"interval", integer(90_000_000), "00:01:30", "micros_interval"},
	{"interval", text("1 day, 2:03:04"), "1 day 02:03:04", ""},
	{"interval", text("-1 day, 23:59:59.5"), "-1 days +23:59:59.5", ""},
	{"interval", text("3 02:03:04.000005"), "3 days 02:03:04.000005", ""},
	{"interval", text("02:03:04"), "02:03:04", ""},
	{"interval", text("-00:00:01"), "-00:00:01", ""},
	{"interval", text("P1Y2M3DT4H5M6.5S"), "1 year 2 mons 3 days 04:05:06.5", ""},
	{"interval", text("PT36H"), "36:00:00", ""},
	{"interval", text("P2W"), "14 days", ""},
	{"interval", text("1 year 2 mons"), "1 year 2 mons", ""},
	{"interval", text("1970-01-02 00:00:01.000000"), "24:00:01", "epoch_interval"},
	{"interval", text("soon"), refused, "not_interval"},
	{"interval", text("P"), refused, "not_interval"},
	{"interval", text("1"), refused, "not_interval"},

	{"jsonb", text(`{"b":1,"a":[1,2,{"c":null}],"b":2}`), `{"a": [1, 2, {"c": null}], "b": 2}`, ""},
	{"jsonb", text(`{"aa":1,"b":2}`), `{"b": 2, "aa": 1}`, ""},
	{"jsonb", text(` [ ] `), `[]`, ""},
	{"jsonb", text(`{}`), `{}`, ""},
	{"jsonb", text(`"a\u00e7\u00e3o \ud83d\ude42 \/ \" \\ \n \u001f"`), `"ação 🙂 / \" \\ \n \u001f"`, ""},
	{"jsonb", text(`[1.50e1,1E5,1.5e-7,-0,-0.0,0e-5,100,0.10]`), `[15.0, 100000, 0.00000015, 0, 0.0, 0.00000, 100, 0.10]`, ""},
	{"jsonb", text(`12345678901234567890.123456789`), `12345678901234567890.123456789`, ""},
	{"jsonb", text(`null`), `null`, ""},
	{"jsonb", integer(5), `5`, "json_scalar"},
	{"jsonb", float(2.5), `2.5`, "json_scalar"},
	{"jsonb", blob(`{"a":1}`), `{"a": 1}`, "blob_text"},
	{"jsonb", text(`{bad`), refused, "not_json"},
	{"jsonb", text(`{'a':1}`), refused, "not_json"},
	{"jsonb", text(`[1,]`), refused, "not_json"},
	{"jsonb", text(`{"a":1,}`), refused, "not_json"},
	{"jsonb", text(`01`), refused, "not_json"},
	{"jsonb", text(`1.`), refused, "not_json"},
	{"jsonb", text(`.5`), refused, "not_json"},
	{"jsonb", text(`NaN`), refused, "not_json"},
	{"jsonb", text("\"a\nb\""), refused, "not_json"},
	{"jsonb", text(`"\u0000"`), refused, "json_zero"},
	{"jsonb", text(`"\ud800"`), refused, "not_json"},
	{"jsonb", text(`"\x"`), refused, "not_json"},
	{"jsonb", text(`1e5000`), refused, "out_of_range"},
	{"jsonb", text("\"\xff\""), refused, "not_json"},
	{"jsonb", text(``), refused, "empty_text"},
	{"jsonb", text(`{} x`), refused, "not_json"},
	{"jsonb", text(strings.Repeat("[", 1500) + strings.Repeat("]", 1500)), refused, "out_of_range"},
	{"json", text(`{"b":1, "a":2, "b":3}`), `{"b":1, "a":2, "b":3}`, ""},
	{"json", text(`"\u0000"`), `"\u0000"`, ""},
	{"json", text(`{"a":}`), refused, "not_json"},

	{"inet", text("192.168.0.1"), "192.168.0.1/32", ""},
	{"inet", text("10.0.0.5/8"), "10.0.0.5/8", ""},
	{"inet", text("2001:db8::1"), "2001:db8::1/128", ""},
	{"inet", text("::ffff:10.0.0.1"), "::ffff:10.0.0.1/128", ""},
	{"inet", text("300.1.1.1"), refused, "not_address"},
	{"inet", text("fe80::1%eth0"), refused, "not_address"},
	{"cidr", text("10.0.0.0/8"), "10.0.0.0/8", ""},
	{"cidr", text("10.0.0.1/8"), refused, "not_address"},
	{"macaddr", text("08:00:2b:01:02:03"), "08:00:2b:01:02:03", ""},
	{"macaddr", text("08:00"), refused, "not_address"},

	{"bit(3)", text("101"), "101", ""},
	{"bit(3)", text("10"), refused, "not_bits"},
	{"bit(1)", integer(1), "1", ""},
	{"varbit(12)", text("1010101010"), "1010101010", ""},
	{"varbit(3)", text("1012"), refused, "not_bits"},

	{"mood", text("happy"), "happy", ""},
	{"mood", text("Happy"), refused, "not_member"},
	{"mood", text(""), refused, "empty_text"},

	{"integer[]", text("[1, 2, null]"), "{1,2,NULL}", "json_list"},
	{"integer[]", text("{1,2}"), "{1,2}", ""},
	{"integer[]", text("[]"), "{}", "json_list"},
	{"integer[]", text("{}"), "{}", ""},
	{"integer[]", text("[1.5]"), "{2}", "json_list fraction"},
	{"integer[]", text(`["a"]`), refused, "not_number"},
	{"integer[]", text("[[1]]"), refused, "not_array"},
	{"text[]", text(`["a b","ção",""]`), `{"a b",ção,""}`, "json_list"},
	{"text[]", text(`{a,"b \"c\"",NULL}`), `{a,"b \"c\"",NULL}`, ""},
	{"text[]", text(`{a,}`), refused, "not_array"},
	{"text[]", text(`a`), refused, "not_array"},
	{"varchar(2)[]", text(`["abc"]`), `{ab}`, "json_list too_long"},
	{"date[]", text(`["yesterday"]`), refused, "not_moment"},
	{"mood[]", text(`["happy"]`), `{happy}`, "json_list"},

	{"positive", integer(5), "5", ""},
	{"int4range", text("[1,5)"), "[1,5)", ""},
	{"int4range", text("[5,1)"), refused, "refused"},
	{"tstzrange", text("[today,)"), refused, "refused"},
	{"point", text("(1,2)"), "(1,2)", ""},
	{"point", text("x"), refused, "refused"},
	{"tsvector", text("a fat cat"), "'a' 'cat' 'fat'", ""},
	{"integer[][]", text("{{1,2},{3,4}}"), refused, "not_array"},
	{"money", text("12.30"), "$12.30", ""},
}

// TestValuesArriveAsTheyMust sends every value that a codec accepts to a real
// server, in the form that a migration sends it, and looks at what has arrived;
// what comes back must be the very bytes that were sent.
func TestValuesArriveAsTheyMust(t *testing.T) {
	ctx := context.Background()
	url := testdb.Postgres(t).Database(t)
	testdb.Exec(t, url, "CREATE TYPE mood AS ENUM ('sad', 'happy'); CREATE DOMAIN positive AS int CHECK (VALUE > 0)")
	conn, helper := connect(t, url), connect(t, url)
	server := target.NewServer(ctx, helper)

	byType := map[string][]int{}
	var types []string
	for i, c := range values {
		if byType[c.typ] == nil {
			types = append(types, c.typ)
		}
		byType[c.typ] = append(byType[c.typ], i)
	}
	var ddl strings.Builder
	for n, typ := range types {
		fmt.Fprintf(&ddl, "CREATE TABLE t%d (i int, v %s); ", n, typ)
	}
	testdb.Exec(t, url, ddl.String())
	schema, err := target.Read(ctx, conn)
	if err != nil {
		t.Fatal(err)
	}
	for n, typ := range types {
		var table *target.Table
		for _, x := range schema.Tables {
			if x.Name == fmt.Sprintf("t%d", n) {
				table = x
			}
		}
		codec := convert.For(table.Columns[1].Type, convert.Options{Server: server.Ask})
		rows := map[int][]byte{}
		for _, i := range byType[typ] {
			c := values[i]
			out, notes := codec.Append(nil, &c.in)
			if got := names(notes); got != c.notes {
				t.Errorf("%s %v %q: notes %q, want %q", typ, c.in.Class, c.in.String(), got, c.notes)
			}
			if notes&convert.Refusals != 0 {
				if c.want != refused || len(out) > 0 {
					t.Errorf("%s %q was refused (%d bytes)", typ, c.in.String(), len(out))
				}
				continue
			}
			if c.want == refused {
				t.Errorf("%s %q was not refused", typ, c.in.String())
				continue
			}
			rows[i] = out
		}
		copyIn(t, conn, table.SQL(), rows)
		got, err := conn.Query(ctx, "SELECT i, v::text, v FROM "+table.SQL(), pgx.QueryResultFormats{1, 0, 1})
		if err != nil {
			t.Fatal(err)
		}
		arrived := 0
		for got.Next() {
			raw := got.RawValues()
			i := int(binary.BigEndian.Uint32(raw[0]))
			if string(raw[1]) != values[i].want {
				t.Errorf("%s %q arrived as %q, want %q", typ, values[i].in.String(), raw[1], values[i].want)
			}
			if !bytes.Equal(raw[2], rows[i]) {
				t.Errorf("%s %q: sent %x, came back %x", typ, values[i].in.String(), rows[i], raw[2])
			}
			arrived++
		}
		if got.Err() != nil || arrived != len(rows) {
			t.Errorf("%s: %d of %d values arrived: %v", typ, arrived, len(rows), got.Err())
		}
	}
	if server.Err() != nil {
		t.Error(server.Err())
	}
}

// copyIn sends numbered values into a table of two columns.
func copyIn(t *testing.T, conn *pgx.Conn, table string, rows map[int][]byte) {
	t.Helper()
	b := []byte("PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00")
	for i, v := range rows {
		b = binary.BigEndian.AppendUint16(b, 2)
		b = binary.BigEndian.AppendUint32(b, 4)
		b = binary.BigEndian.AppendUint32(b, uint32(i))
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(v))), v...)
	}
	if _, err := conn.PgConn().CopyFrom(context.Background(), bytes.NewReader(append(b, 0xff, 0xff)), "COPY "+table+" FROM STDIN BINARY"); err != nil {
		t.Fatalf("%s: %v", table, err)
	}
}

// TestWhatIsAcceptedComesBackAsItWasSent bends the values of the table above at
// random: whatever a codec accepts, the server must accept and give back, byte
// for byte. That is what the proof of a migration rests on.
func TestWhatIsAcceptedComesBackAsItWasSent(t *testing.T) {
	ctx := context.Background()
	url := testdb.Postgres(t).Database(t)
	testdb.Exec(t, url, "CREATE TYPE mood AS ENUM ('sad', 'happy')")
	conn := connect(t, url)
	random := rand.New(rand.NewPCG(4, 2))
	for n, typ := range []string{"boolean", "smallint", "integer", "bigint", "real", "double precision", "numeric", "numeric(14,4)", "numeric(5,5)", "numeric(1000,0)", "text", "varchar(7)", "char(7)", "bytea", "uuid",
		"date", "time", "time(3)", "timetz", "timestamp", "timestamp(2)", "timestamptz", "interval", "json", "jsonb", "inet", "cidr", "macaddr", "bit(3)", "varbit(9)", "mood", "integer[]", "text[]", "numeric(8,2)[]", "timestamptz[]"} {
		table := fmt.Sprintf("t%d", n)
		testdb.Exec(t, url, fmt.Sprintf("CREATE TABLE %s (i int, v %s)", table, typ))
		schema, err := target.Read(ctx, conn)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(schema.Tables, func(x *target.Table) bool { return x.Name == table })
		column := schema.Tables[i].Columns[1].Type
		codec := convert.For(column, convert.Options{})
		rows := map[int][]byte{}
		for i := range 4000 {
			v := bend(random, typ)
			if out, notes := codec.Append(nil, &v); notes&convert.Refusals == 0 {
				rows[i] = out
				convert.Show(column, out) // must not fall over whatever it is
			}
		}
		if len(rows) < 10 {
			t.Errorf("%s: only %d values were accepted", typ, len(rows))
		}
		copyIn(t, conn, table, rows)
		got, err := conn.Query(ctx, "SELECT i, v FROM "+table, pgx.QueryResultFormats{1, 1})
		if err != nil {
			t.Fatal(err)
		}
		for got.Next() {
			raw := got.RawValues()
			if sent := rows[int(binary.BigEndian.Uint32(raw[0]))]; !bytes.Equal(raw[1], sent) {
				t.Errorf("%s: sent %x, came back %x", typ, sent, raw[1])
			}
		}
		if got.Err() != nil {
			t.Errorf("%s: %v", typ, got.Err())
		}
	}
}

// bend makes a value of one of the table, mostly of the same type.
func bend(r *rand.Rand, typ string) source.Value {
	base, _, _ := strings.Cut(strings.TrimSuffix(typ, "[]"), "(")
	for {
		c := values[r.IntN(len(values))]
		if r.IntN(10) > 0 && !strings.HasPrefix(c.typ, base) || len(c.in.Bytes) > 1000 {
			continue
		}
		v := c.in
		switch v.Class {
		case source.Integer:
			v.Int = []int64{v.Int + int64(r.IntN(5)) - 2, r.Int64() >> r.IntN(64), -v.Int, 1700000000 + r.Int64N(1e9)}[r.IntN(4)]
		case source.Real:
			v.Real = []float64{v.Real * r.Float64(), math.Round(v.Real*r.Float64()*100) / 100, math.Float64frombits(r.Uint64()), -v.Real}[r.IntN(4)]
			if v.Real != v.Real {
				continue
			}
		default:
			b := bytes.Clone(v.Bytes)
			for range r.IntN(3) {
				at, with := r.IntN(len(b)+1), "0123456789.-+:eE TZ{}[],\"\\xyzç\x00\xff"
				c := with[r.IntN(len(with))]
				switch r.IntN(3) {
				case 0:
					b = slices.Insert(b, at, c)
				case 1:
					if at < len(b) {
						b[at] = c
					}
				case 2:
					b = slices.Delete(b, min(at, max(0, len(b)-1)), len(b))
				}
			}
			v.Bytes, v.Size = b, int64(len(b))
		}
		return v
	}
}

// TestNaiveTimesBelongToTheZoneThatWasChosen covers summer time, too.
func TestNaiveTimesBelongToTheZoneThatWasChosen(t *testing.T) {
	zone, err := time.LoadLocation("America/Sao_Paulo")
	if err != nil {
		t.Skip("no time zone database on this system")
	}
	for _, c := range []struct {
		oid  uint32
		in   source.Value
		want string
	}{
		{1184, text("2025-03-01 12:00:00"), "2025-03-01T15:00:00Z"},
		{1184, text("2018-12-01 12:00:00"), "2018-12-01T14:00:00Z"}, // summer time
		{1184, text("2025-03-01 12:00:00Z"), "2025-03-01T12:00:00Z"},
		{1114, text("2025-03-01 12:00:00Z"), "2025-03-01T09:00:00Z"},
		{1114, text("2025-03-01 12:00:00"), "2025-03-01T12:00:00Z"},
		{1114, integer(1734663600), "2024-12-20T00:00:00Z"},
	} {
		out, _ := convert.For(convert.Type{OID: c.oid, Mod: -1}, convert.Options{Zone: zone}).Append(nil, &c.in)
		got := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(int64(binary.BigEndian.Uint64(out))) * time.Microsecond)
		if got.Format(time.RFC3339) != c.want {
			t.Errorf("%s into %d: %s, want %s", c.in.String(), c.oid, got.Format(time.RFC3339), c.want)
		}
	}
}

func TestLargeTextIsCheckedAcrossPieces(t *testing.T) {
	long := strings.Repeat("x", 64<<10-1)
	for _, c := range []struct {
		in   string
		want convert.Notes
	}{
		{long + "ção 🙂" + long, 0},
		{long + "\xe3" + long, convert.NotUTF8},
		{long + "x\xc3", convert.NotUTF8},
		{long + "é\x00", convert.NUL},
		{"", 0},
	} {
		got, err := convert.CheckText(strings.NewReader(c.in))
		if err != nil || got != c.want {
			t.Errorf("%d bytes: %q, %v; want %q", len(c.in), names(got), err, names(c.want))
		}
	}
}

func names(n convert.Notes) string {
	var list []string
	n.Each(func(one convert.Notes) { list = append(list, one.Name()) })
	return strings.Join(list, " ")
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	if _, err := conn.Exec(context.Background(), "SET timezone = 'UTC'"); err != nil {
		t.Fatal(err)
	}
	return conn
}
