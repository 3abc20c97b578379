package boot

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/sample"
)

// live opens a system and a sample database with one backup.
func live(t testing.TB) (*System, backup.Target, backup.Entry) {
	t.Helper()
	s, err := Open(t.Context(), Options{Home: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	path := filepath.Join(t.TempDir(), "app.sqlite3")
	if _, err := sample.Write(t.Context(), path, sample.Options{App: sample.Finance, Rows: 300, Seed: 1}); err != nil {
		t.Fatal(err)
	}
	target, err := backup.ParseTarget(path)
	if err != nil {
		t.Fatal(err)
	}
	target.BusyTimeout = time.Second
	op, err := s.Service.Backup(t.Context(), target, backup.BackupOptions{Purpose: backup.Manual})
	if err != nil {
		t.Fatal(err)
	}
	e, err := op.Wait()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sample.Damage(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	return s, target, e
}

func restore(t *testing.T, s *System, p backup.Plan) (backup.Result, error) {
	t.Helper()
	op, err := s.Service.Restore(t.Context(), p, p.Consents)
	if err != nil {
		t.Fatal(err)
	}
	return op.Wait()
}

// bent is the real engine with something happening on the way.
type bent struct {
	backup.Engine
	dump    func()
	restore func()
}

func (b bent) Dump(ctx context.Context, t backup.Target, path string, o backup.DumpOptions, p backup.Progress) (backup.Dumped, error) {
	if b.dump != nil {
		b.dump()
	}
	return b.Engine.Dump(ctx, t, path, o, p)
}

func (b bent) Restore(ctx context.Context, t backup.Target, file string, p backup.Progress) (backup.Contents, error) {
	c, err := b.Engine.Restore(ctx, t, file, p)
	if err == nil && b.restore != nil {
		b.restore()
	}
	return c, err
}

func (b bent) Check(ctx context.Context, t backup.Target, p backup.Progress) error {
	return b.Engine.(backup.Checker).Check(ctx, t, p)
}

func TestAPanicIsNeverASuccess(t *testing.T) {
	s, target, e := live(t)
	p, err := s.Service.Plan(t.Context(), backup.Ref{ID: e.Manifest.ID}, target)
	if err != nil {
		t.Fatal(err)
	}
	sound := s.Service.Archiver.Engines[backup.SQLite]
	s.Service.Archiver.Engines[backup.SQLite] = bent{Engine: sound, dump: func() { panic("boom") }}
	op, err := s.Service.Backup(t.Context(), target, backup.BackupOptions{Purpose: backup.Manual})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := op.Wait(); errs.CodeOf(err) != errs.Internal {
		t.Errorf("a backup that panicked ended with %v", err)
	}
	if r, err := restore(t, s, p); errs.CodeOf(err) != errs.Internal || r.Status == backup.Succeeded {
		t.Errorf("a restore that panicked ended %q with %v", r.Status, err)
	}
	s.Service.Archiver.Engines[backup.SQLite] = sound
	if r, err := restore(t, s, p); err != nil || r.Status != backup.Succeeded {
		t.Errorf("the next restore ended %q with %v", r.Status, err)
	}
}

func TestADatabaseThatIsLockedAfterTheRestoreIsNotDamaged(t *testing.T) {
	s, target, e := live(t)
	p, err := s.Service.Plan(t.Context(), backup.Ref{ID: e.Manifest.ID}, target)
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", target.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	s.Service.Archiver.Engines[backup.SQLite] = bent{Engine: s.Service.Archiver.Engines[backup.SQLite], restore: func() {
		if _, err := db.Exec("BEGIN EXCLUSIVE"); err != nil {
			t.Errorf("lock: %v", err)
		}
	}}
	r, err := restore(t, s, p)
	if err != nil || r.Status != backup.Succeeded {
		t.Errorf("ended %q with %v", r.Status, err)
	}
	if _, err := db.Exec("ROLLBACK"); err != nil {
		t.Error(err)
	}
}

func TestABackupThatChangesWhileTheSafetyBackupIsMadeDoesNotGoIn(t *testing.T) {
	s, target, e := live(t)
	copied := filepath.Join(t.TempDir(), "foreign.sqlite3")
	raw, err := os.ReadFile(e.File)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(copied, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := s.Service.Plan(t.Context(), backup.Ref{Path: copied}, target)
	if err != nil {
		t.Fatal(err)
	}
	s.Service.Archiver.Engines[backup.SQLite] = bent{Engine: s.Service.Archiver.Engines[backup.SQLite], dump: func() {
		if err := os.Chtimes(copied, time.Now(), time.Now().Add(time.Hour)); err != nil {
			t.Error(err)
		}
	}}
	if r, err := restore(t, s, p); errs.CodeOf(err) != errs.Stale || r.Status != backup.Untouched {
		t.Errorf("ended %q with %v", r.Status, err)
	}
}

func TestTheCatalogueKnowsItsFilesByTheirHash(t *testing.T) {
	s, target, e := live(t)
	raw, err := os.ReadFile(target.Path) // another good database under the backup's name
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(e.File, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(archive.ManifestPath(e.File)); err != nil {
		t.Fatal(err)
	}
	op, err := s.Service.Verify(t.Context(), backup.Ref{ID: e.Manifest.ID})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := op.Wait(); errs.CodeOf(err) != errs.Corrupt {
		t.Errorf("verify: %v", err)
	}
	p, err := s.Service.Plan(t.Context(), backup.Ref{ID: e.Manifest.ID}, target)
	if err == nil && !p.Blocked() {
		if r, err := restore(t, s, p); errs.CodeOf(err) != errs.Corrupt || r.Status != backup.Untouched {
			t.Errorf("restore ended %q with %v", r.Status, err)
		}
	}
}

func TestAForeignFileBesideABackupStays(t *testing.T) {
	s, target, _ := live(t)
	to := filepath.Join(t.TempDir(), "out.sqlite3")
	if err := os.WriteFile(to+".json", []byte(`{"precious":1}`), 0o600); err != nil {
		t.Fatal(err)
	}
	op, err := s.Service.Backup(t.Context(), target, backup.BackupOptions{Dest: to})
	if err == nil {
		_, err = op.Wait()
	}
	kept, read := os.ReadFile(to + ".json")
	if err == nil || read != nil || string(kept) != `{"precious":1}` {
		t.Errorf("backup: %v; the file beside it: %q %v", err, kept, read)
	}
	if _, err := os.Lstat(to); !errors.Is(err, os.ErrNotExist) {
		t.Error("a backup without its manifest was left")
	}
}

func TestARestoreThatEndsWhileAnotherStartsKeepsItsRecord(t *testing.T) {
	s, target, e := live(t)
	p, err := s.Service.Plan(t.Context(), backup.Ref{ID: e.Manifest.ID}, target)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := restore(t, s, p); err != nil {
		t.Fatal(err)
	}
	if err := s.Service.Recover(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Service.PlanUndo(t.Context(), target, time.Minute); err != nil {
		t.Errorf("undo: %v", err)
	}
}

func TestACrashWhileTheContentWentInCanBeUndone(t *testing.T) {
	s, target, e := live(t)
	p, err := s.Service.Plan(t.Context(), backup.Ref{ID: e.Manifest.ID}, target)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := restore(t, s, p); err != nil {
		t.Fatal(err)
	}
	records, err := s.Service.Journal.Recent(t.Context(), 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	cut := records[0] // as if the program had been killed when it compared
	cut.Status, cut.EndedAt, cut.Step = "running", time.Time{}, string(backup.StepVerify)
	if err := s.Service.Journal.Update(t.Context(), cut); err != nil {
		t.Fatal(err)
	}
	u, err := s.Service.PlanUndo(t.Context(), target, time.Minute)
	if err != nil || u.Archive.File != cut.Safety {
		t.Errorf("undo: %q %v, want %q", u.Archive.File, err, cut.Safety)
	}
}

func TestNothingIsRestoredOverCofresOwnFiles(t *testing.T) {
	s, target, e := live(t)
	for _, path := range []string{filepath.Join(filepath.Dir(s.Service.Archiver.Repository()), "state.db"), e.File} {
		own := target
		own.Path = path
		p, err := s.Service.Plan(t.Context(), backup.Ref{ID: e.Manifest.ID}, own)
		if err != nil || !p.Blocked() || p.Blocker().Code != "target.own" {
			t.Errorf("%s: %+v %v", path, p.Checks, err)
		}
	}
}
