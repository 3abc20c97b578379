package sqlite

import (
	"crypto/rand"
	"crypto/sha256"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/errs"
)

const small = "CREATE TABLE note(id INTEGER PRIMARY KEY, text); INSERT INTO note(text) VALUES('a'), ('b'), ('c');"

// folder is what lies beside each other, by name: the hash of each file.
func folder(t *testing.T, target backup.Target) map[string][32]byte {
	t.Helper()
	files := map[string][32]byte{}
	entries, err := os.ReadDir(filepath.Dir(target.Path))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		content, err := os.ReadFile(filepath.Join(filepath.Dir(target.Path), e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = sha256.Sum256(content)
	}
	return files
}

// crashed leaves a database as a program does that dies in the middle of a
// transaction which it had begun to write.
func crashedIn(t *testing.T, mode string) backup.Target {
	t.Helper()
	target := made(t, "PRAGMA journal_mode = "+mode, small+`CREATE TABLE big(x);
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) INSERT INTO big SELECT printf('%.100c', 'x') FROM n;`)
	p := startProgram(t, target.Path)
	p.do("INSERT INTO note(text) VALUES('committed');")
	p.do("PRAGMA cache_size = 5; BEGIN; UPDATE big SET x = 'half'; DELETE FROM note;")
	p.kill()
	if s := stateOf(target.Path); s.wal.bytes == 0 && s.journal.bytes == 0 {
		t.Fatal("the crash left nothing to recover")
	}
	return target
}

func TestAProbeCreatesAndChangesNothingWhateverLiesThere(t *testing.T) {
	for name, make := range map[string]func(t *testing.T) (target backup.Target, notes int64){
		"closed, rollback journal": func(t *testing.T) (backup.Target, int64) { return made(t, "PRAGMA journal_mode = DELETE", small), 3 },
		"closed, written ahead":    func(t *testing.T) (backup.Target, int64) { return made(t, "PRAGMA journal_mode = WAL", small), 3 },
		"open elsewhere, rollback journal": func(t *testing.T) (backup.Target, int64) {
			target := made(t, "PRAGMA journal_mode = PERSIST", small)
			startProgram(t, target.Path).do("PRAGMA journal_mode = PERSIST; INSERT INTO note(text) VALUES('d'); BEGIN IMMEDIATE; DELETE FROM note;")
			return target, 4
		},
		"open elsewhere, written ahead": func(t *testing.T) (backup.Target, int64) {
			target := made(t, "PRAGMA journal_mode = WAL", small)
			startProgram(t, target.Path).do("INSERT INTO note(text) VALUES('d'); BEGIN IMMEDIATE; DELETE FROM note;")
			return target, 4
		},
		"crashed, rollback journal": func(t *testing.T) (backup.Target, int64) { return crashedIn(t, "DELETE"), 4 },
		"crashed, written ahead":    func(t *testing.T) (backup.Target, int64) { return crashedIn(t, "WAL"), 4 },
		"crashed, written ahead, index lost": func(t *testing.T) (backup.Target, int64) {
			target := crashedIn(t, "WAL")
			if err := os.Remove(target.Path + shmSuffix); err != nil {
				t.Fatal(err)
			}
			return target, 4
		},
	} {
		t.Run(name, func(t *testing.T) {
			target, notes := make(t)
			before := folder(t, target)
			e := &Engine{Work: t.TempDir()}
			c, err := e.Probe(t.Context(), target)
			if err != nil {
				t.Fatal(err)
			}
			if table, _ := c.Table("note"); table.Rows != notes {
				t.Errorf("note has %d rows, want the %d that are committed", table.Rows, notes)
			}
			if left, _ := os.ReadDir(e.Work); len(left) > 0 {
				t.Errorf("the folder for temporary files keeps %v", left)
			}
			after := folder(t, target)
			delete(before, filepath.Base(target.Path)+shmSuffix) // readers leave marks in it: that is what it is for
			delete(after, filepath.Base(target.Path)+shmSuffix)
			if !maps.Equal(before, after) {
				t.Errorf("the folder changed: %v, before %v", slices.Sorted(maps.Keys(after)), slices.Sorted(maps.Keys(before)))
			}
		})
	}
}

func TestAProbeCountsTheLogAsPartOfTheDatabase(t *testing.T) {
	target := made(t, "PRAGMA journal_mode = WAL", small)
	startProgram(t, target.Path).do("INSERT INTO note(text) VALUES('d');")
	c, err := (&Engine{}).Probe(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	main, wal := stampOf(target.Path), stampOf(target.Path+walSuffix)
	if wal.bytes == 0 || c.Bytes != main.bytes+wal.bytes {
		t.Errorf("Bytes = %d, want %d + %d", c.Bytes, main.bytes, wal.bytes)
	}
	if want := script(t, target.Path, "SELECT sqlite_version();"); c.Version != want {
		t.Errorf("Version = %q, want the writer's %q", c.Version, want)
	}
}

func TestAProbeNamesWhatIsNoDatabase(t *testing.T) {
	write := func(t *testing.T, content []byte) string {
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	noise := make([]byte, 8192)
	rand.Read(noise)
	for name, c := range map[string]struct {
		path   func(t *testing.T) string
		code   errs.Code
		reason string
	}{
		"missing":         {func(t *testing.T) string { return filepath.Join(t.TempDir(), "no") }, errs.NotFound, "sqlite.missing"},
		"missing folder":  {func(t *testing.T) string { return filepath.Join(t.TempDir(), "no", "no") }, errs.NotFound, "sqlite.missing"},
		"below a file":    {func(t *testing.T) string { return filepath.Join(write(t, nil), "no") }, errs.NotFound, "archive.not_found"},
		"a folder":        {func(t *testing.T) string { return t.TempDir() }, errs.Invalid, "sqlite.is_folder"},
		"a text":          {func(t *testing.T) string { return write(t, []byte("Dear diary,\n")) }, errs.Invalid, "sqlite.not_a_database"},
		"encrypted noise": {func(t *testing.T) string { return write(t, noise) }, errs.Invalid, "sqlite.not_a_database"},
		"a custom dump":   {func(t *testing.T) string { return write(t, []byte("PGDMP\x01\x0e\x00\x04\x08\x01\x01")) }, errs.Invalid, "sqlite.not_a_database"},
		"truncated": {func(t *testing.T) string {
			content, err := os.ReadFile(made(t, "", content).Path)
			if err != nil {
				t.Fatal(err)
			}
			return write(t, content[:1<<19])
		}, errs.Corrupt, "sqlite.malformed"},
		"malformed": {func(t *testing.T) string {
			content, err := os.ReadFile(made(t, "", small).Path)
			if err != nil {
				t.Fatal(err)
			}
			clear(content[100:200])
			return write(t, content)
		}, errs.Corrupt, "sqlite.malformed"},
	} {
		t.Run(name, func(t *testing.T) {
			path := c.path(t)
			_, err := (&Engine{}).Probe(t.Context(), targetAt(path))
			if e := errs.Of(err); e == nil || e.Code != c.code || e.Reason != c.reason {
				t.Fatalf("error = %v, want %s %s", err, c.code, c.reason)
			}
			if s := stateOf(path); s.wal.there || s.shm.there || s.journal.there {
				t.Errorf("the probe left %+v", s)
			}
		})
	}
}

func TestAnEmptyFileIsADatabaseWithoutTables(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new.sqlite3")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := (&Engine{}).Probe(t.Context(), targetAt(path))
	if err != nil || len(c.Tables) != 0 || c.Bytes != 0 || c.Format != archive.FormatDatabase {
		t.Errorf("Probe = %+v, %v", c, err)
	}
}

func TestEveryNameOfAFileWorks(t *testing.T) {
	names := []string{"with space.db", "100%.db", "%41.db", "a#b.db", "what?.db", "it's.db", `say "hi".db`, "família ção 家.db", "new\nline.db",
		"file:x.db?mode=memory&cache=shared", ";DROP TABLE t", "-wal", "a&b=c.db", "back\\slash.db", "+plus.db", "\xff\xfe.db", "~"}
	if runtime.GOOS == "windows" {
		names = []string{"with space.db", "100%.db", "%41.db", "a#b.db", "it's.db", "família ção 家.db", "a&b=c.db", "+plus.db", "~"}
	}
	template := made(t, "PRAGMA journal_mode = WAL", small)
	for _, name := range names {
		t.Run(strings.ToValidUTF8(name, "x"), func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), name)
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			target := targetAt(filepath.Join(dir, name))
			if err := copyFile(t.Context(), template.Path, target.Path); err != nil {
				t.Fatal(err)
			}
			e := &Engine{}
			dump := filepath.Join(dir, "dump of "+name)
			held, err := e.Dump(t.Context(), target, dump, backup.DumpOptions{}, func(backup.Update) {})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := e.Restore(t.Context(), target, dump, func(backup.Update) {}); err != nil {
				t.Fatal(err)
			}
			if err := os.Remove(target.Path); err != nil {
				t.Fatal(err)
			}
			if _, err := e.Restore(t.Context(), target, dump, func(backup.Update) {}); err != nil {
				t.Fatal(err)
			}
			now, err := e.Probe(t.Context(), target)
			if err != nil || !slices.Equal(now.Tables, held.Tables) || len(now.Tables) != 1 {
				t.Errorf("Probe = %v, %v", now.Tables, err)
			}
			if names := beside(t, target); len(names) != 1 {
				t.Errorf("in the folder lie %q", names)
			}
		})
	}
}

func TestASymbolicLinkIsFollowedToTheDatabaseAndItsLog(t *testing.T) {
	target := made(t, "PRAGMA journal_mode = WAL", small)
	startProgram(t, target.Path).do("INSERT INTO note(text) VALUES('in the log');")
	link := targetAt(filepath.Join(t.TempDir(), "link"))
	if err := os.Symlink(target.Path, link.Path); err != nil {
		t.Fatal(err)
	}
	c, err := (&Engine{}).Probe(t.Context(), link)
	if table, _ := c.Table("note"); err != nil || table.Rows != 4 {
		t.Errorf("Probe = %v, %v", c.Tables, err)
	}
}

func TestADatabaseInAFolderThatCanOnlyBeReadIsProbed(t *testing.T) {
	for _, mode := range []string{"DELETE", "WAL"} {
		t.Run(mode, func(t *testing.T) {
			made := made(t, "PRAGMA journal_mode = "+mode, small)
			dir := openFolder(t)
			target := targetAt(filepath.Join(dir, "app.sqlite3"))
			if err := os.Rename(made.Path, target.Path); err != nil {
				t.Fatal(err)
			}
			readOnly(t, dir)
			a := order{Do: "probe", Path: target.Path}.asUser(t)
			if a.Code != "" || len(a.Tables) != 1 || a.Tables[0].Rows != 3 {
				t.Errorf("Probe as an ordinary user = %+v", a)
			}
		})
	}
}

func TestALogWithoutItsIndexIsReadInAFolderThatCanOnlyBeRead(t *testing.T) {
	crash := crashedIn(t, "WAL")
	dir := openFolder(t)
	for _, suffix := range []string{"", walSuffix} {
		if err := copyFile(t.Context(), crash.Path+suffix, filepath.Join(dir, "app.sqlite3"+suffix)); err != nil {
			t.Fatal(err)
		}
	}
	readOnly(t, dir)
	a := order{Do: "probe", Path: filepath.Join(dir, "app.sqlite3")}.asUser(t)
	if a.Code != "" || len(a.Tables) != 2 || a.Tables[1].Rows != 4 {
		t.Errorf("Probe as an ordinary user = %+v", a)
	}
}

// readOnly makes the folder and all in it readable for everybody, and writable
// for nobody, until the test ends.
func readOnly(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if err := os.Chmod(filepath.Join(dir, e.Name()), 0o444); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(dir, 0o755) })
}
