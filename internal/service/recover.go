package service

import (
	"context"
	"os"
	"path/filepath"
	"slices"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

// Recover is called once at the start of every door, before any job. It cleans up
// after jobs that a crash cut off, and marks them as interrupted; it does nothing
// while a job runs in another process. Both engines change a database in one
// transaction, so the database itself needs no repair: it holds the old content or
// the new one. Twice is harmless.
func (s *Service) Recover(ctx context.Context) error {
	open, err := s.Journal.Open(ctx)
	if err != nil || len(open) == 0 {
		return err
	}
	release, err := s.Lock("recover", "", s.Now())
	if errs.CodeOf(err) == errs.Busy {
		return nil // the open record is that job's
	}
	if err != nil {
		return err
	}
	defer release()
	for _, r := range open {
		if r.Status != "running" {
			continue
		}
		s.sweep(r)
		r.Status, r.EndedAt = "interrupted", s.Now()
		r.Acknowledged = r.Kind != "restore" && r.Kind != "backup"
		if err := s.Journal.Update(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

// sweep removes the unfinished files of a job that was cut off: their names are
// ours alone, and nobody holds the lock.
func (s *Service) sweep(r backup.Record) {
	folders := []string{s.Archiver.Repository()}
	if r.Kind == "backup" && r.File != "" {
		folders = append(folders, filepath.Dir(r.File))
	}
	for _, dir := range folders {
		left, _ := filepath.Glob(filepath.Join(dir, ".cofre-partial-*"))
		for _, path := range left {
			os.RemoveAll(path)
		}
	}
	left, _ := filepath.Glob(filepath.Join(s.Restorer.Work, "stage-*"))
	for _, path := range left {
		os.RemoveAll(path)
	}
}

// Interrupted are the jobs that a crash cut off and that nobody has read about yet.
func (s *Service) Interrupted(ctx context.Context) ([]backup.Record, error) {
	recent, err := s.Journal.Recent(ctx, 100, 0)
	return slices.DeleteFunc(recent, func(r backup.Record) bool { return r.Acknowledged || r.Status != "interrupted" && !r.Settled }), err
}

// Acknowledge says that the person has read what happened.
func (s *Service) Acknowledge(ctx context.Context, id string) error {
	all, err := s.Interrupted(ctx)
	if err != nil {
		return err
	}
	for _, r := range all {
		if r.ID == id {
			r.Acknowledged = true
			return s.Journal.Update(ctx, r)
		}
	}
	return nil
}

// settled says which content a restore aside that was cut off has left.
func (s *Service) settled(ctx context.Context, cut backup.Record) string {
	recent, err := s.Journal.Recent(ctx, 100, 0)
	if err != nil {
		return "unknown"
	}
	for _, r := range recent {
		switch {
		case r.ID != cut.ID:
		case r.Settled && r.Status == string(backup.Succeeded):
			return "new"
		case r.Settled:
			return "old"
		}
	}
	return "unknown"
}

// StateAfter says what t holds after an interrupted restore: "old", "new", or
// "unknown" where the two can't be told apart or t can't be reached.
func (s *Service) StateAfter(ctx context.Context, r backup.Record, t backup.Target) string {
	switch {
	case r.Kind != "restore":
		return "old"
	case r.Names != nil && !r.Settled:
		if err := s.settle(ctx, t); err != nil {
			return "unknown"
		}
		return s.settled(ctx, r)
	case r.Settled:
		return s.settled(ctx, r)
	}
	now, err := s.Probe(ctx, t)
	if err != nil {
		return "unknown"
	}
	isOld, isNew := slices.Equal(now.Tables, r.Before), slices.Equal(now.Tables, r.After)
	switch {
	case isNew && !isOld:
		return "new"
	case isOld && !isNew, r.Step == "" || r.Step == string(backup.StepStage) || r.Step == string(backup.StepSafety):
		return "old"
	}
	return "unknown"
}
