//go:build unix

package boot

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"cofre/internal/archive"
	"cofre/internal/audit"
	"cofre/internal/backup"
)

// filling is the real engine on a disk that is full when half of the file is written.
type filling struct{ backup.Engine }

func (f filling) Dump(ctx context.Context, t backup.Target, path string, o backup.DumpOptions, p backup.Progress) (backup.Dumped, error) {
	if _, err := f.Engine.Dump(ctx, t, path, o, p); err != nil {
		return backup.Dumped{}, err
	}
	info, err := os.Stat(path)
	if err == nil {
		err = os.Truncate(path, info.Size()/2)
	}
	if err != nil {
		return backup.Dumped{}, err
	}
	return backup.Dumped{}, archive.FileError(&os.PathError{Op: "write", Path: path, Err: syscall.ENOSPC}, path)
}

func TestAFullDiskDuringAScheduledRunIsSaidAndTriedAgainAndOlderBackupsStay(t *testing.T) {
	t.Setenv("COFRE_KEYRING", "off")
	s, target, old := live(t)
	hourly(t, s, target)
	files := func() []string {
		all, err := filepath.Glob(filepath.Join(filepath.Dir(old.File), "*"))
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	before := files()
	sound := s.Service.Archiver.Engines[backup.SQLite]
	s.Service.Archiver.Engines[backup.SQLite] = filling{sound}
	ran, err := s.Scheduler.RunDue(t.Context())
	if err != nil || len(ran) != 1 || ran[0].Status != "failed" || ran[0].Failure == nil || ran[0].Failure.Reason != "archive.no_space" {
		t.Fatalf("%+v, %v", ran, err)
	}
	if after := files(); len(after) != len(before) {
		t.Errorf("it left %q beside %q", after, before)
	}
	said, err := s.Service.Trail.Entries(t.Context(), audit.Query{What: "backup", Limit: 1})
	if err != nil || len(said) != 1 || said[0].Who != "schedule:one" || said[0].Ending != "failed" {
		t.Errorf("the audit trail says %+v, %v", said, err)
	}
	if p, err := s.Service.Protection(t.Context(), target, 0); err != nil || p.Status != "attention" || p.Reason != "last_failed" || p.LastGood == nil || p.LastGood.Manifest.ID != old.Manifest.ID {
		t.Errorf("protected by %+v: %s %s, %v", p.LastGood, p.Status, p.Reason, err)
	}
	op, err := s.Service.Verify(t.Context(), backup.Ref{ID: old.Manifest.ID})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := op.Wait(); err != nil {
		t.Errorf("the older backup: %v", err)
	}

	if again, err := s.Scheduler.RunDue(t.Context()); err != nil || len(again) != 0 {
		t.Errorf("before the pause is over: %+v, %v", again, err)
	}
	s.Service.Archiver.Engines[backup.SQLite] = sound // there is room again
	s.Service.Now = func() time.Time { return time.Now().Add(2 * time.Minute) }
	if ran, err = s.Scheduler.RunDue(t.Context()); err != nil || len(ran) != 1 || ran[0].Status != "succeeded" || ran[0].Attempt != 2 {
		t.Errorf("%+v, %v", ran, err)
	}
}
