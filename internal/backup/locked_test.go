package backup_test

import (
	"context"
	"testing"

	"cofre/internal/archive"
	"cofre/internal/backup"
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
