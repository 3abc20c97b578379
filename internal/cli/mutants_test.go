package cli

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"cofre/internal/archive"
	"cofre/internal/testdb"
)

// The content that is live, and the content of the backup that is damaged. The names
// of both are not those of other tests.
const (
	liveContent = `CREATE TABLE people (id integer PRIMARY KEY, name text NOT NULL);
		INSERT INTO people VALUES (1, 'Ana'), (2, 'Zoë');
		CREATE TABLE later (x text); CREATE VIEW dep AS SELECT * FROM people;`
	backupContent = `CREATE TABLE people (id integer PRIMARY KEY, name text NOT NULL, born date);
		CREATE TABLE payments (id integer PRIMARY KEY, person integer NOT NULL REFERENCES people, amount numeric(9,2), note text);
		CREATE INDEX payments_person ON payments (person); CREATE VIEW dear AS SELECT * FROM payments WHERE amount > 40;`
	backupRows = `INSERT INTO people SELECT i, 'Pessoa ' || i, '2001-02-03' FROM %[1]s WHERE i <= 40;
		INSERT INTO payments SELECT i, i %% 40 + 1, i / 4.0, 'note ' || i * 7919 FROM %[1]s;`
)

// prey is a live database that damaged files are restored into.
type prey struct {
	url    string
	words  []string // of the command
	reset  func(t *testing.T)
	text   func(t *testing.T) string   // all that it holds
	beside func(t *testing.T) []string // what lies around it
}

// postgresPrey belongs to a role with such attributes, which decide about the method.
func postgresPrey(t *testing.T, attributes, content string, words ...string) prey {
	c := testdb.Postgres(t)
	role := c.Role(t, "prey", attributes)
	admin := c.DatabaseOf(t, role)
	name, url := testdb.DatabaseName(admin), c.As(role, admin)
	elsewhere := c.URL(testdb.Superuser, testdb.Password, "postgres")
	beside := func(t *testing.T) []string {
		return testdb.Query(t, elsewhere, "SELECT datname::text FROM pg_database WHERE datname LIKE '"+name+`\_\_%'`)
	}
	p := prey{url: url, words: words, beside: beside, text: func(t *testing.T) string {
		return strings.Join(testdb.Query(t, url, `SELECT concat_ws(' ', relkind, relname, relnamespace::regnamespace, (SELECT string_agg(attname || atttypid::regtype || attnotnull, ',' ORDER BY attnum) FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0))
			FROM pg_class c WHERE c.oid >= 16384 AND relnamespace::regnamespace::text !~ '^pg_' UNION ALL SELECT nspname FROM pg_namespace UNION ALL SELECT proname FROM pg_proc WHERE oid >= 16384 ORDER BY 1`), "\n") +
			postgresText(t, url)
	}}
	p.reset = func(t *testing.T) {
		for _, old := range beside(t) {
			testdb.Exec(t, elsewhere, "DROP DATABASE "+old)
		}
		testdb.Exec(t, url, "DO $$DECLARE s text; BEGIN FOR s IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' LOOP EXECUTE format('DROP SCHEMA %I CASCADE', s); END LOOP; END$$")
		testdb.Exec(t, url, "CREATE SCHEMA public; "+content)
	}
	testdb.Exec(t, admin, "ALTER SCHEMA public OWNER TO "+role)
	t.Cleanup(func() {
		for _, old := range beside(t) {
			testdb.Exec(t, elsewhere, "DROP DATABASE "+old)
		}
	})
	return p
}

func sqlitePrey(t *testing.T) prey {
	dir := t.TempDir()
	path := filepath.Join(dir, "live.sqlite3")
	return prey{path, nil,
		func(t *testing.T) {
			os.Remove(path)
			sqliteExec(t, path, liveContent)
		},
		func(t *testing.T) string { return sqliteText(t, path) },
		func(t *testing.T) (left []string) {
			found, err := filepath.Glob(filepath.Join(dir, "*"))
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range found {
				if f != path {
					left = append(left, f)
				}
			}
			return left
		}}
}

// TestADamagedFileRestoredIntoALiveDatabaseChangesNothing gives damaged files of each
// format to a restore: COFRE_MUTANTS (40) of each. One that no longer reads as a good
// backup is refused with one error and changes nothing; one that does goes in whole,
// or is refused just so.
func TestADamagedFileRestoredIntoALiveDatabaseChangesNothing(t *testing.T) {
	mutants := 40
	if text := os.Getenv("COFRE_MUTANTS"); text != "" {
		var err error
		if mutants, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	c := testdb.Postgres(t)
	source := c.Database(t)
	testdb.Exec(t, source, backupContent+fmt.Sprintf(backupRows, "generate_series(1, 200) i"))
	dir := t.TempDir()
	dump := func(name string, args ...string) string {
		path := filepath.Join(dir, name)
		if out, err := exec.Command(filepath.Join(c.Bin, "pg_dump"), append(args, "-f", path, "-d", source)...).CombinedOutput(); err != nil {
			t.Fatalf("pg_dump: %v\n%s", err, out)
		}
		return path
	}
	lite := testdb.SQLite(t, "PRAGMA page_size = 1024; VACUUM;"+backupContent+fmt.Sprintf("CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200) SELECT i FROM n;"+backupRows, "n"))
	postgres := func(t *testing.T) []prey {
		return []prey{postgresPrey(t, "", liveContent), postgresPrey(t, "CREATEDB", liveContent)}
	}
	for i, f := range []struct {
		name, file string
		open       func(*testing.T) []prey
	}{
		{"custom", dump("custom", "-Fc"), postgres},
		{"custom, plain rows", dump("custom0", "-Fc", "-Z0"), postgres},
		{"directory", dump("folder", "-Fd"), postgres},
		{"tar", dump("tar", "-Ft"), postgres},
		{"plain", dump("plain.sql", "-Fp"), postgres},
		{"SQLite", lite, func(t *testing.T) []prey { return []prey{sqlitePrey(t)} }},
		{"SQLite, migrated", lite, func(t *testing.T) []prey {
			const own = backupContent + "INSERT INTO people VALUES (7, 'later', NULL)"
			return []prey{postgresPrey(t, "", own, "--migrate"), postgresPrey(t, "CREATEDB", own, "--migrate")}
		}},
	} {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			chance := rand.New(rand.NewPCG(11, uint64(i)))
			home, work := t.TempDir(), t.TempDir()
			all := f.open(t)
			for _, p := range all {
				p.reset(t)
				if p.devour(t, home, f.file, -1) != 0 {
					t.Fatal("the undamaged file does not go in")
				}
			}
			endings := map[int]int{}
			for n := range mutants {
				p := all[n%len(all)]
				mutant := testdb.Damage(t, chance, f.file, filepath.Join(work, "mutant"))
				code := p.devour(t, home, mutant, n)
				endings[code]++
				if t.Failed() {
					return
				}
				os.RemoveAll(mutant)
			}
			t.Logf("exit codes: %v", endings)
		})
	}
}

// devour restores a mutant and looks.
func (p prey) devour(t *testing.T, home, mutant string, n int) int {
	t.Helper()
	before := p.text(t)
	a := cofre(t, home, append([]string{"restore", mutant, "--db", p.url, "--yes", "--json"}, p.words...)...)
	after := p.text(t)
	if a.code == 0 {
		if _, err := archive.Verify(t.Context(), mutant, archive.VerifyOptions{Depth: archive.Full, TempDir: t.TempDir()}, nil); err != nil {
			t.Errorf("mutant %d went in, and is not good: %v", n, err)
		}
		if strings.Contains(after, "later") && strings.Contains(after, "Pessoa") {
			t.Errorf("mutant %d: a mix: %s", n, after)
		}
		p.reset(t)
		return 0
	}
	if problem := a.problem(t); a.code == 1 || problem.Error.Code == "internal" {
		t.Errorf("mutant %d: exit %d: %+v", n, a.code, problem)
	}
	if after != before {
		t.Errorf("mutant %d was refused (%d), and the database is another:\n%s\nwas\n%s", n, a.code, after, before)
	}
	if left := p.beside(t); len(left) > 0 {
		t.Errorf("mutant %d left %q", n, left)
	}
	return a.code
}
