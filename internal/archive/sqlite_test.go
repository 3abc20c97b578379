package archive

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"modernc.org/sqlite"

	"cofre/internal/errs"
	"cofre/internal/testdb"
)

func TestInspectCountsTheTablesOfAnApplication(t *testing.T) {
	path := testdb.SQLite(t, `
		CREATE TABLE "Famílias e ""amigos""" (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO "Famílias e ""amigos""" VALUES (1,'a'),(2,'b');
		CREATE TABLE keyed (k TEXT PRIMARY KEY, v) WITHOUT ROWID; INSERT INTO keyed VALUES ('a',1),('b',2),('c',3);
		CREATE TABLE seq (id INTEGER PRIMARY KEY AUTOINCREMENT); INSERT INTO seq DEFAULT VALUES;
		CREATE TABLE some (x); CREATE INDEX some_x ON some(x) WHERE x IS NOT NULL; INSERT INTO some VALUES (NULL),(1);
		CREATE TABLE "123" (x); CREATE TABLE empty (x);
		CREATE VIEW v AS SELECT * FROM seq;
		CREATE VIRTUAL TABLE words USING fts5(t); INSERT INTO words VALUES ('olá'),('mundo');
		CREATE VIRTUAL TABLE boxes USING rtree(id, a, b); INSERT INTO boxes VALUES (1,2,3);
		ANALYZE;`)
	want := []Table{{"123", 0}, {"Famílias e \"amigos\"", 2}, {"boxes", 1}, {"empty", 0}, {"keyed", 3}, {"seq", 1}, {"some", 2}, {"words", 2}}
	c, err := Inspect(t.Context(), path, InspectOptions{})
	if err != nil || !slices.Equal(c.Tables, want) {
		t.Fatalf("%+v, %v", c, err)
	}
	info, _ := os.Stat(path)
	if c.Kind != SQLite || c.Format != FormatSQLite || c.Bytes != info.Size() || c.Compression != None || !strings.HasPrefix(c.Version, "3.") {
		t.Errorf("%+v", c)
	}
	quick, err := Inspect(t.Context(), path, InspectOptions{Quick: true})
	if err != nil || len(quick.Tables) != len(want) || quick.Rows() != -1 {
		t.Errorf("quick: %+v, %v", quick, err)
	}
	for _, depth := range []Depth{Reread, Structure, Full} {
		r, err := Verify(t.Context(), path, VerifyOptions{Depth: depth}, nil)
		if err != nil || !slices.Equal(r.Contents.Tables, want) || len(r.SHA256) != 64 || r.PayloadSHA256 != r.SHA256 {
			t.Errorf("depth %d: %+v, %v", depth, r, err)
		}
	}
	onlyFiles(t, filepath.Dir(path), filepath.Base(path))
}

func TestNoCharacterOfAPathMeansAnything(t *testing.T) {
	source := testdb.SQLite(t, "CREATE TABLE t(x); INSERT INTO t VALUES (1)")
	content, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"with space.db", "it's \"quoted\".db", "a#b?c=d&mode=rwc.db", "50%20%.db", "família 数据.db", "line\nbreak.db", "semi;colon:.db", ":memory:", "\xff\xfe.db"} {
		if runtime.GOOS != "linux" && (strings.ContainsAny(name, "\"?:\n") || !utf8.ValidString(name)) {
			continue // not a name there
		}
		dir := filepath.Join(t.TempDir(), name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o400); err != nil {
			t.Fatal(err)
		}
		c, err := Inspect(t.Context(), path, InspectOptions{})
		if err != nil || c.Rows() != 1 {
			t.Errorf("%q: %+v, %v", name, c, err)
		}
		onlyFiles(t, dir, name)
	}
}

func TestRelativePathIsRead(t *testing.T) {
	path := testdb.SQLite(t, "CREATE TABLE t(x)")
	t.Chdir(filepath.Dir(path))
	if _, err := Inspect(t.Context(), filepath.Base(path), InspectOptions{}); err != nil {
		t.Error(err)
	}
}

func TestDamagedSQLiteFilesAreTold(t *testing.T) {
	source := testdb.SQLite(t, `CREATE TABLE t(a, b); CREATE INDEX t_a ON t(a); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 5000) INSERT INTO t SELECT i, hex(randomblob(50)) FROM n`)
	whole, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		depth  Depth
		change func(b []byte) []byte
		reason string
	}{
		"cut at a page":       {Reread, func(b []byte) []byte { return b[:len(b)/4096/2*4096] }, "sqlite.truncated"},
		"cut inside a page":   {Reread, func(b []byte) []byte { return b[:len(b)*2/3+7] }, "sqlite.truncated"},
		"no page size":        {Reread, func(b []byte) []byte { b[16], b[17] = 0, 3; return b }, "archive.header"},
		"schema overwritten":  {Reread, func(b []byte) []byte { clear(b[100:2000]); return b }, "archive.sqlite_malformed"},
		"tree page cleared":   {Structure, func(b []byte) []byte { clear(b[len(b)/2/4096*4096:][:4096]); return b }, "archive.sqlite_malformed"},
		"index value changed": {Full, changeIndex, "archive.sqlite_malformed"},
	} {
		t.Run(name, func(t *testing.T) {
			path := write(t, "x.sqlite3", string(c.change(slices.Clone(whole))))
			_, err := Verify(t.Context(), path, VerifyOptions{Depth: c.depth}, nil)
			wantError(t, err, errs.Corrupt, c.reason)
		})
	}
}

// changeIndex makes one integer of the index t_a another: the pages stay sound, only
// comparing the index with its table can tell.
func changeIndex(b []byte) []byte {
	for page := len(b) - 4096; page > 0; page -= 4096 {
		if b[page] == 0x0a { // a leaf of an index
			cell := page + int(b[page+8])<<8 + int(b[page+9])
			b[cell+int(b[cell])]++ // the last byte of the rowid
			return b
		}
	}
	panic("no leaf of an index")
}

func TestUnfinishedDatabaseIsNotReadWithoutItsLog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "live.sqlite3")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; CREATE TABLE t(x); INSERT INTO t VALUES (1)"); err != nil {
		t.Fatal(err)
	}
	_, err = Inspect(t.Context(), path, InspectOptions{})
	wantError(t, err, errs.Invalid, "archive.sqlite_unfinished")
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(path, link); err == nil {
		_, err = Inspect(t.Context(), link, InspectOptions{})
		wantError(t, err, errs.Invalid, "archive.sqlite_unfinished")
	}
	if _, err := db.Exec("PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		t.Fatal(err)
	}
	if c, err := Inspect(t.Context(), path, InspectOptions{}); err != nil || c.Rows() != 1 {
		t.Errorf("with an empty log: %+v, %v", c, err)
	}

	quiet := testdb.SQLite(t, "CREATE TABLE t(x)")
	if err := os.WriteFile(quiet+"-journal", make([]byte, 512), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Inspect(t.Context(), quiet, InspectOptions{}); err != nil {
		t.Errorf("beside a finished journal: %v", err)
	}
	if err := os.WriteFile(quiet+"-journal", []byte("\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Inspect(t.Context(), quiet, InspectOptions{})
	wantError(t, err, errs.Invalid, "archive.sqlite_unfinished")
}

func TestForeignKeyViolationsAreCountedNotRefused(t *testing.T) {
	path := testdb.SQLite(t, `CREATE TABLE parent(id INTEGER PRIMARY KEY); CREATE TABLE child(p REFERENCES parent(id));
		INSERT INTO child VALUES (1),(2),(NULL); INSERT INTO parent VALUES (1)`)
	r, err := Verify(t.Context(), path, VerifyOptions{Depth: Full}, nil)
	if err != nil || r.ForeignKeyViolations != 1 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestRowsThatBreakATablesRulesAreNoDamage(t *testing.T) {
	path := testdb.SQLite(t, `CREATE TABLE t(x); INSERT INTO t VALUES (NULL); PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql = 'CREATE TABLE t(x NOT NULL)' WHERE name = 't'`)
	if _, err := Verify(t.Context(), path, VerifyOptions{Depth: Full}, nil); err != nil {
		t.Error(err)
	}
}

func TestTablesThatOnlyTheirApplicationCanCheckAreNamed(t *testing.T) {
	var d sqlite.Driver // of its own, so that the collation is not known to others
	if err := d.RegisterCollationUtf8("app", strings.Compare); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "x.sqlite3")
	db := sql.OpenDB(application{&d, path})
	defer db.Close()
	if _, err := db.Exec("CREATE TABLE own(x TEXT COLLATE app); CREATE INDEX own_x ON own(x); INSERT INTO own VALUES ('a'); CREATE TABLE other(x UNIQUE); INSERT INTO other VALUES (1)"); err != nil {
		t.Fatal(err)
	}
	r, err := Verify(t.Context(), path, VerifyOptions{Depth: Full}, nil)
	if err != nil || !slices.Equal(r.Unchecked, []string{"own"}) || r.Contents.Rows() != 2 {
		t.Errorf("%+v, %v", r, err)
	}
}

// application connects as a program with collations of its own does.
type application struct {
	driver *sqlite.Driver
	path   string
}

func (a application) Connect(context.Context) (driver.Conn, error) { return a.driver.Open(a.path) }
func (a application) Driver() driver.Driver                        { return a.driver }

func TestVerifyStopsWhenItIsCancelled(t *testing.T) {
	path := testdb.SQLite(t, `CREATE TABLE t(a, b); CREATE INDEX t_a ON t(a, b); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 200000) INSERT INTO t SELECT i, hex(randomblob(20)) FROM n`)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := Verify(ctx, path, VerifyOptions{Depth: Full}, func(done, total int64) { cancel() })
	if errs.CodeOf(err) != errs.Cancelled {
		t.Errorf("error %v", err)
	}
}

func TestProgressEndsAtTheSizeOfTheFile(t *testing.T) {
	path := testdb.SQLite(t, "CREATE TABLE t(x UNIQUE); INSERT INTO t VALUES (1),(2)")
	info, _ := os.Stat(path)
	for _, depth := range []Depth{Reread, Structure, Full} {
		var last int64
		_, err := Verify(t.Context(), path, VerifyOptions{Depth: depth}, func(done, total int64) {
			if done < last || total != info.Size() {
				t.Errorf("progress %d of %d after %d", done, total, last)
			}
			last = done
		})
		if err != nil || last != info.Size() {
			t.Errorf("depth %d: ended at %d of %d, %v", depth, last, info.Size(), err)
		}
	}
}

func TestVirtualTablesOfOtherModulesAreShownWithoutRows(t *testing.T) {
	path := testdb.SQLite(t, `CREATE TABLE t(x); PRAGMA writable_schema=ON;
		INSERT INTO sqlite_schema VALUES ('table','notes','notes',0,'CREATE VIRTUAL TABLE notes USING fts4(body)');
		CREATE TABLE notes_content(x); CREATE TABLE notes_segments(x); CREATE TABLE notes_segdir(x); CREATE TABLE notes_docsize(x); CREATE TABLE notes_stat(x)`)
	c, err := Inspect(t.Context(), path, InspectOptions{})
	if want := []Table{{"notes", -1}, {"t", 0}}; err != nil || !slices.Equal(c.Tables, want) {
		t.Errorf("%+v, %v", c.Tables, err)
	}
	if _, err := Verify(t.Context(), path, VerifyOptions{Depth: Full}, nil); err != nil {
		t.Errorf("verify: %v", err)
	}
}

func BenchmarkReread(b *testing.B) {
	path := testdb.SQLite(b, `CREATE TABLE t(a, b); CREATE INDEX t_a ON t(a); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 500000) INSERT INTO t SELECT i, hex(randomblob(50)) FROM n`)
	for depth, name := range []string{"reread", "structure", "full"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := Verify(b.Context(), path, VerifyOptions{Depth: Depth(depth)}, nil); err != nil {
					b.Fatal(err)
				}
			}
			info, _ := os.Stat(path)
			b.SetBytes(info.Size())
		})
	}
}

func FuzzSQLite(f *testing.F) {
	seed, err := os.ReadFile(testdb.SQLite(f, `PRAGMA page_size=512; VACUUM; CREATE TABLE t(a, b); CREATE INDEX t_a ON t(a); INSERT INTO t VALUES (1, 'x'), (2, zeroblob(900)); CREATE VIEW v AS SELECT * FROM t`))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	path := filepath.Join(f.TempDir(), "x")
	f.Fuzz(func(t *testing.T, content []byte) {
		if err := os.WriteFile(path, append([]byte(sqliteMagic), content[min(len(content), len(sqliteMagic)):]...), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Verify(t.Context(), path, VerifyOptions{Depth: Full}, nil); err != nil && errs.CodeOf(err) == errs.Internal {
			t.Errorf("an error without a code: %v", err)
		}
	})
}
