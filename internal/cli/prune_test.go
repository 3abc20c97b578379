package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cofre/internal/backup"
	"cofre/internal/state"
)

// goings is the answer of prune.
type goings struct {
	Databases []struct {
		Database string
		Goes     int
		Stays    int
		Backups  []struct {
			ID   string
			Goes bool
			Why  []string
		}
		Deleted []string
	}
	DryRun bool `json:"dry_run"`
}

// backups makes so many backups of the database at url, and returns their files, oldest first.
func backups(t *testing.T, home, url string, n int) (files []string) {
	t.Helper()
	for range n {
		files = append(files, read[struct{ File string }](t, cofre(t, home, "backup", "--db", url, "--json").want(t, 0)).File)
	}
	return files
}

func thereAre(t *testing.T, files []string) (n int) {
	t.Helper()
	for _, f := range files {
		if _, err := os.Stat(f); err == nil {
			n++
		}
	}
	return n
}

func TestPruneSaysWhatGoesAndRemovesItWithConsent(t *testing.T) {
	home, target := t.TempDir(), liveSQLite(t)
	files := backups(t, home, target.url, 4)

	dry := read[goings](t, cofre(t, home, "prune", "--db", target.url, "--keep-last", "2", "--dry-run", "--json").want(t, 0))
	if d := dry.Databases; len(d) != 1 || d[0].Goes != 2 || d[0].Stays != 2 || !dry.DryRun || !d[0].Backups[3].Goes || d[0].Backups[3].Why[0] != "no_rule_keeps" {
		t.Fatalf("the plan: %+v", dry)
	}
	refused := cofre(t, home, "prune", "--db", target.url, "--keep-last", "2", "--json").want(t, 3)
	if p := refused.problem(t); p.Error.Code != "consent" || len(read[goings](t, refused).Databases) != 1 {
		t.Errorf("without consent: %+v", p)
	}
	if n := thereAre(t, files); n != 4 {
		t.Fatalf("nobody agreed, and %d of 4 are left", n)
	}
	if said := cofre(t, home, "prune", "--keep-last", "2", "--dry-run").want(t, 0).out; !strings.Contains(said, "the last good one, one of the last") || !strings.Contains(said, "no rule keeps it") {
		t.Errorf("the reasons are not said: %s", said)
	}
	done := read[goings](t, cofre(t, home, "prune", "--keep-last", "2", "--yes", "--json").want(t, 0))
	if len(done.Databases[0].Deleted) != 2 || done.DryRun || thereAre(t, files[2:]) != 2 || thereAre(t, files) != 2 {
		t.Fatalf("%+v, %d files left", done, thereAre(t, files))
	}
	for _, f := range files[:2] {
		if _, err := os.Stat(f + ".json"); err == nil {
			t.Errorf("%s has left its manifest", f)
		}
	}
	// Again there is nothing to agree to.
	cofre(t, home, "prune", "--keep-last", "2").want(t, 0)
	if again := read[goings](t, cofre(t, home, "prune", "--keep-last", "2", "--yes", "--json").want(t, 0)); again.DryRun || again.Databases[0].Goes != 0 {
		t.Errorf("nothing is left to remove, and that was no dry run: %+v", again)
	}
}

func TestPruneRemovesNothingWhenTheNewestBackupCanNotBeRead(t *testing.T) {
	home, target := t.TempDir(), liveSQLite(t)
	files := backups(t, home, target.url, 3)
	whole, err := os.ReadFile(files[2])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(files[2], whole[:len(whole)/2], 0o600); err != nil { // the catalogue says that it is good
		t.Fatal(err)
	}
	cofre(t, home, "prune", "--keep-last", "1", "--yes", "--json").want(t, 13)
	if n := thereAre(t, files); n != 3 {
		t.Fatalf("%d of 3 are left", n)
	}
	// It is known now: nothing goes until there is a good one again.
	if p := read[goings](t, cofre(t, home, "prune", "--keep-last", "1", "--yes", "--json").want(t, 0)).Databases[0]; p.Goes != 0 || p.Backups[1].Why[0] != "newest_bad" {
		t.Fatalf("%+v", p)
	}
	backups(t, home, target.url, 1)
	cofre(t, home, "prune", "--keep-last", "1", "--yes").want(t, 0)
	if n := thereAre(t, files); n != 1 { // the damaged one was found lately
		t.Errorf("%d of the first 3 are left", n)
	}
}

func TestPruneKeepsTheWayBackOfARestore(t *testing.T) {
	home, target := t.TempDir(), liveSQLite(t)
	made := read[struct{ ID string }](t, cofre(t, home, "backup", "--db", target.url, "--json").want(t, 0))
	target.damage(t)
	cofre(t, home, "restore", made.ID, "--db", target.url, "--yes").want(t, 0)
	backups(t, home, target.url, 2)
	cofre(t, home, "prune", "--keep-last", "1", "--yes").want(t, 0)
	cofre(t, home, "undo", "--db", target.url, "--yes").want(t, 0)
}

func TestRulesAreRememberedWithTheConnection(t *testing.T) {
	home, target := t.TempDir(), liveSQLite(t)
	files := backups(t, home, target.url, 2)
	cofre(t, home, "prune", "--db", target.url, "--keep-last", "1", "--remember").want(t, 10)
	saveConnection(t, home, target.url)
	cofre(t, home, "prune", "--db", target.url, "--keep-last", "1", "--remember").want(t, 0)
	if n := thereAre(t, files); n != 2 {
		t.Fatalf("remembering has removed backups: %d are left", n)
	}
	cofre(t, home, "prune", "--yes").want(t, 0)
	if n := thereAre(t, files); n != 1 {
		t.Errorf("the remembered rule leaves %d", n)
	}
}

// saveConnection saves a connection to a SQLite file, as the window would.
func saveConnection(t *testing.T, home, path string) {
	t.Helper()
	db, err := state.Open(t.Context(), filepath.Join(home, "state.db"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Connections().Put(t.Context(), backup.Connection{ID: "1", Name: "app", Kind: backup.SQLite, Path: path}); err != nil {
		t.Fatal(err)
	}
}

func TestRulesThatAreWrongAreExitTwo(t *testing.T) {
	home := t.TempDir()
	for _, args := range [][]string{{"--keep-last", "-1"}, {"--max-bytes", "many"}, {"--max-bytes", "-5GB"}, {"--max-bytes", "9999999999TB"}, {"--zone", "Mars/Olympus", "--keep-last", "1"}, {"--remember"}} {
		cofre(t, home, append([]string{"prune"}, args...)...).want(t, 2)
	}
	cofre(t, home, "prune").want(t, 0) // no backups
}
