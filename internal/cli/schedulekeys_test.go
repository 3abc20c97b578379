package cli

import (
	"os"
	"testing"
	"time"

	"cofre/internal/backup"
	"cofre/internal/state"
)

// readLongAgo has the catalogue say that a backup was last read so long ago.
func readLongAgo(t *testing.T, home, id string, ago time.Duration) {
	t.Helper()
	inState(t, home, func(db *state.DB) {
		e, err := db.Catalog().Get(t.Context(), id)
		if err == nil {
			e.CheckedAt = time.Now().Add(-ago)
			err = db.Catalog().Put(t.Context(), e)
		}
		if err != nil {
			t.Fatal(err)
		}
	})
}

// locked is the ID of a new backup that only the passphrase opens.
func locked(t *testing.T, home, url string) string {
	t.Helper()
	t.Setenv("COFRE_PASSPHRASE", secretWords)
	made := read[struct{ ID string }](t, cofre(t, home, "backup", "--db", url, "--encrypt", "--json").want(t, 0))
	os.Unsetenv("COFRE_PASSPHRASE")
	return made.ID
}

func TestABackupThatCanNotBeReadKeepsNoOtherFromBeingVerified(t *testing.T) {
	home, target := t.TempDir(), liveSQLite(t)
	plain := read[struct{ ID string }](t, cofre(t, home, "backup", "--db", target.url, "--json").want(t, 0))
	sealed := locked(t, home, target.url)
	readLongAgo(t, home, sealed, 96*time.Hour)
	readLongAgo(t, home, plain.ID, 48*time.Hour)
	cofre(t, home, "schedule", "add", "read", "--db", target.url, "--do", "verify", "--when", "hourly").want(t, 0)
	since(t, home, time.Hour)
	r := read[ranRuns](t, cofre(t, home, "schedule", "run", "--json").want(t, 12))
	if len(r.Runs) != 1 || r.Runs[0].Status != "failed" || r.Runs[0].BackupID != plain.ID {
		t.Errorf("%+v", r)
	}
	inState(t, home, func(db *state.DB) {
		if e, err := db.Catalog().Get(t.Context(), plain.ID); err != nil || time.Since(e.CheckedAt) > time.Hour || e.State != backup.Good {
			t.Errorf("the one that can be read was not: %v, %v", e.CheckedAt, err)
		}
	})
}

func TestPruneReadsAnEncryptedBackupWithItsKey(t *testing.T) {
	home, target := t.TempDir(), liveSQLite(t)
	files := backups(t, home, target.url, 2)
	readLongAgo(t, home, locked(t, home, target.url), 48*time.Hour)
	cofre(t, home, "prune", "--keep-last", "1", "--yes").want(t, 12)
	if n := thereAre(t, files); n != 2 {
		t.Fatalf("%d of 2 are left", n)
	}
	words := t.TempDir() + "/words"
	if err := os.WriteFile(words, []byte(secretWords+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cofre(t, home, "prune", "--keep-last", "1", "--yes", "--passphrase-file", words).want(t, 0)
	if n := thereAre(t, files); n != 0 {
		t.Errorf("%d are left", n)
	}
}
