package boot

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/errs"
)

func TestADeletedBackupComesBackAsItWas(t *testing.T) {
	d, id, _ := atTheWindow(t)
	d.UndoTime = time.Hour
	if err := d.PinBackup(t.Context(), id, true); err != nil {
		t.Fatal(err)
	}
	before, err := d.Backup(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.DeleteBackup(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Backup(t.Context(), id); errs.CodeOf(err) != errs.NotFound {
		t.Errorf("it is still there: %v", err)
	}
	if all, err := d.Backups(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("the list has it: %v %v", all, err)
	}
	if o, err := d.Overview(t.Context()); err != nil || o.LastGood != nil {
		t.Errorf("it protects still: %v %v", o.LastGood, err)
	}
	for _, path := range []string{before.File, archive.ManifestPath(before.File)} {
		if _, err := os.Lstat(path); !os.IsNotExist(err) {
			t.Errorf("%s lies where it was: %v", path, err)
		}
	}
	if err := d.UndeleteBackup(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	after, err := d.Backup(t.Context(), id)
	if err != nil || after.File != before.File || after.State != before.State || !after.Pinned {
		t.Errorf("\n got %+v %v\nwant %+v", after, err, before)
	}
	op, err := d.Service.Verify(t.Context(), backup.Ref{ID: id})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := op.Wait(); err != nil {
		t.Errorf("it is not whole: %v", err)
	}
	if m, err := archive.ReadManifest(after.File); err != nil || m == nil || m.ID != id {
		t.Errorf("its manifest: %v %v", m, err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(after.File), ".cofre-*")); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
	if err := d.UndeleteBackup(t.Context(), "another"); errs.CodeOf(err) != errs.NotFound {
		t.Errorf("one that was never deleted: %v", err)
	}
}

func TestADeletedBackupIsRemovedWhenItsTimeIsOver(t *testing.T) {
	d, id, _ := atTheWindow(t)
	d.UndoTime = time.Millisecond
	e, err := d.Backup(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.DeleteBackup(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	eventually(t, "an empty folder", func() bool {
		left, _ := os.ReadDir(filepath.Dir(e.File))
		return len(left) == 0
	})
	eventually(t, "a backup that is gone", func() bool { return errs.CodeOf(d.UndeleteBackup(t.Context(), id)) == errs.NotFound })
}

func TestWhatWasDeletedBeforeCofreWasClosedIsRemovedAtTheNextStart(t *testing.T) {
	d, id, _ := atTheWindow(t)
	d.UndoTime = time.Hour
	e, err := d.Backup(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	d.Service.Archiver.Now = func() time.Time { return now }
	d.Service.Now = func() time.Time { return now }
	if err := d.DeleteBackup(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if err := d.Settle(t.Context()); err != nil { // it does not wait an hour
		t.Fatal(err)
	}
	d.Service.PurgeDeleted(t.Context()) // of another process, while the window may be open
	if left, _ := os.ReadDir(filepath.Dir(e.File)); len(left) != 1 {
		t.Fatalf("gone too early: %v", left)
	}
	now = now.Add(2 * time.Minute)
	d.Service.PurgeDeleted(t.Context())
	if left, _ := os.ReadDir(filepath.Dir(e.File)); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

func TestAFileThatLiesWhereItWasIsABackupAgain(t *testing.T) {
	d, id, _ := atTheWindow(t)
	d.UndoTime = time.Hour
	e, err := d.Backup(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.DeleteBackup(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	aside := filepath.Join(filepath.Dir(e.File), ".cofre-deleted-"+id, filepath.Base(e.File))
	if err := os.Rename(aside, e.File); err != nil { // or a crash came before it was moved
		t.Fatal(err)
	}
	if err := d.Service.Archiver.Purge(t.Context(), time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if got, err := d.Backup(t.Context(), id); err != nil || got.State != backup.Good {
		t.Errorf("%+v %v", got, err)
	}
	if m, err := archive.ReadManifest(e.File); err != nil || m == nil {
		t.Errorf("its manifest did not come back: %v", err)
	}
}
