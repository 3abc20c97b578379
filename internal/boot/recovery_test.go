package boot

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"cofre/internal/backup"
)

// cutOff is the record of a job as a kill leaves it.
func cutOff(t *testing.T, s *System, r backup.Record) backup.Record {
	t.Helper()
	r.Status = "running"
	if err := s.Service.Journal.Begin(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	return r
}

// recovered starts once more; it returns which jobs are said to have been cut off.
func recovered(t *testing.T, s *System) map[string]bool {
	t.Helper()
	if err := s.Service.Recover(t.Context()); err != nil {
		t.Fatal(err)
	}
	said, err := s.Service.Interrupted(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, r := range said {
		ids[r.ID] = true
	}
	return ids
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestARescueWhoseCopyWasTakenElsewhereIsSaidAndTakesNothingAway(t *testing.T) {
	s, target, _ := live(t)
	write(t, target.Path+"-wal", "committed rows")
	cutOff(t, s, backup.Record{ID: "cut", Kind: "restore", Target: target.Name, Identity: target.Identity(), StartedAt: time.Now(),
		Step: string(backup.StepUndo), Left: backup.Left{Kept: target.Path + "__broken_gone"}})
	if !recovered(t, s)["cut"] {
		t.Error("nobody hears of it")
	}
	if read(t, target.Path+"-wal") != "committed rows" {
		t.Error("the log was taken away")
	}
}

func TestARescueThatAnotherRestoreHasFollowedIsNotPutBack(t *testing.T) {
	s, target, _ := live(t)
	kept := target.Path + "__broken_1"
	write(t, kept, "Dear diary,\n")
	before := read(t, target.Path)
	r := backup.Record{ID: "cut", Kind: "restore", Target: target.Name, Identity: target.Identity(), StartedAt: time.Now().Add(-time.Minute),
		Step: string(backup.StepUndo), Left: backup.Left{Kept: kept}}
	cutOff(t, s, r)
	later := cutOff(t, s, backup.Record{ID: "later", Kind: "restore", Target: target.Name, Identity: target.Identity(), StartedAt: time.Now(), Step: string(backup.StepVerify)})
	later.Status, later.EndedAt = string(backup.Succeeded), time.Now()
	if err := s.Service.Journal.Update(t.Context(), later); err != nil {
		t.Fatal(err)
	}
	if !recovered(t, s)["cut"] {
		t.Error("nobody hears of it")
	}
	if read(t, target.Path) != before || read(t, kept) != "Dear diary,\n" {
		t.Error("the broken file is in the place of a good database")
	}
}

func TestACrashOfABackupIntoAnyFolderIsSaidAndSwept(t *testing.T) {
	s, target, _ := live(t)
	folder := filepath.Join(t.TempDir(), "[x]")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	partial := filepath.Join(folder, ".cofre-partial-1")
	for id, file := range map[string]string{"bracket": filepath.Join(folder, "a[b.sqlite3"), "gone": filepath.Join(folder, "gone[", "a.sqlite3")} {
		write(t, partial, "half of a backup")
		cutOff(t, s, backup.Record{ID: id, Kind: "backup", Target: target.Name, Identity: target.Identity(), StartedAt: time.Now(), File: file})
	}
	said := recovered(t, s)
	if !said["bracket"] || !said["gone"] {
		t.Errorf("said of %v", said)
	}
	if _, err := os.Lstat(partial); !os.IsNotExist(err) {
		t.Error("half of a backup is left behind")
	}
}
