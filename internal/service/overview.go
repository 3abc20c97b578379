package service

import (
	"context"
	"slices"
	"time"

	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/job"
)

// A database is protected while its newest good backup is younger than fresh;
// at risk when there is none, or none younger than old.
const (
	fresh = 26 * time.Hour
	old   = 7 * 24 * time.Hour
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
	if held, err := d.Service.Look(ctx, t); err == nil {
		contents := contentsView(held)
		v.Contents = &contents
	} else {
		v.Failure = job.FailureOf(err)
	}
	if err := d.history(ctx, t, &v); err != nil {
		return v, err
	}
	v.Status, v.Reason, v.ReasonArgs = d.judge(v)
	return v, nil
}

// history fills in what the catalogue knows of t.
func (d *Desk) history(ctx context.Context, t backup.Target, v *Overview) error {
	entries, err := d.Service.Entries(ctx, backup.Filter{Identity: t.Identity(), Brief: true})
	if err != nil {
		return err
	}
	for i, e := range entries {
		b := backupView(e, t.Identity())
		if i == 0 {
			v.Last = &b
		}
		if e.File != "" && e.State != StateMissing {
			v.RepositoryUsed += b.Bytes
		}
		if v.LastGood == nil && e.State.Sound() {
			v.LastGood = &b
		}
		if v.LastProven == nil && e.State == backup.Proven {
			v.LastProven = &b
		}
	}
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

// judge is the one status: what it is, why, and what the sentence mentions.
func (d *Desk) judge(v Overview) (status, reason string, args errs.Args) {
	switch {
	case v.LastGood == nil && v.Last == nil:
		return "risk", "never", nil
	case v.LastGood == nil:
		return "risk", "none_good", nil
	}
	age := d.Service.Now().Sub(time.UnixMilli(v.LastGood.CreatedAt))
	args = errs.Args{"last_at": v.LastGood.CreatedAt, "days": int64(age / (24 * time.Hour))}
	switch {
	case age > old:
		return "risk", "old", args
	case v.Failure != nil:
		return "attention", "unreachable", args
	case v.Last.State == string(backup.Failed):
		return "attention", "last_failed", args
	case age > fresh:
		return "attention", "aging", args
	}
	return "protected", "protected", args
}
