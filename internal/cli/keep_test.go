package cli

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cofre/internal/backup"
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
