package cli

import (
	"bytes"
	"compress/gzip"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"cofre/internal/backup"
	"cofre/internal/boot"
	"cofre/internal/service"
	"cofre/internal/testdb"
)

const troubled = `CREATE TABLE people(id INTEGER PRIMARY KEY, name TEXT, born TEXT);
	INSERT INTO people VALUES (1, 'Ana', '1990-02-03'), (2, 'Zoë', 'yesterday'), (3, NULL, NULL), (4, 'João', 'soon')`

type plan struct {
	Plan struct {
		ID       string
		Checks   []struct{ Level, Code, Message string }
		Findings []backup.Finding
		Choices  backup.Choices
	}
}

func TestTheDoctorIsAskedAndAnsweredOnTheCommandLine(t *testing.T) {
	home, file, url := t.TempDir(), testdb.SQLite(t, troubled), testdb.Postgres(t).Database(t)
	postgresExec(t, url, `CREATE TABLE people(id int PRIMARY KEY, name text NOT NULL DEFAULT 'nobody', born date); INSERT INTO people VALUES (9, 'before', NULL)`)
	before := postgresText(t, url)
	first := read[plan](t, cofre(t, home, "restore", file, "--db", url, "--dry-run", "--json").want(t, 0)).Plan
	if len(first.Findings) != 2 || first.Findings[0].Place() != "people.name" && first.Findings[0].Place() != "people.born" {
		t.Fatalf("found: %+v", first.Findings)
	}
	for _, f := range first.Findings {
		if f.Level != backup.Blocker || f.Action != backup.ActStop || f.Rows != int64(len(f.Examples)) || !strings.HasPrefix(f.Examples[0].Key, "id ") {
			t.Errorf("%+v", f)
		}
	}
	shown := cofre(t, home, "restore", file, "--db", url, "--dry-run").want(t, 0).out
	for _, line := range []string{"--choose 'people.born:not_moment=null|leave|stop'", "--choose 'people.name:null_value=default|leave|stop'"} {
		if !strings.Contains(shown, line) {
			t.Errorf("the plan does not say %s:\n%s", line, shown)
		}
	}
	cofre(t, home, "restore", file, "--db", url, "--yes", "--migrate", "--json").want(t, 2)
	for _, wrong := range []string{"people.born:not_moment=convert", "people.bron:not_moment=null", "people.born=null"} {
		cofre(t, home, "restore", file, "--db", url, "--yes", "--migrate", "--json", "--choose", wrong).want(t, 2)
	}
	cofre(t, home, "restore", file, "--db", url, "--dry-run", "--json", "--zone", "Mars/Olympus").want(t, 2)
	if postgresText(t, url) != before {
		t.Fatal("what was refused changed the database")
	}

	decided := []string{"--choose", "people.born:not_moment=null", "--choose", "people.name:null_value=default"}
	second := read[plan](t, cofre(t, home, append([]string{"restore", file, "--db", url, "--dry-run", "--json"}, decided...)...).want(t, 0)).Plan
	if second.ID == first.ID || len(second.Choices.Each) != 2 {
		t.Errorf("another decision is another plan: %+v", second)
	}
	cofre(t, home, append([]string{"restore", file, "--db", url, "--yes", "--migrate"}, decided...)...).want(t, 0)
	if got := postgresText(t, url); !strings.Contains(got, "[3 nobody <nil>]") || !strings.Contains(got, "[2 Zoë <nil>]") {
		t.Errorf("arrived: %s", got)
	}
}

func TestACompressedFileIsExaminedBeforeItIsMigrated(t *testing.T) {
	home, file, url := t.TempDir(), testdb.SQLite(t, troubled), testdb.Postgres(t).Database(t)
	postgresExec(t, url, `CREATE TABLE people(id int PRIMARY KEY, name text NOT NULL DEFAULT 'nobody', born date)`)
	packed := gzipped(t, file)
	decided := []string{"--db", url, "--json", "--choose", "people.born:not_moment=null"}
	looked := func(file string) []backup.Finding {
		return read[plan](t, cofre(t, home, append([]string{"restore", file, "--dry-run"}, decided...)...).want(t, 0)).Plan.Findings
	}
	if plain, found := looked(file), looked(packed); len(found) != 2 || !reflect.DeepEqual(plain, found) {
		t.Errorf("found %+v, and of the plain file %+v", found, plain)
	}
	cofre(t, home, append([]string{"restore", packed, "--yes", "--migrate"}, decided...)...).want(t, 2)
	cofre(t, home, append([]string{"restore", packed, "--yes", "--migrate", "--choose", "people.name:null_value=default"}, decided...)...).want(t, 0)
	if got := postgresText(t, url); !strings.Contains(got, "[3 nobody <nil>]") || !strings.Contains(got, "[2 Zoë <nil>]") {
		t.Errorf("arrived: %s", got)
	}
	var left []string
	err := filepath.WalkDir(home, func(path string, e fs.DirEntry, err error) error {
		if strings.Contains(path, "partial") || strings.HasSuffix(path, filepath.Base(file)) {
			left = append(left, path)
		}
		return err
	})
	if err != nil || left != nil {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// gzipped is the file with a layer around it, beside it.
func gzipped(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(content); err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file+".gz", b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return file + ".gz"
}

func TestChoicesAreKeptWithTheSavedConnection(t *testing.T) {
	t.Setenv("COFRE_KEYRING", "off")
	t.Setenv("COFRE_ADMIN_PASSWORD", "a long password")
	home, file, url := t.TempDir(), testdb.SQLite(t, troubled), testdb.Postgres(t).Database(t)
	postgresExec(t, url, `CREATE TABLE people(id int PRIMARY KEY, name text, born date)`)
	sys, err := boot.Open(t.Context(), boot.Options{Home: home})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sys.Desk.CreateAdministrator(t.Context(), "ana", "a long password"); err != nil {
		t.Fatal(err)
	}
	pasted, err := sys.Desk.ReadSettings(t.Context(), url, "")
	if err != nil {
		t.Fatal(err)
	}
	pasted.Input.Name = "people"
	saved, err := sys.Desk.SaveConnection(t.Context(), pasted.Input)
	if err != nil {
		t.Fatal(err)
	}
	if err := sys.Close(); err != nil {
		t.Fatal(err)
	}
	decided := []string{"restore", file, "--connection", "people", "--json", "--choose", "people.born:not_moment=null"}
	cofre(t, home, append(decided, "--dry-run")...).want(t, 0)
	cofre(t, home, append(decided, "--yes", "--migrate", "--report", file)...).want(t, 2) // that file exists
	if p := read[plan](t, cofre(t, home, "restore", file, "--connection", "people", "--dry-run", "--json").want(t, 0)).Plan; len(p.Choices.Each) != 0 {
		t.Errorf("kept by a dry run, or by what was refused: %+v", p.Choices)
	}
	cofre(t, home, append(decided, "--yes", "--migrate")...).want(t, 0)
	if p := read[plan](t, cofre(t, home, "restore", file, "--connection", "people", "--dry-run", "--json").want(t, 0)).Plan; len(p.Choices.Each) != 1 {
		t.Errorf("not kept: %+v", p.Choices)
	}

	// In the window a new decision makes the plan that was looked at a plan of the past.
	sys, err = boot.Open(t.Context(), boot.Options{Home: home})
	if err != nil {
		t.Fatal(err)
	}
	defer sys.Close()
	if _, err := sys.Desk.Login(t.Context(), "ana", "a long password"); err != nil {
		t.Fatal(err)
	}
	path, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	seen, err := sys.Desk.PlanRestore(t.Context(), backup.Ref{Path: path})
	if err != nil || len(seen.Choices.Each) != 1 || seen.Examined != 4 {
		t.Fatalf("%+v, %v", seen, err)
	}
	if err := sys.Desk.Decide(t.Context(), saved.ID, service.ChoicesView{}); err != nil {
		t.Fatal(err)
	}
	if _, err := sys.Desk.StartRestore(t.Context(), service.StartRestoreInput{PlanID: seen.ID, Consents: seen.Consents}); err == nil {
		t.Error("a plan of other decisions was run")
	}
	now, err := sys.Desk.PlanRestore(t.Context(), backup.Ref{Path: path})
	if err != nil || now.ID == seen.ID || now.Findings[0].Level != backup.Blocker {
		t.Errorf("%+v, %v", now, err)
	}
	if packed, err := sys.Desk.PlanRestore(t.Context(), backup.Ref{Path: gzipped(t, path)}); err != nil || packed.Examined != 4 || !reflect.DeepEqual(packed.Findings, now.Findings) {
		t.Errorf("of the compressed file: %+v, %v", packed, err)
	}
}

func TestChoicesAreRefusedWhereNothingIsMigrated(t *testing.T) {
	home, target := t.TempDir(), liveSQLite(t)
	made := read[struct{ ID string }](t, cofre(t, home, "backup", "--db", target.url, "--json").want(t, 0))
	before := target.names(t)
	for _, decided := range [][]string{{"--choose", "people.name:null_value=default"}, {"--zone", "Europe/Lisbon"}, {"--alike"}} {
		for _, how := range []string{"--dry-run", "--yes"} {
			args := append([]string{"restore", made.ID, "--db", target.url, how, "--json"}, decided...)
			if p := cofre(t, home, args...).want(t, 2).problem(t); !strings.Contains(p.Error.Message, "migration") {
				t.Errorf("%v: %+v", args, p)
			}
		}
	}
	if target.names(t) != before {
		t.Error("what was refused changed the database")
	}
}
