package service

import (
	"cmp"
	"context"
	"errors"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"cofre/internal/archive"
	"cofre/internal/audit"
	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/schedule"
)

// keeper runs what is due.
func (x *Scheduler) keeper() *schedule.Keeper {
	return &schedule.Keeper{Book: x.Book, Now: x.Service.Now, Lock: x.Lock, Work: x.attempt}
}

// Serve runs what is due until ctx is done, and tells listen of each pass that ran
// something or failed; a failed pass is tried again.
func (x *Scheduler) Serve(ctx context.Context, listen func([]RunView, error)) error {
	if err := x.Service.allowed(); err != nil {
		return err
	}
	x.keeper().Serve(ctx, func(ran []schedule.Run, err error) {
		views, named := x.named(ctx, ran)
		listen(views, errors.Join(err, named))
	})
	return nil
}

// RunDue runs what is due now and returns how it ended. While another one runs
// schedules it waits, and then runs what is left.
func (x *Scheduler) RunDue(ctx context.Context) ([]RunView, error) {
	if err := x.Service.allowed(); err != nil {
		return []RunView{}, err
	}
	for {
		ran, _, err := x.keeper().Pass(ctx)
		if !errors.Is(err, schedule.ErrHeld) {
			views, named := x.named(ctx, ran)
			return views, errors.Join(err, named)
		}
		if err := wait(ctx, another); err != nil {
			return []RunView{}, err
		}
	}
}

// named are runs with the names of their schedules.
func (x *Scheduler) named(ctx context.Context, ran []schedule.Run) ([]RunView, error) {
	all, err := x.Book.Schedules(context.WithoutCancel(ctx))
	views := make([]RunView, len(ran))
	for i, r := range ran {
		name := r.Schedule // it may have been removed meanwhile
		for _, s := range all {
			if s.ID == r.Schedule {
				name = s.Name
			}
		}
		views[i] = runView(name, r)
	}
	return views, err
}

// another is how often it is looked whether another process still works: its end is
// told to nobody.
const another = 2 * time.Second

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// attempt does what a schedule says. That it failed is told also where no job came of it:
// a job tells by itself.
func (x *Scheduler) attempt(ctx context.Context, s schedule.Schedule) (string, error) {
	began := new(atomic.Bool)
	id, err := x.work(context.WithValue(ctx, begunKey{}, began), s)
	if err != nil && ctx.Err() == nil && !began.Load() {
		h := happening{what: audit.What(s.Kind), cause: err, record: backup.Record{By: "schedule:" + s.Name, Target: s.Name}}
		if c, err := x.connection(ctx, s.Connection); err == nil {
			h.record.Identity = c.Target("").Identity()
		}
		x.Service.tell(ctx, h)
	}
	return id, err
}

// begunKey is under which a context has the mark that a job has begun.
type begunKey struct{}

func begunIn(ctx context.Context) {
	if mark, ok := ctx.Value(begunKey{}).(*atomic.Bool); ok {
		mark.Store(true)
	}
}

// work does what a schedule says.
func (x *Scheduler) work(ctx context.Context, s schedule.Schedule) (string, error) {
	ctx = backup.WithActor(ctx, "schedule:"+s.Name)
	c, err := x.connection(ctx, s.Connection)
	if err != nil {
		return "", err
	}
	t, err := x.reach().target(c)
	if err != nil {
		return "", err
	}
	switch s.Kind {
	case schedule.Verify:
		return x.onBackup(ctx, t, longestUnread, noVerdict, func(ref backup.Ref) (*Operation[backup.Verdict], error) { return x.Service.Verify(ctx, ref) })
	case schedule.Rehearse:
		return x.onBackup(ctx, t, newestFirst, never, func(ref backup.Ref) (*Operation[backup.Verdict], error) {
			if t.Kind == backup.PostgreSQL {
				return x.Service.Rehearse(ctx, ref, &t)
			}
			return x.Service.Rehearse(ctx, ref, nil)
		})
	case schedule.Prune:
		if c.Retention.None() {
			return "", errs.New(errs.Invalid, "schedule.no_rules", errs.Args{"connection": c.Name})
		}
		p, err := x.Service.PlanPrune(ctx, t.Identity(), c.Retention)
		if err != nil || len(p.Going()) == 0 {
			return "", err
		}
		_, err = inTurn(ctx, x.Service, func() (*Operation[[]backup.Entry], error) { return x.Service.Prune(ctx, p) })
		return "", err
	}
	e, err := inTurn(ctx, x.Service, func() (*Operation[backup.Entry], error) {
		return x.Service.Backup(ctx, t, backup.BackupOptions{Purpose: backup.Scheduled, Compression: archive.Compression(s.Compress)})
	})
	if err != nil && e.State.Sound() { // it is kept: what could not be written of it is no reason for another one
		x.Service.log(err)
		err = nil
	}
	return e.Manifest.ID, err
}

// onBackup does something to the first of the good backups of t, in that order, that no
// key is needed for. One where that ended with an error that says to go on does not keep
// the next from its turn. What was passed over is an error all the same, the first one.
func (x *Scheduler) onBackup(ctx context.Context, t backup.Target, order func(a, b backup.Entry) int, goOn func(error) bool, start func(backup.Ref) (*Operation[backup.Verdict], error)) (string, error) {
	entries, err := x.Service.Entries(ctx, backup.Filter{Identity: t.Identity(), Sound: true, Brief: true})
	if err != nil {
		return "", err
	}
	entries = slices.DeleteFunc(entries, func(e backup.Entry) bool { return !covers(e) })
	if len(entries) == 0 {
		return "", errs.New(errs.NotFound, "schedule.no_backup", errs.Args{"target": t.Name})
	}
	slices.SortStableFunc(entries, order)
	var passed error
	for _, e := range entries {
		id := e.Manifest.ID
		err := opens(ctx, e.File)
		if err == nil {
			if _, err = inTurn(ctx, x.Service, func() (*Operation[backup.Verdict], error) { return start(backup.Ref{ID: id}) }); err == nil || !goOn(err) {
				return id, cmp.Or(err, passed)
			}
		}
		if passed == nil {
			passed = errs.New(errs.CodeOf(err), "schedule.passed_over", errs.Args{"file": filepath.Base(e.File)}).Because(err)
		}
	}
	return "", passed
}

// noVerdict says that a backup could not be read: it is found neither good nor damaged,
// and stays the one that was not read for the longest time.
func noVerdict(err error) bool {
	return !slices.Contains([]errs.Code{errs.Corrupt, errs.Cancelled}, errs.CodeOf(err))
}

func never(error) bool { return false }

func longestUnread(a, b backup.Entry) int { return a.CheckedAt.Compare(b.CheckedAt) }
func newestFirst(a, b backup.Entry) int   { return b.Manifest.CreatedAt.Compare(a.Manifest.CreatedAt) }

// inTurn starts an operation when no other job runs, here or in another process, and
// waits for its end.
func inTurn[T any](ctx context.Context, s *Service, start func() (*Operation[T], error)) (T, error) {
	for {
		op, err := start()
		if err == nil {
			return op.Wait()
		}
		if reason := errs.Of(err).Reason; reason != "job.running" && reason != "job.running_elsewhere" {
			return *new(T), err
		}
		if _, here := s.Jobs.Current(); here {
			err = s.Jobs.Wait(ctx)
		} else {
			err = wait(ctx, another)
		}
		if err != nil {
			return *new(T), err
		}
	}
}
