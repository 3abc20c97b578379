package service

import (
	"context"
	"slices"
	"strings"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/errs"
)

// WatchView is when a connection's database is backed up because it has changed, and what
// came of that. Times are Unix milliseconds.
type WatchView struct {
	ConnectionID   string   `json:"connectionID"`
	ConnectionName string   `json:"connectionName"`
	On             bool     `json:"on"`
	Deletions      bool     `json:"deletions"` // after any deletion
	Changes        int64    `json:"changes"`   // after so many changed rows; 0: however many
	Tables         []string `json:"tables"`    // only these; none: all
	Quiet          int      `json:"quiet"`     // seconds
	Pause          int      `json:"pause"`     // minutes
	BringBack      bool     `json:"bringBack"` // an empty or missing database is restored at start without a question

	LastAt     int64          `json:"lastAt"` // 0: none was made yet
	LastBackup string         `json:"lastBackup"`
	LastCause  *archive.Cause `json:"lastCause"`
	SameAt     int64          `json:"sameAt"` // when the database was last found to hold what its newest backup holds
	Known      []string       `json:"known"`  // tables of the last good backup, to choose from
}

// WatchInput is a rule that is to be kept.
type WatchInput struct {
	On        bool     `json:"on"`
	Deletions bool     `json:"deletions"`
	Changes   int64    `json:"changes"`
	Tables    []string `json:"tables"`
	Quiet     int      `json:"quiet"`
	Pause     int      `json:"pause"`
	BringBack bool     `json:"bringBack"`
}

// Input is what v says, to be kept again.
func (v WatchView) Input() WatchInput {
	return WatchInput{On: v.On, Deletions: v.Deletions, Changes: v.Changes, Tables: v.Tables, Quiet: v.Quiet, Pause: v.Pause, BringBack: v.BringBack}
}

// Watches are the rules of all connections, by name.
func (x *Scheduler) Watches(ctx context.Context) ([]WatchView, error) {
	views := []WatchView{}
	all, err := x.Connected.All(ctx)
	for _, c := range all {
		var v WatchView
		if err == nil {
			v, err = x.Service.watchView(ctx, c)
		}
		views = append(views, v)
	}
	return views, err
}

// WatchOf is the rule of one connection, by its name or ID, or by the URL of the database
// that it leads to.
func (x *Scheduler) WatchOf(ctx context.Context, name, url string) (WatchView, error) {
	c, _, err := x.meant(ctx, name, url)
	if err != nil {
		return WatchView{}, err
	}
	return x.Service.watchView(ctx, c)
}

// SetWatch keeps a rule; a database that no saved connection leads to is saved. What it
// says is read first: what can't be is errs.Invalid, and nothing is kept.
func (x *Scheduler) SetWatch(ctx context.Context, name, url string, in WatchInput) (WatchView, error) {
	if err := x.Service.allowed(); err != nil {
		return WatchView{}, err
	}
	c, save, err := x.meant(ctx, name, url)
	if err != nil {
		return WatchView{}, err
	}
	if err := in.rule().Check(); err != nil {
		return WatchView{}, err
	}
	if err := save(); err != nil {
		return WatchView{}, err
	}
	return x.Service.setWatch(ctx, x.Connected, c, in)
}

// meant is the saved connection to url, which save keeps where there is none yet; without
// one, that of the name.
func (x *Scheduler) meant(ctx context.Context, name, url string) (backup.Connection, func() error, error) {
	if url != "" {
		return x.leading(ctx, url, backup.SSH{})
	}
	c, err := x.connection(ctx, name)
	return c, func() error { return nil }, err
}

// Watch is the rule of the active connection.
func (d *Desk) Watch(ctx context.Context) (WatchView, error) {
	if err := d.admin(); err != nil {
		return WatchView{}, err
	}
	c, _, err := d.needActive(ctx)
	if err != nil {
		return WatchView{}, err
	}
	return d.Service.watchView(ctx, c)
}

// SetWatch keeps the rule of the active connection.
func (d *Desk) SetWatch(ctx context.Context, in WatchInput) (WatchView, error) {
	if err := d.admin(); err != nil {
		return WatchView{}, err
	}
	if err := d.Service.allowed(); err != nil {
		return WatchView{}, err
	}
	c, _, err := d.needActive(ctx)
	if err != nil {
		return WatchView{}, err
	}
	return d.Service.setWatch(d.as(ctx), d.Connected, c, in)
}

func (in WatchInput) rule() backup.Watch {
	w := backup.Watch{On: in.On, Deletions: in.Deletions, Changes: in.Changes, Quiet: in.Quiet, Pause: in.Pause}
	for _, t := range in.Tables {
		if t = strings.TrimSpace(t); t != "" && !slices.Contains(w.Tables, t) {
			w.Tables = append(w.Tables, t)
		}
	}
	return w
}

func (s *Service) setWatch(ctx context.Context, connected backup.Connections, c backup.Connection, in WatchInput) (WatchView, error) {
	old, rule := c, in.rule()
	if err := rule.Check(); err != nil {
		return WatchView{}, err
	}
	c.Watch, c.BringBack = rule, in.BringBack
	if err := connected.Put(ctx, c); err != nil {
		return WatchView{}, err
	}
	if err := s.noteConnection(ctx, old, c, false); err != nil {
		return WatchView{}, err
	}
	return s.watchView(ctx, c)
}

func (s *Service) watchView(ctx context.Context, c backup.Connection) (WatchView, error) {
	w, t := c.Watch, c.Target("")
	if w.Quiet == 0 { // nothing was ever said
		w = backup.UsualWatch()
	}
	v := WatchView{ConnectionID: c.ID, ConnectionName: c.Name, On: w.On, Deletions: w.Deletions, Changes: w.Changes, Tables: append([]string{}, w.Tables...), Quiet: w.Quiet, Pause: w.Pause,
		BringBack: c.BringBack, Known: []string{}}
	m, err := s.memory(ctx, c.ID, t)
	if err != nil {
		return v, err
	}
	if m.Last != nil {
		v.LastAt, v.LastBackup, v.LastCause = millis(m.Last.At), m.Last.Backup, &m.Last.Cause
	}
	good, err := s.Archiver.Catalog.List(ctx, backup.Filter{Identity: t.Identity(), Sound: true, Brief: true})
	newest := slices.IndexFunc(good, backup.Entry.Own)
	if err != nil || newest < 0 {
		return v, err
	}
	e, err := s.Archiver.Catalog.Get(ctx, good[newest].Manifest.ID)
	if errs.CodeOf(err) == errs.NotFound { // it was deleted just now
		return v, nil
	}
	v.SameAt = millis(e.SameAt)
	for _, table := range e.Manifest.Tables {
		v.Known = append(v.Known, table.Name)
	}
	return v, err
}
