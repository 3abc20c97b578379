package cli

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"cofre/internal/testdb"
)

// TestNamesThatAreNoUTF8AreGoodEverywhere follows a database without an encoding, whose
// names and values were written in LATIN1, through all that is done with its backup.
func TestNamesThatAreNoUTF8AreGoodEverywhere(t *testing.T) {
	c := testdb.Postgres(t)
	admin := c.URL(testdb.Superuser, testdb.Password, "postgres")
	testdb.Exec(t, admin, "CREATE DATABASE no_encoding ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
	t.Cleanup(func() { testdb.Exec(t, admin, "DROP DATABASE IF EXISTS no_encoding WITH (FORCE)") })
	home, url := t.TempDir(), c.URL(testdb.Superuser, testdb.Password, "no_encoding")
	testdb.Exec(t, url, "CREATE SCHEMA \"finan\xe7as\"; CREATE TABLE \"finan\xe7as\".\"a\xe7\xe3o\" (id int PRIMARY KEY, \"descri\xe7\xe3o\" text); INSERT INTO \"finan\xe7as\".\"a\xe7\xe3o\" VALUES (1, 'p\xe3o'), (2, 'caf\xe9')")
	const table = `finan\xE7as.a\xE7\xE3o`

	made := read[struct{ ID, File, State string }](t, cofre(t, home, "backup", "--db", url, "--json").want(t, 0))
	scripts := []string{}
	for _, args := range [][]string{{"-Fp"}, {"-Fp", "--inserts"}, {"-Fc", "--column-inserts"}} {
		file := filepath.Join(t.TempDir(), "x")
		if out, err := exec.Command(filepath.Join(c.Clients(t)[0].Bin, "pg_dump"), append(args, "-f", file, url)...).CombinedOutput(); err != nil {
			t.Fatalf("%s", out)
		}
		scripts = append(scripts, file)
	}
	for _, file := range append(scripts, made.File) {
		if out := cofre(t, home, "verify", file, "--json").want(t, 0).out; !strings.Contains(out, `"good": true`) && !strings.Contains(out, `"good":true`) {
			t.Errorf("%s", out)
		}
		held := read[struct{ Tables []struct{ Name string } }](t, cofre(t, home, "inspect", file, "--json").want(t, 0))
		if len(held.Tables) != 1 || held.Tables[0].Name != table {
			t.Errorf("%s: %+v", file, held)
		}
		if out := cofre(t, home, "inspect", file, "--table", table, "--format", "csv").want(t, 0).out; !strings.Contains(out, `descri\xE7\xE3o`) {
			t.Errorf("%s: %s", file, out)
		}
		if d := read[differs](t, cofre(t, home, "diff", file, "--db", url, "--json").want(t, 0)); !d.Same {
			t.Errorf("%s: nothing was changed, but: %+v", file, d)
		}
	}
	testdb.Exec(t, url, "UPDATE \"finan\xe7as\".\"a\xe7\xe3o\" SET \"descri\xe7\xe3o\" = 'p\xe2o' WHERE id = 1")
	d := read[differs](t, cofre(t, home, "diff", made.ID, "--db", url, "--json").want(t, 0))
	if d.Changed != 1 || d.Tables[0].Name != table || d.Tables[0].Examples[0].Fields[0].Column != `descri\xE7\xE3o` {
		t.Errorf("%+v", d)
	}
	cofre(t, home, "verify", made.ID, "--rehearse", "--db", url).want(t, 0)
	cofre(t, home, "restore", made.ID, "--db", url, "--yes").want(t, 0)
	if d := read[differs](t, cofre(t, home, "diff", made.ID, "--db", url, "--json").want(t, 0)); !d.Same {
		t.Errorf("restored, but: %+v", d)
	}
}
