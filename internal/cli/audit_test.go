package cli

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/boot"
	"cofre/internal/testdb"
)

// trail is the answer of audit --json.
type trail struct {
	Entries []struct {
		N                                                  int64
		At, Who, What, Ending, Reason, Database, Job, Hash string
		Files                                              []struct{ As, Path, SHA256 string }
	}
}

func TestTheTrailIsPrintedFilteredAndExported(t *testing.T) {
	home, db := t.TempDir(), testdb.SQLite(t, people)
	cofre(t, home, "backup", "--db", db).want(t, 0)
	cofre(t, home, "backup", "--db", filepath.Join(home, "not there.sqlite3")).want(t, 10)
	id := read[struct {
		Backups []struct{ ID, State string }
	}](t, cofre(t, home, "list", "--json").want(t, 0))
	var good string
	for _, b := range id.Backups {
		if b.State == "good" {
			good = b.ID
		}
	}
	cofre(t, home, "pin", good).want(t, 0)

	all := read[trail](t, cofre(t, home, "audit", "--json").want(t, 0)).Entries
	if len(all) != 5 || all[0].What != "pin" || all[0].N != 5 || all[4].Ending != "begun" || len(all[4].Hash) != 64 || !strings.HasPrefix(all[0].Who, "cli:") {
		t.Fatalf("%+v", all)
	}
	if failed := all[1]; failed.Ending != "failed" || failed.Reason == "" || failed.Job == "" {
		t.Errorf("%+v", failed)
	}
	if made := all[3]; len(made.Files) != 1 || len(made.Files[0].SHA256) != 64 {
		t.Errorf("%+v", made)
	}
	for name, c := range map[string]struct {
		args []string
		want int
	}{
		"what":     {[]string{"--what", "backup"}, 4},
		"who":      {[]string{"--who", all[0].Who}, 5},
		"nobody":   {[]string{"--who", "nobody"}, 0},
		"database": {[]string{"--database", filepath.Base(db)}, 3},
		"search":   {[]string{"--search", "NOT THERE"}, 2},
		"since":    {[]string{"--since", time.Now().AddDate(0, 0, 1).Format(time.DateOnly)}, 0},
		"until":    {[]string{"--until", time.Now().Format(time.DateOnly)}, 5},
		"limit":    {[]string{"--limit", "2"}, 2},
	} {
		if got := read[trail](t, cofre(t, home, append([]string{"audit", "--json"}, c.args...)...).want(t, 0)).Entries; len(got) != c.want {
			t.Errorf("%s: %d entries, want %d", name, len(got), c.want)
		}
	}
	table, err := csv.NewReader(strings.NewReader(cofre(t, home, "audit", "--csv").want(t, 0).out)).ReadAll()
	if err != nil || len(table) != 6 || table[0][0] != "n" || table[1][3] != "pin" {
		t.Errorf("%v %v", table, err)
	}
	text := cofre(t, home, "audit", "--limit", "1").want(t, 0).out
	if !strings.Contains(text, "Backup pinned") || !strings.Contains(text, "older ones") {
		t.Errorf("for a person: %s", text)
	}
	cofre(t, home, "audit", "--since", "yesterday").want(t, 2)
	cofre(t, home, "audit", "--limit", "-1").want(t, 2)
}

func TestATrailThatWasTamperedWithIsExit13AndNamesTheEntry(t *testing.T) {
	home, db := t.TempDir(), testdb.SQLite(t, people)
	for range 3 {
		cofre(t, home, "backup", "--db", db).want(t, 0)
	}
	whole := cofre(t, home, "audit", "--verify").want(t, 0)
	if !strings.Contains(whole.out, "whole: 6 entries") || !strings.Contains(whole.out, "3 manifests agree") {
		t.Errorf("%s", whole.out)
	}
	state := ""
	_ = filepath.WalkDir(home, func(path string, _ os.DirEntry, _ error) error {
		if filepath.Base(path) == "state.db" {
			state = path
		}
		return nil
	})
	sqliteExec(t, state, `DROP TRIGGER audit_is_not_changed; UPDATE audit SET line = replace(line, 'succeeded', 'failed') WHERE n = 4`)
	broken := cofre(t, home, "audit", "--verify", "--json").want(t, 13)
	v := read[trailVerdict](t, broken)
	if v.Whole || v.Entries != 3 || v.Damage == nil || v.Damage.N != 4 || v.Damage.How != "changed" || !strings.Contains(v.Damage.Message, "entry 4") {
		t.Errorf("%+v %+v", v, v.Damage)
	}
	if p := broken.problem(t); p.Error.Code != "corrupt" {
		t.Errorf("%+v", p)
	}
}

func TestABackupThatIsRemovedWhileStatusLooksFailsNothing(t *testing.T) {
	sys, err := boot.Open(t.Context(), boot.Options{Home: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := sys.Close(); err != nil {
			t.Error(err)
		}
	})
	removed := backup.Entry{Manifest: archive.Manifest{ID: "removed"}}
	if s, err := stoodOf(t.Context(), sys, &removed); s != nil || err != nil {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestStatusIsOneJudgementForPeopleAndPrograms(t *testing.T) {
	home, db := t.TempDir(), testdb.SQLite(t, people)
	type answered struct{ Databases []standing }
	if a := read[answered](t, cofre(t, home, "status", "--db", db, "--json").want(t, 1)); a.Databases[0].Status != "risk" || a.Databases[0].Reason != "never" {
		t.Errorf("%+v", a)
	}
	made := read[struct{ ID string }](t, cofre(t, home, "backup", "--db", db, "--json").want(t, 0))
	cofre(t, home, "verify", made.ID, "--rehearse").want(t, 0)
	a := read[answered](t, cofre(t, home, "status", "--db", db, "--json").want(t, 0)).Databases[0]
	if a.Status != "protected" || a.LastGood == nil || a.LastGood.ID != made.ID || a.LastGood.Rows != 3 || a.LastProven == nil || a.LastRun == nil || a.LastRun.Ending != "succeeded" || a.Backups != 1 || a.Bytes == 0 {
		t.Errorf("%+v", a)
	}
	if text := cofre(t, home, "status", "--db", db).want(t, 0).out; !strings.Contains(text, "protected") || !strings.Contains(text, "1 backup") {
		t.Errorf("%s", text)
	}
	cofre(t, home, "status").want(t, 2) // no connection is saved

	file := filepath.Join(t.TempDir(), "cofre.prom")
	for range 2 { // an older one is replaced
		cofre(t, home, "status", "--db", db, "--prometheus", file).want(t, 0)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"# TYPE cofre_status gauge\ncofre_status{database=\"" + filepath.Base(db) + "\",place=\"", "cofre_last_good_rows{", "cofre_last_proven_timestamp_seconds{", "cofre_last_run_success{", "\ncofre_written_timestamp_seconds 1"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if left, err := os.ReadDir(filepath.Dir(file)); err != nil || len(left) != 1 {
		t.Errorf("%v %v", left, err)
	}
	sqliteExec(t, db, "DROP TABLE people")
	if err := os.WriteFile(db, []byte("no database any more, whatever it was"), 0o600); err != nil {
		t.Fatal(err)
	}
	if a := read[answered](t, cofre(t, home, "status", "--db", db, "--json").want(t, 0)).Databases[0]; a.Status != "attention" || a.Failure == nil {
		t.Errorf("broken: %+v", a)
	}
}

func TestADatabaseWhoseBackupsAreGoneIsAtRisk(t *testing.T) {
	home, db := t.TempDir(), testdb.SQLite(t, people)
	cofre(t, home, "backup", "--db", db).want(t, 0)
	var files []string
	_ = filepath.WalkDir(home, func(path string, _ os.DirEntry, _ error) error {
		if strings.HasSuffix(path, ".sqlite3") {
			files = append(files, path)
		}
		return nil
	})
	for _, f := range files {
		if err := os.Remove(f); err != nil {
			t.Fatal(err)
		}
	}
	if text := cofre(t, home, "status", "--db", db).want(t, 1).out; !strings.Contains(text, "at risk") {
		t.Errorf("%s", text)
	}
}
