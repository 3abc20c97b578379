package sqlite

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

// letterAt is a text in place of a database, with a log beside it, and its keeping.
func letterAt(t *testing.T, dir string) (target backup.Target, kept string) {
	t.Helper()
	target = targetAt(filepath.Join(dir, "app.sqlite3"))
	for suffix, content := range map[string]string{"": "Dear diary,\n", walSuffix: "a log"} {
		if err := os.WriteFile(target.Path+suffix, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	kept = (&Engine{}).KeepAs(target, time.Now())
	if _, err := (&Engine{}).Keep(t.Context(), target, kept, unheard); err != nil {
		t.Fatal(err)
	}
	return target, kept
}

// rescue keeps the target once more and restores file over it.
func rescue(t *testing.T, target backup.Target, file string) error {
	t.Helper()
	held, err := (&Engine{}).Keep(t.Context(), target, filepath.Join(t.TempDir(), "kept"), unheard)
	if err != nil {
		t.Fatal(err)
	}
	_, err = held.Restore(t.Context(), file, unheard)
	return err
}

func textOf(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// A crash may come after each of the changes that lead to the first transaction.
func TestAfterACrashInARescueTheBrokenFileIsPutBack(t *testing.T) {
	for name, crash := range map[string]func(t *testing.T, path string){
		"the log was taken away": func(t *testing.T, path string) {
			if err := os.Remove(path + walSuffix); err != nil {
				t.Fatal(err)
			}
		},
		"it had the head of a database": func(t *testing.T, path string) {
			if _, err := takeOver(path); err != nil {
				t.Fatal(err)
			}
		},
		"pages were written, with their journal": func(t *testing.T, path string) {
			if _, err := takeOver(path); err != nil {
				t.Fatal(err)
			}
			half := append([]byte(textOf(t, path)), make([]byte, 40000)...)
			if err := os.WriteFile(path, half, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path+journalSuffix, []byte("half of a journal"), 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"it was being put back": func(t *testing.T, path string) {
			if err := os.WriteFile(path, []byte("Dear"), 0o600); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			target, kept := letterAt(t, t.TempDir())
			crash(t, target.Path)
			for range 2 { // twice is harmless
				if err := (&Engine{}).SettleRescue(t.Context(), target, kept); err != nil {
					t.Fatal(err)
				}
				if textOf(t, target.Path) != "Dear diary,\n" || textOf(t, target.Path+walSuffix) != "a log" || stampOf(target.Path+journalSuffix).there {
					t.Error("the broken file is not what it was")
				}
			}
			if textOf(t, kept) != "Dear diary,\n" || textOf(t, kept+walSuffix) != "a log" {
				t.Error("what was kept is gone")
			}
		})
	}
}

func TestAFileThatWasTakenOverIsADamagedDatabaseToEveryProgram(t *testing.T) {
	for name, content := range map[string]string{"a letter": "Dear diary,\n", "zeros": strings.Repeat("\x00", 9000), "a database without its head": ""} {
		t.Run(name, func(t *testing.T) {
			target := made(t, "", everything)
			if content != "" {
				if err := os.WriteFile(target.Path, []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := takeOver(target.Path); err != nil {
				t.Fatal(err)
			}
			if _, err := (&Engine{}).Probe(t.Context(), target); errs.CodeOf(err) != errs.Corrupt {
				t.Errorf("a look at it says %v", err)
			}
		})
	}
}

func TestANewDatabaseThatTheApplicationHasFilledSinceIsNotPutBack(t *testing.T) {
	target, kept := letterAt(t, t.TempDir())
	file, _ := dumped(t, made(t, "", everything))
	if err := rescue(t, target, file); err != nil {
		t.Fatal(err)
	}
	script(t, target.Path, "INSERT INTO note(text) VALUES('since then');")
	if err := (&Engine{}).SettleRescue(t.Context(), target, kept); err != nil {
		t.Fatal(err)
	}
	if got := script(t, target.Path, "SELECT count(*) FROM note;"); got != "4" {
		t.Errorf("sqlite3 says %q", got)
	}
}

// SQLite's locks mean nothing to a program that reads the file in its own way.
func TestAFileThatIsNoDatabaseIsNotTakenOverWhileAProgramHasItOpen(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the system does not tell who has a file open")
	}
	target, _ := letterAt(t, t.TempDir())
	target.BusyTimeout = time.Millisecond
	file, _ := dumped(t, made(t, "", everything))
	f, err := os.Open(target.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	other := exec.Command("cat")
	other.ExtraFiles = []*os.File{f}
	in, err := other.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	if err := rescue(t, target, file); errs.CodeOf(err) != errs.Busy || errs.Of(err).Args["processes"] == nil {
		t.Errorf("%v", err)
	}
	if textOf(t, target.Path) != "Dear diary,\n" || textOf(t, target.Path+walSuffix) != "a log" {
		t.Error("the broken file is not what it was")
	}
	in.Close()
	if err := other.Wait(); err != nil {
		t.Fatal(err)
	}
	if err := rescue(t, target, file); err != nil {
		t.Error(err)
	}
}

func TestNoRoomForTheCopyOrTheNewContentLeavesTheBrokenFile(t *testing.T) {
	file, _ := dumped(t, made(t, "", everything+wide))
	dir := smallDisk(t, 64<<10)
	target, _ := letterAt(t, dir)
	if err := rescue(t, target, file); errs.CodeOf(err) != errs.Unavailable {
		t.Errorf("the new content does not fit: %v", err)
	}
	if textOf(t, target.Path) != "Dear diary,\n" || textOf(t, target.Path+walSuffix) != "a log" {
		t.Error("the broken file is not what it was")
	}
	if err := os.WriteFile(filepath.Join(dir, "large.sqlite3"), make([]byte, 40<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	large := targetAt(filepath.Join(dir, "large.sqlite3"))
	as := (&Engine{}).KeepAs(large, time.Now())
	if _, err := (&Engine{}).Keep(t.Context(), large, as, unheard); errs.CodeOf(err) != errs.Unavailable || anyOf(as) {
		t.Errorf("the copy does not fit: %v", err)
	}
}

func TestAPlanSeesThatNothingCanBeKeptInAFolderThatIsReadOnly(t *testing.T) {
	file, _ := dumped(t, made(t, "", everything))
	dir := openFolder(t)
	target := targetAt(filepath.Join(dir, "app.sqlite3"))
	if err := os.WriteFile(target.Path, []byte("Dear diary,\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	open := filepath.Join(openFolder(t), "backup.sqlite3")
	if err := copyFile(t.Context(), file, open); err != nil {
		t.Fatal(err)
	}
	for path, mode := range map[string]os.FileMode{open: 0o644, target.Path: 0o666, dir: 0o555} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	a := order{Do: "preflight", Path: target.Path, File: open}.asUser(t)
	if !strings.Contains(strings.Join(a.Checks, " "), "sqlite.read_only_folder") {
		t.Errorf("the plan says %v %s", a.Checks, a.Error)
	}
}
