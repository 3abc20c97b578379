package service

import (
	"context"
	"path/filepath"

	"cofre/internal/audit"
	"cofre/internal/backup"
	"cofre/internal/errs"
)

// Question is what is asked after every restore, and after every undo, until it is
// answered at any door: is all well? The answers are to keep what is there, and to
// undo.
type Question struct {
	JobID   string `json:"jobID"`
	EndedAt int64  `json:"endedAt"` // of the restore
	File    string `json:"file"`    // name of what was restored; "" after a swap back
	Undo    bool   `json:"undo"`    // it can be taken back

	Automatic bool  `json:"automatic"` // Cofre did it by itself: the database was empty or missing
	Before    int64 `json:"before"`    // rows
	After     int64 `json:"after"`
}

// AllWell answers that all is well after the last restore of t: what is there is
// kept, and the question is not asked again. The restore can still be undone. Twice
// is harmless; errs.NotFound where t was never restored.
func (s *Service) AllWell(ctx context.Context, t backup.Target) error {
	last, err := s.lastChange(ctx, t)
	if err != nil {
		return err
	}
	if last == nil {
		return errs.New(errs.NotFound, "undo.no_restore", errs.Args{"target": t.Name})
	}
	if last.Well {
		return nil
	}
	last.Well = true
	if err := s.Journal.Update(ctx, *last); err != nil {
		return err
	}
	return s.note(ctx, audit.Entry{What: audit.Keep, Database: t.Name, Place: t.Place(), Job: last.ID}, nil)
}

// Asked is the question that t's last restore has left open, or nil.
func (s *Service) Asked(ctx context.Context, t backup.Target) (*Question, error) {
	last, err := s.lastChange(ctx, t)
	if err != nil || last == nil || last.Well || last.Status != string(backup.Succeeded) {
		return nil, err
	}
	q := &Question{JobID: last.ID, EndedAt: millis(last.EndedAt), Undo: last.SafetyID != "" || last.Names != nil,
		Automatic: last.By == automatic, Before: backup.Contents{Tables: last.Before}.Rows(), After: backup.Contents{Tables: last.After}.Rows()}
	if last.File != "" {
		q.File = filepath.Base(last.File)
	}
	return q, nil
}

// AllWell answers for the active database.
func (d *Desk) AllWell(ctx context.Context) error {
	if err := d.admin(); err != nil {
		return err
	}
	_, t, err := d.needActive(ctx)
	if err != nil {
		return err
	}
	return d.Service.AllWell(d.as(ctx), t)
}
