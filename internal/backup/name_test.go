package backup

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"cofre/internal/errs"
)

func TestABackupMakesNoFolder(t *testing.T) {
	dir := t.TempDir()
	gone := filepath.Join(dir, "drive", "backups")
	var a Archiver
	a.Move(gone)
	for dest, want := range map[string]struct {
		code   errs.Code
		reason string
		folder string
	}{
		"":                                 {errs.Unavailable, "backup.repository_gone", gone},
		filepath.Join(dir, "weekly") + "/": {errs.NotFound, "backup.folder", filepath.Join(dir, "weekly")},
		filepath.Join(gone, "x.sqlite3"):   {errs.NotFound, "backup.folder", gone},
	} {
		_, err := a.place(Target{Kind: SQLite, Name: "x.db"}, BackupOptions{Dest: dest}, time.Now())
		if e := errs.Of(err); e == nil || e.Code != want.code || e.Reason != want.reason || e.Args["folder"] != want.folder {
			t.Errorf("%q: %v", dest, err)
		}
	}
	if found, err := os.ReadDir(dir); err != nil || len(found) != 0 {
		t.Errorf("made %v, %v", found, err)
	}
}

func TestABackupTakesNoFileThatIsThere(t *testing.T) {
	dir := t.TempDir()
	for _, there := range []string{"a.sqlite3", "b.sqlite3.json"} {
		if err := os.WriteFile(filepath.Join(dir, there), []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var a Archiver
	for dest, there := range map[string]string{"a.sqlite3": "a.sqlite3", "b.sqlite3": "b.sqlite3.json"} {
		_, err := a.place(Target{Kind: SQLite, Name: "x.db"}, BackupOptions{Dest: filepath.Join(dir, dest)}, time.Now())
		if e := errs.Of(err); e == nil || e.Code != errs.Invalid || e.Reason != "backup.exists" || e.Args["file"] != filepath.Join(dir, there) {
			t.Errorf("%s: %v", dest, err)
		}
	}
	if path, err := a.place(Target{Kind: SQLite, Name: "x.db"}, BackupOptions{Dest: dir + "/"}, time.Now()); err != nil || filepath.Dir(path) != dir {
		t.Errorf("a folder with a separator at its end: %q, %v", path, err)
	}
}
