package sqlite

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/errs"
)

func unheard(backup.Update) {}

func dumped(t *testing.T, target backup.Target) (string, backup.Contents) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "backup.sqlite3")
	made, err := (&Engine{}).Dump(t.Context(), target, file, backup.DumpOptions{}, unheard)
	if err != nil {
		t.Fatal(err)
	}
	return file, made.Contents
}

func TestADumpIsOneOrdinaryFile(t *testing.T) {
	for _, mode := range []string{"DELETE", "WAL"} {
		t.Run(mode, func(t *testing.T) {
			target := made(t, "PRAGMA page_size = 8192; PRAGMA journal_mode = "+mode, small)
			p := startProgram(t, target.Path)
			p.do("INSERT INTO note(text) VALUES('in the log');")
			file, held := dumped(t, target)
			if table, _ := held.Table("note"); table.Rows != 4 {
				t.Errorf("Dump returns %v", held.Tables)
			}
			info, err := os.Stat(file)
			if err != nil {
				t.Fatal(err)
			}
			if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
				t.Errorf("rights = %v", info.Mode())
			}
			if info.Size() != held.Bytes {
				t.Errorf("Bytes = %d, the file has %d", held.Bytes, info.Size())
			}
			if got := script(t, file, "PRAGMA journal_mode; PRAGMA integrity_check; SELECT count(*) FROM note; PRAGMA page_size;"); got != "delete\nok\n4\n8192" {
				t.Errorf("sqlite3 says %q", got)
			}
			if names := beside(t, targetAt(file)); len(names) > 0 {
				t.Errorf("beside the backup lies %v", names)
			}
		})
	}
}

func TestADumpNeverOverwrites(t *testing.T) {
	target := made(t, "", small)
	file := filepath.Join(t.TempDir(), "taken")
	if err := os.WriteFile(file, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := (&Engine{}).Dump(t.Context(), target, file, backup.DumpOptions{}, unheard)
	if e := errs.Of(err); e == nil || e.Reason != "archive.exists" {
		t.Errorf("error = %v", err)
	}
	if content, _ := os.ReadFile(file); string(content) != "mine" {
		t.Error("the file that was there has changed")
	}
}

// In the progress of a copy, between two of its steps, another program writes.
func TestADumpBesideAWriterBeginsAgainAndEnds(t *testing.T) {
	target := made(t, "PRAGMA journal_mode = DELETE", content)
	p := startProgram(t, target.Path)
	var at []int64
	file := filepath.Join(t.TempDir(), "backup.sqlite3")
	held, err := (&Engine{step: 256 << 10}).Dump(t.Context(), target, file, backup.DumpOptions{}, func(u backup.Update) {
		// While the copy lets nobody write, the program is told so and goes on without.
		p.do("BEGIN; INSERT INTO left_twin(text) VALUES('new'); INSERT INTO right_twin(text) VALUES('new'); COMMIT;")
		p.do("ROLLBACK;")
		at = append(at, u.Done)
	})
	if err != nil {
		t.Fatal(err)
	}
	left, _ := held.Table("left_twin")
	right, _ := held.Table("right_twin")
	if left.Rows != right.Rows || left.Rows <= 10000 {
		t.Errorf("twins = %v, %v: the copy is of two moments, or of the first one", left, right)
	}
	if !slices.IsSorted(at) {
		t.Errorf("progress = %v", at)
	}
}

// Unix takes all of a process's locks on a file away when it closes the file once.
func TestADumpKeepsItsLockWhenTheFileIsLookedAtBesideIt(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux has locks that can be kept")
	}
	target := made(t, "PRAGMA journal_mode = DELETE", content)
	p := startProgram(t, target.Path)
	e := &Engine{step: 256 << 10}
	err := e.look(t.Context(), target, func(live *view) error {
		if err := live.snapshot(t.Context()); err != nil {
			return err
		}
		defer live.end(t.Context())
		if _, err := archive.Identify(target.Path); err != nil {
			return err
		}
		p.do("DELETE FROM left_twin;") // is refused: the database is locked
		_, err := contents(t.Context(), live.connection)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := p.do("SELECT count(*) FROM left_twin;"); got != "10000" {
		t.Errorf("the other program wrote beside a reader: %s rows are left", got)
	}
}

func TestADumpOfWhatACrashLeftHoldsWhatWasCommitted(t *testing.T) {
	for _, mode := range []string{"DELETE", "WAL"} {
		t.Run(mode, func(t *testing.T) {
			target := crashedIn(t, mode)
			before := stateOf(target.Path)
			file, held := dumped(t, target)
			if table, _ := held.Table("note"); table.Rows != 4 {
				t.Errorf("Dump returns %v", held.Tables)
			}
			if got := script(t, file, "PRAGMA integrity_check; SELECT count(*) FROM big WHERE x = 'half';"); got != "ok\n0" {
				t.Errorf("sqlite3 says %q", got)
			}
			if after := stateOf(target.Path); after.main != before.main || after.wal != before.wal || after.journal != before.journal {
				t.Errorf("the database changed: %+v, before %+v", after, before)
			}
		})
	}
}

func TestADumpWithoutRoomIsUnavailableAndSaysWhere(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no limit on files")
	}
	target := made(t, "", content)
	file := filepath.Join(t.TempDir(), "backup.sqlite3")
	a := order{Do: "dump", Path: target.Path, File: file, MaxFile: 1 << 20}.elsewhere(t)
	if a.Code != errs.Unavailable {
		t.Errorf("answer = %+v", a)
	}
}

func TestAFullDiskIsUnavailable(t *testing.T) {
	full := smallDisk(t, 1<<20)
	target := made(t, "", content)
	_, err := (&Engine{}).Dump(t.Context(), target, filepath.Join(full, "backup.sqlite3"), backup.DumpOptions{}, unheard)
	if e := errs.Of(err); e == nil || e.Code != errs.Unavailable || e.Reason != "sqlite.no_space" {
		t.Errorf("error = %v", err)
	}

	// A restore needs room for what grows, and for the journal.
	for _, mode := range []string{"DELETE", "WAL"} {
		live := targetAt(filepath.Join(full, mode+".sqlite3"))
		script(t, live.Path, "PRAGMA journal_mode = "+mode+";"+small)
		before := fingerprint(t, live)
		_, err = (&Engine{}).Restore(t.Context(), live, target.Path, unheard)
		if errs.CodeOf(err) != errs.Unavailable {
			t.Errorf("%s: error = %v", mode, err)
		}
		if fingerprint(t, live) != before {
			t.Errorf("%s: the database changed", mode)
		}
		if s := stateOf(live.Path); s.wal.there || s.journal.there {
			t.Errorf("%s: left: %+v", mode, s)
		}
	}
	if _, err := (&Engine{}).Restore(t.Context(), targetAt(filepath.Join(full, "new.sqlite3")), target.Path, unheard); errs.CodeOf(err) != errs.Unavailable {
		t.Errorf("created: error = %v", err)
	}
	if names := beside(t, targetAt(filepath.Join(full, "x"))); slices.Contains(names, "new.sqlite3") {
		t.Errorf("half a database was created: %v", names)
	}
}
