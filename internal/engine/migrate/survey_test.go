package migrate

import (
	"bytes"
	"context"
	"hash/maphash"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/testdb"
)

// indexed has an index of every sort that SQLite knows.
const indexed = `CREATE TABLE t(id INTEGER PRIMARY KEY, a, b REAL, c TEXT COLLATE NOCASE, d UNIQUE, g AS (a + 1));
	CREATE INDEX t_a ON t(a, b); CREATE INDEX t_c ON t(c DESC); CREATE INDEX t_part ON t(a) WHERE a > 50; CREATE INDEX t_expr ON t(a * 2); CREATE INDEX t_g ON t(g);
	WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) INSERT INTO t(a, b, c, d) SELECT i, i, 'Nome ' || i, CASE WHEN i % 3 THEN 'chave ' || i END FROM n;
	ALTER TABLE t ADD COLUMN late REAL DEFAULT 5; CREATE INDEX t_late ON t(late);
	CREATE TABLE w(k TEXT PRIMARY KEY, v) WITHOUT ROWID; CREATE INDEX w_v ON w(v); INSERT INTO w VALUES ('a', 1), ('b', 2)`

func TestRowsThatAreNotWhatTheirIndexSaysAreNotMigrated(t *testing.T) {
	whole, err := os.ReadFile(testdb.SQLite(t, indexed))
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]struct{ from, to string }{
		"the row is of yesterday": {"Nome 137", "Nome 731"},
		"a unique key":            {"chave 22", "chave 92"},
	} {
		for _, schema := range []string{"", `CREATE TABLE t(id int PRIMARY KEY, a int, b float8, c text, d text, g int, late float8); CREATE TABLE w(k text PRIMARY KEY, v int)`} {
			db := database(t, schema)
			at := bytes.LastIndex(whole, []byte(change.from)) // only one of the places
			damaged := bytes.Clone(whole)
			copy(damaged[at:], change.to)
			file := filepath.Join(t.TempDir(), "app.sqlite3")
			if err := os.WriteFile(file, damaged, 0o600); err != nil {
				t.Fatal(err)
			}
			_, _, err := (&Migrator{}).Preflight(context.Background(), db.target(), backup.Archive{File: file}, "")
			if e := errs.Of(err); err == nil || e.Code != errs.Corrupt || e.Reason != "migrate.source_damaged" || !strings.Contains(e.Detail, "index") {
				t.Errorf("%s: the plan says %v", name, err)
			}
			_, err = migrate(context.Background(), &Migrator{}, db.target(), file, file, nil)
			if errs.CodeOf(err) != errs.Corrupt {
				t.Errorf("%s: the migration says %v", name, err)
			}
		}
	}
}

// A unique index with an entry twice has all of its rows, and no sum tells.
func TestAKeyThatIsTwiceUnderItsOwnUniqueIndexIsDamage(t *testing.T) {
	twice := func(schema string) string { // made while the index allowed it
		return "PRAGMA writable_schema = on; " + schema + "; UPDATE sqlite_master SET sql = replace(sql, 'CREATE INDEX', 'CREATE UNIQUE INDEX')"
	}
	for _, schema := range []string{"", "CREATE TABLE t(id int PRIMARY KEY, a int, v text)", "CREATE TABLE t(id int PRIMARY KEY, a int, v text UNIQUE)"} {
		db := database(t, schema)
		for name, script := range map[string]string{
			"one column":           "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT); CREATE INDEX t_v ON t(v); INSERT INTO t(v) VALUES ('a'), ('b'), ('b')",
			"descending":           "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT); CREATE INDEX t_v ON t(v DESC); INSERT INTO t(v) VALUES (3), (2.5), (2.5), (x'00')",
			"two columns":          "CREATE TABLE t(id INTEGER PRIMARY KEY, a, v TEXT); CREATE INDEX t_v ON t(a, v); INSERT INTO t(a, v) VALUES (1, 'x'), (1, 'y'), (2, 'y'), (2, 'y')",
			"equal in two classes": "CREATE TABLE t(id INTEGER PRIMARY KEY, v); CREATE INDEX t_v ON t(v); INSERT INTO t(v) VALUES (1), (1.0), (2)",
			"in any case":          "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT); CREATE INDEX t_v ON t(v COLLATE NOCASE); INSERT INTO t(v) VALUES ('a'), ('A')",
		} {
			_, _, err := (&Migrator{}).Preflight(context.Background(), db.target(), backup.Archive{File: testdb.SQLite(t, twice(script))}, "")
			if e := errs.Of(err); err == nil || e.Code != errs.Corrupt || !strings.Contains(e.Detail, "non-unique entry in index t_v") {
				t.Errorf("%s, into %q: the plan says %v", name, schema, err)
			}
		}
	}
}

func TestAKeyThatOnlyItsApplicationCanCompareIsLookedAtRowByRow(t *testing.T) {
	file := testdb.SQLite(t, `PRAGMA writable_schema = on; CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT); CREATE INDEX t_v ON t(v); INSERT INTO t(v) VALUES ('a'), ('b'), ('b');
		UPDATE sqlite_master SET sql = 'CREATE UNIQUE INDEX t_v ON t(v COLLATE app)' WHERE name = 't_v'`)
	db := database(t, "CREATE TABLE t(id int PRIMARY KEY, v text UNIQUE)")
	got := brief(db.examine(file, Choices{}), backup.Info)
	if want := []string{"blocker t.v duplicate 2 [leave stop] id 2 → b; id 3 → b"}; !slices.Equal(got, want) {
		t.Errorf("found %q", got)
	}
}

// The sums are what makes a survey quick. A table that they can't say anything about,
// or would call different without a reason, is left to SQLite's own check.
func TestOrdinaryIndexesAreComparedWithoutSQLitesOwnCheck(t *testing.T) {
	for _, encoding := range []string{"UTF-8", "UTF-16le"} {
		r, err := openReaders(testdb.SQLite(t, "PRAGMA encoding = '"+encoding+"'; "+indexed+`; DROP INDEX t_part; DROP INDEX t_expr; DROP INDEX t_g;
			CREATE TABLE many(id INTEGER PRIMARY KEY, v, r REAL); CREATE INDEX many_v ON many(v, r);
			CREATE UNIQUE INDEX many_once ON many(v, id DESC); CREATE TABLE once(id INTEGER PRIMARY KEY, v UNIQUE, w, UNIQUE (w, v DESC));
			INSERT INTO once(v, w) VALUES (NULL, 1), (NULL, 1), (-1e300, NULL), (-1, 2), (0.5, 2), (9007199254740992, 2), ('A', 2), ('a', 2), ('aa', 2), (x'', 2), (x'0000', 3), (x'01', 1.5);
			INSERT INTO many(v, r) VALUES (NULL, NULL), (1, 1), (1, 1.0), (1.0, -0.0), ('1', '1'), ('', ''), (x'', x''), (x'00', 1e300), (9007199254740993, 9007199254740993), (-1, 'text'), (0.1, 0.1)`))
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		schema, err := r[0].ReadSchema()
		if err != nil {
			t.Fatal(err)
		}
		l := &looker{readers: r, seed: maphash.MakeSeed()}
		for i := range schema.Tables {
			if _, err := l.table(context.Background(), &schema.Tables[i], 5000, i > 0); err != nil {
				t.Fatal(err)
			}
		}
		if err := l.entries(context.Background()); err != nil || len(l.indexes) != 8 {
			t.Fatalf("%d indexes, %v", len(l.indexes), err)
		}
		for _, d := range l.doubted {
			if d.Name != "w" { // has no rowid
				t.Errorf("%s: %s is left to SQLite's own check", encoding, d.Name)
			}
		}
	}
}
