package testdb

import (
	"database/sql"
	"path/filepath"
	"testing"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// SQLite makes a database file in the test's own folder, runs script in it and
// returns its path. The file is closed, and has no -wal beside it.
func SQLite(t testing.TB, script string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "test.sqlite3")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatalf("open test database: %v", err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)                                   // pragmas of the script stay with its one connection
	if _, err := db.Exec("VACUUM; " + script); err != nil { // VACUUM writes the header: an empty script is a database, too
		t.Fatalf("write test database: %v", err)
	}
	if err := db.Close(); err != nil {
		t.Fatalf("close test database: %v", err)
	}
	return path
}
