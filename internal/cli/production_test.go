package cli

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cofre/internal/backup"
	"cofre/internal/state"
)

func TestAProductionDatabaseIsNamedByTyping(t *testing.T) {
	home, target := t.TempDir(), liveSQLite(t)
	made := read[struct{ ID string }](t, cofre(t, home, "backup", "--db", target.url, "--json").want(t, 0))
	target.damage(t)
	damaged := target.names(t)
	db, err := state.Open(t.Context(), filepath.Join(home, "state.db"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Connections().Put(t.Context(), backup.Connection{ID: "c1", Name: "Shop", Kind: backup.SQLite, Path: target.url, Production: true})
	db.Close()
	if err != nil {
		t.Fatal(err)
	}

	for _, wrong := range [][]string{nil, {"--name", "Shop 2"}} {
		a := cofre(t, home, append([]string{"restore", made.ID, "--db", target.url, "--yes", "--json"}, wrong...)...).want(t, 3)
		if p := a.problem(t); !strings.Contains(p.Error.Hint, "production") || target.names(t) != damaged {
			t.Fatalf("with %q: %+v", wrong, p)
		}
	}
	name := filepath.Base(target.url)
	cofre(t, home, "restore", made.ID, "--db", target.url, "--yes", "--name", name, "--json").want(t, 0)
	cofre(t, home, "undo", "--db", target.url, "--yes", "--json").want(t, 3)
	cofre(t, home, "undo", "--db", target.url, "--yes", "--name", name, "--json").want(t, 0)
	if target.names(t) != damaged {
		t.Error("the undo did not bring the old content back")
	}
}
