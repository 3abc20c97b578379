package archive

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"cofre/internal/errs"
	"cofre/internal/testdb"
)

// everyCharacter is a table of each character that an encoding has, as the server
// reads it.
const everyCharacter = `
CREATE FUNCTION taken(c int, e name) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN convert_from(convert_to(chr(c), e), e); EXCEPTION WHEN OTHERS THEN RETURN NULL; END $$;
CREATE TABLE t (id int PRIMARY KEY, v text);
INSERT INTO t SELECT c, taken(c, '%[1]s') FROM generate_series(1, 65535) c WHERE c NOT BETWEEN 55296 AND 57343;
DELETE FROM t WHERE v IS NULL`

// TestTextIsDecodedAsTheServerDecodesIt: every character of every encoding. What is
// not the same would be a difference between a database and its own backup.
func TestTextIsDecodedAsTheServerDecodesIt(t *testing.T) {
	names := slices.Sorted(maps.Keys(encodings))
	if !thorough() {
		names = []string{"EUC_JP", "LATIN2", "SJIS"}
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			d := newDumps(t, fmt.Sprintf(everyCharacter, name))
			want := testdb.Query(t, d.url, `SELECT id || ' ' || encode(convert_to(v, 'UTF8'), 'hex') FROM t ORDER BY id`)
			cells := openCells(t, d.make(t, "custom", "-Fc", "-Z1", "-E", name))
			var got []string
			err := cells.Read(t.Context(), "public.t", func(row []Cell) error {
				got = append(got, fmt.Sprintf("%s %x", row[0].Bytes, row[1].Bytes))
				return nil
			})
			if err != nil || len(want) < 100 {
				t.Fatal(len(want), err)
			}
			wrong := 0
			for i := range want {
				if i >= len(got) || got[i] != want[i] {
					if wrong++; wrong < 5 {
						t.Errorf("%q, want %q", got[min(i, len(got)-1)], want[i])
					}
				}
			}
			if wrong > 0 || len(got) != len(want) {
				t.Errorf("%d of %d differ, %d were read", wrong, len(want), len(got))
			}
		})
	}
}

func openCells(t *testing.T, path string) *Cells {
	t.Helper()
	cells, end, err := OpenCells(t.Context(), path, t.TempDir())
	t.Cleanup(end)
	if err != nil {
		t.Fatal(err)
	}
	return cells
}

// TestNamesAreReadInEveryEncoding: also those whose characters end with a backslash.
func TestNamesAreReadInEveryEncoding(t *testing.T) {
	d := newDumps(t, `CREATE TABLE "表ソ" (id int PRIMARY KEY, "能" text); INSERT INTO "表ソ" VALUES (1, E'ソ\\十\t表\\'), (2, 'ソ''表'), (3, NULL);
		COMMENT ON TABLE "表ソ" IS E'表\\'; CREATE VIEW "予" AS SELECT E'\\表'::text AS "ソ" FROM "表ソ"; CREATE INDEX "構" ON "表ソ" ("能");
		CREATE DOMAIN "貼" AS text DEFAULT E'\\ソ'; CREATE TABLE later (a "貼")`)
	var want []string
	for _, args := range [][]string{{"-E", "UTF8"}, {"-E", "EUC_JP"}, {"-E", "SJIS"}} {
		for _, form := range [][]string{{"-Fc"}, {"-Ft"}, {"-Fd"}, {"-Fp"}, {"-Fp", "--inserts"}, {"-Fc", "--inserts"}, {"-Fp", "--inserts", "off"}, {"-Fc", "--column-inserts", "off"}} {
			name := strings.Join(append(form, args...), " ")
			run := append(slices.Clone(form), args...)
			if strings.Contains(name, "off") { // an escaping backslash in '…'
				testdb.Exec(t, d.url, "ALTER DATABASE "+testdb.DatabaseName(d.url)+" SET standard_conforming_strings = off")
				run = slices.DeleteFunc(run, func(s string) bool { return s == "off" })
			}
			path := d.make(t, name, run...)
			testdb.Exec(t, d.url, "ALTER DATABASE "+testdb.DatabaseName(d.url)+" RESET standard_conforming_strings")
			c, s, err := Study(t.Context(), path, InspectOptions{})
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			got := []string{fmt.Sprint(c.Tables)}
			for _, o := range s.Objects {
				switch o.Type {
				case "database":
					continue // a script does not make it
				case "view", "domain", "comment":
					o.DDL = "" // is spelled in two ways
				}
				got = append(got, fmt.Sprint(o.Type, o.Name, o.DDL))
			}
			cells := openCells(t, path)
			got = append(append(got, fmt.Sprint(cells.Columns("public.表ソ"), cells.Key("public.表ソ"))), shown(t, cells, "public.表ソ")...)
			if want == nil {
				want = got
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s:\n%q, not\n%q", name, got, want)
			}
		}
	}
	if !slices.Contains(want, "1|ソ\\十\t表\\") {
		t.Errorf("%q", want)
	}
}

func TestAnEncodingThatIsNotReadIsNamed(t *testing.T) {
	d := newDumps(t, `CREATE TABLE t (id int, v text); INSERT INTO t VALUES (1, 'x')`)
	for _, form := range []string{"-Fc", "-Fp"} {
		path := d.make(t, form, form, "-E", "EUC_JIS_2004")
		c, err := Inspect(t.Context(), path, InspectOptions{})
		if err != nil || !slices.Equal(c.Tables, []Table{{"public.t", 1}}) {
			t.Errorf("%+v, %v", c, err)
		}
		_, end, err := OpenCells(t.Context(), path, t.TempDir())
		end()
		wantError(t, err, errs.Unavailable, "archive.encoding")
		_, end, err = OpenRecords(t.Context(), path, t.TempDir())
		end()
		wantError(t, err, errs.Unavailable, "archive.encoding")
	}
}
