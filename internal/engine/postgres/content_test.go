package postgres

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"cofre/internal/archive"
	"cofre/internal/errs"
	"cofre/internal/testdb"
)

func TestWhatWasRestoredIsComparedValueByValue(t *testing.T) {
	c := testdb.Postgres(t)
	url := c.Database(t)
	testdb.Exec(t, url, twins+zoo+`
		CREATE TABLE "odd (name)" ("a ""b"" FROM c" int, at timestamptz, f float8, g int GENERATED ALWAYS AS (1) STORED NOT NULL, CONSTRAINT present CHECK (f > 0));
		INSERT INTO "odd (name)" SELECT i, '2024-03-10 12:00+00'::timestamptz + i * interval '7 hours', i / 7.0 FROM generate_series(1, 500) i;
		CREATE TABLE bare (); INSERT INTO bare DEFAULT VALUES; INSERT INTO bare DEFAULT VALUES`)
	for _, format := range []string{"-Fc", "-Fd", "-Ft"} {
		file := filepath.Join(t.TempDir(), "backup")
		pgDump(t, url, format, "--file="+file)
		for name, change := range map[string]struct {
			sql  string
			same bool
		}{
			"nothing":              {"", true},
			"another time zone":    {"DO $$BEGIN EXECUTE format('ALTER DATABASE %I SET timezone = %L', current_database(), 'Asia/Kathmandu'); END$$", true},
			"another order":        {`WITH gone AS (DELETE FROM "odd (name)" WHERE f < 20 RETURNING *) INSERT INTO "odd (name)" SELECT "a ""b"" FROM c", at, f FROM gone`, true},
			"a later moment":       {`UPDATE "odd (name)" SET at = at + interval '1 microsecond' WHERE f < 1`, false},
			"a row less":           {`DELETE FROM "odd (name)" WHERE f < 0.2`, false},
			"a row more":           {"INSERT INTO bare DEFAULT VALUES", false},
			"two values exchanged": {`UPDATE "odd (name)" SET f = CASE WHEN f < 0.2 THEN 2/7.0 ELSE 1/7.0 END WHERE f < 0.3`, false},
		} {
			t.Run(format+" "+name, func(t *testing.T) {
				into := c.Database(t)
				if _, err := new(Engine).Restore(t.Context(), target(into), file, unheard); err != nil {
					t.Fatal(err)
				}
				testdb.Exec(t, into, change.sql)
				s, err := open(t.Context(), target(into))
				if err != nil {
					t.Fatal(err)
				}
				defer s.close(t.Context())
				counted, err := s.compared(t.Context(), file, nil)
				if same := err == nil; same != change.same || !same && errs.CodeOf(err) != errs.Corrupt {
					t.Errorf("compared: %v", err)
				}
				if err == nil && len(counted) < 10 {
					t.Errorf("of all tables only %v were read", counted)
				}
				for name, rows := range counted {
					if there := testdb.Query(t, into, "SELECT count(*) FROM ONLY "+tableOf(name)); there[0] != strconv.FormatInt(rows, 10) {
						t.Errorf("%s has %s rows, not %d", name, there[0], rows)
					}
				}
			})
		}
	}
}

// tableOf quotes the name of a table in backup.Contents.
func tableOf(name string) string {
	schema, table, _ := strings.Cut(name, ".")
	return quote(schema, table)
}

func TestWhatAnArchiveHidesBehindItsEncodingOrColumnsIsNotRun(t *testing.T) {
	if rows, ok := rowsOf(&archive.Entry{Desc: "TABLE DATA", HasData: true, Namespace: "public", Tag: "t", CopyStmt: "COPY public.t (a) FROM PROGRAM 'x' -- ) FROM stdin;\n"}); ok {
		t.Errorf("a program is taken for columns: %+v", rows)
	}
	if _, err := kindOf("COPY public.t (a) FROM PROGRAM 'x' -- ) FROM stdin"); errs.CodeOf(err) != errs.Invalid {
		t.Errorf("a program is taken for rows: %v", err)
	}
	c := testdb.Postgres(t)
	url := c.Database(t)
	testdb.Exec(t, url, "CREATE TABLE t (n int); INSERT INTO t VALUES (1)")
	file := filepath.Join(t.TempDir(), "backup")
	pgDump(t, url, "-Fd", "--file="+file)
	toc := filepath.Join(file, "toc.dat")
	raw, err := os.ReadFile(toc)
	if err != nil {
		t.Fatal(err)
	}
	const hostile = "SET client_encoding = 'UTF8';DROP TABLE t"
	encoding := []byte("SET client_encoding = 'UTF8';\n")
	at := bytes.Index(raw, encoding)
	if at < 5 {
		t.Fatal("the archive is not laid out as this test believes")
	}
	changed := slices.Concat(raw[:at-4], []byte{byte(len(hostile)), 0, 0, 0}, []byte(hostile), raw[at+len(encoding):])
	if err := os.WriteFile(toc, changed, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = new(Engine).Restore(t.Context(), target(url), file, unheard)
	if errs.CodeOf(err) != errs.Invalid || testdb.Query(t, url, "SELECT n FROM t")[0] != "1" {
		t.Errorf("a hostile encoding ended with %v", err)
	}
}
