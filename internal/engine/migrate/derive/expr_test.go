package derive

import (
	"slices"
	"testing"
)

var columnsOfTest = map[string]columnType{
	"n": {"n", numeral}, "flag": {"flag", logical}, "name": {"Name", textual}, "data": {"data", structured}, "raw": {"raw", binary}, "day": {"day", temporal}, "key": {"key", opaque},
}

func TestConditionsAreTranslatedOrRefused(t *testing.T) {
	for sql, want := range map[string]string{
		`n >= 0`:                             `("n" >= 0)`,
		`"n" == 1 and not [flag]`:            `(("n" = 1) AND (NOT "flag"))`,
		`flag = 1`:                           `("flag" = true)`,
		`flag IN (0, 1)`:                     `always`,
		`flag IN (0, 1) OR n > 1`:            `always`,
		`flag IN (1) AND flag IN (0,1)`:      `("flag" IN (true))`,
		`JSON_VALID("data") OR data IS NULL`: `always`,
		`typeof(n) = 'integer'`:              `always`,
		`typeof(n) = 'text'`:                 `refused`,
		`length(name) <= 10`:                 `(length("Name") <= 10)`,
		`length(raw) < 5`:                    `(octet_length("raw") < 5)`,
		`length(trim(name))`:                 `(length(trim("Name")) <> 0)`,
		`name IN ('a', "b", 'c''d')`:         `("Name" IN ('a', 'b', 'c''d'))`,
		`name LIKE 'a%'`:                     `inexact ("Name" ILIKE 'a%')`,
		`name NOT LIKE 'a\%'`:                `refused`,
		`name GLOB 'a*'`:                     `refused`,
		`name REGEXP 'a'`:                    `refused`,
		`n BETWEEN 1 AND 2 + 3`:              `("n" BETWEEN 1 AND (2 + 3))`,
		`n NOT BETWEEN -1 AND 1`:             `("n" NOT BETWEEN -1 AND 1)`,
		`n IS NOT NULL AND name NOTNULL`:     `(("n" IS NOT NULL) AND ("Name" IS NOT NULL))`,
		`n IS NOT 5`:                         `("n" IS DISTINCT FROM 5)`,
		`n NOT NULL`:                         `("n" IS NOT NULL)`,
		`n / 2 > 1`:                          `refused`,
		`n % 2 = 0`:                          `refused`,
		`n + 1 > 2 * n - 3`:                  `(("n" + 1) > ((2 * "n") - 3))`,
		`n = '5'`:                            `refused`,
		`name = 5`:                           `refused`,
		`day > '2025-01-01'`:                 `("day" > '2025-01-01')`,
		`key = 'x'`:                          `refused`,
		`key IS NOT NULL`:                    `("key" IS NOT NULL)`,
		`coalesce(n, 0) > 0`:                 `(coalesce("n", 0) > 0)`,
		`max(n, 1) > 0`:                      `refused`,
		`name || 'x' <> ''`:                  `(("Name" || 'x') <> '')`,
		`strftime('%Y', day) = '2025'`:       `refused`,
		`n > (SELECT 1)`:                     `refused`,
		`n IN (SELECT 1)`:                    `refused`,
		`name = 'a' COLLATE NOCASE`:          `refused`,
		`0x10 = n`:                           `refused`,
		`n &2`:                               `refused`,
		`n > 1 n`:                            `refused`,
		``:                                   `refused`,
		`lower(name) = name`:                 `inexact (lower("Name") = "Name")`,
		`name = '\'`:                         `("Name" = E'\\')`,
		`NOT flag IN (0,1)`:                  `refused`,
		`nobody > 1`:                         `refused`,
		`t.n > 1`:                            `("n" > 1)`,
		`n > 1 -- a comment`:                 `("n" > 1)`,
		`/* one */ n > 1.5e3`:                `("n" > 1.5e3)`,
	} {
		e, exact, err := condition(lex(sql), columnsOfTest)
		got := e.sql
		switch {
		case err != nil:
			got = "refused"
		case e.always:
			got = "always"
		case !exact:
			got = "inexact " + got
		}
		if got != want {
			t.Errorf("%s: %s, want %s", sql, got, want)
		}
	}
}

func TestDefinitionsAreReadFromTheText(t *testing.T) {
	d := parseTable("CREATE TABLE IF NOT EXISTS `a`.[t \"x\"] (-- a comment, with (\n" +
		`"id" INTEGER CONSTRAINT pk PRIMARY KEY AUTOINCREMENT, name VARCHAR(10, 2) DEFAULT ('x)') COLLATE nocase CONSTRAINT u UNIQUE, [check] INT CHECK ("check" > (1 + 1)), p INT DEFAULT -1 REFERENCES other (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
		g AS (p + 1) STORED, q REFERENCES o ON UPDATE CASCADE NOT DEFERRABLE, CONSTRAINT two UNIQUE (name COLLATE NOCASE, "P" DESC), CONSTRAINT c CHECK (p <> 0), CONSTRAINT f FOREIGN KEY (p, q) REFERENCES x (a, b) DEFERRABLE)`)
	var checks []string
	for _, c := range d.checks {
		checks = append(checks, c.name+":"+write(c.expr))
	}
	if !slices.Equal(checks, []string{`:"check" > (1 + 1)`, "c:p <> 0"}) {
		t.Errorf("checks %q", checks)
	}
	if !d.autoincrement || d.primaryName != "pk" || len(d.uniques) != 2 || d.uniques[0].name != "u" || !slices.Equal(d.uniques[1].columns, []string{"name", "p"}) {
		t.Errorf("keys %+v", d)
	}
	if len(d.foreign) != 3 || !d.foreign[0].deferred || d.foreign[1].deferrable || d.foreign[2].name != "f" || !d.foreign[2].deferrable || d.foreign[2].deferred || !slices.Equal(d.foreign[2].columns, []string{"p", "q"}) {
		t.Errorf("foreign keys %+v", d.foreign)
	}
	if d.columns["name"].collation != "NOCASE" || write(d.columns["g"].generated) != "p + 1" {
		t.Errorf("columns %+v", d.columns)
	}
}

func FuzzWhateverATextHoldsIsReadOrRefused(f *testing.F) {
	f.Add(`CREATE TABLE t(a INT CHECK (a > 0), FOREIGN KEY (a) REFERENCES b(c))`)
	f.Add("CREATE TABLE t(a TEXT DEFAULT 'x' UNIQUE, CHECK (a IN ('1', `2`)), [b] AS (a || x'00'))")
	f.Fuzz(func(t *testing.T, sql string) {
		d := parseTable(sql)
		for _, c := range d.checks {
			condition(c.expr, columnsOfTest)
		}
		defaultOf(sql, plain("text"), columnsOfTest)
	})
}
