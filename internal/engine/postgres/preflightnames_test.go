package postgres

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"cofre/internal/backup"
	"cofre/internal/testdb"
)

func TestNamesThatAreEasilyMistaken(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"app", "app_test", true}, {"app_prod", "app", true}, {"shop1", "shop2", true}, {"shop", "shops", true}, {"shpo", "shop", false},
		{"App", "app_old", true}, {"postgres", "app", false}, {"a", "b", false}, {"crm", "crp", false}, {"sales", "stock", false}, {"billing", "biling", true},
	} {
		if got := similar(c.a, c.b); got != c.want || similar(c.b, c.a) != got {
			t.Errorf("%s, %s: %v, want %v", c.a, c.b, got, c.want)
		}
	}
}

func TestAPreflightNamesWhatTheServerLacks(t *testing.T) {
	c := testdb.Postgres(t)
	url, owner := c.Database(t), c.Role(t, "owner", "")
	testdb.Exec(t, url, `CREATE TABLE a (n text COLLATE "C"); ALTER TABLE a OWNER TO `+owner+`; GRANT SELECT ON a TO `+owner)
	file, held := dump(t, url)
	if got := found(t, target(url), held, file); len(got) > 0 {
		t.Fatalf("all is there, but: %q", got)
	}
	// A role that was dropped since, and a collation of another system: of the same length.
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, first := range []string{"x", "\xff"} { // no server can be asked about the second
		spoilt := bytes.ReplaceAll(raw, []byte(owner), []byte(first+owner[1:]))
		spoilt = bytes.ReplaceAll(spoilt, []byte(`COLLATE pg_catalog."C"`), []byte(`COLLATE pg_catalog."Q"`))
		other := filepath.Join(t.TempDir(), "other.dump")
		if err := os.WriteFile(other, spoilt, 0o600); err != nil {
			t.Fatal(err)
		}
		if got := found(t, target(url), held, other); !slices.Equal(got, []string{"blocker collation", "warning roles"}) {
			t.Errorf("%q: checks: %q", first, got)
		}
	}
}

func TestADatabaseWithASimilarNameIsSaid(t *testing.T) {
	c := testdb.Postgres(t)
	url := c.Database(t)
	name := testdb.DatabaseName(url)
	testdb.Exec(t, url, "CREATE DATABASE "+quote(name+"_test"))
	defer testdb.Exec(t, url, "DROP DATABASE "+quote(name+"_test"))
	checks, err := new(Engine).Preflight(t.Context(), target(url), backup.Archive{}, "")
	if err != nil || !slices.ContainsFunc(checks, func(c backup.Check) bool { return c.Code == "postgres.similar_names" && c.Level == backup.Warning }) {
		t.Errorf("checks: %+v, %v", checks, err)
	}
}
