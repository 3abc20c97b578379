package service

import (
	"context"
	"slices"
	"time"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/errs"
)

// A database is protected while it was wholly in a good backup (covering) less than fresh
// ago; at risk when there is none, or it was not for old.
const (
	fresh = 26 * time.Hour
	old   = 7 * 24 * time.Hour
)

// Protection is how well the backups of a database protect it: the one judgement that
// the window, the command line and other programs are told.
type Protection struct {
	Status string    // "protected", "attention", "risk"
	Reason string    // key of internal/text: "overview.<reason>"
	Args   errs.Args // what the sentence mentions

	Entries    []backup.Entry // its backups, newest first, without tables
	Last       *backup.Entry  // good or failed; nil where there is none
	LastGood   *backup.Entry  // the one that the database is known to be wholly in
	CoveredAt  time.Time      // from when on
	LastProven *backup.Entry
	Ahead      *backup.Entry // a good one that can't be from when it says; it is none of those
	Bytes      int64         // of the files that are there

	SilentSince time.Time        // a good backup is overdue since then; zero: none is
	Contents    *backup.Contents // nil where the database was not looked at, or can't be reached
	Failure     error            // why it can't be reached
}

// Reach is how far Protection reaches for a database.
type Reach int

// From not at all to all of it.
const (
	Apart  Reach = iota
	Opened       // whether it can be reached; no row is read
	Looked       // what it holds
)

// Protection judges how t is protected. One that can't be reached is part of the
// judgement, not an error.
func (s *Service) Protection(ctx context.Context, t backup.Target, reach Reach) (Protection, error) {
	var p Protection
	switch reach {
	case Opened:
		p.Failure = s.open(ctx, t)
	case Looked:
		held, err := s.Look(ctx, t)
		if p.Failure = err; err == nil {
			p.Contents = &held
		}
	}
	var err error
	if p.Entries, err = s.Entries(ctx, backup.Filter{Identity: t.Identity(), Brief: true}); err != nil {
		return p, err
	}
	now := s.Now()
	for i := range p.Entries {
		e := &p.Entries[i]
		if e.File != "" && e.State != StateMissing {
			p.Bytes += e.Manifest.Bytes
		}
		if !e.Own() {
			continue
		}
		if e.Manifest.CreatedAt.After(now) { // nobody knows how old it is
			if p.Ahead == nil && covers(*e) {
				p.Ahead = e
			}
			continue
		}
		if p.Last == nil {
			p.Last = e
		}
		if p.LastProven == nil && e.State == backup.Proven {
			p.LastProven = e
		}
	}
	p.LastGood, p.CoveredAt = covering(p.Entries, now)
	if s.notices != nil {
		if p.SilentSince, err = s.notices.SilentSince(ctx, t.Identity()); err != nil {
			return p, err
		}
	}
	p.judge(now)
	return p, nil
}

// open says whether t can be reached, by what its engine can do without reading rows.
func (s *Service) open(ctx context.Context, t backup.Target) error {
	if err := s.settle(ctx, t); err != nil {
		return err
	}
	if engine, ok := s.Archiver.Engines[t.Kind].(interface {
		Rows(ctx context.Context, t backup.Target, do func(archive.Rows) error) error
	}); ok {
		return engine.Rows(ctx, t, func(archive.Rows) error { return nil })
	}
	_, err := s.Probe(ctx, t)
	return err
}

// judge is the one status: what it is, why, and what the sentence mentions.
func (p *Protection) judge(now time.Time) {
	switch {
	case p.LastGood == nil && p.Ahead != nil:
		p.Status, p.Reason, p.Args = "attention", "future", errs.Args{"last_at": millis(p.Ahead.Manifest.CreatedAt)}
		return
	case p.Last == nil:
		p.Status, p.Reason = "risk", "never"
		return
	case p.LastGood == nil && slices.ContainsFunc(p.Entries, func(e backup.Entry) bool { return e.State.Sound() }):
		p.Status, p.Reason = "risk", "replaced" // those are safety backups
		return
	case p.LastGood == nil:
		p.Status, p.Reason = "risk", "none_good"
		return
	}
	age := now.Sub(p.CoveredAt)
	p.Args = errs.Args{"last_at": millis(p.LastGood.Manifest.CreatedAt), "days": int64(age / (24 * time.Hour))}
	switch {
	case age > old:
		p.Status, p.Reason = "risk", "old"
	case p.Failure != nil:
		p.Status, p.Reason = "attention", "unreachable"
	case p.Last.State == backup.Failed:
		p.Status, p.Reason = "attention", "last_failed"
	case !p.SilentSince.IsZero():
		p.Status, p.Reason = "attention", "silent"
		p.Args["silent_at"] = millis(p.SilentSince)
	case age > fresh:
		p.Status, p.Reason = "attention", "aging"
	default:
		p.Status, p.Reason = "protected", "protected"
		p.Args["last_at"] = millis(p.CoveredAt)
	}
}

// LastRun is the newest backup that was tried of a database, however it ended; nil
// where there was none.
func (s *Service) LastRun(ctx context.Context, identity string) (*backup.Record, error) {
	records, err := s.Journal.Of(ctx, "backup", identity, 100) // at most one of them runs
	for _, r := range records {
		if r.Status != "running" {
			return &r, err
		}
	}
	return nil, err
}

// Databases are those of the saved connections, by name, without their passwords.
func (d *Desk) Databases(ctx context.Context) ([]backup.Target, error) {
	all, err := d.Connected.All(ctx)
	targets := make([]backup.Target, len(all))
	for i, c := range all {
		targets[i] = c.Target("")
	}
	return targets, err
}
