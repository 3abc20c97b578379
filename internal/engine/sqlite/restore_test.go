package sqlite

import (
	"crypto/rand"
	"crypto/sha256"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

func restored(t *testing.T, target backup.Target, file string) backup.Contents {
	t.Helper()
	held, err := (&Engine{Work: t.TempDir()}).Restore(t.Context(), target, file, unheard)
	if err != nil {
		t.Fatal(err)
	}
	return held
}

// layouts are the ways in which a database may lie on the disk.
var layouts = []string{
	"PRAGMA journal_mode = DELETE",
	"PRAGMA journal_mode = WAL",
	"PRAGMA page_size = 512; PRAGMA journal_mode = WAL",
	"PRAGMA page_size = 65536; PRAGMA journal_mode = WAL",
	"PRAGMA page_size = 1024; PRAGMA auto_vacuum = FULL; PRAGMA journal_mode = DELETE",
	"PRAGMA page_size = 16384; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA encoding = 'UTF-16le'; PRAGMA journal_mode = DELETE",
	"PRAGMA page_size = 8192; PRAGMA encoding = 'UTF-16be'; PRAGMA journal_mode = WAL",
}

// rowids are those of tables that name no key of their own: an application may
// rely on them.
const rowids = `SELECT sum(rowid * 31 + length(b)) || ' ' || max(rowid) FROM no_key; SELECT sum(rowid) FROM words WHERE words MATCH 'lll* OR l*';`

const everything = small + `
CREATE TABLE no_key(a, b); INSERT INTO no_key SELECT id, text FROM note; DELETE FROM no_key WHERE a = 2;
CREATE VIRTUAL TABLE words USING fts5(body); INSERT INTO words VALUES('lllama'), ('l');  DELETE FROM words WHERE rowid = 1;
CREATE TABLE keyed(k TEXT PRIMARY KEY, v UNIQUE) WITHOUT ROWID; INSERT INTO keyed VALUES('ção', '€');
CREATE VIEW seen AS SELECT * FROM note; CREATE INDEX note_text ON note(text);
PRAGMA user_version = 7; PRAGMA application_id = 8;`

func TestEveryLayoutIsRestoredIntoEveryOther(t *testing.T) {
	for _, from := range layouts {
		source := made(t, from, everything)
		want, wantRowids := fingerprint(t, source), script(t, source.Path, rowids)
		file, _ := dumped(t, source)
		for _, into := range layouts {
			t.Run(from+" into "+into, func(t *testing.T) {
				target := made(t, into, small+"CREATE TABLE gone(x); INSERT INTO note(text) SELECT printf('%.2000c', 'x') FROM note;")
				before := script(t, target.Path, "PRAGMA journal_mode;")
				restored(t, target, file)
				if fingerprint(t, target) != want {
					t.Error("the content is another")
				}
				if got := script(t, target.Path, rowids); got != wantRowids {
					t.Errorf("rowids = %q, want %q", got, wantRowids)
				}
				if got := script(t, target.Path, "PRAGMA journal_mode; PRAGMA integrity_check;"); got != before+"\nok" {
					t.Errorf("sqlite3 says %q, journal_mode was %s", got, before)
				}
				if names := beside(t, target); len(names) > 0 {
					t.Errorf("beside the database lies %v", names)
				}
			})
		}
	}
}

func TestABackupThatSaysItIsWrittenAheadDoesNotMakeTheDatabaseSo(t *testing.T) {
	source := made(t, "PRAGMA journal_mode = WAL", small) // as cp of a closed database leaves it
	target := made(t, "PRAGMA journal_mode = DELETE", everything)
	restored(t, target, source.Path)
	if got := script(t, target.Path, "PRAGMA journal_mode; SELECT count(*) FROM note;"); got != "delete\n3" {
		t.Errorf("sqlite3 says %q", got)
	}
	if got := script(t, source.Path, "PRAGMA journal_mode;"); got != "wal" {
		t.Errorf("the backup changed: %q", got)
	}
}

func TestTheLiveFileStaysTheSameFile(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("files have no number there that os tells")
	}
	for _, mode := range []string{"DELETE", "WAL"} {
		t.Run(mode, func(t *testing.T) {
			target := made(t, "PRAGMA journal_mode = "+mode, small)
			if err := os.Chmod(target.Path, 0o640); err != nil {
				t.Fatal(err)
			}
			if os.Geteuid() == 0 {
				if err := os.Chown(target.Path, 1234, 4321); err != nil {
					t.Fatal(err)
				}
			}
			before, err := os.Stat(target.Path)
			if err != nil {
				t.Fatal(err)
			}
			link := targetAt(filepath.Join(t.TempDir(), "link"))
			if err := os.Symlink(target.Path, link.Path); err != nil {
				t.Fatal(err)
			}
			file, _ := dumped(t, made(t, "", everything))
			restored(t, link, file)
			after, err := os.Stat(target.Path)
			if err != nil {
				t.Fatal(err)
			}
			if !os.SameFile(before, after) || before.Mode() != after.Mode() || owner(before) != owner(after) {
				t.Errorf("the file is %v of %v, was %v of %v", after.Mode(), owner(after), before.Mode(), owner(before))
			}
			if info, err := os.Lstat(link.Path); err != nil || info.Mode()&os.ModeSymlink == 0 {
				t.Error("the link was replaced")
			}
			if names := beside(t, link); len(names) > 0 {
				t.Errorf("beside the link lies %v", names)
			}
		})
	}
}

func TestAProgramThatHasTheDatabaseOpenSeesTheNewContent(t *testing.T) {
	for _, into := range layouts {
		t.Run(into, func(t *testing.T) {
			target := made(t, into, small)
			file, _ := dumped(t, made(t, "PRAGMA encoding = "+encodingOf(into)+"; PRAGMA page_size = 2048", everything))
			p := startProgram(t, target.Path)
			p.do("SELECT * FROM note; INSERT INTO note(text) VALUES('d');")
			held := restored(t, target, file)
			if got := p.do("SELECT count(*) FROM note; SELECT v FROM keyed;"); got != "3\n€" {
				t.Errorf("the program sees %q", got)
			}
			if got := p.do("INSERT INTO note(text) VALUES('on it goes'); SELECT count(*) FROM note; PRAGMA integrity_check;"); got != "4\nok" {
				t.Errorf("the program can't go on: %q", got)
			}
			if table, _ := held.Table("note"); table.Rows != 3 {
				t.Errorf("Restore returns %v", held.Tables)
			}
		})
	}
}

func encodingOf(layout string) string {
	_, rest, ok := strings.Cut(layout, "encoding = ")
	if !ok {
		return "'UTF-8'"
	}
	name, _, _ := strings.Cut(rest, ";")
	return name
}

func TestAReaderKeepsItsMomentAcrossARestoreOfADatabaseThatIsWrittenAhead(t *testing.T) {
	target := made(t, "PRAGMA journal_mode = WAL", content)
	file, _ := dumped(t, made(t, "", everything))
	p := startProgram(t, target.Path)
	const question = "SELECT count(*), sum(length(text)) FROM left_twin;"
	old := p.do("BEGIN; " + question)
	restored(t, target, file)
	if got := p.do(question); got != old {
		t.Errorf("in its transaction the reader sees %q, saw %q", got, old)
	}
	if got := p.do("COMMIT; SELECT count(*) FROM keyed;"); got != "1" {
		t.Errorf("after it the reader sees %q", got)
	}
}

func TestAWriterMayGoOnAtOnceAndTheAnswerIsStillTheBackups(t *testing.T) {
	for _, mode := range []string{"DELETE", "WAL"} {
		t.Run(mode, func(t *testing.T) {
			target := made(t, "PRAGMA journal_mode = "+mode, content)
			target.BusyTimeout = 0 // the usual
			file, dumped := dumped(t, target)
			stop := writeTwins(t, target)
			defer stop()
			for range 3 {
				if held := restored(t, target, file); !slices.Equal(held.Tables, dumped.Tables) {
					t.Errorf("Restore returns %v, want %v", held.Tables, dumped.Tables)
				}
			}
			stop()
			if got := script(t, target.Path, "PRAGMA integrity_check; SELECT (SELECT count(*) FROM left_twin) - (SELECT count(*) FROM right_twin);"); got != "ok\n0" {
				t.Errorf("sqlite3 says %q", got)
			}
		})
	}
}

func TestWhatACrashLeftDoesNotComeBackAfterARestore(t *testing.T) {
	file, _ := dumped(t, made(t, "", everything))
	for _, mode := range []string{"DELETE", "WAL"} {
		t.Run(mode, func(t *testing.T) {
			target := crashedIn(t, mode)
			restored(t, target, file)
			if got := script(t, target.Path, "PRAGMA integrity_check; SELECT count(*) FROM note; SELECT count(*) FROM keyed;"); got != "ok\n3\n1" {
				t.Errorf("sqlite3 says %q", got)
			}
		})
	}
}

func TestADamagedDatabaseIsReplaced(t *testing.T) {
	file, _ := dumped(t, made(t, "", everything))
	for _, mode := range []string{"DELETE", "WAL"} {
		for name, damage := range map[string]func(b []byte) []byte{
			"cut":                 func(b []byte) []byte { return b[:5*4096+100] },
			"without its schema":  func(b []byte) []byte { clear(b[100:4096]); return b },
			"full of noise":       func(b []byte) []byte { rand.Read(b[4096:]); return b },
			"longer than it says": func(b []byte) []byte { return append(b, make([]byte, 1<<20)...) },
		} {
			t.Run(name+" "+mode, func(t *testing.T) {
				target := made(t, "PRAGMA journal_mode = "+mode, everything+wide)
				content, err := os.ReadFile(target.Path)
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(target.Path, damage(content), 0o600); err != nil {
					t.Fatal(err)
				}
				restored(t, target, file)
				if got := script(t, target.Path, "PRAGMA integrity_check; PRAGMA journal_mode; SELECT count(*) FROM note;"); got != "ok\n"+strings.ToLower(mode)+"\n3" {
					t.Errorf("sqlite3 says %q", got)
				}
				if names := beside(t, target); len(names) > 0 {
					t.Errorf("beside the database lies %v", names)
				}
			})
		}
	}
}

func TestAMissingDatabaseIsCreatedWholeForItsOwnerAlone(t *testing.T) {
	file, _ := dumped(t, made(t, "", everything))
	old := crashedIn(t, "WAL") // its log would be written into the new file
	if err := os.Remove(old.Path); err != nil {
		t.Fatal(err)
	}
	dangling := targetAt(filepath.Join(t.TempDir(), "link"))
	if err := os.Symlink(filepath.Join("sub", "real.sqlite3"), dangling.Path); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(filepath.Dir(dangling.Path), "sub"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]backup.Target{"new": targetAt(filepath.Join(t.TempDir(), "new.sqlite3")), "with an old log": old, "through a link": dangling} {
		t.Run(name, func(t *testing.T) {
			held := restored(t, target, file)
			if table, _ := held.Table("note"); table.Rows != 3 {
				t.Errorf("Restore returns %v", held.Tables)
			}
			info, err := os.Stat(target.Path)
			if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
				t.Errorf("the new file: %v, %v", info, err)
			}
			if got := script(t, target.Path, "PRAGMA integrity_check; SELECT count(*) FROM note; SELECT count(*) FROM keyed;"); got != "ok\n3\n1" {
				t.Errorf("sqlite3 says %q", got)
			}
			place, err := filepath.EvalSymlinks(target.Path)
			if err != nil {
				t.Fatal(err)
			}
			kept := func(beside string) bool { return strings.Contains(beside, "__left_") }
			if names := slices.DeleteFunc(beside(t, targetAt(place)), kept); len(names) > 0 {
				t.Errorf("beside the new database lies %v", names)
			}
		})
	}
}

func TestWhatCannotBeRestoredSaysWhyAndChangesNothing(t *testing.T) {
	source := made(t, "PRAGMA journal_mode = WAL", everything)
	good, _ := dumped(t, source)
	open := made(t, "PRAGMA journal_mode = WAL", small)
	startProgram(t, open.Path).do("INSERT INTO note(text) VALUES('only in the log');")
	notADatabase := filepath.Join(t.TempDir(), "letter.txt")
	if err := os.WriteFile(notADatabase, []byte("Dear Ana,\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		target, file string
		code         errs.Code
		reason       string
	}{
		"into itself":                   {source.Path, source.Path, errs.Invalid, "sqlite.same_file"},
		"a backup with a log beside it": {source.Path, open.Path, errs.Invalid, "archive.sqlite_unfinished"},
		"into a folder":                 {filepath.Dir(source.Path), good, errs.Invalid, "sqlite.is_folder"},
		"into a letter":                 {notADatabase, good, errs.Invalid, "sqlite.not_a_database"},
		"into a missing folder":         {filepath.Join(t.TempDir(), "no", "app.sqlite3"), good, errs.NotFound, "sqlite.folder_missing"},
	} {
		t.Run(name, func(t *testing.T) {
			before := hashOf(c.target)
			_, err := (&Engine{}).Restore(t.Context(), targetAt(c.target), c.file, unheard)
			if e := errs.Of(err); e == nil || e.Code != c.code || e.Reason != c.reason {
				t.Errorf("error = %v, want %s %s", err, c.code, c.reason)
			}
			if hashOf(c.target) != before {
				t.Error("the file has changed")
			}
		})
	}
}

func hashOf(path string) [32]byte {
	content, _ := os.ReadFile(path)
	return sha256.Sum256(content)
}

func TestWhatCannotBeWrittenIsDenied(t *testing.T) {
	file, _ := dumped(t, made(t, "", everything))
	backupFile := filepath.Join(openFolder(t), "backup.sqlite3")
	if err := copyFile(t.Context(), file, backupFile); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(backupFile, 0o444); err != nil {
		t.Fatal(err)
	}
	for _, mode := range []string{"DELETE", "WAL"} {
		for _, c := range []struct {
			name                     string
			fileRights, folderRights os.FileMode
			reason                   string
			checks                   []string
		}{
			{"a read-only file", 0o444, 0o777, "sqlite.read_only", []string{"blocker sqlite.read_only"}},
			{"a read-only folder", 0o666, 0o555, "sqlite.read_only_folder", []string{"blocker sqlite.read_only_folder"}},
			{"both", 0o444, 0o555, "sqlite.read_only", []string{"blocker sqlite.read_only", "blocker sqlite.read_only_folder"}},
		} {
			t.Run(c.name+" "+mode, func(t *testing.T) {
				dir := openFolder(t)
				path := filepath.Join(dir, "app.sqlite3")
				script(t, path, "PRAGMA journal_mode = "+mode+";"+small)
				for p, rights := range map[string]os.FileMode{path: c.fileRights, dir: c.folderRights} {
					if err := os.Chmod(p, rights); err != nil {
						t.Fatal(err)
					}
				}
				t.Cleanup(func() { os.Chmod(dir, 0o755) })
				before := folder(t, targetAt(path))
				if a := (order{Do: "preflight", Path: path, File: backupFile}).asUser(t); !slices.Equal(a.Checks, c.checks) {
					t.Errorf("Preflight = %+v, want %v", a, c.checks)
				}
				if a := (order{Do: "restore", Path: path, File: backupFile}).asUser(t); a.Code != errs.Denied || a.Reason != c.reason {
					t.Errorf("Restore = %+v, want denied %v", a, c.reason)
				}
				for name, hash := range folder(t, targetAt(path)) {
					if before[name] != hash {
						t.Errorf("%s was changed or left", name)
					}
				}
			})
		}
	}
}
