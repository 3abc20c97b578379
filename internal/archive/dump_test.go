package archive

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"cofre/internal/errs"
	"cofre/internal/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m) }

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
CREATE FUNCTION public.atomic() RETURNS void LANGUAGE sql BEGIN ATOMIC INSERT INTO public.empty VALUES (1); SELECT CASE WHEN true THEN 1 END; END;
COMMENT ON TABLE public.users IS E'-- PostgreSQL database dump complete\n\\! rm\nINSERT INTO public.empty VALUES (1);';
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
	d := dumps{bin: cluster.Bin, url: cluster.Database(t), dir: t.TempDir()}
	testdb.Exec(t, d.url, sql)
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
			r, err := Verify(t.Context(), c.path, VerifyOptions{Depth: Full, TempDir: t.TempDir()}, func(done, total int64) { last, of = done, total })
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

// layered packs a file as gzip or zstd does.
func layered(t testing.TB, path string, c Compression) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), filepath.Base(path)+map[Compression]string{Gzip: ".gz", Zstd: ".zst"}[c])
	f, err := CreateFile(to)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Abort()
	if err := errors.Join(Pack(t.Context(), path, f, c, nil), f.Commit()); err != nil {
		t.Fatal(err)
	}
	return to
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
			r, err := dump.Data(t.Context(), e)
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

func TestCutArchivesAreFoundWhereverTheyEnd(t *testing.T) {
	d := newDumps(t, `CREATE TABLE a(x int, y text); INSERT INTO a SELECT i, md5(i::text) FROM generate_series(1, 300) i; CREATE TABLE b(x int); INSERT INTO b VALUES (1)`)
	for name, path := range map[string]string{
		"custom": d.make(t, "c", "-Fc"), "plain rows": d.make(t, "c0", "-Fc", "-Z0"), "pipe": d.pipe(t, "p", "-Fc"), "script": d.make(t, "s", "-Fp"),
		"zstd": layered(t, d.make(t, "cz", "-Fc"), Zstd), "tar": d.make(t, "t", "-Ft"),
	} {
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cutFile := filepath.Join(t.TempDir(), "cut")
			step := max(1, len(whole)/150)
			if name == "tar" {
				step = 512 - 1
			}
			for n := len(whole) - 1; n > 0; n -= step {
				if err := os.WriteFile(cutFile, whole[:n], 0o600); err != nil {
					t.Fatal(err)
				}
				_, err := Verify(t.Context(), cutFile, VerifyOptions{}, nil)
				code := errs.CodeOf(err)
				if name == "script" && n > len(whole)-120 && strings.Contains(string(whole[:n]), "dump complete") {
					continue // nothing that matters follows the words of completion
				}
				if code != errs.Corrupt && (n >= 600 || code != errs.Invalid) { // so short that it could be anything
					t.Fatalf("cut at %d of %d: %v", n, len(whole), err)
				}
			}
		})
	}
}

func TestFlippedBitsAreFoundInCompressedRows(t *testing.T) {
	d := newDumps(t, `CREATE TABLE a(x int, y text); INSERT INTO a SELECT i, md5(i::text) FROM generate_series(1, 2000) i`)
	path := d.make(t, "c", "-Fc")
	dump, err := OpenCustom(path)
	if err != nil {
		t.Fatal(err)
	}
	defer dump.Close()
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	first := dump.source.(*customSource).first
	flipped := filepath.Join(t.TempDir(), "flipped")
	for at := first; at < int64(len(whole)); at += 97 {
		b := slices.Clone(whole)
		b[at] ^= 0x10
		if err := os.WriteFile(flipped, b, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Verify(t.Context(), flipped, VerifyOptions{}, nil)
		if errs.CodeOf(err) != errs.Corrupt {
			t.Fatalf("bit flipped at %d: %v", at, err)
		}
	}
	b := slices.Clone(whole)
	b[len(b)/2] ^= 1
	if err := os.WriteFile(flipped, b, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Verify(t.Context(), flipped, VerifyOptions{}, nil)
	wantError(t, err, errs.Corrupt, "archive.dump_table")
	if table := errs.Of(err).Args["table"]; table != "public.a" {
		t.Errorf("the damage is said to be in %v", table)
	}
}

func TestBytesBehindAnArchiveAreDamage(t *testing.T) {
	d := newDumps(t, `CREATE TABLE a(x int); INSERT INTO a VALUES (1)`)
	whole, err := os.ReadFile(d.make(t, "c", "-Fc"))
	if err != nil {
		t.Fatal(err)
	}
	for _, more := range []string{"\x00", "\x01", "more", string(whole[len(whole)-40:])} {
		_, err := Verify(t.Context(), write(t, "x", string(whole)+more), VerifyOptions{}, nil)
		if errs.CodeOf(err) != errs.Corrupt {
			t.Errorf("with %.10q behind it: %v", more, err)
		}
	}
}

func TestMissingFileOfAFolderIsTold(t *testing.T) {
	d := newDumps(t, `CREATE TABLE a(x int); INSERT INTO a VALUES (1); SELECT lo_from_bytea(0, 'x')`)
	for name, pattern := range map[string]string{"rows": "[0-9]*.dat.gz", "object": "blob_*", "objects": "blobs*"} {
		path := d.make(t, name, "-Fd")
		files, err := filepath.Glob(filepath.Join(path, pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("no %s: %v", pattern, err)
		}
		if err := os.Remove(files[0]); err != nil {
			t.Fatal(err)
		}
		_, err = Verify(t.Context(), path, VerifyOptions{}, nil)
		wantError(t, err, errs.Corrupt, "archive.dump_table")
	}
}

func TestLaterFormatsAreRefusedByTheirVersion(t *testing.T) {
	d := newDumps(t, "")
	whole, err := os.ReadFile(d.make(t, "c", "-Fc"))
	if err != nil {
		t.Fatal(err)
	}
	for version, reason := range map[[2]byte]string{{1, 17}: "archive.newer_version", {2, 0}: "archive.newer_version", {1, 9}: "archive.older_version"} {
		b := slices.Clone(whole)
		b[5], b[6] = version[0], version[1]
		_, err := Inspect(t.Context(), write(t, "x", string(b)), InspectOptions{})
		wantError(t, err, errs.Unavailable, reason)
		if got := errs.Of(err).Args["version"]; got != fmt.Sprintf("%d.%d", version[0], version[1]) {
			t.Errorf("version %v", got)
		}
	}
}

func TestRowsOfAnArchiveCanBeLookedAt(t *testing.T) {
	d := newDumps(t, variety)
	custom := d.make(t, "custom", "-Fc")
	for _, path := range []string{custom, d.pipe(t, "pipe", "-Fc"), layered(t, custom, Gzip), d.make(t, "folder", "-Fd"), d.make(t, "tar", "-Ft")} {
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
	_, end, err := OpenRows(t.Context(), d.make(t, "sql", "-Fp"), "")
	end()
	wantError(t, err, errs.Unavailable, "archive.no_rows")
}

func TestScriptWithAMetaCommandIsRefused(t *testing.T) {
	for _, line := range []string{`\! rm -rf /`, `\copy t from program 'x'`, `\connect other`, `SELECT 1 \gexec`} {
		path := write(t, "x.sql", "--\n-- PostgreSQL database dump\n--\n\n\\restrict a1\n\n"+line+"\n--\n-- PostgreSQL database dump complete\n--\n\n\\unrestrict a1\n")
		_, err := Inspect(t.Context(), path, InspectOptions{})
		wantError(t, err, errs.Invalid, "archive.meta_command")
	}
	path := write(t, "x.sql", "--\n-- PostgreSQL database dump\n--\n\n\\restrict a1\n\nSELECT '\\! x', $a$ \\! $a$, E'\\'; \\! x' ;\n--\n-- PostgreSQL database dump complete\n--\n\n\\unrestrict a1\n")
	if _, err := Inspect(t.Context(), path, InspectOptions{}); err != nil {
		t.Errorf("in strings it is none: %v", err)
	}
}

func TestScriptOfSQLiteIsCounted(t *testing.T) {
	script := "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE IF NOT EXISTS \"a b\" (x, y);\nINSERT INTO \"a b\" VALUES(1,'it''s; (x)');\nINSERT INTO \"a b\" VALUES(2,NULL);\n" +
		"CREATE TABLE [c d](x);\nCREATE TABLE e(x);\nCREATE TRIGGER t AFTER INSERT ON e BEGIN INSERT INTO e VALUES (1); SELECT CASE WHEN 1 THEN 2 END; END;\n" +
		"INSERT INTO sqlite_sequence VALUES('e',1);\nINSERT INTO e VALUES(replace('a\\nb','\\n',char(10)));\nCOMMIT;\n"
	c, err := Inspect(t.Context(), write(t, "x.sql", script), InspectOptions{})
	if want := []Table{{"a b", 2}, {"c d", 0}, {"e", 1}}; err != nil || c.Kind != SQLite || !slices.Equal(c.Tables, want) {
		t.Errorf("%+v, %v", c, err)
	}
	_, err = Inspect(t.Context(), write(t, "x.sql", strings.TrimSuffix(script, "COMMIT;\n")), InspectOptions{})
	wantError(t, err, errs.Corrupt, "archive.dump_cut")
}

func TestLayerThatUnfoldsWithoutEndIsStopped(t *testing.T) {
	if testing.Short() {
		t.Skip("unfolds a gigabyte")
	}
	path := filepath.Join(t.TempDir(), "x.zst")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w, err := zstd.NewWriter(f)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(w, sqliteMagic)
	zeros := make([]byte, 1<<20)
	for range bombBytes>>20 + 70 {
		w.Write(zeros)
	}
	if err := errors.Join(w.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	_, release, err := Unwrap(t.Context(), path, dir, nil)
	release()
	wantError(t, err, errs.Invalid, "archive.bomb")
	onlyFiles(t, dir)
}

func TestLayersComeOffAsTheyWent(t *testing.T) {
	path := testdb.SQLite(t, `CREATE TABLE t(x); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 5000) INSERT INTO t SELECT hex(randomblob(30)) FROM n`)
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []Compression{Gzip, Zstd} {
		packed := layered(t, path, c)
		dir := t.TempDir()
		var last int64
		plain, release, err := Unwrap(t.Context(), packed, dir, func(done, total int64) { last = done })
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(plain)
		if err != nil || !bytes.Equal(got, want) || filepath.Base(plain) != filepath.Base(path) {
			t.Errorf("%s: %d bytes in %s, %v", c, len(got), plain, err)
		}
		if info, _ := os.Stat(packed); last != info.Size() {
			t.Errorf("progress ended at %d of %d", last, info.Size())
		}
		release()
		release()
		onlyFiles(t, dir)
		r, err := Verify(t.Context(), packed, VerifyOptions{Depth: Full, TempDir: dir}, nil)
		if err != nil || r.Contents.Rows() != 5000 || r.Contents.Compression != c || r.SHA256 == r.PayloadSHA256 {
			t.Errorf("%+v, %v", r, err)
		}
		if sum, _, err := HashFile(t.Context(), path, nil); err != nil || sum != r.PayloadSHA256 {
			t.Errorf("payload %s, want %s, %v", r.PayloadSHA256, sum, err)
		}
		onlyFiles(t, dir)
		data, err := os.ReadFile(packed)
		if err != nil {
			t.Fatal(err)
		}
		_, err = Verify(t.Context(), write(t, "cut", string(data[:len(data)-9])), VerifyOptions{TempDir: dir}, nil)
		wantError(t, err, errs.Corrupt, "archive.layer")
		onlyFiles(t, dir)
	}
	plain, release, err := Unwrap(t.Context(), path, t.TempDir(), nil)
	release()
	if err != nil || plain != path || !exists(path) {
		t.Errorf("a plain file: %s, %v", plain, err)
	}
}
