package cli

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cofre/internal/sample"
)

// shop is a home with a backup and its damaged database, and the files around it.
type shop struct{ home, path, id, good, lock, reload string }

func newShop(t *testing.T, rows int) shop {
	t.Helper()
	dir := t.TempDir()
	s := shop{home: t.TempDir(), path: filepath.Join(dir, "app.sqlite3"), lock: filepath.Join(dir, "run", "app.lock"), reload: filepath.Join(dir, "run", "reload")}
	if err := os.Mkdir(filepath.Dir(s.lock), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := sample.Write(context.Background(), s.path, sample.Options{App: sample.Finance, Rows: rows, Seed: 1}); err != nil {
		t.Fatal(err)
	}
	s.good = sqliteText(t, s.path)
	s.id = read[struct{ ID string }](t, cofre(t, s.home, "backup", "--db", s.path, "--json").want(t, 0)).ID
	s.damage(t)
	return s
}

func (s shop) damage(t *testing.T) {
	t.Helper()
	if _, err := sample.Damage(context.Background(), s.path); err != nil {
		t.Fatal(err)
	}
}

// around is a command with the flags for the application.
func (s shop) around(command ...string) []string {
	return append(command, "--db", s.path, "--yes", "--lock-file", s.lock, "--reload-file", s.reload)
}

func TestARestoreAndAnUndoLockTheApplicationOutAndLetItIn(t *testing.T) {
	s := newShop(t, 300)
	for _, command := range [][]string{{"restore", s.id}, {"undo"}} {
		os.Remove(s.reload)
		words := append(s.around(command...), "--json", "--before", os.Args[0]+" as-cofre --help", "--after", os.Args[0]+" as-cofre nonsense")
		r := read[struct {
			Status   string
			Warnings []struct{ Code, Message, Details string }
		}](t, cofre(t, s.home, words...).want(t, 0))
		if r.Status != "succeeded" || len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0].Details, "nonsense") {
			t.Errorf("%s ended %+v", command[0], r)
		}
		if there(s.lock) || !there(s.reload) {
			t.Errorf("%s: lock file %v, reload file %v", command[0], there(s.lock), there(s.reload))
		}
	}
	before := sqliteText(t, s.path)
	if a := cofre(t, s.home, append(s.around("restore", s.id), "--before", os.Args[0]+" as-cofre nonsense")...).want(t, 14); !strings.Contains(a.err, "nonsense") || there(s.lock) {
		t.Errorf("the command before failed, and it says %s", a.err)
	}
	if err := os.WriteFile(s.lock, []byte("somebody\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if a := cofre(t, s.home, s.around("restore", s.id)...).want(t, 11); !strings.Contains(a.err, s.lock) || !there(s.lock) || sqliteText(t, s.path) != before {
		t.Errorf("the lock file was there, and it says %s", a.err)
	}
}

func there(path string) bool { _, err := os.Lstat(path); return err == nil }

func TestAfterAKillTheNextStartRemovesTheLockFileOfTheRestoreAndNoOther(t *testing.T) {
	for _, step := range []string{"before", "safety", "apply", "verify"} {
		t.Run(step, func(t *testing.T) {
			s := newShop(t, 20000)
			words := append(s.around("restore", s.id), "--before", os.Args[0]+" as-cofre --help") // long enough to be killed in
			for try := 0; !killedAt(t, s.home, step, words...); try++ {
				if try == 9 {
					t.Fatal("the restore was always over before it could be killed")
				}
				s.damage(t)
			}
			was := there(s.lock)
			cofre(t, s.home, "list").want(t, 0)
			if there(s.lock) {
				t.Errorf("the lock file stays (it was there after the kill: %v)", was)
			}
			if left, _ := filepath.Glob(filepath.Join(filepath.Dir(s.lock), ".cofre-*")); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
			if err := os.WriteFile(s.lock, []byte("somebody\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			cofre(t, s.home, "list").want(t, 0)
			if !there(s.lock) {
				t.Error("the lock file of somebody else is gone")
			}
		})
	}
}
