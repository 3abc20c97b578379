package service

import (
	"context"
	"slices"
	"time"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/errs"
)

// PlanUndo plans to take the last restore of t back (which may itself have been an
// undo); errs.NotFound where there was none. The plan says what was written since,
// where that can be found out within so long: it takes about as long as reading both.
// With 0 it is not looked for.
func (s *Service) PlanUndo(ctx context.Context, t backup.Target, within time.Duration) (backup.Plan, error) {
	if err := s.settle(ctx, t); err != nil {
		return backup.Plan{}, err
	}
	last, err := s.lastChange(ctx, t)
	if err != nil {
		return backup.Plan{}, err
	}
	if last == nil {
		return backup.Plan{}, errs.New(errs.NotFound, "undo.no_restore", errs.Args{"target": t.Name})
	}
	if within == 0 {
		return s.Restorer.PlanUndo(ctx, t, *last, nil, 0)
	}
	base, err := s.base(ctx, *last)
	if err != nil {
		return backup.Plan{}, err
	}
	return s.Restorer.PlanUndo(ctx, t, *last, &base, within)
}

// base is what t held after its last restore: the backup that went in. A kept
// database that was swapped back had a safety backup, made while it was live.
func (s *Service) base(ctx context.Context, last backup.Record) (backup.Base, error) {
	b := backup.Base{At: last.EndedAt}
	switch {
	case last.Status != string(backup.Succeeded): // nobody knows which content it left
		return b, nil
	case last.File != "":
		b.File, b.Held.Tables = last.File, last.After
		if id, err := archive.IdentifyInside(ctx, b.File); err == nil {
			b.Held.Kind = id.Kind
		}
		if last.BackupID == "" {
			return b, nil
		}
		e, err := s.Archiver.Catalog.Get(ctx, last.BackupID)
		if err == nil {
			b.Bytes, b.Held.Kind = e.Manifest.Bytes, e.Manifest.Kind
		}
		return b, nil // a backup that was forgotten is judged by its file alone
	case last.Names == nil:
		return b, nil
	}
	records, err := s.Journal.Of(ctx, "restore", last.Identity, -1)
	if err != nil {
		return b, err
	}
	for _, r := range records {
		if r.Names == nil || r.Names.Before != last.Names.Aside {
			continue
		}
		if e, err := s.Archiver.Catalog.Get(ctx, r.SafetyID); err == nil {
			b.File, b.Bytes, b.At, b.Held = e.File, e.Manifest.Bytes, e.Manifest.CreatedAt, backup.Contents{Kind: e.Manifest.Kind, Tables: e.Manifest.Tables}
		}
		break
	}
	return b, nil
}

// lastChange is the newest restore that changed t, or may have: also one that ended
// badly, or that was cut off while the content went in. Nil: there is none.
func (s *Service) lastChange(ctx context.Context, t backup.Target) (*backup.Record, error) {
	return s.lastChangeOf(ctx, t.Identity())
}

func (s *Service) lastChangeOf(ctx context.Context, identity string) (*backup.Record, error) {
	records, err := s.Journal.Of(ctx, "restore", identity, -1)
	if err != nil {
		return nil, err
	}
	for _, r := range records {
		switch {
		case r.Status == string(backup.Succeeded), r.Status == string(backup.Damaged):
			return &r, nil
		case r.Status == "interrupted" && r.Names == nil && slices.Contains(inPlace, backup.StepName(r.Step)):
			return &r, nil
		}
	}
	return nil, nil
}

// inPlace are the steps at which a live database may hold new content.
var inPlace = []backup.StepName{backup.StepApply, backup.StepVerify, backup.StepUndo, backup.StepAfter}

// settle is called before t is reached for. It recovers from crashes, and finishes
// what one left of a restore aside of t: that needs the database itself.
func (s *Service) settle(ctx context.Context, t backup.Target) error {
	if err := s.Recover(ctx); err != nil {
		return err
	}
	swapper, ok := s.Archiver.Engines[t.Kind].(backup.Swapper)
	if !ok {
		return nil
	}
	if open, err := s.Journal.Unsettled(ctx, t.Identity()); err != nil || len(open) == 0 {
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
	open, err := s.Journal.Unsettled(ctx, t.Identity()) // again, now that nobody else can
	if err != nil {
		return err
	}
	for _, r := range open {
		side, err := left(ctx, swapper, t, r)
		if err != nil {
			return err
		}
		_ = r.Left.Unlock() // another lock file is somebody else's
		r.Settled = true
		if side == backup.NewSide { // it had gone in: that is a restore that can be undone
			r.Status = string(backup.Succeeded)
		}
		if err := s.Journal.Update(ctx, r); err != nil {
			return err
		}
		s.recovered(ctx, r)
	}
	return nil
}

// left deals with what a job has left beside t. A rehearsal has closed nothing, so
// it opens nothing either: who closed the database had a reason.
func left(ctx context.Context, swapper backup.Swapper, t backup.Target, r backup.Record) (backup.Side, error) {
	if r.Kind == "rehearse" {
		return backup.OldSide, swapper.DropAside(ctx, t, r.Names.Aside)
	}
	return swapper.Settle(ctx, t, *r.Names)
}
