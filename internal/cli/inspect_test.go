package cli

import (
	"strings"
	"testing"

	"cofre/internal/testdb"
)

func TestInspectShowsObjectsAndTheirStatements(t *testing.T) {
	home := t.TempDir()
	url := testdb.Postgres(t).Database(t)
	postgresExec(t, url, `CREATE TABLE users(id serial PRIMARY KEY, name text); CREATE INDEX by_name ON users(name); CREATE VIEW named AS SELECT name FROM users;
		INSERT INTO users(name) VALUES ('Ana'), ('Zé')`)
	made := read[struct{ ID, File string }](t, cofre(t, home, "backup", "--db", url, "--json").want(t, 0))
	seen := read[struct {
		Format  string
		Tables  []struct{ Rows int64 }
		Objects []struct {
			Type, Name, Of, DDL string
			Bytes               int64
			Value               *int64
		}
		Roles []string
	}](t, cofre(t, home, "inspect", made.File, "--json").want(t, 0))
	kinds := map[string]int{}
	for _, o := range seen.Objects {
		kinds[o.Type]++
		if o.Type == "sequence" && (o.Value == nil || *o.Value != 2) || o.Type == "index" && o.Of != "public.users" || o.Type == "table" && o.Bytes == 0 {
			t.Errorf("%+v", o)
		}
	}
	if seen.Format != "custom" || len(seen.Tables) != 1 || seen.Tables[0].Rows != 2 || kinds["view"] != 1 || kinds["index"] != 1 || len(seen.Roles) == 0 {
		t.Errorf("%+v", seen)
	}
	if out := cofre(t, home, "inspect", made.ID).want(t, 0).out; !strings.Contains(out, "Roles: ") || !strings.Contains(out, "Sequence public.users_id_seq: 2") {
		t.Errorf("%s", out)
	}
	out := cofre(t, home, "inspect", made.ID, "--object", "USERS").want(t, 0).out
	for _, part := range []string{"CREATE TABLE public.users (\n    id integer", "CREATE INDEX by_name", "ADD CONSTRAINT users_pkey PRIMARY KEY"} {
		if !strings.Contains(out, part) {
			t.Errorf("without %q:\n%s", part, out)
		}
	}
	cofre(t, home, "inspect", made.ID, "--object", "nobody").want(t, 10)
}
