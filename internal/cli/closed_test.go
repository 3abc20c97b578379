package cli

import (
	"strings"
	"testing"
	"time"

	"cofre/internal/backup"
	"cofre/internal/boot"
	"cofre/internal/testdb"
)

// TestADatabaseThatACrashLeftClosedIsOpenedByWhateverComesNext has a swap that was
// cut off after the live database was closed: it refuses every connection, and the
// journal has the record of a restore that runs.
func TestADatabaseThatACrashLeftClosedIsOpenedByWhateverComesNext(t *testing.T) {
	for _, next := range [][]string{{"info"}, {"backup"}, {"undo", "--dry-run"}, {"undo", "--yes"}, {"restore", "ID", "--dry-run"}, {"restore", "ID", "--yes"}} {
		t.Run(strings.Join(next, " "), func(t *testing.T) {
			home, target := t.TempDir(), livePostgres(t)
			made := read[struct{ ID, File string }](t, cofre(t, home, "backup", "--db", target.url, "--json").want(t, 0))
			cofre(t, home, "restore", made.ID, "--db", target.url, "--yes", "--json").want(t, 0)
			cutOff(t, home, target.url, made.ID, made.File)

			for i, word := range next {
				if word == "ID" {
					next[i] = made.ID
				}
			}
			cofre(t, home, append(next, "--db", target.url, "--json")...).want(t, 0)
			cofre(t, home, "info", "--db", target.url, "--json").want(t, 0)
			if left := testdb.Query(t, target.url, "SELECT datname FROM pg_database WHERE datname LIKE current_database() || '\\_\\_new\\_%'"); len(left) > 0 {
				t.Errorf("left over: %v", left)
			}
		})
	}
}

// cutOff leaves the database at url, the journal and what was built aside as a
// process that dies in the middle of a swap does.
func cutOff(t *testing.T, home, url, id, file string) {
	t.Helper()
	sys, err := boot.Open(t.Context(), boot.Options{Home: home})
	if err != nil {
		t.Fatal(err)
	}
	defer sys.Close()
	live, err := backup.ParseTarget(url)
	if err != nil {
		t.Fatal(err)
	}
	swapper, ok := sys.Service.Archiver.Engines[live.Kind].(backup.Swapper)
	if !ok {
		t.Fatal("the engine can't swap")
	}
	now := time.Now().Add(-time.Minute)
	names := swapper.NamesFor(live, now)
	record := backup.Record{ID: "job-cut-off", Kind: "restore", Target: live.Name, Identity: live.Identity(), StartedAt: now,
		Step: string(backup.StepSwap), Status: "running", BackupID: id, File: file, Names: &names}
	if err := sys.Service.Journal.Begin(t.Context(), record); err != nil {
		t.Fatal(err)
	}
	if _, err := swapper.BuildAside(t.Context(), live, file, names, func(backup.Update) {}); err != nil {
		t.Fatal(err)
	}
	testdb.Exec(t, swapper.Beside(live, "postgres").URL, `ALTER DATABASE "`+live.Name+`" ALLOW_CONNECTIONS false`)
}
