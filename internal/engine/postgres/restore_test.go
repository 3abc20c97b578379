package postgres

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/testdb"
)

// pgDump runs the pg_dump that the engine would choose.
func pgDump(t *testing.T, url string, args ...string) {
	t.Helper()
	s, err := open(t.Context(), target(url))
	if err != nil {
		t.Fatal(err)
	}
	defer s.close(t.Context())
	var box toolbox
	tool, err := box.dump(t.Context(), os.Getenv(toolsVariable), s.version)
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), tool.path, append(args, "--dbname="+url)...).CombinedOutput(); err != nil {
		t.Fatalf("pg_dump: %v\n%s", err, out)
	}
}

func TestEveryFormatOfPgDumpIsRestored(t *testing.T) {
	c := testdb.Postgres(t)
	url := c.Database(t)
	testdb.Exec(t, url, twins+zoo)
	want := text(t, url)
	for name, args := range map[string][]string{
		"custom": {"-Fc"}, "custom, not compressed": {"-Fc", "-Z0"}, "folder": {"-Fd"}, "tar": {"-Ft"}, "plain": {"-Fp"}, "plain, to clean up": {"-Fp", "--clean", "--if-exists"}, "plain, to make a database": {"-Fp", "--create", "--clean"},
		"inserts": {"-Fc", "--inserts"}, "inserts in plain": {"-Fp", "--column-inserts", "--rows-per-insert=100"},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "backup")
			pgDump(t, url, append(args, "--file="+file)...)
			into := c.Database(t)
			testdb.Exec(t, into, "CREATE TABLE in_the_way (n int)")
			held, err := new(Engine).Restore(t.Context(), target(into), file, unheard)
			if err != nil {
				t.Fatal(err)
			}
			if got := text(t, into); got != want {
				t.Errorf("the restored database differs:\n%s", difference(want, got))
			}
			if len(held.Tables) < 10 || slices.ContainsFunc(held.Tables, func(t backup.Table) bool { return t.Name == "public.in_the_way" }) {
				t.Errorf("tables: %v", held.Tables)
			}
		})
	}
}

func TestAProbeCountsWhatTheArchiveOfADumpSays(t *testing.T) {
	c := testdb.Postgres(t)
	url := c.Database(t)
	testdb.Exec(t, url, twins+zoo+bundled)
	probed, err := new(Engine).Probe(t.Context(), target(url))
	if err != nil {
		t.Fatal(err)
	}
	file, held := dump(t, url)
	inside, err := archive.Inspect(t.Context(), file, archive.InspectOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(probed.Tables, inside.Tables) || !slices.Equal(held.Tables, inside.Tables) {
		t.Errorf("probed:\n%v\nheld:\n%v\nin the archive:\n%v", probed.Tables, held.Tables, inside.Tables)
	}
	if !slices.Equal(probed.Extensions, inside.Extensions) || probed.Version != inside.Version || held.DumpedBy != inside.DumpedBy || held.Database != inside.Database {
		t.Errorf("probed %v %s; held %s %s; in the archive %v %s %s %s", probed.Extensions, probed.Version, held.DumpedBy, held.Database,
			inside.Extensions, inside.Version, inside.DumpedBy, inside.Database)
	}
}

// bundled extensions come with every server: one without tables, one in a schema
// of its own, and, made by hand, one that keeps configuration rows.
const bundled = `
CREATE EXTENSION citext;
CREATE SCHEMA tools;
CREATE EXTENSION pgcrypto SCHEMA tools;
CREATE TABLE mails (address citext PRIMARY KEY, hash text DEFAULT tools.crypt('x', tools.gen_salt('md5')));
INSERT INTO mails VALUES ('Ann@example.org');
`

func TestExtensionsStayAndComeBack(t *testing.T) {
	c := testdb.Postgres(t)
	url := c.Database(t)
	testdb.Exec(t, url, bundled)
	file, _ := dump(t, url)
	want := text(t, url)
	for name, script := range map[string]string{
		"as they were":             "",
		"gone":                     "DROP EXTENSION citext CASCADE; DROP SCHEMA tools CASCADE",
		"in another schema":        "CREATE SCHEMA moved; ALTER EXTENSION citext SET SCHEMA moved; ALTER EXTENSION pgcrypto SET SCHEMA public; DROP TABLE mails",
		"in use by something else": "CREATE TABLE other (a citext, h text DEFAULT tools.gen_salt('md5')); CREATE VIEW v AS SELECT a FROM other",
	} {
		t.Run(name, func(t *testing.T) {
			if script != "" {
				testdb.Exec(t, url, script)
			}
			restored(t, url, file)
			if got := text(t, url); got != want {
				t.Errorf("the restored database differs:\n%s", difference(want, got))
			}
		})
	}
	testdb.Exec(t, url, "CREATE EXTENSION hstore; CREATE TABLE bag (h hstore)")
	restored(t, url, file)
	if got := testdb.Query(t, url, "SELECT count(*) FROM pg_extension WHERE extname = 'hstore'"); got[0] != "1" {
		t.Error("an extension that the backup does not carry is gone")
	}
	if got := testdb.Query(t, url, "SELECT count(*) FROM pg_class WHERE relname = 'bag'"); got[0] != "0" {
		t.Error("a table of that extension's type is left over")
	}
}

func TestAHostileArchiveChangesNothing(t *testing.T) {
	c := testdb.Postgres(t)
	url := c.Database(t)
	mark := filepath.Join(t.TempDir(), "mark")
	testdb.Exec(t, url, "CREATE TABLE kept (n int)")
	before := text(t, url)
	for name, script := range map[string]string{
		"an order to psql":         "\\! touch " + mark + "\n",
		"an order in a definition": "CREATE TABLE a (n int)\n\\! touch " + mark + "\n;\n",
		"a program of the server":  "CREATE TABLE a (t text);\nCOPY a FROM PROGRAM 'touch " + mark + "';\n",
		"a rollback":               "CREATE TABLE a (n int);\nROLLBACK;\nDROP TABLE kept;\n",
		"another database":         "CREATE DATABASE a;\n\\connect a\nCREATE TABLE a (n int);\n\\connect template1\nCREATE TABLE kept (n int);\n",
		"rows without an end":      "CREATE TABLE a (n int);\nCOPY a FROM stdin;\n1\n2\n",
		"half a statement":         "CREATE TABLE a (n int);\nCREATE TABLE b (n in",
		"a failing statement":      "CREATE TABLE a (n int);\nCREATE TABLE a (n int);\n",
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "plain.sql")
			if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := new(Engine).Restore(t.Context(), target(url), pgDumpHeader(t, file), unheard)
			if errs.CodeOf(err) != errs.Invalid && errs.CodeOf(err) != errs.Corrupt && errs.CodeOf(err) != errs.Incompatible {
				t.Errorf("error = %v", err)
			}
			if got := text(t, url); got != before {
				t.Errorf("the database has changed:\n%s", difference(before, got))
			}
			if _, err := os.Stat(mark); err == nil {
				t.Error("the order was followed")
			}
		})
	}
	file := filepath.Join(t.TempDir(), "plain.sql")
	script := "BEGIN;\nCREATE TABLE a (n int);\nCOMMIT;\nCREATE TABLE b (n int);\nSELECT 1/0;\n"
	if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := new(Engine).Restore(t.Context(), target(url), pgDumpHeader(t, file), unheard); err == nil {
		t.Error("a division by zero passed")
	}
	if got := text(t, url); got != before {
		t.Error("a COMMIT inside the script was followed")
	}
}

const victimVariable = "COFRE_TEST_PG_VICTIM" // URL and file of the restore that is to be killed

// TestAKilledRestoreLeavesTheDatabaseAsItWas runs this test binary again, which
// kills itself with the rows half in.
func TestAKilledRestoreLeavesTheDatabaseAsItWas(t *testing.T) {
	if victim := os.Getenv(victimVariable); victim != "" {
		url, file, _ := strings.Cut(victim, "\n")
		_, err := new(Engine).Restore(t.Context(), target(url), file, func(u backup.Update) {
			if u.Item == "public.right_twin" {
				self, _ := os.FindProcess(os.Getpid())
				self.Kill()
				select {}
			}
		})
		t.Fatalf("the victim lives: %v", err)
	}
	c := testdb.Postgres(t)
	url := c.Database(t)
	testdb.Exec(t, url, twins)
	file, _ := dump(t, url)
	testdb.Exec(t, url, "DELETE FROM left_twin; CREATE TABLE newer (n int)")
	before := text(t, url)
	cmd := exec.Command(os.Args[0], "-test.run=^TestAKilledRestoreLeavesTheDatabaseAsItWas$")
	cmd.Env = append(os.Environ(), victimVariable+"="+url+"\n"+file)
	out, err := cmd.CombinedOutput()
	if err == nil || bytes.Contains(out, []byte("the victim lives")) {
		t.Fatalf("victim: %v\n%s", err, out)
	}
	tick, limit := time.Tick(20*time.Millisecond), time.After(time.Minute)
	const sessions = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'cofre' AND datname = current_database()"
	for testdb.Query(t, url, sessions)[0] != "0" { // the server has to notice
		select {
		case <-tick:
		case <-limit:
			t.Fatal("the victim's session does not end")
		}
	}
	if got := text(t, url); got != before {
		t.Errorf("the database has changed:\n%s", difference(before, got))
	}
}

func TestADatabaseWithoutPublicIsRestored(t *testing.T) {
	c := testdb.Postgres(t)
	from, into := c.Database(t), c.Database(t)
	testdb.Exec(t, from, "DROP SCHEMA public; CREATE SCHEMA apart; CREATE TABLE apart.a (n int)")
	file, _ := dump(t, from)
	restored(t, into, file)
	restored(t, from, file)
	for name, want := range map[string]string{from: "apart", into: "apart public"} {
		if got := strings.Join(testdb.Query(t, name, "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' ORDER BY 1"), " "); got != want {
			t.Errorf("schemas: %s, want %s", got, want)
		}
	}
	other := c.Database(t)
	testdb.Exec(t, other, "CREATE TABLE a (n int)")
	file, _ = dump(t, other)
	restored(t, from, file)
	if got := testdb.Query(t, from, "SELECT count(*) FROM public.a"); got[0] != "0" {
		t.Errorf("rows: %v", got)
	}
}

func TestRowsOfALiveDatabaseCanBeLookedAt(t *testing.T) {
	c := testdb.Postgres(t)
	url := c.Database(t)
	testdb.Exec(t, url, `CREATE TABLE "A b" (id int, "the name" text, ok boolean); INSERT INTO "A b" VALUES (1, 'é', true), (2, NULL, false), (3, repeat('x', 5000), NULL); CREATE SCHEMA s; CREATE TABLE s.t (n int)`)
	err := new(Engine).Rows(t.Context(), target(url), func(rows archive.Rows) error {
		if got := rows.Tables(); !slices.Equal(got, []string{"public.A b", "s.t"}) {
			t.Errorf("tables: %q", got)
		}
		if got := rows.Columns("public.A b"); !slices.Equal(got, []string{"id", "the name", "ok"}) {
			t.Errorf("columns: %q", got)
		}
		var got []string
		err := rows.Rows(t.Context(), "public.A b", []string{"ok", "the name"}, 2, func(values []string) error {
			got = append(got, strings.Join(values, "|"))
			return rows.Rows(t.Context(), "s.t", []string{"n"}, 1, func([]string) error { return nil })
		})
		if !slices.Equal(got, []string{"t|é", "f|"}) {
			t.Errorf("rows: %q", got)
		}
		wantReason(t, rows.Rows(t.Context(), "s.none", nil, 1, nil), errs.NotFound, "postgres.no_table")
		stop := fmt.Errorf("enough")
		if err := rows.Rows(t.Context(), "public.A b", []string{"id"}, 3, func([]string) error { return stop }); !errors.Is(err, stop) {
			t.Errorf("error of yield: %v", err)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
