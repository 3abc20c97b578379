package archive

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cofre/internal/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m) }

// atomic is a function as servers know them since 14.
const atomic = `CREATE FUNCTION public.atomic() RETURNS void LANGUAGE sql BEGIN ATOMIC INSERT INTO public.empty VALUES (1); SELECT CASE WHEN true THEN 1 END; END;
`

// known is what a server knows of sql.
func known(c *testdb.Cluster, sql string) string {
	if c.Major < 14 {
		return strings.ReplaceAll(sql, atomic, "")
	}
	return sql
}

// variety is a database with what makes archives differ.
const variety = `
CREATE SCHEMA "Finanças";
CREATE TYPE public.role AS ENUM ('ADMIN', 'CHILD');
CREATE TABLE public.users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, role public.role, "born ""on""" date, note text);
INSERT INTO public.users (name, role, "born ""on""", note) VALUES
	('Ana', 'ADMIN', '1990-02-03', E'tab\there, line\nbreak, back\\slash, \\. and quote'' ; ("x"'), ('Zé', NULL, NULL, NULL), (E'\\.', 'CHILD', NULL, '');
CREATE TABLE "Finanças"."Despesas de (julho)" (id serial PRIMARY KEY, user_id bigint REFERENCES public.users, amount numeric(12,2), data jsonb, receipt bytea);
INSERT INTO "Finanças"."Despesas de (julho)" (user_id, amount, data, receipt) SELECT 1 + i % 3, i / 7.0, jsonb_build_object('n', i), decode(md5(i::text), 'hex') FROM generate_series(1, 5000) i;
CREATE TABLE public.empty (x int, y text);
CREATE TABLE public.bare ();
INSERT INTO public.bare SELECT FROM generate_series(1, 4);
CREATE TABLE public.parted (id int, at date) PARTITION BY RANGE (at);
CREATE TABLE public.parted_1 PARTITION OF public.parted FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE public.parted_2 PARTITION OF public.parted FOR VALUES FROM ('2021-01-01') TO ('2022-01-01') PARTITION BY RANGE (id);
CREATE TABLE public.parted_2_a PARTITION OF public.parted_2 FOR VALUES FROM (0) TO (100);
INSERT INTO public.parted SELECT i, date '2020-06-01' + i * 60 FROM generate_series(1, 9) i;
CREATE VIEW public.named AS SELECT name FROM public.users;
CREATE MATERIALIZED VIEW public.counted AS SELECT count(*) FROM public.users;
CREATE FUNCTION public.add(a int) RETURNS void LANGUAGE plpgsql AS $body$ BEGIN INSERT INTO users(name) VALUES ('no'); /* $$ ; */ END; $body$;
` + atomic + `COMMENT ON TABLE public.users IS E'-- PostgreSQL database dump complete\n\\! rm\nINSERT INTO public.empty VALUES (1);';
CREATE INDEX ON public.users (name);
SELECT lo_from_bytea(0, convert_to(repeat('large ', 5000), 'UTF8'));
SELECT lo_create(3000000000);
`

var varietyTables = []Table{
	{"Finanças.Despesas de (julho)", 5000}, {"public.bare", 4}, {"public.empty", 0},
	{"public.parted_1", 3}, {"public.parted_2_a", 6}, {"public.users", 3},
}

// dumps makes one database, and archives of it with pg_dump.
type dumps struct {
	bin, url, dir string
}

func newDumps(t testing.TB, sql string) dumps {
	t.Helper()
	cluster := testdb.Postgres(t)
	d := dumps{bin: cluster.Clients(t)[0].Bin, url: cluster.Database(t), dir: t.TempDir()}
	testdb.Exec(t, d.url, known(cluster, sql))
	return d
}

// make runs pg_dump; the archive goes to a file (or folder) of that name.
func (d dumps) make(t testing.TB, name string, args ...string) string {
	t.Helper()
	path := filepath.Join(d.dir, name)
	d.run(t, "pg_dump", nil, append(args, "-f", path, d.url)...)
	return path
}

// pipe runs pg_dump with its output in a pipe, so that it can't go back to note
// the places of the data.
func (d dumps) pipe(t testing.TB, name string, args ...string) string {
	t.Helper()
	path := filepath.Join(d.dir, name)
	out := d.run(t, "pg_dump", nil, append(args, d.url)...)
	if err := os.WriteFile(path, out, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func (d dumps) run(t testing.TB, program string, in io.Reader, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(filepath.Join(d.bin, program), args...)
	cmd.Stdin = in
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", program, args, err, stderr.String())
	}
	return out
}

func TestEveryFormatOfPgDumpHoldsTheSame(t *testing.T) {
	d := newDumps(t, variety)
	custom := d.make(t, "custom", "-Fc")
	for name, c := range map[string]struct {
		path        string
		format      Format
		compression Compression
	}{
		"custom":             {custom, FormatCustom, Gzip},
		"custom, plain rows": {d.make(t, "c0", "-Fc", "-Z0"), FormatCustom, None},
		"custom, to a pipe":  {d.pipe(t, "pipe", "-Fc", "-Z1"), FormatCustom, Gzip},
		"custom, inserts":    {d.make(t, "ins", "-Fc", "--inserts"), FormatCustom, Gzip},
		"custom, columns":    {d.make(t, "cols", "-Fc", "--column-inserts", "--rows-per-insert=7", "--on-conflict-do-nothing"), FormatCustom, Gzip},
		"custom, no schema":  {d.make(t, "data", "-Fc", "-a"), FormatCustom, Gzip},
		"custom in gzip":     {layered(t, custom, Gzip), FormatCustom, Gzip},
		"custom in zstd":     {layered(t, custom, Zstd), FormatCustom, Zstd},
		"folder":             {d.make(t, "folder", "-Fd", "-j2"), FormatDirectory, Gzip},
		"folder, plain rows": {d.make(t, "folder0", "-Fd", "-Z0"), FormatDirectory, None},
		"tar":                {d.make(t, "tar", "-Ft"), FormatTar, None},
		"tar in gzip":        {layered(t, d.make(t, "tar2", "-Ft"), Gzip), FormatTar, Gzip},
		"script":             {d.make(t, "sql", "-Fp"), FormatPlain, None},
		"script, inserts":    {d.make(t, "sql2", "-Fp", "--inserts", "--rows-per-insert=3"), FormatPlain, None},
		"script in zstd":     {layered(t, d.make(t, "sql3", "-Fp"), Zstd), FormatPlain, Zstd},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := Inspect(t.Context(), c.path, InspectOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got.Tables, varietyTables) {
				t.Errorf("tables %v", got.Tables)
			}
			if got.Kind != PostgreSQL || got.Format != c.format || got.Compression != c.compression || !strings.HasPrefix(got.DumpedBy, "pg_dump ") || strings.Contains(got.Version, " ") || got.Version == "" {
				t.Errorf("%+v", got)
			}
			var last, of int64
			r, err := Verify(t.Context(), c.path, VerifyOptions{Depth: Full, TempDir: t.TempDir()}, func(done, total int64) {
				if done < last || done > total {
					t.Errorf("progress %d of %d after %d", done, total, last)
				}
				last, of = done, total
			})
			if err != nil || !slices.Equal(r.Contents.Tables, varietyTables) || last != got.Bytes || of != got.Bytes {
				t.Errorf("verify: %+v, %v, progress %d of %d", r, err, last, of)
			}
			quick, err := Inspect(t.Context(), c.path, InspectOptions{Quick: true})
			if err != nil || len(quick.Tables) != len(varietyTables) || c.format != FormatPlain && quick.Rows() != -1 {
				t.Errorf("quick: %+v, %v", quick, err)
			}
		})
	}
	schema, err := Inspect(t.Context(), d.make(t, "schema", "-Fc", "-s"), InspectOptions{})
	if err != nil || len(schema.Tables) != len(varietyTables) || schema.Rows() != 0 {
		t.Errorf("without rows: %+v, %v", schema, err)
	}
	if c, err := Inspect(t.Context(), custom, InspectOptions{}); err != nil || c.Database != testdb.DatabaseName(d.url) || c.CreatedAt == nil {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestTableOfContentsIsTheOneThatPgRestoreLists(t *testing.T) {
	d := newDumps(t, variety)
	for _, path := range []string{d.make(t, "custom", "-Fc"), d.pipe(t, "pipe", "-Fc"), d.make(t, "folder", "-Fd"), d.make(t, "tar", "-Ft")} {
		dump, err := OpenDump(path)
		if err != nil {
			t.Fatal(err)
		}
		var got strings.Builder
		for _, e := range dump.Entries {
			schema := e.Namespace
			if schema == "" {
				schema = "-"
			}
			fmt.Fprintf(&got, "%d; %s %s %s %s %s %s\n", e.DumpID, e.TableOID, e.OID, e.Desc, schema, e.Tag, e.Owner)
			if len(e.Dependencies) > 0 {
				fmt.Fprintf(&got, ";\tdepends on: %s\n", strings.Trim(fmt.Sprint(e.Dependencies), "[]"))
			}
		}
		var want strings.Builder
		for line := range strings.Lines(string(d.run(t, "pg_restore", nil, "-l", "-v", path))) {
			if line[0] != ';' || strings.HasPrefix(line, ";\tdepends on:") {
				want.WriteString(line)
			}
		}
		if got.String() != want.String() {
			t.Errorf("%s: got\n%s\nwant\n%s", filepath.Base(path), got.String(), want.String())
		}
		dump.Close()
	}
}

func TestRowsAreTheOnesThatPgRestoreWrites(t *testing.T) {
	d := newDumps(t, variety)
	for _, path := range []string{d.make(t, "custom", "-Fc"), d.pipe(t, "pipe", "-Fc"), d.make(t, "z0", "-Fc", "-Z0"), d.make(t, "folder", "-Fd"), d.make(t, "tar", "-Ft")} {
		script := string(d.run(t, "pg_restore", nil, "-f", "-", path))
		dump, err := OpenDump(path)
		if err != nil {
			t.Fatal(err)
		}
		found := 0
		for i := range dump.Entries {
			e := &dump.Entries[len(dump.Entries)-1-i] // not in the order of the file
			if !e.isRows() {
				continue
			}
			r, err := dump.Data(t.Context(), e, nil)
			if err != nil {
				t.Fatal(err)
			}
			data, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			r.Close()
			if !strings.Contains(script, e.CopyStmt+string(data)) {
				t.Errorf("%s: the rows of %s are not in the script of pg_restore", filepath.Base(path), e.Name())
			}
			found++
		}
		if found != len(varietyTables) {
			t.Errorf("%s: %d tables have rows", filepath.Base(path), found)
		}
		dump.Close()
	}
}
