package cli

import (
	"testing"

	"cofre/internal/testdb"
)

func TestAMigrationIsTakenBackInEachMethod(t *testing.T) {
	for method, attributes := range map[string]string{"one_transaction": "", "side_database": "CREATEDB"} {
		t.Run(method, func(t *testing.T) {
			home, c := t.TempDir(), testdb.Postgres(t)
			made := read[struct{ ID string }](t, cofre(t, home, "backup", "--db", liveSQLite(t).url, "--json").want(t, 0))
			role := c.Role(t, "mover", attributes)
			url := c.As(role, c.DatabaseOf(t, role))
			postgresExec(t, url, people+`; DELETE FROM people WHERE id > 1`)
			before := postgresText(t, url)
			done := read[struct{ Method, Status, Kept string }](t, cofre(t, home, "restore", made.ID, "--db", url, "--yes", "--migrate", "--json").want(t, 0))
			after := postgresText(t, url)
			if done.Method != method || done.Status != "succeeded" || (done.Kept != "") != (method == "side_database") || after == before {
				t.Fatalf("migrated: %+v\n%s", done, after)
			}
			for _, want := range []string{before, after} { // an undo can be undone
				cofre(t, home, "undo", "--db", url, "--yes").want(t, 0)
				if got := postgresText(t, url); got != want {
					t.Fatalf("taken back, it holds\n%s\nwant\n%s", got, want)
				}
			}
			if p := read[struct{ Plan struct{ Method string } }](t, cofre(t, home, "undo", "--db", url, "--dry-run", "--json").want(t, 0)); p.Plan.Method != method {
				t.Errorf("the next undo is planned by %s", p.Plan.Method)
			}
		})
	}
}
