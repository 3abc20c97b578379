package service

import (
	"context"
	"path/filepath"

	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/job"
	"cofre/internal/schedule"
)

// Overview is the active database at a glance. A database that can't be reached is
// an answer, not an error: its backups are shown all the same.
func (d *Desk) Overview(ctx context.Context) (Overview, error) {
	v := Overview{Rows: []RowDelta{}, Days: []DayView{}, RepositoryFree: -1, RepositoryTotal: -1, DatabaseFree: -1, DatabaseTotal: -1}
	if err := d.admin(); err != nil {
		return v, err
	}
	if free, total, err := d.Free(d.Service.Archiver.Repository()); err == nil {
		v.RepositoryFree, v.RepositoryTotal = free, total
	}
	c, t, ok, err := d.active(ctx)
	if err != nil || !ok {
		v.Status, v.Reason = "attention", "no_connection"
		return v, err
	}
	shown := d.connectionView(c)
	v.Connection = &shown
	if v.Question, err = d.Service.Asked(ctx, t); err != nil {
		return v, err
	}
	p, err := d.Service.Protection(ctx, t, Looked)
	if err != nil {
		return v, err
	}
	v.Status, v.Reason, v.ReasonArgs, v.RepositoryUsed, v.Failure = p.Status, p.Reason, p.Args, p.Bytes, job.FailureOf(p.Failure)
	v.Last, v.LastGood, v.LastProven = backupViewOf(p.Last), backupViewOf(p.LastGood), backupViewOf(p.LastProven)
	if p.Contents != nil {
		contents := contentsView(*p.Contents)
		v.Contents = &contents
	}
	if v.Offer, err = d.offer(ctx, c, t, p); err != nil {
		return v, err
	}
	if p.Failure == nil {
		v.DatabaseFree, v.DatabaseTotal = d.roomOf(ctx, t)
	}
	if v.Days, err = d.Service.days(ctx, t.Identity(), p.Entries); err != nil {
		return v, err
	}
	if v.Next, err = d.next(ctx, c.ID); err != nil {
		return v, err
	}
	return v, d.since(ctx, t, &v)
}

// backupViewOf shows a backup of the active database; nil for none.
func backupViewOf(e *backup.Entry) *BackupView {
	if e == nil {
		return nil
	}
	v := backupView(*e, e.Manifest.Source.Identity)
	return &v
}

// since fills in how the tables were in the last good backup, and how long its restore
// would take.
func (d *Desk) since(ctx context.Context, t backup.Target, v *Overview) error {
	then := map[string]int64{}
	if v.LastGood != nil {
		e, err := d.Service.Archiver.Catalog.Get(ctx, v.LastGood.ID)
		if err != nil && errs.CodeOf(err) != errs.NotFound { // it was deleted just now
			return err
		}
		for _, table := range e.Manifest.Tables {
			then[table.Name] = table.Rows
		}
		// The last restore had the steps of its method; what it did not do counts nothing.
		for _, step := range []backup.StepName{backup.StepStage, backup.StepSafety, backup.StepApply, backup.StepVerify, backup.StepBuild, backup.StepCompare, backup.StepSwap} {
			v.ExpectedRestoreMS += d.Service.Expected(t, step, v.LastGood.Bytes).Milliseconds()
		}
	}
	if v.Contents == nil {
		return nil
	}
	for _, table := range v.Contents.Tables {
		r := RowDelta{Table: table.Name, Rows: table.Rows, Before: -1}
		if before, was := then[table.Name]; was {
			r.Before = before
		}
		v.Rows = append(v.Rows, r)
	}
	return nil
}

// next is the backup that is planned next for a connection; nil where none is.
func (d *Desk) next(ctx context.Context, connection string) (*NextView, error) {
	all, err := d.Scheduler.Book.Schedules(ctx)
	if err != nil {
		return nil, err
	}
	var next *NextView
	for _, s := range all {
		if s.Connection != connection || s.Kind != schedule.Backup {
			continue
		}
		last, err := d.Scheduler.Book.Last(ctx, s.ID)
		if err != nil {
			return nil, err
		}
		turn, comes := s.Turn(last, d.Service.Now())
		if comes && (next == nil || millis(turn.At) < next.At) {
			next = &NextView{At: millis(turn.At), When: s.When, Schedule: s.Name}
		}
	}
	return next, nil
}

// housed is what an engine may know besides: where the data of a database lie, "" for
// somewhere else than on this machine.
type housed interface {
	DataFolder(ctx context.Context, t backup.Target) (string, error)
}

// roomOf is the room left, and all there is, where a database lies; -1 where that is not
// known.
func (d *Desk) roomOf(ctx context.Context, t backup.Target) (free, total int64) {
	folder := ""
	if t.Kind == backup.SQLite {
		folder = filepath.Dir(t.Path)
	} else if engine, ok := d.Service.Archiver.Engines[t.Kind].(housed); ok {
		folder, _ = engine.DataFolder(ctx, t) // not known is no error: the database was reached
	}
	if folder == "" {
		return -1, -1
	}
	free, total, err := d.Free(folder)
	if err != nil {
		return -1, -1
	}
	return free, total
}
