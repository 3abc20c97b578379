package postgres

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"cofre/internal/errs"
)

func TestStatementsEndWhereTheServerWouldEndThem(t *testing.T) {
	for name, c := range map[string]struct {
		script string
		want   []string
	}{
		"comments and blank lines go": {"-- one; two\n\nSELECT 1; /* a; /* nested; */ */ SELECT 2;", []string{"SELECT 1", "SELECT 2"}},
		"strings":                     {`SELECT 'a;''b', "c;""d" ; SELECT 2;`, []string{`SELECT 'a;''b', "c;""d"`, "SELECT 2"}},
		"a backslash is a character":  {`SELECT '\'; SELECT 2;`, []string{`SELECT '\'`, "SELECT 2"}},
		"a backslash escapes in E''":  {`SELECT E'\';', e'\\'; SELECT 2;`, []string{`SELECT E'\';', e'\\'`, "SELECT 2"}},
		"and where the script says so": {`SET standard_conforming_strings = off; SELECT '\';'; SET standard_conforming_strings = on; SELECT '\';`,
			[]string{"SET standard_conforming_strings = off", `SELECT '\';'`, "SET standard_conforming_strings = on", `SELECT '\'`}},
		"a name that ends in e":         {`SELECT name'\'; SELECT 2;`, []string{`SELECT name'\'`, "SELECT 2"}},
		"dollar quotes":                 {"DO $$ a; 'b $x$ $$; DO $été$ ; $$ $a$ $été$; SELECT $1, a$b$c;", []string{"DO $$ a; 'b $x$ $$", "DO $été$ ; $$ $a$ $été$", "SELECT $1, a$b$c"}},
		"an empty dollar quote":         {"SELECT $$$$; SELECT $a$$a$;", []string{"SELECT $$$$", "SELECT $a$$a$"}},
		"a tag that almost ends":        {"SELECT $ab$ $a$ab $ab$;", []string{"SELECT $ab$ $a$ab $ab$"}},
		"parentheses of a rule":         {"CREATE RULE r AS ON DELETE TO v DO (DELETE FROM a; SELECT 1); SELECT 2;", []string{"CREATE RULE r AS ON DELETE TO v DO (DELETE FROM a; SELECT 1)", "SELECT 2"}},
		"the body of a function in SQL": {"CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END; SELECT 3;", []string{"CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END", "SELECT 3"}},
		"a function named begin":        {"CREATE FUNCTION begin() RETURNS int LANGUAGE sql AS 'x'; SELECT 2;", []string{"CREATE FUNCTION begin() RETURNS int LANGUAGE sql AS 'x'", "SELECT 2"}},
		"a quote in a comment inside":   {"SELECT 1 -- isn't; it\n, 2;", []string{"SELECT 1 \n, 2"}},
		"restriction of psql":           {"\\restrict abc\nSELECT 1;\n\\unrestrict abc\n", []string{"SELECT 1"}},
		"minus and slash":               {"SELECT 1-2/3;", []string{"SELECT 1-2/3"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			s := newScript(strings.NewReader(c.script))
			for {
				statement, err := s.next()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, statement)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("statements:\n%q, want\n%q", got, c.want)
			}
		})
	}
}

func TestALongStatementNeedsNoLongLines(t *testing.T) {
	long := strings.Repeat("é'' ", 300_000)
	s := newScript(strings.NewReader("SELECT '" + long + "'; SELECT $q$" + long + "$q$; -- " + long + "\nSELECT 3;"))
	for _, want := range []string{"SELECT '" + long + "'", "SELECT $q$" + long + "$q$", "SELECT 3"} {
		if got, err := s.next(); err != nil || got != want {
			t.Fatalf("a statement of %d bytes, %v; want %d", len(got), err, len(want))
		}
	}
}

func TestAScriptThatIsCutIsCorrupt(t *testing.T) {
	for _, cut := range []string{"SELECT 1", "SELECT 'a; ", `SELECT "a; `, "SELECT $a$ ;", "/* a", "SELECT (1;"} {
		if _, err := newScript(strings.NewReader(cut)).next(); errs.CodeOf(err) != errs.Corrupt {
			t.Errorf("%q: error = %v", cut, err)
		}
	}
}

func TestOrdersToPsqlAreRefused(t *testing.T) {
	for _, script := range []string{"\\! rm -rf /\n", "SELECT 1; \\connect other\n", "SELECT 1 \\gexec\n", "\\copy a from 'b'\n", "CREATE DATABASE a;\n\\connect a\n\\connect b\n", "CREATE TABLE a (n int);\n\\connect a\n", "\\i other.sql"} {
		s := newScript(strings.NewReader(script))
		_, err := s.next()
		for err == nil {
			_, err = s.next()
		}
		wantReason(t, err, errs.Invalid, "postgres.psql_order")
	}
}

func TestRowsOfACopyEndAtTheirMark(t *testing.T) {
	long := strings.Repeat("x", 600<<10)
	in := "COPY a FROM stdin;\n1\t\\\\.\n\n" + long + "\n\\.x\n\\.\nSELECT 1;\nCOPY b FROM stdin;\n1\n"
	s := newScript(strings.NewReader(in))
	if got, err := s.next(); err != nil || got != "COPY a FROM stdin" {
		t.Fatalf("%q, %v", got, err)
	}
	rows, err := s.rows(func(int64) {})
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(rows)
	if want := "1\t\\\\.\n\n" + long + "\n\\.x\n"; err != nil || string(got) != want {
		t.Errorf("%d bytes, %v; want %d", len(got), err, len(want))
	}
	if rows.rows != 4 {
		t.Errorf("rows: %d, want 4", rows.rows)
	}
	if got, err := s.next(); err != nil || got != "SELECT 1" {
		t.Errorf("after the rows: %q, %v", got, err)
	}
	s.next()
	if rows, err = s.rows(func(int64) {}); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(rows); !errors.Is(err, errCut) || rows.broken == nil {
		t.Errorf("rows without an end: %v", err)
	}
}

func TestWhatAStatementIsToARestore(t *testing.T) {
	for statement, want := range map[string]kind{
		`COPY public.a (b, "c;d") FROM stdin`:                  copying,
		`SELECT pg_catalog.setval('public.a_id_seq', 1, true)`: loading,
		`INSERT INTO a VALUES (1)`:                             loading,
		`SET statement_timeout = 0`:                            setting,
		`SET SESSION AUTHORIZATION x`:                          passing,
		`BEGIN`:                                                passing,
		`COMMIT`:                                               passing,
		`CREATE DATABASE a`:                                    passing,
		`COMMENT ON DATABASE a IS 'b'`:                         passing,
		`CREATE SCHEMA "a b"`:                                  newSchema,
		`CREATE EXTENSION IF NOT EXISTS "uuid-ossp" WITH SCHEMA x`:     newExtension,
		`COMMENT ON EXTENSION x IS 'y'`:                                extensionComment,
		`ALTER TABLE public.a OWNER TO "b c"`:                          access,
		`GRANT SELECT ON TABLE a TO b`:                                 access,
		`ALTER DEFAULT PRIVILEGES FOR ROLE a GRANT ALL ON TABLES TO b`: access,
		`CREATE TABLE a (owner text DEFAULT ' OWNER TO x')`:            definition,
		`CREATE USER MAPPING FOR a SERVER b`:                           definition,
	} {
		if got, err := kindOf(statement); err != nil || got != want {
			t.Errorf("%s: kind %d, %v; want %d", statement, got, err, want)
		}
	}
	for _, statement := range []string{`COPY a FROM '/etc/passwd'`, `COPY a FROM PROGRAM 'id'`, `COPY a TO stdout`, `ROLLBACK`, `ROLLBACK TO SAVEPOINT cofre`, `SAVEPOINT x`,
		`PREPARE TRANSACTION 'a'`, `ALTER SYSTEM SET a = b`, `CREATE ROLE a SUPERUSER`, `CREATE USER a`, `VACUUM`} {
		if _, err := kindOf(statement); errs.CodeOf(err) != errs.Invalid {
			t.Errorf("%s: error = %v", statement, err)
		}
	}
}
