package migrate

import (
	"bytes"
	"context"
	"hash/maphash"
	"os"
	"path/filepath"
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

// The sums are what makes a survey quick. A table that they can't say anything about,
// or would call different without a reason, is left to SQLite's own check.
func TestOrdinaryIndexesAreComparedWithoutSQLitesOwnCheck(t *testing.T) {
	for _, encoding := range []string{"UTF-8", "UTF-16le"} {
		r, err := openReaders(testdb.SQLite(t, "PRAGMA encoding = '"+encoding+"'; "+indexed+`; DROP INDEX t_part; DROP INDEX t_expr; DROP INDEX t_g;
			CREATE TABLE many(id INTEGER PRIMARY KEY, v, r REAL); CREATE INDEX many_v ON many(v, r);
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
		if err := l.entries(context.Background()); err != nil || len(l.indexes) != 5 {
			t.Fatalf("%d indexes, %v", len(l.indexes), err)
		}
		for _, d := range l.doubted {
			if d.Name != "w" { // has no rowid
				t.Errorf("%s: %s is left to SQLite's own check", encoding, d.Name)
			}
		}
	}
}
