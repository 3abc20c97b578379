package sqlite

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"cofre/internal/backup"
	"cofre/internal/engine/enginetest"
)

// content is a database with all that SQLite has: keys, indexes, a view, a
// trigger, generated columns, a table without rowids, full text, values of every
// kind, and free pages. It fills several steps of an engine of these tests.
const content = `
CREATE TABLE person(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL COLLATE NOCASE UNIQUE, photo BLOB);
CREATE TABLE payment(id INTEGER PRIMARY KEY, person INTEGER REFERENCES person(id), amount DECIMAL, at DATETIME, note, cents INTEGER AS (amount * 100));
CREATE TABLE left_twin(id INTEGER PRIMARY KEY, text TEXT);
CREATE TABLE right_twin(id INTEGER PRIMARY KEY, text TEXT);
CREATE TABLE "odd ""name"", ção"(key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE no_key(a, b);
CREATE VIRTUAL TABLE words USING fts5(body);
CREATE INDEX payment_at ON payment(at, amount) WHERE amount > 10;
CREATE VIEW rich AS SELECT * FROM payment WHERE amount > 100;
CREATE TRIGGER after_person AFTER DELETE ON person BEGIN DELETE FROM payment WHERE person = old.id; END;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
  INSERT INTO person SELECT i, 'Pessoa ' || i || ' çã€', CASE WHEN i % 3 THEN zeroblob(i * 40) END FROM n;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
  INSERT INTO payment(person, amount, at, note) SELECT i % 300 + 1, i / 7.0, datetime(1700000000 + i * 60, 'unixepoch'),
    CASE i % 4 WHEN 0 THEN NULL WHEN 1 THEN i WHEN 2 THEN x'00ff' || i ELSE 'it''s' END FROM n;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
  INSERT INTO left_twin SELECT i, printf('%.60c', 'l') || i FROM n;
INSERT INTO right_twin SELECT id, replace(text, 'l', 'r') || replace(text, 'l', 's') FROM left_twin;
INSERT INTO "odd ""name"", ção" VALUES('a', 1), ('b', 2.5), ('c', x'00');
INSERT INTO no_key SELECT id, id FROM payment WHERE id % 7 = 0;
DELETE FROM no_key WHERE a % 3 = 0;
INSERT INTO words SELECT text FROM left_twin LIMIT 50;
PRAGMA user_version = 42; PRAGMA application_id = 4711;
`

const mutation = `
DELETE FROM payment WHERE id % 2;
UPDATE person SET name = name || '!' WHERE id < 100;
INSERT INTO left_twin(text) VALUES('more'), ('and more');
DROP TABLE no_key;
CREATE TABLE later(x);
INSERT INTO later VALUES(1), (2);
CREATE VIEW much_later AS SELECT * FROM later;
CREATE INDEX later_x ON later(x);
PRAGMA user_version = 43;
`

// made returns a database that another process has made and closed.
func made(t *testing.T, pragmas, statements string) backup.Target {
	t.Helper()
	path := filepath.Join(t.TempDir(), "app.sqlite3")
	script(t, path, pragmas+"; BEGIN;"+statements+"; COMMIT;")
	return targetAt(path)
}

// copied returns a database of its own with the content of a closed one.
func copied(t *testing.T, of backup.Target) backup.Target {
	t.Helper()
	path := filepath.Join(t.TempDir(), "app.sqlite3")
	if err := copyFile(t.Context(), of.Path, path); err != nil {
		t.Fatal(err)
	}
	return targetAt(path)
}

func targetAt(path string) backup.Target {
	return backup.Target{Kind: backup.SQLite, Name: filepath.Base(path), Path: path, BusyTimeout: 5 * time.Second}
}

// fingerprint is that of the rows and the schema, as the C library dumps them, in
// whatever order they lie there.
func fingerprint(t *testing.T, target backup.Target) string {
	t.Helper()
	out, err := exec.Command("sqlite3", target.Path, ".dump", "PRAGMA user_version", "PRAGMA application_id").CombinedOutput()
	if err != nil {
		t.Fatalf("dump %s: %v: %s", target.Path, err, out)
	}
	lines := bytes.Split(out, []byte("\n"))
	slices.SortFunc(lines, bytes.Compare)
	sum := sha256.Sum256(bytes.Join(lines, []byte("\n")))
	return hex.EncodeToString(sum[:])
}

func counted(t *testing.T, target backup.Target) []backup.Table {
	t.Helper()
	names := script(t, target.Path, `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual') AND name NOT LIKE 'sqlite%' ORDER BY name;`)
	tables := []backup.Table{}
	for _, name := range strings.Split(names, "\n") {
		if name == "" {
			continue
		}
		rows, err := strconv.ParseInt(script(t, target.Path, "SELECT count(*) FROM "+`"`+strings.ReplaceAll(name, `"`, `""`)+`";`), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		tables = append(tables, backup.Table{Name: name, Rows: rows})
	}
	return tables
}

// writeTwins inserts into both twins, a transaction a time, until stop.
func writeTwins(t *testing.T, target backup.Target) (stop func()) {
	t.Helper()
	p := startProgram(t, target.Path)
	p.do(".timeout 10000")
	insert := func() {
		p.do("BEGIN IMMEDIATE; INSERT INTO left_twin(text) VALUES('new'); INSERT INTO right_twin(text) VALUES('new'); COMMIT;")
	}
	insert()
	over := make(chan struct{})
	var writing sync.WaitGroup
	writing.Go(func() {
		for {
			select {
			case <-over:
				return
			default:
				insert()
			}
		}
	})
	return sync.OnceFunc(func() { close(over); writing.Wait(); p.quit() })
}

// damaged makes copies of a good file with something wrong in them.
func damaged(t *testing.T, file string) map[string]string {
	t.Helper()
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	with := func(change func(b []byte) []byte) string {
		path := filepath.Join(t.TempDir(), "damaged.sqlite3")
		if err := os.WriteFile(path, change(append([]byte(nil), good...)), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	flip := func(at int) func(b []byte) []byte {
		return func(b []byte) []byte { b[at] ^= 0x10; return b }
	}
	return map[string]string{
		"cut in the middle":            with(func(b []byte) []byte { return b[:len(b)/2/4096*4096] }),
		"cut inside a page":            with(func(b []byte) []byte { return b[:len(b)-1000] }),
		"cut in the header":            with(func(b []byte) []byte { return b[:60] }),
		"flipped in the magic":         with(flip(3)),
		"flipped in the schema's page": with(flip(100)),
		"flipped in a table's page":    with(flip(len(good) / 2 / 4096 * 4096)),
		"zeros in the middle":          with(func(b []byte) []byte { clear(b[len(b)/2/4096*4096:][:8192]); return b }),
	}
}

func foreignBackup(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "other.sql")
	dump := "--\n-- PostgreSQL database dump\n--\n\nCREATE TABLE public.t (id integer);\n"
	if err := os.WriteFile(path, []byte(dump), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// beside names what is in the database's folder, besides the database.
func beside(t *testing.T, target backup.Target) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(target.Path))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if e.Name() != filepath.Base(target.Path) {
			names = append(names, e.Name())
		}
	}
	return names
}

func harness(t *testing.T, pragmas string) enginetest.Harness {
	template := made(t, pragmas, content)
	return enginetest.Harness{
		Engine:   &Engine{step: 256 << 10},
		New:      func(t *testing.T) backup.Target { return copied(t, template) },
		NewEmpty: func(t *testing.T) backup.Target { return made(t, pragmas, "CREATE TABLE t(x); DROP TABLE t;") },
		Missing: func(t *testing.T) backup.Target {
			return targetAt(filepath.Join(t.TempDir(), "missing.sqlite3"))
		},
		CreatesMissing: true,
		Mutate:         func(t *testing.T, target backup.Target) { script(t, target.Path, mutation) },
		Fingerprint:    fingerprint,
		Count:          counted,
		Twins:          [2]string{"left_twin", "right_twin"},
		Write:          writeTwins,
		Break:          damaged,
		Foreign:        foreignBackup,
		Leftovers:      beside,
	}
}

func TestTheEngineKeepsItsPromisesWithARollbackJournal(t *testing.T) {
	enginetest.Run(t, harness(t, "PRAGMA journal_mode = DELETE"))
}

func TestTheEngineKeepsItsPromisesWithAWriteAheadLog(t *testing.T) {
	enginetest.Run(t, harness(t, "PRAGMA journal_mode = WAL"))
}

func TestTheEngineKeepsItsPromisesWithSmallPagesInUTF16(t *testing.T) {
	enginetest.Run(t, harness(t, "PRAGMA encoding = 'UTF-16'; PRAGMA page_size = 1024; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL"))
}
