package archive

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cofre/internal/testdb"
)

func TestRowsOfAnArchiveCanBeLookedAt(t *testing.T) {
	d := newDumps(t, variety)
	custom := d.make(t, "custom", "-Fc")
	for _, path := range []string{custom, d.pipe(t, "pipe", "-Fc"), layered(t, custom, Gzip), d.make(t, "folder", "-Fd"), d.make(t, "tar", "-Ft"), d.make(t, "inserts", "-Fc", "--inserts"), d.make(t, "script", "-Fp"), d.make(t, "script of inserts", "-Fp", "--inserts")} {
		rows, end, err := OpenRows(t.Context(), path, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		if got := rows.Tables(); len(got) != len(varietyTables) || got[0] != varietyTables[0].Name {
			t.Errorf("tables %q", got)
		}
		if got := rows.Columns("public.users"); !slices.Equal(got, []string{"id", "name", "role", `born "on"`, "note"}) {
			t.Errorf("columns %q", got)
		}
		if got := rows.Columns("Finanças.Despesas de (julho)"); len(got) != 5 {
			t.Errorf("columns %q", got)
		}
		var got []string
		take := func(values []string) error { got = append(got, strings.Join(values, "|")); return nil }
		if err := rows.Rows(t.Context(), "public.users", []string{"note", "name", "role"}, 9, take); err != nil {
			t.Fatal(err)
		}
		want := []string{"tab\there, line\nbreak, back\\slash, \\. and quote' ; (\"x\"|Ana|ADMIN", "|Zé|", "|\\.|CHILD"}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q", filepath.Base(path), got)
		}
		got = nil
		if err := rows.Rows(t.Context(), "Finanças.Despesas de (julho)", []string{"id"}, 3, take); err != nil || !slices.Equal(got, []string{"1", "2", "3"}) {
			t.Errorf("%q, %v", got, err)
		}
		stop := errors.New("enough")
		if err := rows.Rows(t.Context(), "public.users", []string{"id"}, 9, func([]string) error { return stop }); !errors.Is(err, stop) {
			t.Errorf("error %v", err)
		}
		end()
	}
}

func TestRowsOfASQLiteFileCanBeLookedAt(t *testing.T) {
	path := testdb.SQLite(t, `CREATE TABLE "fam ""x""" (id INTEGER PRIMARY KEY, "na me" TEXT, born DATE, ok BOOL, pic BLOB, n);
		INSERT INTO "fam ""x""" VALUES (1,'Zé','1990-02-03',1,x'ff00',2.5),(2,NULL,NULL,0,NULL,NULL);
		CREATE TABLE long(v); INSERT INTO long VALUES (printf('%.*c', 10000, 'x'));
		CREATE TABLE keyed(k PRIMARY KEY) WITHOUT ROWID; CREATE VIEW v AS SELECT 1`)
	for _, path := range []string{path, layered(t, path, Zstd)} {
		rows, end, err := OpenRows(t.Context(), path, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		if got := rows.Tables(); !slices.Equal(got, []string{`fam "x"`, "keyed", "long"}) {
			t.Errorf("tables %q", got)
		}
		if got := rows.Columns(`fam "x"`); !slices.Equal(got, []string{"id", "na me", "born", "ok", "pic", "n"}) {
			t.Errorf("columns %q", got)
		}
		if got := rows.Columns("missing"); len(got) != 0 {
			t.Errorf("columns %q of a table that is not there", got)
		}
		var got []string
		take := func(values []string) error { got = append(got, strings.Join(values, "|")); return nil }
		if err := rows.Rows(t.Context(), `fam "x"`, []string{"born", "na me", "ok", "n", "pic"}, 9, take); err != nil {
			t.Fatal(err)
		}
		if want := []string{"1990-02-03|Zé|1|2.5|\uFFFD\x00", "||0||"}; !slices.Equal(got, want) {
			t.Errorf("%q", got)
		}
		got = nil
		if err := rows.Rows(t.Context(), "long", []string{"v"}, 9, take); err != nil || len(got[0]) != maxCell {
			t.Errorf("%d bytes, %v", len(got[0]), err)
		}
		if err := rows.Rows(t.Context(), "long", []string{"v; DROP TABLE long"}, 9, take); err == nil {
			t.Error("a column that is not there was read")
		}
		end()
	}
}

func TestColumnsOfACopyStatementAreRead(t *testing.T) {
	for stmt, want := range map[string][]string{
		`COPY public.users (id, name) FROM stdin;`:              {"id", "name"},
		`COPY "a (b)"."c""d" ("x, y", "z""q", "(") FROM stdin;`: {"x, y", `z"q`, "("},
		`COPY public.bare  FROM stdin;`:                         nil,
		`COPY public.bare () FROM stdin;`:                       nil,
		``:                                                      nil,
	} {
		if got := copyColumns(stmt); !slices.Equal(got, want) {
			t.Errorf("%s: %q", stmt, got)
		}
	}
}
