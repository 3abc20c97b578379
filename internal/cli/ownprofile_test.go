package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cofre/internal/testdb"
)

// TestAPersonsOwnProfileNamesWhatMatters: a file in the folder profiles of Cofre's own.
func TestAPersonsOwnProfileNamesWhatMatters(t *testing.T) {
	home := t.TempDir()
	if err := os.Mkdir(filepath.Join(home, "profiles"), 0o700); err != nil {
		t.Fatal(err)
	}
	own := `{"app": "clinic", "needs": [{"tables": ["patients"], "columns": ["record"]}], "counters": [{"key": "patients", "label": "Pacientes", "tables": ["patients"]}]}`
	if err := os.WriteFile(filepath.Join(home, "profiles", "clinic.json"), []byte(own), 0o600); err != nil {
		t.Fatal(err)
	}
	const patients = "CREATE TABLE patients (id INTEGER PRIMARY KEY, record TEXT); INSERT INTO patients VALUES (1, 'a'), (2, 'b')"
	live := testdb.SQLite(t, patients)
	script := filepath.Join(t.TempDir(), "x.sql")
	if err := os.WriteFile(script, []byte("PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n"+patients+";\nCOMMIT;\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{live, script} {
		held := read[struct {
			Profile struct {
				App      string
				Counters []struct {
					Label string
					Rows  int64
				}
			}
		}](t, cofre(t, home, "inspect", file, "--json").want(t, 0))
		if p := held.Profile; p.App != "clinic" || len(p.Counters) != 1 || p.Counters[0].Label != "Pacientes" || p.Counters[0].Rows != 2 {
			t.Errorf("%s: %+v", file, p)
		}
	}
	sqliteExec(t, live, "DELETE FROM patients WHERE id = 1")
	if out := cofre(t, home, "diff", script, "--db", live).want(t, 0).out; !strings.Contains(out, "brings back 1 Pacientes") {
		t.Errorf("%s", out)
	}
}
