package boot

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cofre/internal/audit"
	"cofre/internal/backup"
	"cofre/internal/notify"
	"cofre/internal/service"
)

// otherProgram runs SQL in a SQLite file with SQLite's own program.
func otherProgram(t *testing.T, path, sql string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sqlite3", "-bail", path)
	cmd.Stdin = strings.NewReader(".timeout 0\n" + sql + "\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("sqlite3: %v\n%s", err, out)
	}
}

// watching has a database, of which a backup is there, watched by a system at home.
func watching(t *testing.T, home, path string) *System {
	t.Helper()
	t.Setenv("COFRE_KEYRING", "off")
	s, err := Open(t.Context(), Options{Home: home})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := s.Scheduler.SetWatch(t.Context(), "", path, service.WatchInput{On: true, Deletions: true, Changes: 5, Quiet: 2}); err != nil {
		t.Fatal(err)
	}
	return s
}

// automatics are the backups that were made because something had changed, newest first.
func automatics(t *testing.T, s *System) (made []backup.Entry) {
	t.Helper()
	all, err := s.Service.Entries(t.Context(), backup.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		if e.Manifest.Purpose == backup.Automatic {
			made = append(made, e)
		}
	}
	return made
}

// eventually waits until what is asked for is so; it is looked at again all the time.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	for deadline := time.Now().Add(60 * time.Second); !so(); {
		if time.Now().After(deadline) {
			t.Fatal(what + ": not within a minute")
		}
		<-time.After(50 * time.Millisecond)
	}
}

func madeBy(t *testing.T, s *System, path string) {
	t.Helper()
	target, err := backup.ParseTarget(path)
	if err != nil {
		t.Fatal(err)
	}
	op, err := s.Service.Backup(t.Context(), target, backup.BackupOptions{Purpose: backup.Manual})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := op.Wait(); err != nil {
		t.Fatal(err)
	}
}

const notes = `CREATE TABLE note(id INTEGER PRIMARY KEY, text); CREATE TABLE log(at);
	WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 100) INSERT INTO note SELECT i, 'note ' || i FROM n;`

func TestWhatAnotherProgramDeletesIsBackedUpOnceByTwoWhoWatch(t *testing.T) {
	for _, mode := range []string{"DELETE", "WAL"} {
		t.Run(mode, func(t *testing.T) {
			home, dir := t.TempDir(), t.TempDir()
			path := filepath.Join(dir, "app.sqlite3")
			otherProgram(t, path, "PRAGMA journal_mode = "+mode+";"+notes)
			s := watching(t, home, path)
			other := watching(t, home, path)
			madeBy(t, s, path)
			s.KeepSchedules(t.Context())
			other.KeepSchedules(t.Context())

			// Nobody is held up: the program waits for no lock. Ten thousand transactions, and one backup.
			otherProgram(t, path, "PRAGMA synchronous = OFF;"+strings.Repeat("INSERT INTO log VALUES(1);", 10_000)+"DELETE FROM note WHERE id <= 31; UPDATE note SET text = 'x' WHERE id = 50;")
			eventually(t, "a backup", func() bool { return len(automatics(t, s)) > 0 })
			e := automatics(t, s)[0]
			c := e.Manifest.Cause
			if e.Manifest.By != "watch" || c == nil || c.Deleted != 31 || c.Changed != 1 || c.Added != 10_000 || len(c.Tables) != 2 || c.Tables[0] != "note" {
				t.Errorf("made by %s because of %+v", e.Manifest.By, c)
			}
			entries, err := s.Service.Trail.Entries(t.Context(), audit.Query{What: "backup", Limit: 10})
			if err != nil || len(entries) == 0 || entries[0].Who != "watch" || entries[0].Cause == nil || entries[0].Cause.Deleted != 31 {
				t.Errorf("the audit trail says %+v, %v", entries, err)
			}

			// Changed, and changed back: no backup, but a mark.
			otherProgram(t, path, "UPDATE note SET text = text || '!'; UPDATE note SET text = rtrim(text, '!');")
			eventually(t, "a mark", func() bool {
				now, err := s.Service.Entry(t.Context(), e.Manifest.ID)
				return err == nil && now.SameAt.After(e.Manifest.CreatedAt)
			})
			// The database goes, and comes back with another row less.
			if err := os.Rename(path, path+".away"); err != nil {
				t.Fatal(err)
			}
			otherProgram(t, path+".away", "DELETE FROM note WHERE id = 99;")
			if err := os.Rename(path+".away", path); err != nil {
				t.Fatal(err)
			}
			eventually(t, "a second backup", func() bool { return len(automatics(t, s)) > 1 })
			if all := automatics(t, s); len(all) != 2 || all[0].Manifest.Cause.Deleted != 1 {
				t.Errorf("%d backups, the last because of %+v", len(all), all[0].Manifest.Cause)
			}
			names, err := filepath.Glob(path + "*")
			if err != nil || len(names) != 1 {
				t.Errorf("beside the database lie %q, %v", names, err)
			}
		})
	}
}

func TestOnlyTheTablesOfTheRuleMakeABackupAndAnEmptyDatabaseMakesNone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "app.sqlite3")
	otherProgram(t, path, notes)
	s := watching(t, t.TempDir(), path)
	madeBy(t, s, path)
	if _, err := s.Scheduler.SetWatch(t.Context(), "", path, service.WatchInput{On: true, Deletions: true, Tables: []string{"log"}, Quiet: 2}); err != nil {
		t.Fatal(err)
	}
	remembered := func() string {
		all, err := s.Desk.Connected.All(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		m, err := s.Service.Watched.Memory(t.Context(), all[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		return m.Sign
	}
	check := func() {
		t.Helper()
		if err := s.Scheduler.CheckWatched(t.Context(), func(n service.WatchNews) { t.Errorf("told: %+v", n) }); err != nil {
			t.Fatal(err)
		}
	}
	check()
	first := remembered()
	otherProgram(t, path, "DELETE FROM note WHERE id < 50;")
	check()
	second := remembered()
	if err := s.Notices.Book.Put(t.Context(), notify.Channel{ID: "ch", Name: "here", Kind: notify.Desktop, Events: []notify.Event{notify.Anomaly}, Language: "en"}); err != nil {
		t.Fatal(err)
	}
	otherProgram(t, path, "DELETE FROM note; DELETE FROM log;")
	check()
	if made := automatics(t, s); len(made) > 0 || first == second || second == remembered() {
		t.Errorf("%d backups; looked at %q, %q, %q", len(made), first, second, remembered())
	}
	otherProgram(t, path, "INSERT INTO log VALUES(1); DELETE FROM log;") // it is empty still: that is told once
	check()
	told, err := s.Notices.Book.Recent(t.Context(), 10)
	if err != nil || len(told) != 1 || told[0].Lines[0].Key != "notify.line.emptied" || told[0].Lines[0].Args["n"] != float64(100) {
		t.Errorf("told: %+v, %v", told, err)
	}
}

func TestChangesThatNeverStopAreBackedUpUnderTheTimerAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "app.sqlite3")
	otherProgram(t, path, notes)
	s := watching(t, t.TempDir(), path)
	madeBy(t, s, path)
	if _, err := s.Scheduler.SetWatch(t.Context(), "", path, service.WatchInput{On: true, Changes: 1, Quiet: 24 * 3600, Pause: 10}); err != nil {
		t.Fatal(err)
	}
	later := time.Duration(0)
	s.Service.Now = func() time.Time { return time.Now().Add(later) }
	for ; later <= 25*time.Hour; later += 5 * time.Hour {
		otherProgram(t, path, "INSERT INTO log VALUES(1);")
		began := time.Now()
		atStart(t, s) // by a process of its own each time, which waits for nothing
		if time.Since(began) > time.Minute {
			t.Fatal("it waited for a quiet day")
		}
		if made := automatics(t, s); len(made) > 0 != (later >= 24*time.Hour) {
			t.Fatalf("%d backups after %s", len(made), later)
		}
	}
	if made := automatics(t, s); len(made) != 1 || made[0].Manifest.Cause.Added != 6 {
		t.Errorf("%d backups", len(made))
	}
}
