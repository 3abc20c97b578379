package cli

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"cofre/internal/testdb"
	"cofre/internal/tunnel/tunneltest"
)

// TestABackupARestoreAndItsUndoGoThroughSSH has a server that only the computer in
// between knows by its name.
func TestABackupARestoreAndItsUndoGoThroughSSH(t *testing.T) {
	t.Setenv("HOME", t.TempDir()) // with what its owner knows
	c := testdb.Postgres(t)
	database := c.Database(t)
	testdb.Exec(t, database, "CREATE TABLE people(id int PRIMARY KEY, name text); INSERT INTO people VALUES (1, 'ana'), (2, 'bia')")
	names := func() string {
		return strings.Join(testdb.Query(t, database, "SELECT name FROM people ORDER BY id"), " ")
	}
	server := tunneltest.New(t)
	server.Names = map[string]string{"db.internal.test": "127.0.0.1"}
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	u.Host = "db.internal.test:" + strconv.Itoa(c.Port)
	home := t.TempDir()
	ssh := func(args ...string) []string {
		return slices.Concat(args, []string{"--db", u.String(), "--ssh", server.Address(), "--json"})
	}
	key := []string{"--ssh-key", server.KeyFile("")}

	asked := cofre(t, home, append(ssh("backup"), key...)...).want(t, 12).problem(t)
	if !strings.Contains(asked.Error.Hint, "--ssh-trust "+server.Fingerprint()) {
		t.Errorf("an unknown computer: %+v", asked)
	}
	made := read[struct{ ID string }](t, cofre(t, home, append(ssh("backup", "--ssh-trust", server.Fingerprint()), key...)...).want(t, 0))
	testdb.Exec(t, database, "DELETE FROM people WHERE id = 2")
	t.Setenv("COFRE_SSH_PASSWORD", tunneltest.Password)
	cofre(t, home, ssh("restore", made.ID, "--yes")...).want(t, 0)
	if names() != "ana bia" {
		t.Errorf("restored: %s", names())
	}
	cofre(t, home, ssh("undo", "--yes")...).want(t, 0)
	if names() != "ana" {
		t.Errorf("undone: %s", names())
	}
	for _, name := range testdb.Query(t, c.URL(testdb.Superuser, testdb.Password, "postgres"), "SELECT datname FROM pg_database WHERE datname LIKE '"+testdb.DatabaseName(database)+"\\_\\_%'") {
		testdb.Exec(t, c.URL(testdb.Superuser, testdb.Password, "postgres"), "DROP DATABASE "+name)
	}

	server.NewHostKey()
	refused := cofre(t, home, ssh("info", "--ssh-trust", server.Fingerprint())...).want(t, 12).problem(t)
	if !strings.Contains(refused.Error.Message, "not the one that is known") || strings.Contains(refused.Error.Details+refused.Error.Hint, tunneltest.Password) {
		t.Errorf("another computer: %+v", refused)
	}
	cofre(t, home, "info", "--db", "app.sqlite3", "--ssh", "ann@example").want(t, 2)
	cofre(t, home, "info", "--db", u.String(), "--ssh", "ann:secret@example").want(t, 2)
	cofre(t, home, "info", "--db", u.String(), "--ssh-key", "x").want(t, 2)
}
