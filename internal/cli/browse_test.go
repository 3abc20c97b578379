package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"cofre/internal/testdb"
)

// typed is a table of values that CSV and JSON have to spell with care.
const typed = `CREATE TABLE typed (id int PRIMARY KEY, name text, at timestamptz, price numeric(8,2), data jsonb, raw bytea, list text[], ok boolean, big bigint);
	INSERT INTO typed VALUES (1, 'Ana "A", d''Ávila', '2026-11-21 10:15:30+00', 1.50, '{"a": [1, "x"]}', '\x00ff', ARRAY['a,b', NULL], true, 9007199254740993),
		(2, '', 'infinity', 'NaN', NULL, NULL, '{}', false, -1), (3, NULL, NULL, NULL, 'null', '', NULL, NULL, NULL), (4, E'two\nlines\ttab \\. <&>', '1999-12-31', 0, '"é"', '\x5c', '{""}', true, 0), (5, '\.', NULL, -0.01, NULL, NULL, NULL, NULL, NULL);`

func TestRowsOfABackupAreShownAsCOPYPrintsThem(t *testing.T) {
	home, cluster := t.TempDir(), testdb.Postgres(t)
	url := cluster.Database(t)
	postgresExec(t, url, typed)
	dump := filepath.Join(t.TempDir(), "typed.dump")
	for _, args := range [][]string{{"-Fc"}, {"-Fc", "--inserts"}, {"-Fp"}, {"-Fp", "--inserts"}} {
		os.Remove(dump)
		if out, err := exec.Command(filepath.Join(cluster.Bin, "pg_dump"), append(args, "-f", dump, url)...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		want, err := exec.Command(filepath.Join(cluster.Bin, "psql"), "-X", "-c", "COPY (SELECT * FROM typed WHERE id <> 2 AND ok IS DISTINCT FROM false ORDER BY id) TO STDOUT (FORMAT csv, HEADER)", url).Output()
		if err != nil {
			t.Fatal(err)
		}
		if got := cofre(t, home, "inspect", dump, "--table", "typed", "--where", "id <> 2 AND (ok = true OR ok IS NULL)", "--format", "csv").want(t, 0).out; got != string(want) {
			t.Errorf("%v:\n%s\n%s", args, got, want)
		}
		want, err = exec.Command(filepath.Join(cluster.Bin, "psql"), "-X", "-c", "COPY (SELECT name FROM typed ORDER BY id OFFSET 1 LIMIT 4) TO STDOUT (FORMAT csv, HEADER)", url).Output()
		if err != nil {
			t.Fatal(err)
		}
		if got := cofre(t, home, "inspect", dump, "--table", "TYPED", "--columns", "Name", "--offset", "1", "--limit", "4", "--format", "csv").want(t, 0).out; got != string(want) {
			t.Errorf("%v:\n%s\n%s", args, got, want)
		}
	}
}

func TestRowsOfABackupAreOneJSONDocument(t *testing.T) {
	home := t.TempDir()
	path := testdb.SQLite(t, `CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, weight REAL, photo BLOB); CREATE TABLE "odd ""t""" (a);
		INSERT INTO people VALUES (1, 'João', 70.5, x'00ff'), (2, '', 1e999, NULL), (9007199254740993, 'Ana', 60, NULL); INSERT INTO "odd ""t""" VALUES ('um joao aqui')`)
	type row struct {
		ID     any    `json:"id"`
		Name   string `json:"name"`
		Weight any
		Photo  *string
	}
	got := read[struct {
		Table   string
		Columns []struct{ Name, Type string }
		Rows    []row
		More    bool
	}](t, cofre(t, home, "inspect", path, "--table", "people", "--limit", "2", "--json").want(t, 0))
	if got.Table != "people" || len(got.Rows) != 2 || !got.More || got.Columns[1].Type != "TEXT" || got.Rows[0].Name != "João" || *got.Rows[0].Photo != "X'00ff'" || got.Rows[1].Weight != "Inf" || got.Rows[1].Photo != nil {
		t.Errorf("%+v", got)
	}
	if out := cofre(t, home, "inspect", path, "--table", "people", "--json").want(t, 0).out; !strings.Contains(out, `"id":9007199254740993,`) {
		t.Errorf("%s", out)
	}
	type hit struct {
		Table, Key, Column, Excerpt string
		Row                         int
	}
	found := read[struct {
		Hits []hit
		More bool
	}](t, cofre(t, home, "inspect", path, "--search", "JOAO", "--json").want(t, 0))
	want := []hit{{`odd "t"`, "", "a", "um joao aqui", 1}, {"people", "id = 1", "name", "João", 1}}
	if len(found.Hits) != 2 || found.More || found.Hits[0] != want[0] || found.Hits[1] != want[1] {
		t.Errorf("%+v", found)
	}
	if found := read[struct{ More bool }](t, cofre(t, home, "inspect", path, "--search", "joão", "--limit", "1", "--format", "json").want(t, 0)); !found.More {
		t.Error("the second row was not announced")
	}
	empty := read[struct{ Rows []row }](t, cofre(t, home, "inspect", path, "--table", "people", "--search", "nobody", "--json").want(t, 0))
	if empty.Rows == nil || len(empty.Rows) != 0 {
		t.Errorf("%+v", empty)
	}
}

func TestASearchNamesTheTablesThatItCouldNotRead(t *testing.T) {
	path := testdb.SQLite(t, `CREATE TABLE z(v); INSERT INTO z VALUES ('joao'); PRAGMA writable_schema=ON;
		INSERT INTO sqlite_schema VALUES ('table','geo','geo',0,'CREATE VIRTUAL TABLE geo USING VirtualSpatialIndex()')`)
	got := cofre(t, t.TempDir(), "inspect", path, "--search", "joao").want(t, 14)
	if !strings.Contains(got.out, "joao") || !strings.Contains(got.err, "1 table could not be read to the end: geo.") {
		t.Errorf("%s\n%s", got.out, got.err)
	}
}

func TestLongValuesAreFoldedOnAScreenAndWholeInAFile(t *testing.T) {
	home := t.TempDir()
	path := testdb.SQLite(t, `CREATE TABLE t (id, v); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 250) INSERT INTO t SELECT i, 'é' || printf('%.*c', 5000, 'x') || char(10) || char(27) FROM n;`)
	out := cofre(t, home, "inspect", path, "--table", "t").want(t, 0).out
	if lines := strings.Split(strings.TrimSpace(out), "\n"); len(lines) != 103 || len([]rune(lines[5])) > 100 || !strings.Contains(out, "… (5.0 kB)") || !strings.Contains(out, "--offset 100") {
		t.Errorf("%d lines: %.300s … %s", len(lines), out, lines[len(lines)-1])
	}
	if out := cofre(t, home, "inspect", path, "--table", "t", "--format", "csv").want(t, 0).out; strings.Count(out, "\n") != 1+2*250 || len(out) < 250*5000 {
		t.Errorf("%d bytes", len(out))
	}
}

func TestWrongQuestionsForRowsAreAnswered(t *testing.T) {
	home := t.TempDir()
	path := testdb.SQLite(t, `CREATE TABLE t (id); CREATE TABLE "T.x" (id); CREATE TABLE "U.X" (a)`)
	for name, c := range map[string]struct {
		code int
		args []string
	}{
		"browse.table": {10, []string{"--table", "nobody"}}, "browse.tables": {2, []string{"--table", "x"}}, "browse.column": {10, []string{"--table", "t", "--columns", "id,a"}},
		"filter.end": {2, []string{"--table", "t", "--where", "id ="}}, "browse.no_table": {2, []string{"--where", "id = 1"}}, "browse.format": {2, []string{"--table", "t", "--format", "xml"}},
		"browse.negative": {2, []string{"--table", "t", "--limit", "-7"}},
	} {
		if a := cofre(t, home, append([]string{"inspect", path}, c.args...)...).want(t, c.code); a.out != "" || strings.Contains(a.err, name) {
			t.Errorf("%s: %s%s", name, a.out, a.err)
		}
	}
}
