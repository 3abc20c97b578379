package cli

import (
	"strings"
	"testing"
)

func TestUndoTakesARestoreBackAndCanItselfBeUndone(t *testing.T) {
	for name, kind := range map[string]func(*testing.T) live{"sqlite": liveSQLite, "postgresql": livePostgres} {
		t.Run(name, func(t *testing.T) {
			home, target := t.TempDir(), kind(t)
			cofre(t, home, "undo", "--db", target.url, "--yes", "--json").want(t, 10)
			made := read[struct{ ID string }](t, cofre(t, home, "backup", "--db", target.url, "--json").want(t, 0))
			whole := target.names(t)
			target.damage(t)
			damaged := target.names(t)
			cofre(t, home, "restore", made.ID, "--db", target.url, "--yes", "--json").want(t, 0)

			cofre(t, home, "undo", "--db", target.url, "--json").want(t, 3)
			cofre(t, home, "undo", "--db", target.url, "--dry-run", "--json").want(t, 0)
			if target.names(t) != whole {
				t.Fatal("a plan of an undo changed the database")
			}
			for n, want := range []string{damaged, whole, damaged} {
				r := read[struct {
					Status   string
					Verified bool
				}](t, cofre(t, home, "undo", "--db", target.url, "--yes", "--json").want(t, 0))
				if got := target.names(t); got != want || r.Status != "succeeded" || !r.Verified {
					t.Fatalf("undo %d ended %+v, the database holds\n%s\nwant\n%s", n+1, r, got, want)
				}
			}
		})
	}
}

func TestAnUndoOverADatabaseThatHasBrokenSinceAsksForRescue(t *testing.T) {
	home, target := t.TempDir(), liveSQLite(t)
	made := read[struct{ ID string }](t, cofre(t, home, "backup", "--db", target.url, "--json").want(t, 0))
	target.damage(t)
	damaged := target.names(t)
	cofre(t, home, "restore", made.ID, "--db", target.url, "--yes", "--json").want(t, 0)
	writeText(t, target.url)

	cofre(t, home, "undo", "--db", target.url, "--dry-run").want(t, 0)
	if missing := cofre(t, home, "undo", "--db", target.url, "--yes").want(t, 3); !strings.Contains(missing.err, "--rescue") {
		t.Errorf("it says %s", missing.err)
	}
	r := read[struct {
		KeptFile string `json:"kept_file"`
	}](t, cofre(t, home, "undo", "--db", target.url, "--yes", "--rescue", "--json").want(t, 0))
	if target.names(t) != damaged || content(t, r.KeptFile) != letter {
		t.Errorf("kept as %q, the database holds\n%s", r.KeptFile, target.names(t))
	}
}
