package archive

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"cofre/internal/sample"
	"cofre/internal/testdb"
)

// TestEveryReadingIsThatOfTheRealTools makes archives of several databases with every
// pg_dump that is here, in every format and compression that it has, and holds what
// is read of them against pg_restore and the server: table of contents, objects and
// their statements, every value, counts, large objects.
func TestEveryReadingIsThatOfTheRealTools(t *testing.T) {
	cluster := testdb.Postgres(t)
	clients := cluster.Clients(t)
	if !thorough() {
		clients = clients[:1]
	}
	for name, fill := range realDatabases(t, cluster) {
		t.Run(name, func(t *testing.T) {
			d := dumps{bin: clients[0].Bin, url: cluster.Database(t), dir: t.TempDir()}
			if name == "LATIN1" {
				d.url = encoded(t, cluster, name)
			}
			fill(t, d.url)
			for _, client := range clients {
				d.bin = client.Bin
				t.Run(fmt.Sprint("pg_dump ", client.Major), func(t *testing.T) { compareReadings(t, d, client.Major, name == "2,000 tables") })
			}
		})
	}
}

// realDatabases are the databases, by name. The usual run has those that differ most.
func realDatabases(t *testing.T, c *testdb.Cluster) map[string]func(t *testing.T, url string) {
	run := func(sql string) func(*testing.T, string) {
		return func(t *testing.T, url string) { testdb.Exec(t, url, known(c, sql)) }
	}
	all := map[string]func(*testing.T, string){
		"everything": run(variety + testdb.Zoo + extended),
		"LATIN1":     func(t *testing.T, url string) { testdb.Exec(t, url+"&client_encoding=UTF8", latin) },
	}
	if !thorough() {
		return all
	}
	all["every type"] = run(manyTypes)
	all["2,000 tables"] = run(`DO $$ BEGIN FOR i IN 1..2000 LOOP EXECUTE format('CREATE TABLE many_%s (id int PRIMARY KEY, note text); INSERT INTO many_%s VALUES (%s, ''x'')', i, i, i); END LOOP; END $$`)
	for _, app := range []string{"finance", "fleet"} {
		path := filepath.Join(t.TempDir(), "sample.sqlite3")
		if _, err := sample.Write(t.Context(), path, sample.Options{App: app, Rows: 500}); err != nil {
			t.Fatal(err)
		}
		all["the sample of "+app] = run(plainSchema(t, path))
	}
	if dir := os.Getenv("COFRE_SHARED"); dir != "" {
		script, err := os.ReadFile(filepath.Join(dir, "data", "chinook-postgresql.sql"))
		if err != nil {
			t.Fatal(err)
		}
		_, sql, _ := strings.Cut(string(script), `\c chinook;`)
		all["Chinook"] = run(sql)
	}
	return all
}

const extended = `
DO $$ BEGIN CREATE EXTENSION hstore; EXCEPTION WHEN OTHERS THEN NULL; END $$;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO pg_monitor;
GRANT SELECT (id, name) ON public.users TO pg_monitor WITH GRANT OPTION;
ALTER TABLE public.users ENABLE ROW LEVEL SECURITY;
CREATE POLICY "ver as próprias" ON public.users USING (name = current_user);
CREATE TABLE public."tab
e linha" ("co""l" int DEFAULT 7 CHECK ("co""l" > 0), PRIMARY KEY ("co""l")); INSERT INTO public."tab
e linha" SELECT i FROM generate_series(1, 20) i;
COMMENT ON COLUMN public."tab
e linha"."co""l" IS E'duas\nlinhas; -- e mais';`

const latin = `CREATE SCHEMA "Orçamento"; CREATE TYPE "Orçamento"."situação" AS ENUM ('não', 'sim');
CREATE TABLE "Orçamento"."despesas à vista" (id int PRIMARY KEY, "descrição" text, "situação" "Orçamento"."situação", feito timestamptz DEFAULT now());
INSERT INTO "Orçamento"."despesas à vista" SELECT i, E'pão\t' || i, 'não', '2026-01-01' FROM generate_series(1, 500) i;
CREATE VIEW "Orçamento"."visão" AS SELECT "descrição" FROM "Orçamento"."despesas à vista" WHERE "situação" = 'não';
COMMENT ON TABLE "Orçamento"."despesas à vista" IS 'é assim'; SELECT lo_from_bytea(0, '\x00ff');`

func encoded(t *testing.T, c *testdb.Cluster, encoding string) string {
	admin := c.URL(testdb.Superuser, testdb.Password, "postgres")
	name := "encoded_" + strings.ToLower(encoding)
	testdb.Exec(t, admin, "CREATE DATABASE "+name+" ENCODING '"+encoding+"' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
	t.Cleanup(func() { testdb.Exec(t, admin, "DROP DATABASE "+name) })
	return c.URL(testdb.Superuser, testdb.Password, name)
}

// plainSchema is an SQLite file as statements for PostgreSQL, each value as a text.
func plainSchema(t *testing.T, path string) string {
	var sql strings.Builder
	cells := openCells(t, path)
	for _, table := range cells.Tables() {
		var columns []string
		for _, c := range cells.Columns(table) {
			columns = append(columns, fmt.Sprintf("%q text", c.Name))
		}
		fmt.Fprintf(&sql, "CREATE TABLE %q (%s);\n", table, strings.Join(columns, ", "))
		err := cells.Read(t.Context(), table, func(row []Cell) error {
			values := make([]string, len(row))
			for i, c := range row {
				if values[i] = "NULL"; c.Kind != Null {
					values[i] = "'" + strings.ReplaceAll(string(c.AppendText(nil)), "'", "''") + "'"
				}
			}
			fmt.Fprintf(&sql, "INSERT INTO %q VALUES (%s);\n", table, strings.Join(values, ", "))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return sql.String()
}

// realArchive is one archive of a database.
type realArchive struct {
	name    string
	args    []string
	custom  bool // pg_restore reads it
	inserts bool
}

// realArchives are the formats and compressions that a pg_dump has.
func realArchives(major int, many bool) []realArchive {
	compressions := []string{"0", "6"}
	if major >= 16 {
		compressions = []string{"none", "gzip:1", "lz4", "zstd"}
	}
	all := []realArchive{
		{name: "tar", args: []string{"-Ft"}, custom: true}, {name: "script", args: []string{"-Fp"}},
		{name: "script of inserts", args: []string{"-Fp", "--inserts"}, inserts: true},
	}
	for _, c := range compressions {
		all = append(all, realArchive{name: "custom " + c, args: []string{"-Fc", "-Z", c}, custom: true})
		if !many || c == "lz4" {
			all = append(all, realArchive{name: "folder " + c, args: []string{"-Fd", "-Z", c}, custom: true})
		}
	}
	all = append(all, realArchive{name: "script in gzip", args: []string{"-Fp", "-Z6"}},
		realArchive{name: "custom of inserts", args: []string{"-Fc", "--rows-per-insert=3"}, custom: true, inserts: true})
	if major >= 16 {
		all = append(all, realArchive{name: "script in zstd", args: []string{"-Fp", "-Z", "zstd"}})
	}
	return all
}

func compareReadings(t *testing.T, d dumps, major int, many bool) {
	tables, objects := heldByServer(t, d.url)
	reference := d.make(t, fmt.Sprint("reference", major), "-Fc", "-Z0")
	whole := restoredText(t, d, reference)
	for _, a := range realArchives(major, many) {
		t.Run(a.name, func(t *testing.T) {
			path := d.make(t, fmt.Sprint(a.name, major), a.args...)
			defer os.RemoveAll(path)
			c, s, err := Study(t.Context(), path, InspectOptions{TempDir: t.TempDir()})
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(c.Tables, tables) {
				t.Errorf("tables %v, the server has %v", c.Tables, tables)
			}
			if got := (largeObjects{s.LargeObjects, s.LargeObjectBytes}); got != objects {
				t.Errorf("large objects %+v, the server has %+v", got, objects)
			}
			said := whole
			if a.custom {
				said = restoredText(t, d, path)
				sameList(t, d, path, s)
			}
			sameObjects(t, s, said, !a.custom)
			if a.inserts {
				said.rows = whole.rows
			}
			sameRows(t, path, said.rows)
		})
	}
}

type largeObjects struct{ number, bytes int64 }

func heldByServer(t *testing.T, url string) (tables []Table, objects largeObjects) {
	t.Helper()
	for _, line := range testdb.Query(t, url+"&client_encoding=UTF8", `SELECT encode(convert_to(n.nspname || '.' || c.relname, 'UTF8'), 'hex') || ' ' ||
			(xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM ONLY %I.%I', n.nspname, c.relname), false, true, '')))[1]
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`) {
		name, count, _ := strings.Cut(line, " ")
		rows, err := strconv.ParseInt(count, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		var text []byte
		if _, err := fmt.Sscanf(name, "%x", &text); err != nil {
			t.Fatal(err)
		}
		tables = append(tables, Table{string(text), rows})
	}
	slices.SortFunc(tables, func(a, b Table) int { return strings.Compare(a.Name, b.Name) })
	_, err := fmt.Sscan(testdb.Query(t, url, "SELECT count(*) || ' ' || coalesce(sum(length(lo_get(oid))), 0) FROM pg_largeobject_metadata")[0], &objects.number, &objects.bytes)
	if err != nil {
		t.Fatal(err)
	}
	return tables, objects
}

// said is what pg_restore writes of an archive.
type said struct {
	objects []saidObject
	rows    map[string][]string // of COPY, by the name of the table as SQL writes it
}

type saidObject struct{ name, kind, schema, owner, body string }

var (
	header = regexp.MustCompile(`(?m)^--\n-- (?:Data for )?Name: ((?:.|\n)*?); Type: ([A-Z ]+); Schema: (.*); Owner: ?(.*)\n--\n\n`)
	copied = regexp.MustCompile(`^(?s)COPY ((?:"(?:[^"]|"")*"|[^" ])+) .*?FROM stdin;\n`)
)

// restoredText reads the script of pg_restore without our own readers: what stands
// between the comments that announce the objects.
func restoredText(t *testing.T, d dumps, path string) said {
	t.Helper()
	dump, err := OpenDump(path)
	if err != nil {
		t.Fatal(err)
	}
	dump.Close()
	text := dump.Text(string(d.run(t, "pg_restore", nil, "-C", "-f", "-", path)))
	r := said{rows: map[string][]string{}}
	for places := header.FindAllStringSubmatchIndex(text, -1); len(places) > 0; places = places[1:] {
		p, end := places[0], len(text)
		if len(places) > 1 {
			end = places[1][0]
		}
		o := saidObject{text[p[2]:p[3]], strings.ToLower(text[p[4]:p[5]]), text[p[6]:p[7]], text[p[8]:p[9]], text[p[1]:end]}
		o.owner, _, _ = strings.Cut(o.owner, "; Tablespace: ")
		if o.kind == "table data" {
			if match := copied.FindStringSubmatch(o.body); match != nil {
				rows, _, _ := strings.Cut("\n"+o.body[len(match[0]):], "\n\\.\n")
				r.rows[match[1]] = strings.Split(rows, "\n")[1:]
			}
		}
		r.objects = append(r.objects, o)
	}
	return r
}

var notObjects = []string{"table data", "sequence set", "blobs", "blob data", "blob", "blob metadata", "statistics data", "database properties"}

// sameObjects compares kinds, names, owners and statements. Grants come at the end of
// what pg_restore writes, wherever they are in the table of contents.
func sameObjects(t *testing.T, s Schema, want said, script bool) {
	t.Helper()
	var mine, theirs []saidObject
	for _, o := range s.Objects {
		mine = append(mine, saidObject{name: oneLine(o.Name), kind: o.Type, owner: o.Owner, body: o.DDL})
	}
	for _, o := range want.objects {
		if slices.Contains(notObjects, o.kind) || script && (o.kind == "database" || strings.HasPrefix(o.body, "-- *not* ")) { // … creating schema, since initdb creates it
			continue
		}
		if o.schema != "-" {
			o.name = o.schema + "." + o.name
		}
		o.name, o.schema, o.owner = oneLine(o.name), "", strings.TrimSuffix(strings.TrimPrefix(o.owner, "-"), " ")
		theirs = append(theirs, o)
	}
	order := func(a, b saidObject) int {
		return strings.Compare(a.kind+" "+a.name+" "+a.owner, b.kind+" "+b.name+" "+b.owner)
	}
	slices.SortStableFunc(mine, order)
	slices.SortStableFunc(theirs, order)
	for i := range max(len(mine), len(theirs)) {
		if i >= len(mine) || i >= len(theirs) || order(mine[i], theirs[i]) != 0 {
			t.Errorf("%q, pg_restore says %q", mine[min(i, len(mine)):min(i+1, len(mine))], theirs[min(i, len(theirs)):min(i+1, len(theirs))])
			return
		}
		ours, said := mine[i].body, theirs[i].body
		if script { // of several statements, we have no empty lines between them
			ours, said = dense(ours), dense(said)
		}
		if !strings.HasPrefix(said, ours) || ours == "" && strings.TrimSpace(said) != "" {
			t.Errorf("the statement of %s %s: %q, pg_restore says %q", mine[i].kind, mine[i].name, ours, said)
		}
	}
}

// dense is a text without its empty lines.
func dense(s string) string {
	return strings.Join(slices.DeleteFunc(strings.Split(s, "\n"), func(line string) bool { return line == "" }), "\n")
}

// oneLine is how the tools print a name with line breaks.
func oneLine(s string) string { return strings.NewReplacer("\n", " ", "\r", " ").Replace(s) }

// sameList compares all entries with pg_restore -l.
func sameList(t *testing.T, d dumps, path string, _ Schema) {
	t.Helper()
	dump, err := OpenDump(path)
	if err != nil {
		t.Fatal(err)
	}
	defer dump.Close()
	var want []string
	for line := range strings.Lines(dump.Text(string(d.run(t, "pg_restore", nil, "-l", "-C", path)))) {
		if line = strings.TrimRight(line, "\n"); line != "" && line[0] != ';' {
			want = append(want, line)
		}
	}
	for i := range dump.Entries {
		e := &dump.Entries[i]
		if e.Desc == "ENCODING" || e.Desc == "STDSTRINGS" || e.Desc == "SEARCHPATH" {
			continue
		}
		schema := e.Namespace
		if schema == "" {
			schema = "-"
		}
		got := dump.Text(oneLine(fmt.Sprintf("%d; %s %s %s %s %s %s", e.DumpID, e.TableOID, e.OID, e.Desc, schema, e.Tag, e.Owner)))
		if len(want) == 0 || got != want[0] {
			t.Errorf("%q, pg_restore -l says %q", got, append(want, "")[0])
			return
		}
		want = want[1:]
	}
	if len(want) > 0 {
		t.Errorf("pg_restore -l has more: %q", want)
	}
}

// sameRows compares every value with those of the script.
func sameRows(t *testing.T, path string, want map[string][]string) {
	t.Helper()
	cells, end, err := OpenCells(context.Background(), path, t.TempDir())
	defer end()
	if err != nil {
		t.Fatal(err)
	}
	plain := map[string][]string{}
	for name, rows := range want {
		plain[bareName(name)] = rows
	}
	read := 0
	for _, table := range cells.Tables() {
		rows := plain[table]
		i, wrong := 0, 0
		err := cells.Read(t.Context(), table, func(row []Cell) error {
			if i >= len(rows) {
				i++
				return nil
			}
			var values []string
			if len(row) > 0 {
				values = strings.Split(rows[i], "\t")
			}
			same := len(values) == len(row)
			for k := range row {
				same = same && (values[k] == `\N`) == (row[k].Kind == Null) && (row[k].Kind == Null || unescaped(values[k]) == string(row[k].Bytes))
			}
			if i++; !same && wrong < 3 {
				wrong++
				t.Errorf("%s, row %d: %q, pg_restore writes %q", table, i, row, values)
			}
			return nil
		})
		if err != nil || i != len(rows) {
			t.Errorf("%s: %d rows, pg_restore writes %d: %v", table, i, len(rows), err)
		}
		read += i
	}
	if read == 0 {
		t.Error("there are no rows")
	}
}

// bareName is a name without its quotes: public."a ""b""".
func bareName(name string) string {
	return strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(name, `""`, "\x00"), `"`, ""), "\x00", `"`)
}

// unescaped reads a value as the manual of COPY says.
func unescaped(value string) string {
	return strings.NewReplacer(`\\`, `\`, `\b`, "\b", `\f`, "\f", `\n`, "\n", `\r`, "\r", `\t`, "\t", `\v`, "\v").Replace(value)
}
