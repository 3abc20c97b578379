package archive

import (
	"slices"
	"strings"
	"testing"

	"cofre/internal/errs"

	"cofre/internal/testdb"
)

func TestObjectsAreTheOnesThatPgRestoreMakes(t *testing.T) {
	d := newDumps(t, variety+`CREATE DOMAIN public.positive AS int CHECK (VALUE > 0);
CREATE TABLE public.guarded (id serial PRIMARY KEY, owner name, span int4range, tags text[], twice int GENERATED ALWAYS AS (2) STORED);
ALTER TABLE public.guarded ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON public.guarded USING (owner = current_user);
CREATE SEQUENCE public.untouched START 7;
SELECT setval('public.guarded_id_seq', 41);
GRANT SELECT ON public.guarded TO pg_monitor;
CREATE EXTENSION pgcrypto;
DO $$ BEGIN FOR i IN 1..2000 LOOP EXECUTE format('CREATE TABLE public.many_%s (id int, note text)', i); END LOOP; END $$;`)
	custom := d.make(t, "custom", "-Fc")
	script := string(d.run(t, "pg_restore", nil, "-C", "-f", "-", custom))
	written := map[string]bool{}
	for line := range strings.Lines(script) {
		written[strings.TrimSuffix(line, "\n")] = true
	}
	list := strings.Count(string(d.run(t, "pg_restore", nil, "-l", custom)), " INDEX ")
	for name, path := range map[string]string{
		"custom": custom, "pipe": d.pipe(t, "pipe", "-Fc"), "folder": d.make(t, "folder", "-Fd"), "tar": d.make(t, "tar", "-Ft"),
		"gzip": layered(t, custom, Gzip), "inserts": d.make(t, "inserts", "-Fc", "--inserts"), "script": d.make(t, "script", "-Fp"),
		"script of inserts": d.make(t, "script2", "-Fp", "--inserts"),
	} {
		c, s, err := Study(t.Context(), path, InspectOptions{TempDir: t.TempDir()})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		count := map[string]int{}
		for _, o := range s.Objects {
			count[o.Type]++
			for _, line := range strings.Split(o.DDL, "\n") {
				if !written[line] {
					t.Errorf("%s: pg_restore does not write %q of %s %s", name, line, o.Type, o.Name)
				}
			}
			if o.DDL == "" && o.Type != "sequence" {
				t.Errorf("%s: %s %s has no statement", name, o.Type, o.Name)
			}
		}
		if count["table"] != 2000+9 || count["index"] != list || count["view"] != 1 || count["policy"] != 1 || count["domain"] != 1 || count["function"] != 2 {
			t.Errorf("%s: %v", name, count)
		}
		if !slices.Contains(s.Roles, "pg_monitor") || !slices.Contains(s.Roles, "postgres") || slices.Contains(s.Roles, "PUBLIC") {
			t.Errorf("%s: roles %v", name, s.Roles)
		}
		if s.LargeObjects != 2 || !slices.Equal(c.Extensions, []string{"pgcrypto"}) {
			t.Errorf("%s: %d large objects, extensions %v", name, s.LargeObjects, c.Extensions)
		}
		used, fresh := s.Named("guarded_id_seq"), s.Named("public.untouched")
		if len(used) == 0 || used[0].Value == nil || *used[0].Value != 41 || used[0].Fresh {
			t.Errorf("%s: %+v", name, used)
		}
		if len(fresh) == 0 || fresh[0].Value == nil || *fresh[0].Value != 7 || !fresh[0].Fresh {
			t.Errorf("%s: %+v", name, fresh)
		}
		if o := s.Named("Finanças.Despesas de (julho)"); len(o) == 0 || o[0].Bytes < 5000*40 {
			t.Errorf("%s: %+v", name, o)
		}
		if i := slices.IndexFunc(s.Objects, func(o Object) bool { return o.Type == "index" }); !strings.HasPrefix(name, "script") && (i < 0 || s.Objects[i].Of != "public.users") {
			t.Errorf("%s: the index belongs to no table", name)
		}
	}
}

func TestObjectsOfAnSQLiteFileAndOfItsScriptAreTheSame(t *testing.T) {
	sql := "CREATE TABLE a(id INTEGER PRIMARY KEY AUTOINCREMENT, \"b c\" text);\nCREATE UNIQUE INDEX i ON a(\"b c\");\nCREATE VIEW v AS SELECT * FROM a;\n" +
		"CREATE TRIGGER g AFTER INSERT ON a BEGIN DELETE FROM a WHERE id < 0; END;\nINSERT INTO a VALUES(41,'x');\n"
	script := write(t, "x.sql", "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n"+sql+"COMMIT;\n")
	for _, path := range []string{script, testdb.SQLite(t, sql)} {
		_, s, err := Study(t.Context(), path, InspectOptions{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, o := range s.Objects {
			got = append(got, o.Type+" "+o.Name+" "+o.Of)
			if o.Value != nil && *o.Value != 41 || path == script && o.Type == "table" && o.Bytes == 0 || !strings.Contains(sql, o.DDL) {
				t.Errorf("%+v", o)
			}
		}
		got = slices.DeleteFunc(got, func(s string) bool { return s == "sequence a a" })
		slices.Sort(got)
		if want := []string{"index i a", "table a ", "trigger g a", "view v "}; !slices.Equal(got, want) {
			t.Errorf("%q", got)
		}
	}
}

func TestObjectsOfArchivesOfOtherVersionsAreRead(t *testing.T) {
	for _, name := range []string{"17-lz4.dump", "18-zstd.dump", "18-appended.dump", "17-folder-zstd", "18-folder-lz4", "18-tar.gz", "18-script.sql"} {
		_, s, err := Study(t.Context(), "testdata/"+name, InspectOptions{TempDir: t.TempDir()})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		kinds := map[string]int{}
		for _, o := range s.Objects {
			kinds[o.Type]++
		}
		users := s.Named("public.users")
		if s.LargeObjects != 2 || s.LargeObjectBytes != 6 && name != "18-script.sql" || kinds["table"] != 4 || kinds["constraint"] != 1 || len(s.Roles) != 1 ||
			len(users) != 1 || !strings.HasPrefix(users[0].DDL, "CREATE TABLE public.users (") || users[0].Bytes < 300*10 {
			t.Errorf("%s: %d large objects of %d bytes, %v, roles %v, users %+v", name, s.LargeObjects, s.LargeObjectBytes, kinds, s.Roles, users)
		}
	}
}

func FuzzScript(f *testing.F) {
	f.Add("--\n-- Name: a; Type: TABLE; Schema: public; Owner: x\n--\n\nCREATE TABLE public.a (x int);\nCOPY public.a (x) FROM stdin;\n1\n\\.\n", false)
	f.Add("SELECT pg_catalog.setval('public.s', 5, true);GRANT ALL ON a TO \"b c\";INSERT INTO a VALUES (1,'x''');", false)
	f.Add("CREATE UNIQUE INDEX i ON [a b](x);INSERT INTO 'a' VALUES(X'00');", true)
	f.Fuzz(func(t *testing.T, body string, sqlite bool) {
		script := "--\n-- PostgreSQL database dump\n--\n\n" + body + "\n--\n-- PostgreSQL database dump complete\n--\n\n"
		if sqlite {
			script = "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n" + body + "\nCOMMIT;\n"
		}
		path := write(t, "x.sql", script)
		c, s, err := Study(t.Context(), path, InspectOptions{})
		if err != nil {
			return
		}
		for _, o := range s.Objects {
			if !strings.Contains(script, strings.Split(o.DDL, "\n")[0]) {
				t.Errorf("%q is not in the script", o.DDL)
			}
		}
		for _, table := range c.Tables {
			if table.Rows < 0 {
				t.Errorf("%+v", table)
			}
		}
		cells, end, err := OpenCells(t.Context(), path, t.TempDir())
		defer end()
		if err != nil {
			if errs.CodeOf(err) == errs.Internal {
				t.Error(err)
			}
			return
		}
		for _, table := range c.Tables {
			rows := int64(0)
			err := cells.Read(t.Context(), table.Name, func([]Cell) error { rows++; return nil })
			if err == nil && rows != table.Rows || err != nil && errs.CodeOf(err) != errs.Corrupt {
				t.Errorf("%+v: %d rows were read, %v", table, rows, err)
			}
		}
	})
}
