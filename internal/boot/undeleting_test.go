package boot

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/errs"
)

func TestADeletedBackupWaitsForItsDrive(t *testing.T) {
	d, id, _ := atTheWindow(t)
	d.UndoTime = time.Hour
	e, err := d.Backup(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	drive := filepath.Dir(e.File)
	plug := func(from, to string) {
		t.Helper()
		if err := os.Rename(from, to); err != nil {
			t.Fatal(err)
		}
	}
	purge := func() {
		t.Helper()
		if err := d.Service.Archiver.Purge(t.Context(), time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.DeleteBackup(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	plug(drive, drive+" away")
	if err := d.UndeleteBackup(t.Context(), id); errs.CodeOf(err) != errs.Unavailable || errs.Of(err).Reason != "backup.aside_away" {
		t.Errorf("brought back from a drive that is not there: %v", err)
	}
	purge()
	if err := os.Mkdir(drive, 0o700); err != nil { // an empty place where it is to be
		t.Fatal(err)
	}
	purge()
	if err := os.Remove(drive); err != nil {
		t.Fatal(err)
	}
	plug(drive+" away", drive)
	if err := d.UndeleteBackup(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if got, err := d.Backup(t.Context(), id); err != nil || got.State != backup.Good || got.File != e.File {
		t.Errorf("%+v %v", got, err)
	}
	if err := d.DeleteBackup(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	purge()
	if left, _ := os.ReadDir(drive); len(left) != 0 || errs.CodeOf(d.UndeleteBackup(t.Context(), id)) != errs.NotFound {
		t.Errorf("left: %v", left)
	}
}

func TestABackupWhoseFolderIsGoneIsDeletedAndComesBack(t *testing.T) {
	d, id, _ := atTheWindow(t)
	d.UndoTime = time.Hour
	e, err := d.Backup(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Dir(e.File)); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := d.DeleteBackup(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		if all, err := d.Backups(t.Context()); err != nil || len(all) != 0 {
			t.Errorf("%v %v", all, err)
		}
		if err := d.UndeleteBackup(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.DeleteBackup(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if err := d.Service.Archiver.Purge(t.Context(), time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := d.UndeleteBackup(t.Context(), id); errs.CodeOf(err) != errs.NotFound {
		t.Errorf("it is forgotten: %v", err)
	}
}

func TestABackupComesBackUnderAnotherNameWhereItsOwnWasTaken(t *testing.T) {
	d, id, _ := atTheWindow(t)
	d.UndoTime = time.Hour
	e, err := d.Backup(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.DeleteBackup(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(e.File, []byte("another"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := d.UndeleteBackup(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	got, err := d.Backup(t.Context(), id)
	if m, _ := archive.ReadManifest(got.File); err != nil || got.File == e.File || got.State != backup.Good || m == nil || m.ID != id {
		t.Errorf("%+v %v", got, err)
	}
	if content, err := os.ReadFile(e.File); err != nil || string(content) != "another" {
		t.Errorf("%s %v", content, err)
	}
}

func TestAnImportedCopyOfADeletedBackupIsAnotherBackup(t *testing.T) {
	d, id, _ := atTheWindow(t)
	d.UndoTime = time.Hour
	copied := filepath.Join(t.TempDir(), "copy.sqlite3")
	if err := errors.Join(d.PinBackup(t.Context(), id, true), d.SaveCopy(t.Context(), id, copied), d.DeleteBackup(t.Context(), id)); err != nil {
		t.Fatal(err)
	}
	other, err := d.ImportBackup(t.Context(), copied)
	if err != nil || other == id {
		t.Fatal(other, err)
	}
	if err := d.UndeleteBackup(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if e, err := d.Backup(t.Context(), id); err != nil || !e.Pinned || e.State != backup.Good {
		t.Errorf("%+v %v", e, err)
	}
	if all, err := d.Backups(t.Context()); err != nil || len(all) != 2 {
		t.Errorf("%v %v", all, err)
	}
}

// Each of them is either there with its file, or gone with it.
func TestAnUndoAndTheCleanUpOfAnotherCofreDoNotMeet(t *testing.T) {
	d, _, _ := atTheWindow(t)
	one := d.Service.Archiver
	two := &backup.Archiver{Catalog: one.Catalog, Now: time.Now} // as in another process: no lock in common
	folder := t.TempDir()
	for i := range 20 {
		e := backup.Entry{State: backup.Good, File: filepath.Join(folder, fmt.Sprintf("%d.dump", i)), Manifest: archive.Manifest{ID: fmt.Sprint(i), CreatedAt: time.Now()}}
		if err := errors.Join(os.WriteFile(e.File, []byte("content"), 0o600), one.Catalog.Put(t.Context(), e)); err != nil {
			t.Fatal(err)
		}
		if _, err := one.PutAside(t.Context(), e.Manifest.ID); err != nil {
			t.Fatal(err)
		}
		before := time.Now()
		var both sync.WaitGroup
		var purged, returned error
		both.Go(func() { purged = two.Purge(t.Context(), before) })
		both.Go(func() { _, returned = one.Return(t.Context(), e.Manifest.ID) })
		both.Wait()
		_, err := one.Catalog.Get(t.Context(), e.Manifest.ID)
		_, file := os.Stat(e.File)
		if purged != nil || (returned == nil) != (err == nil) || (err == nil) != (file == nil) || returned != nil && errs.CodeOf(returned) != errs.NotFound {
			t.Fatalf("purged %v, brought back %v, entry %v, file %v", purged, returned, err, file)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(folder, ".cofre-*")); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// unchanging is a catalogue that can't be written.
type unchanging struct{ backup.Catalog }

func (unchanging) Change(context.Context, string, func(*backup.Entry) error) (backup.Entry, error) {
	return backup.Entry{}, errs.New(errs.Unavailable, "state.write", errs.Args{"path": "state.db"})
}

func TestANoteOrAPinNeverTouchesWhatWasDeletedAndAFailedNoteLeavesNoManifest(t *testing.T) {
	d, id, _ := atTheWindow(t)
	d.UndoTime = time.Hour
	a := d.Service.Archiver
	e, err := d.Backup(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	pin := func(e *backup.Entry) { e.Pinned = true }
	if err := d.DeleteBackup(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Change(t.Context(), id, pin); errs.CodeOf(err) != errs.NotFound {
		t.Errorf("what is aside was changed: %v", err)
	}
	if err := d.UndeleteBackup(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	whole := a.Catalog
	a.Catalog = unchanging{whole}
	if _, err := a.SetNote(t.Context(), id, "new"); errs.CodeOf(err) != errs.Unavailable {
		t.Error(err)
	}
	if m, err := archive.ReadManifest(e.File); err != nil || m == nil || m.Note != "" {
		t.Errorf("%+v %v", m, err)
	}
	if err := errors.Join(os.Remove(e.File), os.Remove(archive.ManifestPath(e.File))); err != nil {
		t.Fatal(err)
	}
	if _, err := a.SetNote(t.Context(), id, "new"); errs.CodeOf(err) != errs.Unavailable {
		t.Error(err)
	}
	if left, _ := os.ReadDir(filepath.Dir(e.File)); len(left) != 0 {
		t.Errorf("a manifest of nothing: %v", left)
	}
	a.Catalog = whole
}

func TestWhatWasDeletedJustBeforeCofreWasClosedIsRemovedByTheWindowThatIsOpenedThen(t *testing.T) {
	d, id, _ := atTheWindow(t)
	d.UndoTime = time.Hour
	e, err := d.Backup(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(d.DeleteBackup(t.Context(), id), d.Settle(t.Context())); err != nil {
		t.Fatal(err)
	}
	d.UndoTime = time.Millisecond
	d.PurgeLater()
	eventually(t, "an empty folder", func() bool {
		left, _ := os.ReadDir(filepath.Dir(e.File))
		return len(left) == 0
	})
}
