package service

import (
	"context"
	"slices"

	"cofre/internal/backup"
	"cofre/internal/job"
)

// Overview is the active database at a glance. A database that can't be reached is
// an answer, not an error: its backups are shown all the same.
func (d *Desk) Overview(ctx context.Context) (Overview, error) {
	v := Overview{Rows: []RowDelta{}, History: []SizePoint{}, RepositoryFree: -1, RepositoryTotal: -1}
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
	p, err := d.Service.Protection(ctx, t, true)
	if err != nil {
		return v, err
	}
	v.Status, v.Reason, v.ReasonArgs, v.RepositoryUsed, v.Failure = p.Status, p.Reason, p.Args, p.Bytes, job.FailureOf(p.Failure)
	v.Last, v.LastGood, v.LastProven = backupViewOf(p.Last), backupViewOf(p.LastGood), backupViewOf(p.LastProven)
	if p.Contents != nil {
		contents := contentsView(*p.Contents)
		v.Contents = &contents
	}
	return v, d.history(ctx, t, &v)
}

// backupViewOf shows a backup of the active database; nil for none.
func backupViewOf(e *backup.Entry) *BackupView {
	if e == nil {
		return nil
	}
	v := backupView(*e, e.Manifest.Source.Identity)
	return &v
}

// history fills in how t was before, and how long its restore would take.
func (d *Desk) history(ctx context.Context, t backup.Target, v *Overview) error {
	good, err := d.Service.Entries(ctx, backup.Filter{Identity: t.Identity(), Sound: true, Limit: 60})
	if err != nil {
		return err
	}
	then := map[string]int64{}
	for _, e := range good {
		held := backup.Contents{Tables: e.Manifest.Tables}
		if v.LastGood != nil && e.Manifest.ID == v.LastGood.ID {
			for _, table := range held.Tables {
				then[table.Name] = table.Rows
			}
		}
		if e.State.Sound() {
			v.History = append(v.History, SizePoint{At: millis(e.Manifest.CreatedAt), Bytes: e.Manifest.Bytes, Rows: held.Rows()})
		}
	}
	slices.Reverse(v.History)
	if v.Contents != nil {
		for _, table := range v.Contents.Tables {
			r := RowDelta{Table: table.Name, Rows: table.Rows, Before: -1}
			if before, was := then[table.Name]; was {
				r.Before = before
			}
			v.Rows = append(v.Rows, r)
		}
	}
	// The last restore had the steps of its method; what it did not do counts nothing.
	for _, step := range []backup.StepName{backup.StepStage, backup.StepSafety, backup.StepApply, backup.StepVerify, backup.StepBuild, backup.StepCompare, backup.StepSwap} {
		if v.LastGood != nil {
			v.ExpectedRestoreMS += d.Service.Expected(t, step, v.LastGood.Bytes).Milliseconds()
		}
	}
	return nil
}
