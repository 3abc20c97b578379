package postgres

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cofre/internal/backup"
	"cofre/internal/testdb"
)

// found are the codes of the checks, with their levels.
func found(t *testing.T, target backup.Target, c backup.Contents, file string) []string {
	t.Helper()
	checks, err := new(Engine).Preflight(t.Context(), target, backup.Archive{Contents: c}, file)
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, check := range checks {
		if check.Code == "postgres.similar_names" {
			continue // the databases of tests all have such names
		}
		codes = append(codes, string(check.Level)+" "+strings.TrimPrefix(check.Code, "postgres."))
	}
	slices.Sort(codes)
	return codes
}

func TestAPreflightFindsWhatStandsInTheWay(t *testing.T) {
	c := testdb.Postgres(t)
	url := c.Database(t)
	testdb.Exec(t, url, "CREATE TABLE a (n int)")
	file, held := dump(t, url)
	want := func(t *testing.T, target backup.Target, held backup.Contents, file string, codes ...string) {
		t.Helper()
		if got := found(t, target, held, file); !slices.Equal(got, codes) {
			t.Errorf("checks: %q, want %q", got, codes)
		}
	}
	t.Run("nothing", func(t *testing.T) { want(t, target(url), held, file) })
	t.Run("a backup of a newer server with an extension that is not here", func(t *testing.T) {
		newer := held
		newer.Version, newer.Extensions = "99.1", []string{"plpgsql", "no_such_extension"}
		want(t, target(url), newer, file, "blocker extension", "warning newer_server")
	})
	t.Run("an archive of the future", func(t *testing.T) {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		raw[6] = 99
		future := filepath.Join(t.TempDir(), "future.dump")
		if err := os.WriteFile(future, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		want(t, target(url), held, future, "blocker archive_too_new")
	})
	t.Run("a plain file with an order to psql", func(t *testing.T) {
		plain := filepath.Join(t.TempDir(), "plain.sql")
		if err := os.WriteFile(plain, []byte("SELECT 1;\n\\connect other\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		want(t, target(url), held, pgDumpHeader(t, plain), "blocker psql_order")
	})
	t.Run("another session", func(t *testing.T) {
		defer holding(t, url, "SELECT 1")()
		want(t, target(url), held, file, "warning sessions")
		checks, err := new(Engine).Preflight(t.Context(), target(url), backup.Archive{Contents: held}, file)
		if err != nil {
			t.Fatal(err)
		}
		for _, check := range checks {
			if check.Code != "postgres.sessions" {
				continue
			}
			if fields := strings.Split(check.Detail, "  "); len(fields) != 4 || fields[1] != testdb.Superuser || fields[2] == "?" || !strings.HasSuffix(fields[3], "Z") {
				t.Errorf("the session is listed as %q", check.Detail)
			}
		}
	})
	t.Run("replication", func(t *testing.T) {
		testdb.Exec(t, url, "CREATE PUBLICATION p FOR TABLE a")
		defer testdb.Exec(t, url, "DROP PUBLICATION p")
		want(t, target(url), held, file, "warning replication")
	})
	t.Run("a role that owns nothing", func(t *testing.T) {
		role := c.Role(t, "guest", "")
		testdb.Exec(t, url, "GRANT USAGE ON SCHEMA public TO "+role)
		want(t, target(c.As(role, url)), held, file, "blocker no_create", "blocker not_owner")
	})
	t.Run("more objects than locks", func(t *testing.T) {
		many := c.Database(t)
		for i := range 5 { // one transaction would need too many locks itself
			testdb.Exec(t, many, fmt.Sprintf("DO $$BEGIN FOR i IN 1..300 LOOP EXECUTE format('CREATE TABLE t%d_%%s (n int PRIMARY KEY, t text)', i); END LOOP; END$$", i))
		}
		want(t, target(many), held, file, "warning lock_table")
	})
	t.Run("objects of another role in a schema of ours", func(t *testing.T) {
		owner, other := c.Role(t, "owner", ""), c.Role(t, "other", "")
		url := c.DatabaseOf(t, owner)
		testdb.Exec(t, c.As(owner, url), "CREATE SCHEMA s; GRANT ALL ON SCHEMA s TO "+other)
		testdb.Exec(t, c.As(other, url), "CREATE TABLE s.t (n int)")
		want(t, target(c.As(owner, url)), held, file, "warning owners_change")
		restored(t, c.As(owner, url), file)
	})
}
