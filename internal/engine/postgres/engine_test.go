package postgres

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"cofre/internal/backup"
	"cofre/internal/engine/enginetest"
	"cofre/internal/errs"
	"cofre/internal/testdb"
)

// The suite runs against the server that testdb finds and the client tools that
// the engine finds. COFRE_TEST_PG_BIN names the folder of another server's
// programs, as build/matrix.sh does, COFRE_TEST_PG_TOOLS that of other client tools.
const toolsVariable = "COFRE_TEST_PG_TOOLS"

func TestMain(m *testing.M) { testdb.Main(m) }

func target(url string) backup.Target {
	return backup.Target{Kind: backup.PostgreSQL, Name: testdb.DatabaseName(url), URL: url, ToolsDir: os.Getenv(toolsVariable)}
}

func unheard(backup.Update) {}

// text is a database as pg_dump writes it: all definitions and all values.
func text(t *testing.T, url string) string {
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
	cmd := exec.CommandContext(t.Context(), tool.path, "--dbname="+url)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		t.Fatalf("pg_dump: %v\n%s", err, said.Bytes())
	}
	lines := slices.DeleteFunc(strings.Split(out.String(), "\n"), changing)
	return strings.Join(lines, "\n")
}

// changing are the lines of a dump that differ from one to the next.
func changing(line string) bool {
	return strings.HasPrefix(line, `\restrict `) || strings.HasPrefix(line, `\unrestrict `) || strings.HasSuffix(line, ");") && strings.Contains(line, " SET (pg_attver=")
}

// dump makes a dump of the database at url.
func dump(t *testing.T, url string) (file string, held backup.Contents) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "database.dump")
	made, err := new(Engine).Dump(t.Context(), target(url), file, backup.DumpOptions{}, unheard)
	if err != nil {
		t.Fatal(err)
	}
	return file, made.Contents
}

func restored(t *testing.T, url, file string) backup.Contents {
	t.Helper()
	c, err := new(Engine).Restore(t.Context(), target(url), file, unheard)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// wantReason fails unless err has this code and reason.
func wantReason(t *testing.T, err error, code errs.Code, reason string) {
	t.Helper()
	if errs.CodeOf(err) != code || errs.Of(err).Reason != reason {
		t.Errorf("error = %v (code %q), want %q %q", err, errs.CodeOf(err), code, reason)
	}
}

func TestTheEngineKeepsItsPromises(t *testing.T) {
	c := testdb.Postgres(t)
	database := func(t *testing.T, script string) backup.Target {
		url := c.Database(t)
		testdb.Exec(t, url, script)
		return target(url)
	}
	const secret = "s3cr3t/word"
	enginetest.Run(t, enginetest.Harness{
		Engine:   &Engine{},
		New:      func(t *testing.T) backup.Target { return database(t, twins+zoo) },
		NewEmpty: func(t *testing.T) backup.Target { return target(c.Database(t)) },
		Missing: func(t *testing.T) backup.Target {
			return target(c.URL(testdb.Superuser, testdb.Password, "no_such_database"))
		},
		Mutate:      func(t *testing.T, target backup.Target) { testdb.Exec(t, target.URL, mutation) },
		Fingerprint: func(t *testing.T, target backup.Target) string { return text(t, target.URL) },
		Count:       count,
		Twins:       [2]string{"public.left_twin", "public.right_twin"},
		Write:       write,
		Break:       broken,
		Foreign:     func(t *testing.T) string { return testdb.SQLite(t, "CREATE TABLE a (n); INSERT INTO a VALUES (1)") },
		Unreachable: func(t *testing.T) []backup.Target {
			closed := testdb.Cluster{Port: 1}
			return []backup.Target{target(c.URL(testdb.Superuser, secret, "postgres")), target(closed.URL(testdb.Superuser, secret, "postgres")),
				{Kind: backup.PostgreSQL, URL: "postgres://u:" + secret + "@[bad/x"}}
		},
		Secret: secret,
		Leftovers: func(t *testing.T, target backup.Target) []string {
			return testdb.Query(t, target.URL, "SELECT datname FROM pg_database ORDER BY 1")
		},
	})
}

const twins = `
CREATE TABLE left_twin (n serial PRIMARY KEY, filler text);
CREATE TABLE right_twin (n serial PRIMARY KEY, filler text);
INSERT INTO left_twin (filler) SELECT repeat(md5(n::text), 2) FROM generate_series(1, 12000) n;
INSERT INTO right_twin (filler) SELECT filler FROM left_twin;
`

// mutation does what people and programs do to a database after a backup of it.
const mutation = `
DELETE FROM left_twin WHERE n % 3 = 0;
UPDATE right_twin SET filler = 'changed' WHERE n < 100;
INSERT INTO shop.customers (name) VALUES ('Newcomer');
DROP TABLE shop.notes;
CREATE TABLE later (n int PRIMARY KEY, customer int REFERENCES shop.customers);
CREATE VIEW later_view AS SELECT l.n, c.name FROM later l JOIN shop.customers c ON c.id = l.customer;
CREATE INDEX later_index ON left_twin (filler);
CREATE SCHEMA "Leftover Schema";
CREATE TABLE "Leftover Schema".things (t text);
CREATE FUNCTION later_function(shop.mood) RETURNS shop.mood LANGUAGE sql AS 'SELECT $1';
CREATE DOMAIN later_domain AS text;
CREATE AGGREGATE later_sum(int) (sfunc = int4pl, stype = int);
CREATE OPERATOR === (leftarg = shop.mood, rightarg = shop.mood, function = shop.same);
CREATE COLLATION later_collation FROM "C";
CREATE TEXT SEARCH CONFIGURATION later_search (COPY = simple);
CREATE STATISTICS later_statistics ON n, filler FROM left_twin;
CREATE CAST (shop.mood AS bytea) WITH INOUT;
CREATE EVENT TRIGGER later_trigger ON ddl_command_end EXECUTE FUNCTION shop.noticed();
SELECT lo_from_bytea(0, 'left over');
`

func count(t *testing.T, target backup.Target) []backup.Table {
	t.Helper()
	names := testdb.Query(t, target.URL, `SELECT schemaname || '.' || tablename FROM pg_tables
		WHERE schemaname !~ '^pg_' AND schemaname <> 'information_schema'
			AND NOT EXISTS (SELECT FROM pg_partitioned_table p WHERE p.partrelid = (quote_ident(schemaname) || '.' || quote_ident(tablename))::regclass)`)
	slices.Sort(names)
	var tables []backup.Table
	for _, name := range names {
		schema, table, _ := strings.Cut(name, ".")
		rows, err := strconv.ParseInt(testdb.Query(t, target.URL, "SELECT count(*) FROM ONLY "+quote(schema, table))[0], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		tables = append(tables, backup.Table{Name: name, Rows: rows})
	}
	return tables
}

// broken cuts an archive off, and turns a bit of its rows over.
func broken(t *testing.T, file string) map[string]string {
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(whole)
	flipped[len(flipped)*3/4] ^= 0x10
	damaged := map[string]string{}
	for what, content := range map[string][]byte{"cut off at the end": whole[:len(whole)-20], "cut in half": whole[:len(whole)/2], "cut in the header": whole[:30], "a flipped bit": flipped} {
		damaged[what] = filepath.Join(t.TempDir(), "damaged")
		if err := os.WriteFile(damaged[what], content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return damaged
}

// difference is the first lines in which two texts differ.
func difference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(w), len(g)) {
		if w[i] != g[i] {
			end := min(i+6, len(w), len(g))
			return "want:\n" + strings.Join(w[i:end], "\n") + "\ngot:\n" + strings.Join(g[i:end], "\n")
		}
	}
	return "one is longer"
}
