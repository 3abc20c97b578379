package sqlite

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"time"

	"cofre/internal/backup"
)

// preflown returns the checks of a plan by their codes.
func preflown(t *testing.T, e *Engine, target backup.Target, file string) map[string]backup.Check {
	t.Helper()
	before := folder(t, target)
	list, err := e.Preflight(t.Context(), target, backup.Archive{File: file, Contents: backup.Contents{Bytes: stampOf(file).bytes}}, file)
	if err != nil {
		t.Fatal(err)
	}
	if after := folder(t, target); !maps.Equal(before, after) {
		t.Error("planning changed something")
	}
	checks := map[string]backup.Check{}
	for _, c := range list {
		if _, twice := checks[c.Code]; twice || c.Args["path"] != target.Path {
			t.Errorf("check %+v", c)
		}
		checks[c.Code] = c
	}
	return checks
}

func wantChecks(t *testing.T, got map[string]backup.Check, want map[string]backup.Level) {
	t.Helper()
	levels := map[string]backup.Level{}
	for code, c := range got {
		levels[code] = c.Level
	}
	if !maps.Equal(levels, want) {
		t.Errorf("checks = %v, want %v", levels, want)
	}
}

func TestAPlanSaysWhatTheBackupAndTheDatabaseDifferIn(t *testing.T) {
	file, _ := dumped(t, made(t, "PRAGMA page_size = 8192", small+
		"CREATE TABLE part(note INTEGER REFERENCES note(id)); INSERT INTO part VALUES(1), (77), (78);"))
	target := made(t, "PRAGMA encoding = 'UTF-16'; PRAGMA journal_mode = WAL", small)
	got := preflown(t, &Engine{}, target, file)
	wantChecks(t, got, map[string]backup.Level{"sqlite.foreign_keys": backup.Warning, "sqlite.page_size": backup.Info, "sqlite.encoding": backup.Warning})
	if n := got["sqlite.foreign_keys"].Args["rows"]; n != int64(2) {
		t.Errorf("foreign_keys: rows = %v, want 2", n)
	}
	if args := got["sqlite.page_size"].Args; args["backup_bytes"] != int64(8192) || args["live_bytes"] != int64(4096) {
		t.Errorf("page_size: %v", args)
	}
	// With a rollback journal the pages may change their size.
	wantChecks(t, preflown(t, &Engine{}, made(t, "", small), file), map[string]backup.Level{"sqlite.foreign_keys": backup.Warning})
}

func TestWhatIsPlannedAgainIsNotSearchedAgainUnlessTheFileHasChanged(t *testing.T) {
	target := made(t, "", small)
	file, _ := dumped(t, made(t, "", small+"CREATE TABLE part(note INTEGER REFERENCES note(id)); INSERT INTO part VALUES(77), (78);"))
	broken := func(e *Engine) any { return preflown(t, e, target, file)["sqlite.foreign_keys"].Args["rows"] }
	e := &Engine{}
	if n := broken(e); n != int64(2) {
		t.Fatalf("rows = %v, want 2", n)
	}
	was, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	script(t, file, "UPDATE part SET note = NULL WHERE note = 77;")
	if err := os.Chtimes(file, time.Time{}, was.ModTime()); err != nil { // to whoever looks from outside, the same file
		t.Fatal(err)
	}
	if n := broken(e); n != int64(2) {
		t.Errorf("the same file again: rows = %v, want the 2 that are known", n)
	}
	if n := broken(&Engine{}); n != int64(1) {
		t.Errorf("rows = %v, want 1", n)
	}
	if err := os.Chtimes(file, time.Time{}, was.ModTime().Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	if n := broken(e); n != int64(1) {
		t.Errorf("a changed file: rows = %v, want 1", n)
	}
}

func TestAPlanSaysWhereALinkLeadsAndRefusesTheSameFile(t *testing.T) {
	target := made(t, "", small)
	file, _ := dumped(t, target)
	link := targetAt(filepath.Join(t.TempDir(), "link"))
	if err := os.Symlink(target.Path, link.Path); err != nil {
		t.Fatal(err)
	}
	got := preflown(t, &Engine{}, link, file)
	wantChecks(t, got, map[string]backup.Level{"sqlite.symlink": backup.Info})
	if to, _ := got["sqlite.symlink"].Args["real"].(string); !sameFile(to, target.Path) {
		t.Errorf("symlink: real = %v", to)
	}
	wantChecks(t, preflown(t, &Engine{}, link, target.Path), map[string]backup.Level{"sqlite.same_file": backup.Blocker})
}

func TestAPlanSaysWhetherThereIsRoom(t *testing.T) {
	big, _ := dumped(t, made(t, "", content))
	size := stampOf(big).bytes
	for _, c := range []struct {
		pragmas string
		need    int64 // of the new content's bytes, as the old one is small
	}{
		{"PRAGMA journal_mode = DELETE", size},
		{"PRAGMA journal_mode = WAL", size + size - 8192},
	} {
		target := made(t, c.pragmas, small)
		for free, blocked := range map[int64]bool{c.need - 8192: true, c.need + 8192: false} {
			got := preflown(t, &Engine{Free: func(string) (int64, error) { return free, nil }}, target, big)
			if check, ok := got["sqlite.no_space"]; ok != blocked || ok && check.Level != backup.Blocker {
				t.Errorf("%s, %d free: %+v", c.pragmas, free, got)
			}
		}
		unknown := &Engine{Free: func(string) (int64, error) { return 0, errors.New("no such call here") }}
		wantChecks(t, preflown(t, unknown, target, big), map[string]backup.Level{})
	}
}

func TestAPlanForAMissingDatabaseWantsItsFolder(t *testing.T) {
	file, _ := dumped(t, made(t, "", small))
	wantChecks(t, preflown(t, &Engine{}, targetAt(filepath.Join(t.TempDir(), "new.sqlite3")), file), map[string]backup.Level{})
	dir := t.TempDir()
	list, err := (&Engine{}).Preflight(t.Context(), targetAt(filepath.Join(dir, "no", "new.sqlite3")), backup.Archive{}, file)
	if err != nil || len(list) != 1 || list[0].Code != "sqlite.folder_missing" || list[0].Level != backup.Blocker {
		t.Errorf("checks = %+v, %v", list, err)
	}
}

func TestAPlanNamesThePrograms(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells")
	}
	file, _ := dumped(t, made(t, "", small))
	for _, mode := range []string{"DELETE", "WAL"} {
		target := made(t, "PRAGMA journal_mode = "+mode, small)
		idle, writer := startProgram(t, target.Path), startProgram(t, target.Path)
		idle.do("SELECT * FROM note;")
		writer.do("BEGIN IMMEDIATE; DELETE FROM note;")
		list, err := (&Engine{}).Preflight(t.Context(), target, backup.Archive{File: file}, file)
		if err != nil {
			t.Fatal(err)
		}
		named := map[string][]string{}
		for _, c := range list {
			named[c.Code], _ = c.Args["processes"].([]string)
		}
		i, w := "sqlite3 ("+strconv.Itoa(idle.cmd.Process.Pid)+")", "sqlite3 ("+strconv.Itoa(writer.cmd.Process.Pid)+")"
		both := []string{i, w}
		slices.Sort(both)
		if !slices.Equal(named["sqlite.open_elsewhere"], both) || !slices.Equal(named["sqlite.locked"], []string{w}) {
			t.Errorf("%s: named %v, want all of %v, and %s as writing", mode, named, both, w)
		}
	}
}
