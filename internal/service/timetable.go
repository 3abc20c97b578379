package service

import (
	"context"
	"time"

	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/schedule"
)

// Schedules lists all schedules, of all connections, by name.
func (d *Desk) Schedules(ctx context.Context) ([]ScheduleView, error) {
	if err := d.admin(); err != nil {
		return []ScheduleView{}, err
	}
	return d.Scheduler.Schedules(ctx)
}

// PreviewSchedule says what the text of a rule means, before it is kept.
func (d *Desk) PreviewSchedule(when, zone string) (WhenView, error) {
	if err := d.admin(); err != nil {
		return WhenView{Next: []int64{}}, err
	}
	return d.Scheduler.When(when, zone)
}

// SaveSchedule keeps a new schedule, or an old one anew.
func (d *Desk) SaveSchedule(ctx context.Context, in ScheduleInput) (ScheduleView, error) {
	if err := d.admin(); err != nil {
		return ScheduleView{}, err
	}
	if in.ID == "" {
		return d.Scheduler.Add(d.as(ctx), in)
	}
	return d.Scheduler.Change(d.as(ctx), in)
}

// RemoveSchedule forgets a schedule and its runs; what it has made stays.
func (d *Desk) RemoveSchedule(ctx context.Context, id string) error {
	if err := d.admin(); err != nil {
		return err
	}
	_, err := d.Scheduler.Remove(d.as(ctx), id)
	if errs.CodeOf(err) == errs.NotFound {
		return nil
	}
	return err
}

// PauseSchedule stops a schedule, or lets it go on.
func (d *Desk) PauseSchedule(ctx context.Context, id string, paused bool) error {
	if err := d.admin(); err != nil {
		return err
	}
	return d.Scheduler.Pause(d.as(ctx), id, paused)
}

// ScheduleMonth says of each day of a month, by this computer's calendar, how it stands
// with the backups of the active database, as DayView has it: "none" where a scheduled
// backup was due and none was made, and "planned" where one is still to come.
func (d *Desk) ScheduleMonth(ctx context.Context, year, month int) ([]string, error) {
	days := []string{}
	if err := d.admin(); err != nil {
		return days, err
	}
	if month < 1 || month > 12 || year < 1 || year > 9999 {
		return days, nil
	}
	first := func(day int) time.Time { return time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.Local) }
	days = make([]string, first(1).AddDate(0, 1, -1).Day())
	c, t, ok, err := d.active(ctx)
	if err != nil || !ok {
		return days, err
	}
	entries, err := d.Service.Archiver.Catalog.List(ctx, backup.Filter{Identity: t.Identity(), Sound: true, Brief: true})
	if err != nil {
		return days, err
	}
	known := map[string]bool{}
	for _, e := range entries {
		if !e.Own() {
			continue
		}
		known[e.Manifest.ID] = true
		at := e.Manifest.CreatedAt.In(time.Local)
		if y, m, day := at.Date(); y == year && int(m) == month && days[day-1] != "proven" {
			days[day-1] = "good"
			if e.State == backup.Proven {
				days[day-1] = "proven"
			}
		}
	}
	all, err := d.Scheduler.Book.Schedules(ctx)
	for _, s := range all {
		if s.Connection == c.ID && s.Kind == schedule.Backup && !s.Paused && err == nil {
			err = d.Scheduler.mark(ctx, s, first, days, known)
		}
	}
	return days, err
}

// mark says of the days of a month that have no good backup whether s was due on them,
// or is. A day on which a run of s succeeded is none without its backup: that one was
// cleaned up since, or, where it is known, made nothing new.
func (x *Scheduler) mark(ctx context.Context, s schedule.Schedule, first func(day int) time.Time, days []string, known map[string]bool) error {
	calendar, err := schedule.Parse(s.When, s.Zone)
	if err != nil {
		return nil //nolint:nilerr // a newer Cofre has written it: it is never due
	}
	var runs []schedule.Run // read where a day asks for them
	now := x.Service.Now()
	for i, state := range days {
		begins, ends := first(i+1), first(i+2)
		from := begins.Add(-1)
		if s.Since.After(from) {
			from = s.Since
		}
		over := !ends.After(now)
		if !over && begins.Before(now) { // today: what was due is over
			from = now
		}
		at := calendar.Next(from)
		switch {
		case at.IsZero() || !at.Before(ends):
		case !over && (state == "" || state == "none"):
			days[i] = "planned"
		case over && (state == "" || state == "none"):
			if runs == nil {
				if runs, err = x.Book.Runs(ctx, s.ID, -1); err != nil {
					return err
				}
			}
			if r := succeeded(runs, begins, ends); r == nil {
				days[i] = "none"
			} else if r.Backup != "" && !known[r.Backup] {
				days[i] = "gone"
			}
		}
	}
	return nil
}

// succeeded is a run of that time that did, or nil. Where the runs of that time are
// forgotten it is one that nothing is known of.
func succeeded(runs []schedule.Run, from, to time.Time) *schedule.Run {
	for i, r := range runs {
		if r.Status == schedule.Succeeded && !r.StartedAt.Before(from) && r.StartedAt.Before(to) {
			return &runs[i]
		}
	}
	if len(runs) >= schedule.KeptRuns && !runs[len(runs)-1].StartedAt.Before(to) {
		return &schedule.Run{}
	}
	return nil
}
