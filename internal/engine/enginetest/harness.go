// Package enginetest is the suite that every engine passes: what backup.Engine
// promises, tried on real databases. An engine's own tests call Run with a
// Harness that can make, change and read databases of its kind by other means
// than the engine.
package enginetest

import (
	"strings"
	"testing"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

// Harness is what the suite needs of one kind of database. All functions fail the
// test when they can't do their work; what they make is gone when the test ends.
type Harness struct {
	Engine backup.Engine

	// New makes a database with content, always the same: several tables, among them the
	// two of Twins with the same number of rows, at least 10,000 each so that a copy is
	// reported in more than one step, an index, a foreign key, and values of many kinds.
	New func(t *testing.T) backup.Target
	// NewEmpty makes a database without a table.
	NewEmpty func(t *testing.T) backup.Target
	// Missing names a database that does not exist, where it could.
	Missing func(t *testing.T) backup.Target
	// CreatesMissing: a restore makes the database that is missing.
	CreatesMissing bool

	// Mutate changes the content of New for good, always in the same way: it deletes,
	// changes and adds rows, drops a table, and adds a table, a view and an index that
	// no backup of New knows.
	Mutate func(t *testing.T, target backup.Target)
	// Fingerprint is equal for two databases of equal content: schema and all values,
	// whatever the pages, the file or the server.
	Fingerprint func(t *testing.T, target backup.Target) string
	// Count counts every table's rows, sorted by name.
	Count func(t *testing.T, target backup.Target) []backup.Table

	// Twins are the two tables into which Write inserts.
	Twins [2]string
	// Write starts a program that inserts one row into each twin in one transaction,
	// again and again without a pause, until stop. It returns when the first transaction
	// is committed.
	Write func(t *testing.T, target backup.Target) (stop func())

	// Break makes damaged copies of a dump, by what is wrong with them: at least one that
	// is cut off and one with a flipped bit that can be noticed.
	Break func(t *testing.T, file string) map[string]string
	// Foreign makes a good backup of another kind of database.
	Foreign func(t *testing.T) string

	// Unreachable makes a target whose address holds Secret and can't be used: a wrong
	// password, a closed port. Nil where addresses hold no secret.
	Unreachable func(t *testing.T) []backup.Target
	Secret      string

	// Leftovers names what lies beside the database that does not belong to it: temporary
	// files, side databases. Optional.
	Leftovers func(t *testing.T, target backup.Target) []string
}

// Run runs the suite.
func Run(t *testing.T, h Harness) {
	s := suite{h}
	for _, c := range []struct {
		sentence string
		test     func(*testing.T)
	}{
		{"a probe counts every row and changes nothing", s.probe},
		{"a dump holds what the database holds and changes nothing", s.dump},
		{"a dump beside a writer is one moment of the database", s.dumpBesideWriter},
		{"a restored dump is equal to the database it was made of", s.restore},
		{"a restore returns what the database then holds", s.restoreReturns},
		{"objects that the backup does not know are gone after a restore", s.leftoverObjects},
		{"a database without tables can be dumped and restored", s.empty},
		{"restoring twice is harmless", s.restoreTwice},
		{"a damaged backup is refused and the database stays as it was", s.broken},
		{"a backup of another kind is refused and the database stays as it was", s.foreign},
		{"a missing backup is refused and the database stays as it was", s.noBackup},
		{"a missing database is not found, and created only where the engine says so", s.missing},
		{"a cancelled dump is no success and leaves the database alone", s.cancelDump},
		{"a cancelled restore leaves the database as it was", s.cancelRestore},
		{"what is cancelled before it begins does nothing", s.cancelledBefore},
		{"progress goes forward and arrives", s.progress},
		{"a preflight changes nothing and lets a good restore pass", s.preflight},
		{"a restored database passes the engine's own check", s.check},
		{"several goroutines may use one engine", s.together},
		{"no error holds a secret", s.secrets},
	} {
		t.Run(strings.ReplaceAll(c.sentence, " ", "_"), c.test)
	}
}

type suite struct{ Harness }

// wantCode fails unless err has one of the codes.
func wantCode(t *testing.T, err error, codes ...errs.Code) {
	t.Helper()
	got := errs.CodeOf(err)
	for _, c := range codes {
		if got == c {
			return
		}
	}
	t.Fatalf("error = %v (code %q), want code %v", err, got, codes)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
