package browse

import (
	"testing"

	"cofre/internal/archive"
	"cofre/internal/errs"
)

var people = []archive.Column{{Name: "id", Type: "bigint"}, {Name: "name"}, {Name: "Born on"}, {Name: "balance", Type: "numeric"}, {Name: "active"}, {Name: "seen"}, {Name: "nothing"}, {Name: "and"}, {Name: "Name"}, {Name: "Çã"}}

func text(s string) archive.Cell   { return archive.Cell{Kind: archive.Text, Bytes: []byte(s)} }
func number(s string) archive.Cell { return archive.Cell{Kind: archive.Number, Bytes: []byte(s)} }

var ana = []archive.Cell{number("7"), text("Ana d'Ávila 100%"), text("1990-02-03"), number("12345678901234567890.10"), text("t"), text("2026-11-21 10:15:30.5-03"), {}, text("10"), text("other"), {Kind: archive.Blob, Bytes: []byte{0, 255}}}

func TestFiltersAreTrueOfTheRowsThatTheySay(t *testing.T) {
	for filter, want := range map[string]bool{
		"": true, "  ": true,
		"id = 7": true, "id=7.0": true, "id <> 7": false, "id != 8": true, "id < 7": false, "id <= 7": true, "id > -7": true, "ID >= +70e-1": true, "7 = id": true, "id = '7'": true, "id = 'x'": false, "id <> 'x'": true,
		"balance = 12345678901234567890.1":                 true,
		"balance > 12345678901234567890.0999999999999":     true,
		"balance < 1e300 and balance > -1e99999999":        true,
		"balance = 12345678901234567890.10000000000000001": false,
		"name = 'Ana d''Ávila 100%'":                       true,
		"name LIKE 'Ana%'":                                 true,
		"name LIKE 'ana%'":                                 false,
		"name ILIKE '%D''ÁVILA%'":                          true,
		"name NOT LIKE '%x%'":                              true,
		"name LIKE '%100\\%'":                              true,
		"name LIKE '_na%\\%'":                              true,
		"name LIKE '%_vila%'":                              true,
		"name like 'A_a %a%0_'":                            true,
		"name like ''":                                     false,
		"name like '%%'":                                   true,
		"\"Born on\" = '1990-02-03'":                       true,
		"\"Born on\" < '1990-02-03 00:00:01'":              true,
		"\"Born on\" > '0044-03-15 BC'":                    true,
		"seen > '2026-11-21'":                              true,
		"seen = '2026-11-21 13:15:30.500+00'":              true,
		"seen = '2026-11-21 10:15:30.5'":                   true,
		"seen < '2026-11-21T13:15:30Z'":                    false,
		"seen BETWEEN '2026-11-01' AND '2026-12-01'":       true,
		"seen NOT BETWEEN '2026-11-01' AND '2026-12-01'":   false,
		"active = true":                                    true, "active = FALSE": false, "active <> true": false, "name = true": false,
		"nothing IS NULL": true, "name IS NOT NULL": true, "nothing = ''": false, "NOT nothing = ''": false, "nothing <> 'x' OR id = 7": true, "nothing = NULL": false, "nothing in (1)": false, "not nothing in (1)": false,
		"nothing is null and not (id = 8 or name = 'x')": true,
		"id IN (1, 2, 7)":                           true,
		"id IN ('7', NULL)":                         true,
		"id NOT IN (1, 2)":                          true,
		"id NOT IN (1, NULL)":                       false,
		"\"and\" = 10 AND \"and\" < 9.5 OR id = 1":  false,
		"\"and\" < '9'":                             true, // both are texts
		"id = 1 OR id = 7 AND name LIKE 'A%'":       true,
		"(id = 1 OR id = 7) AND NOT name LIKE 'A%'": false,
		"çã = 'X''00ff'''":                          true,
		"\"Name\" = 'other'":                        true,
		"name <> \"Name\"":                          true,
		"NOT NOT id = 7":                            true,
	} {
		f, err := Parse(filter, people)
		if err != nil {
			t.Errorf("%s: %v", filter, err)
		} else if got := f.Match(ana); got != want {
			t.Errorf("%s: %v", filter, got)
		}
	}
}

func TestValuesOfTypesAreComparedAsPostgreSQLDoes(t *testing.T) {
	columns := []archive.Column{{Name: "c", Type: "character(5)"}, {Name: "b", Type: "boolean"}, {Name: "u", Type: "uuid"}, {Name: "h", Type: "time without time zone"}, {Name: "p", Type: "time(3) without time zone"},
		{Name: "day", Type: "text"}, {Name: "padded", Type: "text"}, {Name: "z", Type: "time with time zone"}}
	row := []archive.Cell{text("A    "), text("t"), text("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"), text("09:00:00"), text("09:00:00.5"), text("2026-02-31"), text("A "), text("09:00:00-03")}
	for filter, want := range map[string]bool{
		"c = 'A'": true, "c = 'A  '": true, "c IN ('B', 'A')": true, "c <> 'A'": false, "c < 'AB'": true, "'A' = c": true, "c = 'a'": false, "c IS NULL": false, "c LIKE 'A%'": true,
		"padded = 'A'": false, "padded = 'A '": true,
		"b = 'true'": true, "b = 1": true, "b = 't'": true, "b = TRUE": true, "b = 'FALSE'": false, "b <> 0": true, "b IN (1)": true, "b = 'x'": false,
		"u = 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'": true, "u <> 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'": false, "u > 'A0'": true,
		"h = '09:00'": true, "h = '9:00'": true, "h = '09:00:00.0'": true, "h < '09:00:01'": true, "h BETWEEN '8:59' AND '09:00'": true, "h > '10:00'": false,
		"p = '09:00:00.50'": true, "p > '09:00'": true, "z = '09:00:00-03'": true,
		"day = '2026-03-03'": false, "day = '2026-02-31'": true, "day > '2026-02-30'": true, "day < '2026-03-01'": true,
	} {
		f, err := Parse(filter, columns)
		if err != nil {
			t.Errorf("%s: %v", filter, err)
		} else if got := f.Match(row); got != want {
			t.Errorf("%s: %v", filter, got)
		}
	}
}

func TestAFilterThatCannotBeReadSaysWhere(t *testing.T) {
	for filter, want := range map[string]struct {
		reason   string
		position int
	}{
		"id =": {"filter.end", 5}, "id": {"filter.end", 3}, "(id = 1": {"filter.end", 8}, "id = 1)": {"filter.syntax", 7}, "id = 1 id": {"filter.syntax", 8}, "= 1": {"filter.syntax", 1},
		"name = 'x": {"filter.open_quote", 8}, "ção = 1": {"filter.column", 1}, "id = 1 AND  wrong = 2": {"filter.column", 13}, "\"ID\" = 1": {"filter.column", 1}, "NAME = 1": {"filter.ambiguous", 1},
		"id LIKE 7": {"filter.syntax", 9}, "id IN ()": {"filter.syntax", 8}, "id IN 7": {"filter.syntax", 7}, "id IS 7": {"filter.syntax", 7}, "id NOT 7": {"filter.syntax", 8}, "id = 1; DROP TABLE users": {"filter.syntax", 7},
		"id = 1 -- x": {"filter.syntax", 8}, "id = (SELECT 1)": {"filter.syntax", 6}, "id BETWEEN 1 OR 2": {"filter.syntax", 14}, "ID = \x00": {"filter.syntax", 6}, "and = 1": {"filter.syntax", 1},
	} {
		_, err := Parse(filter, people)
		e := errs.Of(err)
		if errs.CodeOf(err) != errs.Invalid || e.Reason != want.reason || e.Args["position"] != want.position {
			t.Errorf("%s: %v", filter, err)
		}
	}
	deep := ""
	for range 100000 {
		deep += "("
	}
	if _, err := Parse(deep, people); errs.CodeOf(err) != errs.Invalid {
		t.Errorf("deep: %v", err)
	}
}

func FuzzFilter(f *testing.F) {
	for _, s := range []string{"id = 7", "name NOT LIKE '%a_\\%' AND (id IN (1, 'x', NULL) OR \"Born on\" BETWEEN '1990-01-01' AND 1e9)", "seen >= '2026-11-21 10:15:30.5-03:30:10'", "NOT active = TRUE", "'infinity' > balance", "((((", "id = -.5e+", "\"\"\"\" = ''"} {
		f.Add(s, "2026-11-21 10:15:30.5-03", "12.5e3")
	}
	f.Fuzz(func(t *testing.T, filter, cell, figure string) {
		row := []archive.Cell{number(figure), text(cell), text(figure), number(cell), text(cell), {Kind: archive.Blob, Bytes: []byte(cell)}, {}, text("t"), number("nan"), text(figure)}
		parsed, err := Parse(filter, people)
		if (err != nil) != (errs.CodeOf(err) == errs.Invalid) {
			t.Fatalf("%q: %v", filter, err)
		}
		if err != nil {
			return
		}
		first := parsed.Match(row)
		if again, err := Parse(" ( "+filter+" ) ", people); err == nil && again.Match(row) != first {
			t.Fatalf("%q means something else in parentheses", filter)
		}
	})
}
