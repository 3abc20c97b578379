package archive

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cofre/internal/errs"
	"cofre/internal/testdb"
)

// manyTypes is a table of whatever PostgreSQL prints in its own way, under a name
// that has to be quoted.
const manyTypes = `
CREATE SCHEMA "Finanças";
CREATE TYPE mood AS ENUM ('sad', 'très "gai"');
CREATE TYPE pair AS (a int, b text);
CREATE DOMAIN price AS numeric(12,2);
CREATE TABLE "Finanças"."odd ""na"" me
(x);" (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, i int, n numeric, m numeric(8,3), r real, d double precision, b boolean, t text, v varchar(20), c char(4),
	ba bytea, j json, jb jsonb, at timestamptz, plain timestamp, day date, hour time, gap interval, u uuid, ip inet, ints int[], texts text[], mo mood, pa pair, pr price, rg int4range,
	bits bit(4), vb bit varying(8), pt point, x xml, "select" text, "çã" text, twice int GENERATED ALWAYS AS (i * 2) STORED);
INSERT INTO "Finanças"."odd ""na"" me
(x);" (i, n, m, r, d, b, t, v, c, ba, j, jb, at, plain, day, hour, gap, u, ip, ints, texts, mo, pa, pr, rg, bits, vb, pt, x, "select", "çã") VALUES
	(-7, 12345678901234567890.123456789, 1.5, 0.1, 1e300, true, E'tab\there, line\nbreak, cr\r, back\\slash, \\N, \\. and ''quote''; ("x")', '', 'ab', '\x00ff5c27', '{"a" : 1}', '{"b": [1, null]}',
		'2026-11-21 10:15:30.5+00', '1999-12-31 23:59:59.999999', '0044-03-15 BC', '12:30', '1 year -3 days 04:05:06', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '10.0.0.0/8',
		'{{1,2},{3,NULL}}', ARRAY['a,b', 'NULL', NULL, E'q"\\'], 'très "gai"', ROW(1, 'x, "y"'), 9.99, '[1,5)', B'1010', B'1', '(1,2)', '<a>1</a>', 'word', 'ção €'),
	(NULL, 'NaN', NULL, 'Infinity', '-Infinity', false, NULL, NULL, NULL, '', 'null', 'null', 'infinity', '-infinity', NULL, NULL, NULL, NULL, NULL, '{}', '{""}', NULL, NULL, NULL, 'empty', NULL, NULL, NULL, NULL, NULL, NULL),
	(0, -0.0, 0, 'NaN', -0.0, NULL, '', 'NULL', '', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, ROW(NULL, ''), NULL, NULL, NULL, NULL, NULL, NULL, '', 'é');
CREATE TABLE bare (); INSERT INTO bare SELECT FROM generate_series(1, 4);
CREATE TABLE none (a int, b text);
CREATE TABLE "select" (k text PRIMARY KEY, n int); INSERT INTO "select" SELECT 'k' || i, i FROM generate_series(1, 3000) i;`

const oddTable = "Finanças.odd \"na\" me\n(x);"

// shown are the rows of a table, values divided by | and NULL as ∅.
func shown(t *testing.T, cells *Cells, table string) (rows []string) {
	t.Helper()
	err := cells.Read(t.Context(), table, func(row []Cell) error {
		var parts []string
		for _, c := range row {
			part := string(c.AppendText(nil))
			if c.Kind == Null {
				part = "∅"
			}
			parts = append(parts, part)
		}
		rows = append(rows, strings.Join(parts, "|"))
		return nil
	})
	if err != nil {
		t.Errorf("%s: %v", table, err)
	}
	return rows
}

func TestRowsAreShownAsPostgreSQLPrintsThem(t *testing.T) {
	d := newDumps(t, manyTypes)
	stored := `id, i, n, m, r, d, b, t, v, c, ba, j, jb, at, plain, day, hour, gap, u, ip, ints, texts, mo, pa, pr, rg, bits, vb, pt, x, "select", "çã"`
	var texts []string
	for _, c := range strings.Split(stored, ", ") {
		texts = append(texts, "coalesce("+map[bool]string{true: "textin(textout(" + c + "))", false: c + "::text"}[c == "t"]+", '∅')")
	}
	testdb.Exec(t, d.url, "ALTER DATABASE "+testdb.DatabaseName(d.url)+" SET timezone = 'UTC'")
	// Of a char(4) the cast to text drops the spaces, which COPY prints.
	query := strings.Replace(strings.Join(texts, " || '|' || "), "coalesce(c::text, '∅')", "coalesce(rpad(c::text, 4), '∅')", 1)
	query = strings.Replace(query, "coalesce(b::text, '∅')", "coalesce(left(b::text, 1), '∅')", 1)
	want := testdb.Query(t, d.url, "SELECT "+query+` FROM "Finanças"."odd ""na"" me`+"\n"+`(x);" ORDER BY id`)
	plain, inserts := d.make(t, "plain.sql", "-Fp"), d.make(t, "inserts.sql", "-Fp", "--rows-per-insert=2")
	for _, path := range []string{
		d.make(t, "custom", "-Fc"), d.make(t, "packed not", "-Fc", "-Z0"), d.pipe(t, "piped", "-Fc"), d.make(t, "folder", "-Fd"), d.make(t, "tar", "-Ft"), layered(t, d.make(t, "tar", "-Ft"), Gzip),
		plain, layered(t, plain, Gzip), layered(t, inserts, Zstd), inserts, d.make(t, "named", "-Fp", "--column-inserts"), d.make(t, "custom inserts", "-Fc", "--inserts"),
		d.make(t, "clean", "-Fp", "--clean", "--if-exists", "--inserts"),
	} {
		cells, end, err := OpenCells(t.Context(), path, t.TempDir())
		defer end()
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if got := shown(t, cells, oddTable); !slices.Equal(got, want) {
			t.Errorf("%s:\n%q\n%q", filepath.Base(path), got, want)
		}
		if got := shown(t, cells, "public.bare"); len(got) != 4 || got[0] != "" {
			t.Errorf("%s: a table without columns: %q", filepath.Base(path), got)
		}
		if got := shown(t, cells, "public.select"); len(got) != 3000 || got[2999] != "k3000|3000" {
			t.Errorf("%s: %d rows", filepath.Base(path), len(got))
		}
		if got := shown(t, cells, "public.none"); len(got) != 0 || len(cells.Columns("public.none")) != 2 {
			t.Errorf("%s: an empty table: %q, %v", filepath.Base(path), got, cells.Columns("public.none"))
		}
		columns := cells.Columns(oddTable)
		if len(columns) != 32 || columns[3] != (Column{"m", "numeric(8,3)"}) || columns[13] != (Column{"at", "timestamp with time zone"}) || columns[20].Type != "integer[]" || columns[31].Name != "çã" {
			t.Errorf("%s: columns %+v", filepath.Base(path), columns)
		}
		if key := cells.Key(oddTable); !slices.Equal(key, []string{"id"}) || !slices.Equal(cells.Key("public.select"), []string{"k"}) {
			t.Errorf("%s: key %q", filepath.Base(path), key)
		}
		if !slices.Contains(cells.Tables(), oddTable) || len(cells.Tables()) != 4 {
			t.Errorf("%s: tables %q", filepath.Base(path), cells.Tables())
		}
	}
}

func TestRowsInAnotherEncodingAreShownInUTF8(t *testing.T) {
	d := newDumps(t, `CREATE TABLE t (id int PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'ação'), (2, 'über')`)
	for _, path := range []string{d.make(t, "custom", "-Fc", "-E", "LATIN1"), d.make(t, "plain", "-Fp", "-E", "WIN1252"), d.make(t, "inserts", "-Fp", "--inserts", "-E", "LATIN9")} {
		cells, end, err := OpenCells(t.Context(), path, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		if got := shown(t, cells, "public.t"); !slices.Equal(got, []string{"1|ação", "2|über"}) {
			t.Errorf("%q", got)
		}
		end()
	}
}

func TestRowsOfOtherVersionsAndCompressionsAreTheSame(t *testing.T) {
	var want []string
	for _, name := range []string{"18-script.sql", "17-lz4.dump", "18-zstd.dump", "18-appended.dump", "17-folder-zstd", "18-folder-lz4", "18-tar.gz"} {
		cells, end, err := OpenCells(t.Context(), filepath.Join("testdata", name), t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		got := shown(t, cells, "public.users")
		if want == nil {
			want = got
		}
		if len(got) != 300 || !slices.Equal(got, want) {
			t.Errorf("%s: %d rows, %q", name, len(got), got[:1])
		}
		end()
	}
}

func TestRowsOfSQLiteAreShownAsItsShellPrintsThem(t *testing.T) {
	path := testdb.SQLite(t, `CREATE TABLE "fam ""x""
y" (id INTEGER PRIMARY KEY, "na me" TEXT DEFAULT 'a, (b)', -- a comment, with a comma
		born DATE, pic BLOB, n, price DECIMAL(10, 2) NOT NULL DEFAULT 0, g AS (n * 2), CONSTRAINT one UNIQUE (born, n));
		INSERT INTO "fam ""x""
y" (id, "na me", born, pic, n, price) VALUES (1,'Zé','1990-02-03',x'ff00',2.5,1),(2,NULL,'',NULL,NULL,12.34),(3,char(10) || 'a''b' || char(13) || '\n',7,x'',-1e300,1e15),(4,'\u0041',9223372036854775807,'text',0.1,-0.5),
			(5,'x',1.0,2.0,100000000000000.0,1e-5);
		CREATE TABLE keyed(k PRIMARY KEY, v) WITHOUT ROWID; INSERT INTO keyed VALUES ('b', 1), ('a', 2);`)
	script := filepath.Join(t.TempDir(), "dump.sql")
	if out, err := exec.Command("sqlite3", path, ".dump").Output(); err != nil {
		t.Skip("there is no sqlite3 here")
	} else if err := os.WriteFile(script, out, 0o600); err != nil {
		t.Fatal(err)
	}
	table := "fam \"x\"\ny"
	want := []string{"1|Zé|1990-02-03|X'ff00'|2.5|1", "2|∅||∅|∅|12.34", "3|\na'b\r\\n|7|X''|-1.0e+300|1000000000000000", "4|\\u0041|9223372036854775807|text|0.1|-0.5", "5|x|1|2.0|100000000000000.0|1.0e-05"}
	for _, path := range []string{path, layered(t, path, Zstd), script, layered(t, script, Gzip)} {
		cells, end, err := OpenCells(t.Context(), path, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		if got := shown(t, cells, table); !slices.Equal(got, want) {
			t.Errorf("%s: %q", filepath.Base(path), got)
		}
		if got := shown(t, cells, "keyed"); !slices.Equal(got, []string{"a|2", "b|1"}) {
			t.Errorf("%s: %q", filepath.Base(path), got)
		}
		if c := cells.Columns(table); len(c) != 6 || c[1] != (Column{"na me", "TEXT"}) || !strings.HasPrefix(c[5].Type, "DECIMAL(10") {
			t.Errorf("%s: columns %+v", filepath.Base(path), c)
		}
		if !slices.Equal(cells.Key(table), []string{"id"}) || !slices.Equal(cells.Key("keyed"), []string{"k"}) {
			t.Errorf("%s: keys %q, %q", filepath.Base(path), cells.Key(table), cells.Key("keyed"))
		}
		end()
	}
}

func TestRowsOfADamagedScriptAreRefused(t *testing.T) {
	const head, tail = "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE t(a, b);\n", "COMMIT;\n"
	for _, bad := range []string{
		"INSERT INTO t VALUES(1, f(2));\n", "INSERT INTO t VALUES(1, X'0');\n", "INSERT INTO t VALUES(1, X'zz');\n", "INSERT INTO t VALUES(1 2);\n", "INSERT INTO t SELECT 1, (2);\n",
		"INSERT INTO t VALUES(" + strings.Repeat("replace(", 99) + "1" + strings.Repeat(")", 99) + ");\n", "INSERT INTO t VALUES(replace('a','a','aa'));\n", "INSERT INTO t VALUES(char(99999999999));\n",
	} {
		cells, end, err := OpenCells(t.Context(), write(t, "x.sql", head+bad+tail), t.TempDir())
		if err == nil {
			err = cells.Read(t.Context(), "t", func([]Cell) error { return nil })
		}
		end()
		wantError(t, err, errs.Corrupt, "archive.dump_table")
	}
	_, end, err := OpenCells(t.Context(), write(t, "x.sql", head+"INSERT INTO t VALUES(1, 2);\n"), t.TempDir())
	end()
	wantError(t, err, errs.Corrupt, "archive.dump_cut")
	stop := errors.New("enough")
	cells, end, err := OpenCells(t.Context(), write(t, "x.sql", head+"INSERT INTO t VALUES(1, 2);\n"+tail), t.TempDir())
	defer end()
	if err != nil {
		t.Fatal(err)
	}
	if err := cells.Read(t.Context(), "t", func([]Cell) error { return stop }); !errors.Is(err, stop) {
		t.Error(err)
	}
}
