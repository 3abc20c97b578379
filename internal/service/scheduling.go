package service

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"cofre/internal/archive"
	"cofre/internal/audit"
	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/job"
	"cofre/internal/schedule"
)

// Scheduler keeps schedules and runs what is due, with the rights of the system's user:
// nobody is there to type a password, so a run takes what the secrets of the connection
// hold, as the window does.
type Scheduler struct {
	Service   *Service
	Connected backup.Connections
	Secrets   Secrets
	Tunnels   backup.Tunnels
	Book      schedule.Book
	Lock      func() (release func(), err error) // of whoever runs schedules
}

// upcoming is how many of the next moments are shown.
const upcoming = 5

// ScheduleView is a schedule as doors show it. Times are Unix milliseconds.
type ScheduleView struct {
	ID             string   `json:"id"`
	Name           string   `json:"name"`
	ConnectionID   string   `json:"connectionID"`
	ConnectionName string   `json:"connectionName"`
	Kind           string   `json:"kind"` // backup, verify, rehearse, prune
	When           string   `json:"when"`
	Zone           string   `json:"zone"` // "" for this computer's
	Compress       string   `json:"compress"`
	Paused         bool     `json:"paused"`
	RetryAt        int64    `json:"retryAt"` // when what failed is tried again, or what was missed is made up for; 0 where neither
	Last           *RunView `json:"last"`
	WhenView
}

// WhenView is what the text of a rule means.
type WhenView struct {
	Rule *schedule.Rule `json:"rule"` // nil: a newer Cofre has written it
	Next []int64        `json:"next"` // the next five moments
}

// ScheduleInput is a schedule that is to be kept.
type ScheduleInput struct {
	ID         string     `json:"id"` // of the one that is changed; "" for a new one
	Name       string     `json:"name"`
	Connection string     `json:"connection"` // ID or name of a saved one
	URL        string     `json:"-"`          // instead of Connection: of the database. Where no saved connection leads there, one is saved
	SSH        backup.SSH `json:"-"`          // with URL: the computer through which it is reached
	Kind       string     `json:"kind"`       // backup, verify, rehearse, prune
	When       string     `json:"when"`       // as schedule.Parse reads it
	Zone       string     `json:"zone"`
	Compress   string     `json:"compress"` // of backups
}

// RunView is one attempt of a schedule.
type RunView struct {
	Schedule  string       `json:"schedule"` // its name
	DueAt     int64        `json:"dueAt"`
	Attempt   int          `json:"attempt"`
	StartedAt int64        `json:"startedAt"`
	EndedAt   int64        `json:"endedAt"` // 0 while it runs
	Status    string       `json:"status"`  // running, succeeded, failed, cancelled, interrupted
	Failure   *job.Failure `json:"failure"`
	Cause     *errs.Error  `json:"-"` // the same, for words
	BackupID  string       `json:"backupID"`
}

// Schedules lists all, by name.
func (x *Scheduler) Schedules(ctx context.Context) ([]ScheduleView, error) {
	views := []ScheduleView{}
	all, err := x.Book.Schedules(ctx)
	if err != nil {
		return views, err
	}
	names, err := x.names(ctx)
	for _, s := range all {
		var v ScheduleView
		if err == nil {
			v, err = x.view(ctx, s, names[s.Connection])
		}
		views = append(views, v)
	}
	return views, err
}

func (x *Scheduler) names(ctx context.Context) (map[string]string, error) {
	names := map[string]string{}
	all, err := x.Connected.All(ctx)
	for _, c := range all {
		names[c.ID] = c.Name
	}
	return names, err
}

func (x *Scheduler) view(ctx context.Context, s schedule.Schedule, connection string) (ScheduleView, error) {
	now := x.Service.Now()
	v := ScheduleView{ID: s.ID, Name: s.Name, ConnectionID: s.Connection, ConnectionName: connection, Kind: string(s.Kind), When: s.When, Zone: s.Zone,
		Compress: s.Compress, Paused: s.Paused, WhenView: whenView(s, now)}
	last, err := x.Book.Last(ctx, s.ID)
	if err != nil {
		return v, err
	}
	if turn, ok := s.Turn(last, now); ok && (turn.Attempt > 1 || !turn.At.After(now)) {
		v.RetryAt = turn.At.UnixMilli()
	}
	if last != nil {
		r := runView(s.Name, *last)
		v.Last = &r
	}
	return v, nil
}

// whenView says what the rule of s means; one that can't be read means nothing.
func whenView(s schedule.Schedule, now time.Time) WhenView {
	v := WhenView{Next: []int64{}}
	if c, err := schedule.Parse(s.When, s.Zone); err == nil {
		r := c.Rule()
		v.Rule = &r
	}
	for _, at := range s.Upcoming(now, upcoming) {
		v.Next = append(v.Next, at.UnixMilli())
	}
	return v
}

// When says what the text of a rule means, or why it means nothing.
func (x *Scheduler) When(when, zone string) (WhenView, error) {
	if _, err := schedule.Parse(when, zone); err != nil {
		return WhenView{Next: []int64{}}, err
	}
	return whenView(schedule.Schedule{When: when, Zone: zone}, x.Service.Now()), nil
}

func runView(name string, r schedule.Run) RunView {
	return RunView{Schedule: name, DueAt: millis(r.Due), Attempt: r.Attempt, StartedAt: millis(r.StartedAt), EndedAt: millis(r.EndedAt), Status: string(r.Status), Failure: job.FailureOf(failed(r)), Cause: r.Failure, BackupID: r.Backup}
}

// failed is why a run failed: a nil error where it did not.
func failed(r schedule.Run) error {
	if r.Failure == nil {
		return nil
	}
	return r.Failure
}

// Runs are the last runs of a schedule, newest first.
func (x *Scheduler) Runs(ctx context.Context, name string, limit int) ([]RunView, error) {
	views := []RunView{}
	s, err := x.Named(ctx, name)
	if err != nil {
		return views, err
	}
	runs, err := x.Book.Runs(ctx, s.ID, limit)
	for _, r := range runs {
		views = append(views, runView(s.Name, r))
	}
	return views, err
}

// Add keeps a new schedule. What it says is read first: what can't be is errs.Invalid,
// and nothing is kept.
func (x *Scheduler) Add(ctx context.Context, in ScheduleInput) (ScheduleView, error) {
	in.ID = ""
	s, c, save, err := x.read(ctx, in)
	if err == nil {
		err = save()
	}
	if err != nil {
		return ScheduleView{}, err
	}
	s.ID, s.Since = newID(), x.Service.Now()
	return x.keep(ctx, s, c, audit.ScheduleAdded)
}

// Change keeps a schedule anew, the one with the ID of in, read as Add reads it. Its
// runs stay; of a new time, nothing that was due before is made up for.
func (x *Scheduler) Change(ctx context.Context, in ScheduleInput) (ScheduleView, error) {
	old, err := x.Named(ctx, in.ID)
	if err != nil {
		return ScheduleView{}, err
	}
	in.ID = old.ID
	s, c, save, err := x.read(ctx, in)
	if err == nil {
		err = save()
	}
	if err != nil {
		return ScheduleView{}, err
	}
	s.Paused, s.Since = old.Paused, old.Since
	names := changed(old, s)
	if len(names) == 0 {
		return x.view(ctx, old, c.Name)
	}
	if s.When != old.When || s.Zone != old.Zone || s.Kind != old.Kind || s.Connection != old.Connection {
		s.Since = x.Service.Now()
	}
	return x.keep(ctx, s, c, audit.ScheduleChanged, names...)
}

// keep writes s down, and that it was.
func (x *Scheduler) keep(ctx context.Context, s schedule.Schedule, c backup.Connection, what audit.What, names ...string) (ScheduleView, error) {
	if err := x.Book.Put(ctx, s); err != nil {
		return ScheduleView{}, err
	}
	if err := x.note(ctx, what, s, names...); err != nil {
		return ScheduleView{}, err
	}
	return x.view(ctx, s, c.Name)
}

// read makes a schedule of what a door sent, for the connection c, which save keeps
// where it is a new one.
func (x *Scheduler) read(ctx context.Context, in ScheduleInput) (s schedule.Schedule, c backup.Connection, save func() error, err error) {
	if err := x.Service.allowed(); err != nil {
		return s, c, nil, err
	}
	s = schedule.Schedule{ID: in.ID, Name: strings.TrimSpace(in.Name), Kind: schedule.Kind(in.Kind), When: strings.Join(strings.Fields(in.When), " "), Zone: in.Zone, Compress: in.Compress}
	if s.Name == "" {
		return s, c, nil, errs.New(errs.Invalid, "schedule.name", nil)
	}
	if !slices.Contains(schedule.Kinds, s.Kind) {
		return s, c, nil, errs.New(errs.Invalid, "schedule.kind", errs.Args{"kind": string(s.Kind)})
	}
	if !slices.Contains([]archive.Compression{"", archive.None, archive.Gzip, archive.Zstd}, archive.Compression(s.Compress)) {
		return s, c, nil, errs.New(errs.Invalid, "cli.compress", errs.Args{"value": s.Compress})
	}
	if _, err := schedule.Parse(s.When, s.Zone); err != nil {
		return s, c, nil, err
	}
	other, err := x.Named(ctx, s.Name)
	if err == nil && other.ID != s.ID {
		err = errs.New(errs.Invalid, "schedule.name_taken", errs.Args{"name": s.Name})
	}
	if err != nil && errs.CodeOf(err) != errs.NotFound {
		return s, c, nil, err
	}
	save = func() error { return nil }
	if in.URL != "" {
		c, save, err = x.leading(ctx, in.URL, in.SSH)
	} else {
		c, err = x.connection(ctx, in.Connection)
	}
	if err == nil && s.Kind == schedule.Prune && c.Retention.None() {
		err = errs.New(errs.Invalid, "schedule.no_rules", errs.Args{"connection": c.Name})
	}
	s.Connection = c.ID
	return s, c, save, err
}

// note writes into the audit trail what was done to a schedule.
func (x *Scheduler) note(ctx context.Context, what audit.What, s schedule.Schedule, names ...string) error {
	e := audit.Entry{What: what, Subject: s.Name, Names: names}
	if c, err := x.connection(ctx, s.Connection); err == nil {
		e.Database, e.Place = c.Name, c.Target("").Place()
	}
	return x.Service.note(ctx, e, nil)
}

// Named is the schedule of that name or ID, or errs.NotFound.
func (x *Scheduler) Named(ctx context.Context, name string) (schedule.Schedule, error) {
	all, err := x.Book.Schedules(ctx)
	for _, s := range all {
		if strings.EqualFold(s.Name, strings.TrimSpace(name)) || s.ID == name {
			return s, err
		}
	}
	if err == nil {
		err = errs.New(errs.NotFound, "schedule.unknown", errs.Args{"name": name})
	}
	return schedule.Schedule{}, err
}

// Remove forgets a schedule and its runs; what it has made stays.
func (x *Scheduler) Remove(ctx context.Context, name string) (schedule.Schedule, error) {
	if err := x.Service.allowed(); err != nil {
		return schedule.Schedule{}, err
	}
	s, err := x.Named(ctx, name)
	if err == nil {
		err = x.Book.Remove(ctx, s.ID)
	}
	if err == nil {
		err = x.note(ctx, audit.ScheduleRemoved, s)
	}
	return s, err
}

// Pause stops a schedule, or lets it go on: what was due meanwhile is not made up for.
func (x *Scheduler) Pause(ctx context.Context, name string, paused bool) error {
	if err := x.Service.allowed(); err != nil {
		return err
	}
	s, err := x.Named(ctx, name)
	if err != nil || s.Paused == paused {
		return err
	}
	s.Paused, s.Since = paused, x.Service.Now()
	if err := x.Book.Put(ctx, s); err != nil {
		return err
	}
	return x.note(ctx, audit.ScheduleChanged, s, "paused")
}

// leading is the saved connection to the database that URL names. Where there is none it
// is a new one, which save keeps, with the password that is in the URL.
func (x *Scheduler) leading(ctx context.Context, url string, ssh backup.SSH) (c backup.Connection, save func() error, err error) {
	t, err := backup.ParseTarget(url)
	if err != nil {
		return c, nil, err
	}
	if t, err = x.reach().between(t, ssh); err != nil {
		return c, nil, err
	}
	all, err := x.Connected.All(ctx)
	if err != nil {
		return c, nil, err
	}
	names := []string{}
	for _, c := range all {
		if c.Target("").Identity() == t.Identity() {
			return c, func() error { return nil }, nil
		}
		names = append(names, strings.ToLower(c.Name))
	}
	c = backup.Connection{ID: newID(), Name: t.Name, Kind: t.Kind, Path: t.Path, Color: "teal"}
	if slices.Contains(names, strings.ToLower(c.Name)) {
		c.Name += " " + c.ID[:4]
	}
	password := ""
	if t.Kind == backup.PostgreSQL {
		if password, err = c.ReadURL(url); err != nil {
			return c, nil, err
		}
		c.SSH = ssh
	}
	return c, func() error {
		if err := x.reach().keep(backup.Connection{}, c, password); err != nil {
			return err
		}
		if err := x.Connected.Put(ctx, c); err != nil {
			return err
		}
		if len(all) == 0 {
			if err := x.Connected.Activate(ctx, c.ID); err != nil {
				return err
			}
		}
		return x.Service.noteConnection(ctx, backup.Connection{}, c, password != "")
	}, nil
}

func newID() string {
	var b [8]byte
	rand.Read(b[:]) // never fails, says crypto/rand
	return hex.EncodeToString(b[:])
}

// connection is the saved one of that ID or name.
func (x *Scheduler) connection(ctx context.Context, name string) (backup.Connection, error) {
	return savedConnection(ctx, x.Connected, name)
}

func savedConnection(ctx context.Context, saved backup.Connections, name string) (backup.Connection, error) {
	all, err := saved.All(ctx)
	for _, c := range all {
		if c.ID == name || strings.EqualFold(c.Name, name) {
			return c, err
		}
	}
	if err == nil {
		err = errs.New(errs.NotFound, "connection.unknown", errs.Args{"name": name})
	}
	return backup.Connection{}, err
}
