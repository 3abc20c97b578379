package service

import (
	"context"
	"time"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

// KeepFor is how long an old database is kept after it was swapped out.
const KeepFor = 7 * 24 * time.Hour

// PlanUndo plans to take the last restore of t back (which may itself have been an
// undo); errs.NotFound where there was none.
func (s *Service) PlanUndo(ctx context.Context, t backup.Target) (backup.Plan, error) {
	if err := s.settle(ctx, t); err != nil {
		return backup.Plan{}, err
	}
	last, err := s.Journal.LastDone(ctx, "restore", t.Identity())
	if err != nil {
		return backup.Plan{}, err
	}
	if last == nil {
		return backup.Plan{}, errs.New(errs.NotFound, "undo.no_restore", errs.Args{"target": t.Name})
	}
	return s.Restorer.PlanUndo(ctx, t, *last)
}

// settle finishes what a crash left of restores aside of t, and drops what of them
// nobody needs. It needs the database, so it waits until somebody asks for it.
func (s *Service) settle(ctx context.Context, t backup.Target) error {
	swapper, ok := s.Archiver.Engines[t.Kind].(backup.Swapper)
	if !ok {
		return nil
	}
	open, err := s.Journal.Unsettled(ctx, t.Identity())
	if err != nil || len(open) == 0 {
		return err
	}
	release, err := s.Lock("recover", t.Name, s.Now())
	if errs.CodeOf(err) == errs.Busy {
		return nil // a job is at it; whoever comes next settles
	}
	if err != nil {
		return err
	}
	defer release()
	for _, r := range open {
		side, err := swapper.Settle(ctx, t, *r.Names)
		if err != nil {
			return err
		}
		r.Settled = true
		if side == backup.NewSide { // it had gone in: that is a restore that can be undone
			r.Status = string(backup.Succeeded)
		}
		if err := s.Journal.Update(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

// tidy drops old databases of t that were kept long enough, but for the one that the
// last restore can be undone with where it is the only way back.
func (s *Service) tidy(ctx context.Context, t backup.Target) error {
	swapper, ok := s.Archiver.Engines[t.Kind].(backup.Swapper)
	if !ok {
		return nil
	}
	kept, err := swapper.Kept(ctx, t)
	if err != nil {
		return err
	}
	for _, k := range kept {
		if s.Now().Sub(time.UnixMilli(k.At)) < KeepFor {
			continue
		}
		only, err := s.onlyWayBack(ctx, t, k.Name)
		if err != nil {
			return err
		}
		if only {
			continue
		}
		if err := swapper.DropAside(ctx, t, k.Name); err != nil {
			return err
		}
	}
	return nil
}

// onlyWayBack says whether the restore that kept this database has no good safety
// backup.
func (s *Service) onlyWayBack(ctx context.Context, t backup.Target, kept string) (bool, error) {
	records, err := s.Journal.Recent(ctx, 1000, 0)
	if err != nil {
		return true, err
	}
	for _, r := range records {
		if r.Identity == t.Identity() && r.Names != nil && r.Names.Before == kept {
			e, err := s.Entry(ctx, r.SafetyID)
			return err != nil || e.State != backup.Good, nil
		}
	}
	return true, nil
}
