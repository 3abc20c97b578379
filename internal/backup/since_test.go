package backup_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/errs"
)

// read gives no rows, but an error.
type read struct {
	*faulty
	records func(context.Context) error
}

func (r read) Records(ctx context.Context, _ backup.Target, _ func(archive.Records) error) error {
	return r.records(ctx)
}

func TestAComparisonThatCannotBeMadeIsAFindingAndThePlanOfTheUndoIsThere(t *testing.T) {
	fails := func(err error) func(context.Context) error {
		return func(context.Context) error { return err }
	}
	for name, c := range map[string]struct {
		records func(context.Context) error
		within  time.Duration
		unknown string
		check   string
	}{
		"no room for sorting":       {fails(errInjected), time.Hour, "unreadable", "undo.not_compared"},
		"another program is at it":  {fails(errs.New(errs.Busy, "sqlite.busy", nil)), time.Hour, "unreadable", "undo.not_compared"},
		"the role may not read":     {fails(errs.New(errs.Denied, "postgres.denied", nil)), time.Hour, "unreadable", "undo.not_compared"},
		"nobody knows why":          {fails(errors.New("odd")), time.Hour, "unreadable", "undo.not_compared"},
		"the time for it has ended": {func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }, time.Nanosecond, "too_long", "undo.too_long"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			last, base := h.restored(t)
			h.restorer.Archiver.Engines[backup.SQLite] = read{h.engine, c.records}
			p, err := h.restorer.PlanUndo(t.Context(), h.target, last, &base, c.within)
			if err != nil || p.ID == "" || p.Since == nil || p.Since.Unknown != c.unknown {
				t.Fatalf("%+v, %v", p.Since, err)
			}
			if !slices.ContainsFunc(p.Checks, func(found backup.Check) bool { return found.Code == c.check }) {
				t.Errorf("the plan does not say %s: %+v", c.check, p.Checks)
			}
		})
	}
}

func TestAPersonWhoLeavesThePlanOfAnUndoStopsTheComparison(t *testing.T) {
	h := newHouse(t)
	last, base := h.restored(t)
	ctx, leave := context.WithCancel(t.Context())
	h.restorer.Archiver.Engines[backup.SQLite] = read{h.engine, func(ctx context.Context) error {
		leave()
		<-ctx.Done()
		return errInjected
	}}
	if _, err := h.restorer.PlanUndo(ctx, h.target, last, &base, time.Hour); errs.CodeOf(err) != errs.Cancelled {
		t.Errorf("%v", err)
	}
}

// restored restores the backup of the house, and returns what an undo goes by.
func (h *house) restored(t *testing.T) (backup.Record, backup.Base) {
	t.Helper()
	p, err := h.restorer.Plan(t.Context(), backup.Ref{Path: h.file}, h.target)
	if err != nil {
		t.Fatal(err)
	}
	r, err := h.restorer.Restore(t.Context(), p, p.Consents, &script{})
	if err != nil {
		t.Fatal(err)
	}
	return backup.Record{SafetyID: r.Safety.ID, Safety: r.Safety.File}, backup.Base{At: time.Now(), File: h.file, Held: r.After}
}
