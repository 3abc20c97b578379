package cli

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cofre/internal/backup"
	"cofre/internal/boot"
	"cofre/internal/service"
	"cofre/internal/state"
)

// asked is whether the last restore of target waits for an answer.
func asked(t *testing.T, home string) bool {
	t.Helper()
	db, err := state.Open(t.Context(), filepath.Join(home, "state.db"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	records, err := db.Journal().Recent(t.Context(), 1, 0)
	if err != nil || len(records) != 1 || records[0].Kind != "restore" || records[0].Status != string(backup.Succeeded) {
		t.Fatalf("the last job is %+v, %v", records, err)
	}
	return !records[0].Well
}

func TestTheAnswerThatAllIsWellIsKept(t *testing.T) {
	home, target := t.TempDir(), liveSQLite(t)
	cofre(t, home, "keep", "--db", target.url).want(t, 10)
	made := read[struct{ ID string }](t, cofre(t, home, "backup", "--db", target.url, "--json").want(t, 0))
	target.damage(t)
	if said := cofre(t, home, "restore", made.ID, "--db", target.url, "--yes").want(t, 0).out; !strings.Contains(said, "Is all well?") {
		t.Errorf("the restore does not ask: %s", said)
	}
	if !asked(t, home) {
		t.Fatal("a restore is answered before anybody was asked")
	}
	for range 2 { // twice is harmless
		cofre(t, home, "keep", "--db", target.url, "--json").want(t, 0)
	}
	if asked(t, home) {
		t.Fatal("the answer was not kept")
	}
	// It can still be undone, and the undo asks again.
	cofre(t, home, "undo", "--db", target.url, "--yes", "--json").want(t, 0)
	if !asked(t, home) {
		t.Error("the undo does not ask")
	}
}

func TestKeptDatabasesAreListedAndGoWhenTheirTimeIsOver(t *testing.T) {
	home, target := t.TempDir(), livePostgres(t)
	type kept struct {
		Days      int
		Databases []struct {
			Name      string
			Bytes     int64
			At, Until int64
			OnlyWay   bool

			Unanswered bool
		}
	}
	list := func(more ...string) kept {
		return read[kept](t, cofre(t, home, append([]string{"kept", "--db", target.url, "--json"}, more...)...).want(t, 0))
	}
	if k := list(); k.Days != 7 || len(k.Databases) != 0 {
		t.Fatalf("before any restore: %+v", k)
	}
	for _, wrong := range []string{"-1", "366"} {
		cofre(t, home, "kept", "--db", target.url, "--days", wrong).want(t, 2)
	}
	made := read[struct{ ID string }](t, cofre(t, home, "backup", "--db", target.url, "--json").want(t, 0))
	target.damage(t)
	r := read[struct{ Kept string }](t, cofre(t, home, "restore", made.ID, "--db", target.url, "--yes", "--json").want(t, 0))
	if k := list("--days", "3"); len(k.Databases) != 1 || k.Databases[0].Until != 0 || !k.Databases[0].Unanswered {
		t.Fatalf("before anybody said that all is well it has a time: %+v", k)
	}
	cofre(t, home, "keep", "--db", target.url).want(t, 0)
	k := list()
	if k.Databases[0].Unanswered || k.Days != 3 || len(k.Databases) != 1 || k.Databases[0].Name != r.Kept || k.Databases[0].Bytes == 0 || k.Databases[0].Until-k.Databases[0].At != 3*24*time.Hour.Milliseconds() {
		t.Fatalf("after a restore that kept %q: %+v", r.Kept, k)
	}
	if k := list("--days", "0"); k.Databases[0].Until != 0 {
		t.Errorf("with 0 days: %+v", k)
	}
	if shown := cofre(t, home, "kept", "--db", target.url).want(t, 0).out; !strings.Contains(shown, r.Kept) || !strings.Contains(shown, "stays until") {
		t.Errorf("shown: %s", shown)
	}
}

// Rows that were written after the safety backup was read are in the old database alone.
func TestAnOldDatabaseStaysUntilSomebodySaysThatAllIsWell(t *testing.T) {
	home, target := t.TempDir(), livePostgres(t)
	back := func(args ...string) string {
		args = append(args, "--db", target.url, "--yes", "--json")
		return read[struct{ Kept string }](t, cofre(t, home, args...).want(t, 0)).Kept
	}
	made := read[struct{ ID string }](t, cofre(t, home, "backup", "--db", target.url, "--json").want(t, 0))
	cofre(t, home, "kept", "--db", target.url, "--days", "1").want(t, 0)
	first, second := back("restore", made.ID), back("restore", made.ID)

	later := func() []service.KeptDatabase { // a backup, two days on
		t.Helper()
		sys, err := boot.Open(t.Context(), boot.Options{Home: home})
		if err != nil {
			t.Fatal(err)
		}
		defer sys.Close()
		sys.Service.Now = func() time.Time { return time.Now().Add(48 * time.Hour) }
		db, err := backup.ParseTarget(target.url)
		if err != nil {
			t.Fatal(err)
		}
		op, err := sys.Service.Backup(t.Context(), db, backup.BackupOptions{Purpose: backup.Manual})
		if err == nil {
			_, err = op.Wait()
		}
		if err != nil {
			t.Fatal(err)
		}
		kept, err := sys.Service.Kept(t.Context(), db)
		if err != nil {
			t.Fatal(err)
		}
		return kept.Databases
	}
	if kept := later(); len(kept) != 2 || kept[0].Name != second || kept[1].Name != first {
		t.Fatalf("nobody has answered, and what is left is %+v", kept)
	}
	cofre(t, home, "keep", "--db", target.url).want(t, 0)
	if kept := later(); len(kept) != 0 {
		t.Errorf("all is well, and what is left is %+v", kept)
	}
}
