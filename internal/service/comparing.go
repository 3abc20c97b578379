package service

import (
	"context"

	"cofre/internal/backup"
)

// ComparisonView is what lies between two backups, row by row.
type ComparisonView struct {
	DifferenceView
	Rows     []PlanRow `json:"rows"`     // per table, before and after
	SameKind bool      `json:"sameKind"` // else names differ by schema and case
}

// CompareBackups says what going from one backup to another adds, removes and changes, as
// "cofre diff" does. It is a comparison like that of a plan: one runs at a time, and
// CancelDifference ends it by key, which the window makes up.
func (d *Desk) CompareBackups(ctx context.Context, key, before, after string) (ComparisonView, error) {
	v := ComparisonView{DifferenceView: noDifference(), Rows: []PlanRow{}}
	if err := d.admin(); err != nil {
		return v, err
	}
	for _, id := range []string{before, after} {
		path, err := d.Service.path(ctx, backup.Ref{ID: id})
		if err == nil {
			err = opens(ctx, path)
		}
		if err != nil {
			return v, err
		}
	}
	if err := d.Service.Restorer.MakeWork(); err != nil {
		return v, err
	}
	var found backup.Difference
	err := d.comparing(ctx, key, func(ctx context.Context, p backup.Progress) (err error) {
		found, err = d.Service.Differ(ctx, Side{Backup: backup.Ref{ID: before}}, Side{Backup: backup.Ref{ID: after}}, backup.Choices{}, p)
		return err
	})
	if err != nil {
		return v, err
	}
	v.Tables, v.Unknown, v.Names = found.Tables, found.Unknown, namesOf(found.Before.Profile, found.After.Profile)
	v.Rows, v.SameKind = planRows(found.Before, found.After), found.Before.Kind == found.After.Kind
	return v, nil
}
