package backup_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/profile"
)

func TestWhoIsInAnEncryptedBackupIsNotKeptInPlain(t *testing.T) {
	h := newHouse(t)
	a := h.restorer.Archiver
	a.Work = t.TempDir()
	a.Preview = func(context.Context, string, backup.Contents) (*profile.Facts, error) {
		return &profile.Facts{Title: "Lima"}, nil
	}
	lock, err := archive.LockBy("words")
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []backup.BackupOptions{{Purpose: backup.Manual}, {Purpose: backup.Manual, Lock: lock}} {
		made, err := a.Backup(t.Context(), h.target, o, &script{})
		if err != nil {
			t.Fatal(err)
		}
		kept, err := a.Catalog.Get(t.Context(), made.Manifest.ID)
		if err != nil || (kept.Profile == nil) != (o.Lock != nil) {
			t.Errorf("encrypted %v: kept is %+v, %v", o.Lock != nil, kept.Profile, err)
		}
	}
}

func TestWhatIsPackedIsWhatTheEngineWrote(t *testing.T) {
	h := newHouse(t)
	a := h.restorer.Archiver
	a.Work = t.TempDir()
	lock, err := archive.LockBy("words")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, o := range []backup.BackupOptions{{Dest: dir, Compression: archive.Zstd}, {Dest: dir, Lock: lock}} {
		changed := func() error { // a row, in a way that leaves both files sound
			plain, err := filepath.Glob(filepath.Join(dir, ".cofre-partial-*", "plain"))
			if o.Lock != nil {
				plain, err = filepath.Glob(filepath.Join(a.Work, "*", "plain"))
			}
			if err != nil || len(plain) != 1 {
				return fmt.Errorf("it is at %v, %w", plain, err)
			}
			content, err := os.ReadFile(plain[0])
			if err != nil {
				return err
			}
			return os.WriteFile(plain[0], bytes.Replace(content, []byte("kept?"), []byte("lost?"), 1), 0o600)
		}
		_, err := a.Backup(t.Context(), h.target, o, &script{at: map[backup.StepName]func() error{backup.StepReread: changed}})
		if errs.CodeOf(err) != errs.Corrupt {
			t.Error(err)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("left behind: %v, %v", left, err)
		}
	}
}
