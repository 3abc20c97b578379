package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cofre/internal/testdb"
)

// answer is what a run of the program gave.
type answer struct {
	code     int
	out, err string
}

// cofre runs the program with a home of its own per test.
func cofre(t *testing.T, home string, args ...string) answer {
	t.Helper()
	var out, errOut bytes.Buffer
	args = append([]string{"--lang", "en", "--home", home}, args...)
	secrets := Secrets{passphrase: os.Getenv("COFRE_PASSPHRASE"), administrator: os.Getenv("COFRE_ADMIN_PASSWORD"),
		ssh: os.Getenv("COFRE_SSH_PASSWORD"), fresh: os.Getenv("COFRE_NEW_PASSWORD"), recovery: os.Getenv("COFRE_RECOVERY_CODE")}
	code := Run(context.WithoutCancel(t.Context()), args, secrets, strings.NewReader(""), &out, &errOut)
	return answer{code, out.String(), errOut.String()}
}

// want fails the test unless the run ended with code.
func (a answer) want(t *testing.T, code int) answer {
	t.Helper()
	if a.code != code {
		t.Fatalf("exit %d, want %d\nstdout: %s\nstderr: %s", a.code, code, a.out, a.err)
	}
	return a
}

// read decodes stdout, which must be one JSON document.
func read[T any](t *testing.T, a answer) T {
	t.Helper()
	var v T
	d := json.NewDecoder(strings.NewReader(a.out))
	if err := d.Decode(&v); err != nil {
		t.Fatalf("stdout is no JSON: %v\n%s", err, a.out)
	}
	if d.More() {
		t.Fatalf("stdout is more than one document: %s", a.out)
	}
	return v
}

// problem is the error line of --json.
type problem struct {
	Error struct{ Code, Message, Details, Hint string }
}

func (a answer) problem(t *testing.T) problem {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(a.err), "\n")
	var p problem
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &p); err != nil || p.Error.Code == "" || p.Error.Message == "" {
		t.Fatalf("the last line of stderr is no error: %v\n%s", err, a.err)
	}
	return p
}

const people = `CREATE TABLE people(id integer PRIMARY KEY, name text NOT NULL);
	INSERT INTO people(id, name) VALUES (1,'Ana'),(2,'Zoë'),(3,'João');`

// live is a database that a scenario restores into.
type live struct {
	url    string
	damage func(t *testing.T)
	names  func(t *testing.T) string // what it holds
}

func liveSQLite(t *testing.T) live {
	path := testdb.SQLite(t, people)
	return live{path,
		func(t *testing.T) { sqliteExec(t, path, `DELETE FROM people WHERE id > 1; CREATE TABLE later(x);`) },
		func(t *testing.T) string { return sqliteText(t, path) }}
}

func livePostgres(t *testing.T) live {
	url := testdb.Postgres(t).Database(t)
	postgresExec(t, url, people)
	return live{url,
		func(t *testing.T) {
			postgresExec(t, url, `DELETE FROM people WHERE id > 1; CREATE TABLE later(x int); CREATE VIEW dep AS SELECT * FROM people`)
		},
		func(t *testing.T) string { return postgresText(t, url) }}
}

func TestTheScenarioTable(t *testing.T) {
	kinds := map[string]func(*testing.T) live{"sqlite": liveSQLite, "postgresql": livePostgres}
	for _, c := range []struct {
		from, to string
		code     int
		status   string
		says     string
	}{
		{"sqlite", "sqlite", 0, "succeeded", ""},
		{"postgresql", "postgresql", 0, "succeeded", ""},
		{"sqlite", "postgresql", 0, "succeeded", ""},
		{"postgresql", "sqlite", 3, "", "Cannot restore PostgreSQL backup to SQLite database"},
	} {
		t.Run(c.from+" into "+c.to, func(t *testing.T) {
			home := t.TempDir()
			source, target := kinds[c.from](t), kinds[c.to](t)
			made := read[struct{ ID, File, Kind string }](t, cofre(t, home, "backup", "--db", source.url, "--json").want(t, 0))
			if made.Kind != c.from {
				t.Errorf("the backup is of kind %s", made.Kind)
			}
			whole := target.names(t)
			target.damage(t)
			damaged := target.names(t)

			cofre(t, home, "restore", made.ID, "--db", target.url, "--dry-run", "--json").want(t, 0)
			if target.names(t) != damaged {
				t.Fatal("a dry run changed the database")
			}
			cofre(t, home, "restore", made.ID, "--db", target.url, "--json").want(t, 3)
			if target.names(t) != damaged {
				t.Fatal("a restore without consent changed the database")
			}
			if c.from != c.to && c.status != "" {
				cofre(t, home, "restore", made.ID, "--db", target.url, "--yes", "--json").want(t, 3)
				if target.names(t) != damaged {
					t.Fatal("a migration with one of two consents changed the database")
				}
			}
			a := cofre(t, home, "restore", made.ID, "--db", target.url, "--yes", "--migrate", "--json").want(t, c.code)
			if c.status == "" {
				if p := a.problem(t); p.Error.Message != c.says || !strings.HasPrefix(p.Error.Details, "Your system is currently running with SQLite database") || p.Error.Hint == "" {
					t.Errorf("the error says %+v", p)
				}
				if target.names(t) != damaged {
					t.Error("a blocked restore changed the database")
				}
				return
			}
			r := read[struct {
				Status, Mode, Method string
				Safety               struct{ ID, File string }
				Verified             bool
			}](t, a)
			if r.Status != c.status || !r.Verified {
				t.Errorf("ended %+v", r)
			}
			if _, err := os.Stat(r.Safety.File); err != nil || !strings.HasPrefix(filepath.Base(r.Safety.File), "pre_restore_") {
				t.Errorf("safety backup %s: %v", r.Safety.File, err)
			}
			if got := target.names(t); c.from == c.to && got != whole {
				t.Errorf("restored\n%s\nwant\n%s", got, whole)
			} else if c.from != c.to && !strings.Contains(got, "Zoë") {
				t.Errorf("migrated\n%s", got)
			}
		})
	}
}

func TestBadInputHasItsOwnErrorAndChangesNothing(t *testing.T) {
	home, dir := t.TempDir(), t.TempDir()
	target := liveSQLite(t)
	good := read[struct{ File string }](t, cofre(t, home, "backup", "--db", target.url, "-o", filepath.Join(dir, "good.sqlite3"), "--json").want(t, 0)).File
	whole, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name string, content []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	link := filepath.Join(dir, "link.sqlite3")
	if err := os.Symlink(good, link); err != nil {
		t.Fatal(err)
	}
	before := target.names(t)
	for name, c := range map[string]struct {
		file string
		code int
	}{
		"not there":             {filepath.Join(dir, "nope.dump"), 10},
		"a directory":           {dir, 2},
		"empty":                 {write("empty.sqlite3", nil), 2},
		"not a database":        {write("text.sqlite3", []byte("hello, this is no database\n")), 2},
		"a MySQL dump":          {write("my.sql", []byte("-- MySQL dump 10.13  Distrib 8.0.36\n--\nDROP TABLE IF EXISTS `a`;\n")), 2},
		"cut":                   {write("cut.sqlite3", whole[:len(whole)-4096]), 13},
		"cut in the header":     {write("head.sqlite3", whole[:60]), 13},
		"a cut PostgreSQL dump": {write("cut.dump", []byte("PGDMP\x01\x0e\x00")), 13},
	} {
		t.Run(name, func(t *testing.T) {
			a := cofre(t, home, "restore", c.file, "--db", target.url, "--yes", "--json").want(t, c.code)
			if p := a.problem(t); strings.HasPrefix(p.Error.Message, "error.") || p.Error.Code == "internal" {
				t.Errorf("says %+v", p)
			}
			cofre(t, home, "inspect", c.file, "--json").want(t, c.code)
			if target.names(t) != before {
				t.Error("the database has changed")
			}
		})
	}
	cofre(t, home, "restore", link, "--db", target.url, "--yes").want(t, 0)
}

func TestNamesThatAreHardForShellsAndURLsWork(t *testing.T) {
	home := t.TempDir()
	for _, name := range []string{"with space.db", `quote'".db`, "a#b.db", "100%.db", "ünï.db", "new\nline.db", "-dash.db"} {
		dir := t.TempDir()
		path := filepath.Join(dir, name)
		if err := os.Rename(testdb.SQLite(t, people), path); err != nil {
			t.Fatal(err)
		}
		before := sqliteText(t, path)
		to := filepath.Join(dir, "copy of "+name)
		cofre(t, home, "backup", "--db", path, "-o", to).want(t, 0)
		sqliteExec(t, path, "DELETE FROM people")
		cofre(t, home, "restore", to, "--db", path, "--yes").want(t, 0)
		if sqliteText(t, path) != before {
			t.Errorf("%q: the content differs", name)
		}
	}
}

func TestTheDemoModeBlocksAtTheCore(t *testing.T) {
	home, target := t.TempDir(), liveSQLite(t)
	t.Setenv("COFRE_DEMO_MODE", "")
	made := read[struct{ ID string }](t, cofre(t, home, "backup", "--db", target.url, "--json").want(t, 0))
	t.Setenv("COFRE_DEMO_MODE", "1")
	file := testdb.SQLite(t, people)
	for _, args := range [][]string{{"backup", "--db", target.url}, {"restore", file, "--db", target.url, "--yes"}, {"demo"}, {"delete", made.ID}, {"delete", made.ID, "--yes"}} {
		cofre(t, home, append(args, "--json")...).want(t, 12)
	}
	cofre(t, home, "info", "--db", target.url).want(t, 0)
}

func TestTheCatalogueListsSavesAndDeletes(t *testing.T) {
	home, target := t.TempDir(), liveSQLite(t)
	made := read[struct{ ID, File, SHA256 string }](t, cofre(t, home, "backup", "--db", target.url, "--note", "before the party", "--json").want(t, 0))
	type list struct {
		Backups []struct{ ID, State, Note string }
	}
	if l := read[list](t, cofre(t, home, "list", "--json").want(t, 0)); len(l.Backups) != 1 || l.Backups[0].ID != made.ID || l.Backups[0].State != "good" || l.Backups[0].Note != "before the party" {
		t.Errorf("list: %+v", l)
	}
	to := filepath.Join(t.TempDir(), "saved.sqlite3")
	cofre(t, home, "save", made.ID, to, "--json").want(t, 0)
	if sqliteText(t, to) != target.names(t) {
		t.Error("the saved copy differs")
	}
	cofre(t, home, "save", made.ID, to, "--json").want(t, 2) // never over a file that exists
	for _, own := range []string{"state.db-journal", "backups/copy.sqlite3", "../" + filepath.Base(home) + "/new"} {
		path := filepath.Join(home, own)
		if said := cofre(t, home, "save", made.ID, path, "--json").want(t, 2).problem(t); said.Error.Code != "invalid" {
			t.Errorf("save to %s: %+v", own, said)
		}
		if _, err := os.Stat(path); !os.IsNotExist(err) {
			t.Errorf("%s was made", own)
		}
	}
	cofre(t, home, "verify", made.ID, "--json").want(t, 0)
	cofre(t, home, "delete", made.ID, "--json").want(t, 3)
	cofre(t, home, "delete", made.ID, "--yes", "--json").want(t, 0)
	if _, err := os.Stat(made.File); !os.IsNotExist(err) {
		t.Error("the file is still there")
	}
	cofre(t, home, "delete", made.ID, "--yes", "--json").want(t, 10)
}

func TestWrongUseIsExitTwoWithWordsInBothLanguages(t *testing.T) {
	home := t.TempDir()
	for _, args := range [][]string{{"nonsense"}, {"info"}, {"backup", "--db", "x", "--compress", "rar"}, {"restore"}, {"info", "--nonsense"}, {"sample", filepath.Join(home, "s.db"), "--rows", "0"}, {"info", "--db", "mysql://a/b"}} {
		a := cofre(t, home, append(args, "--json")...).want(t, 2)
		a.problem(t)
		if b := cofre(t, home, append(args, "--lang", "pt-BR")...).want(t, 2); !strings.HasPrefix(b.err, "Erro: ") {
			t.Errorf("%v in Portuguese: %s", args, b.err)
		}
	}
}

func TestTheDemoTellsTheWholeStory(t *testing.T) {
	a := cofre(t, t.TempDir(), "demo").want(t, 0)
	if lines := strings.Count(a.out, "\n"); lines < 7 {
		t.Errorf("it tells too little:\n%s", a.out)
	}
	if a := cofre(t, t.TempDir(), "demo", "-q").want(t, 0); a.out+a.err != "" {
		t.Errorf("told to be quiet, it says:\n%s%s", a.out, a.err)
	}
}
