package service

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"

	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/watch"
)

// How a database can be that has nothing to lose.
const (
	vacantEmpty   = "empty"   // it can be read, and no table of its application has a row
	vacantMissing = "missing" // the folder is there, and the file is not
)

// Offer is a restore that is proposed because a database has nothing to lose.
type Offer struct {
	State  string       // "empty", "missing"
	Backup backup.Entry // the newest good one that holds rows
	Rows   int64        // that it holds

	// Ask says why it is not restored by itself, where a person has chosen that: "" it may
	// be, "choice" nobody has, "deleted" Cofre saw the rows being deleted, or a newer backup
	// is empty as well, "same" it is the very file or database that held rows, "changed" it
	// was restored since, or a restore was cut off, or Cofre has restored this very backup
	// by itself already, "unsure" a log of it was left at its place, or its drive may not be
	// mounted, "locked" the backup needs a key.
	Ask string
}

// automatic is who restores without being asked.
const automatic = "automatic"

// key is the same for the same offer, until the database has held rows again.
func (o Offer) key() string { return o.State + " " + o.Backup.Manifest.ID }

// vacancy says how a database is without rows; "" where it holds some, or where nobody
// knows: one that can't be reached, or read, is not empty.
func (s *Service) vacancy(t backup.Target, held *backup.Contents, failure error) string {
	switch {
	case failure != nil && errs.Of(failure).Reason == "sqlite.missing":
		if info, err := os.Stat(filepath.Dir(t.Path)); err == nil && info.IsDir() {
			return vacantMissing
		}
	case failure == nil && held != nil && s.Restorer.Empty(*held):
		return vacantEmpty
	}
	return ""
}

// Offer proposes to restore where a database is empty or missing and a good backup holds
// rows; nil where not. Held and failure are what a look at the database has given.
func (s *Service) Offer(ctx context.Context, c backup.Connection, t backup.Target, held *backup.Contents, failure error) (*Offer, error) {
	state := s.vacancy(t, held, failure)
	if state == "" {
		return nil, nil
	}
	entries, err := s.Entries(ctx, backup.Filter{Identity: t.Identity(), Sound: true, Brief: true})
	if err != nil {
		return nil, err
	}
	// What was taken before a restore is what somebody wanted to be rid of; what an imported
	// one is of, nobody here knows.
	entries = slices.DeleteFunc(entries, func(e backup.Entry) bool { return e.Manifest.Purpose == backup.Safety || !e.Own() })
	var whole backup.Entry
	at := slices.IndexFunc(entries, func(e backup.Entry) bool {
		if !e.State.Sound() || e.Manifest.Kind != t.Kind {
			return false
		}
		w, wrong := s.Entry(ctx, e.Manifest.ID)
		if errs.CodeOf(wrong) == errs.NotFound { // deleted meanwhile
			return false
		}
		whole, err = w, cmp.Or(err, wrong)
		return wrong != nil || w.State.Sound() && !s.Restorer.Empty(backup.Contents{Tables: w.Manifest.Tables})
	})
	if err != nil || at < 0 {
		return nil, err
	}
	o := &Offer{State: state, Backup: whole, Rows: backup.Contents{Tables: whole.Manifest.Tables}.Rows()}
	m, err := s.memory(ctx, c.ID, t)
	if err != nil {
		return nil, err
	}
	o.Ask, err = s.asks(ctx, c, t, *o, m, at > 0)
	return o, err
}

// asks is Offer.Ask. Newer says that a good backup was made since: then of nothing.
func (s *Service) asks(ctx context.Context, c backup.Connection, t backup.Target, o Offer, m watch.Memory, newer bool) (string, error) {
	switch {
	case !c.BringBack:
		return "choice", nil
	case o.Backup.Manifest.Encrypted:
		return "locked", nil
	case newer, m.Deletion != nil && m.Deletion.At.After(o.Backup.Manifest.CreatedAt):
		return "deleted", nil
	}
	last, err := s.Journal.LastDone(ctx, "restore", t.Identity())
	if err != nil || last != nil && last.EndedAt.After(o.Backup.Manifest.CreatedAt) && (last.BackupID != o.Backup.Manifest.ID || last.By == automatic) {
		return "changed", err
	}
	cut, err := s.Interrupted(ctx)
	if err != nil || slices.ContainsFunc(cut, func(r backup.Record) bool { return r.Identity == t.Identity() && r.Kind == "restore" }) {
		return "changed", err
	}
	if o.State == vacantMissing {
		if engine, ok := s.Archiver.Engines[t.Kind].(backup.Loser); !ok || !engine.Lost(t, m.Of) {
			return "unsure", nil
		}
		return "", nil
	}
	if of := s.whichOne(ctx, t); of == "" || m.Of == "" || of == m.Of {
		return "same", nil
	}
	return "", nil
}

// whichOne tells this file or database from another one at the same place; "" where
// nobody knows.
func (s *Service) whichOne(ctx context.Context, t backup.Target) string {
	engine, ok := s.Archiver.Engines[t.Kind].(backup.Watcher)
	if !ok {
		return ""
	}
	eye := engine.Watch(t)
	defer eye.Close()
	sight, err := eye.Look(ctx)
	if err != nil {
		return ""
	}
	return sight.Of
}

// known remembers which file or database it is that holds rows, and that there is nothing
// to be asked any more. It writes only what is new.
func (s *Service) known(ctx context.Context, c backup.Connection, t backup.Target) error {
	m, err := s.memory(ctx, c.ID, t)
	if err != nil {
		return err
	}
	of := m.Of
	if c.BringBack {
		of = s.whichOne(ctx, t)
	}
	if of == m.Of && m.NotNow == "" {
		return nil
	}
	return s.remember(ctx, c.ID, t, func(m *watch.Memory) { m.Of, m.NotNow = of, "" })
}

// BringBack restores what is empty or missing of the connections for which a person has
// chosen that, once, and tells of the others that wait to be asked. It comes before what
// is due: a backup of an empty database would stand before the one that is to come back.
func (x *Scheduler) BringBack(ctx context.Context, tell func(WatchNews)) error {
	if err := x.Service.allowed(); err != nil {
		return err
	}
	all, err := x.Connected.All(ctx)
	if err != nil {
		return err
	}
	for _, c := range all {
		if !c.BringBack && !c.Watch.On || ctx.Err() != nil {
			continue
		}
		news := WatchNews{Connection: c.Name}
		if news.Err = x.returned(backup.WithActor(ctx, automatic), c, &news); news.Err != nil || news.Restored != nil || news.Offer != nil {
			tell(news)
		}
	}
	return ctx.Err()
}

// returned looks at one of them.
func (x *Scheduler) returned(ctx context.Context, c backup.Connection, news *WatchNews) error {
	t, err := x.reach().target(c)
	if err != nil {
		return err
	}
	if !c.BringBack { // then it is not worth a count of all rows
		if _, err := os.Stat(t.Path); c.Kind != backup.SQLite || err == nil {
			return nil
		}
	}
	release, err := x.Lock()
	for errs.CodeOf(err) == errs.Busy { // whoever works may be about to back up what is empty
		if err = wait(ctx, another); err != nil {
			return err
		}
		release, err = x.Lock()
	}
	if err != nil {
		return err
	}
	defer release()
	if err := x.Service.settle(ctx, t); err != nil {
		return nil // it can't be reached: that is not empty
	}
	held, failure := x.Service.Probe(ctx, t)
	offer, err := x.Service.Offer(ctx, c, t, &held, failure)
	if err != nil {
		return err
	}
	if offer == nil {
		if failure != nil {
			return nil // it can't be reached: that is not empty
		}
		return x.Service.known(ctx, c, t)
	}
	if offer.Ask != "" {
		news.Offer = offer
		return nil
	}
	news.Backup = offer.Backup.Manifest.ID
	r, err := x.Service.restoreVacant(ctx, t, news.Backup)
	if r.Status == backup.Succeeded {
		news.Restored = &r
	}
	return errors.Join(err, ctx.Err())
}

// restoreVacant restores a backup over a database without rows, and over no other one.
func (s *Service) restoreVacant(ctx context.Context, t backup.Target, id string) (backup.Result, error) {
	p, err := s.Plan(ctx, backup.Ref{ID: id}, t)
	if err != nil {
		return backup.Result{}, err
	}
	p.Vacant = true
	given := slices.DeleteFunc(slices.Clone(p.Consents), func(c backup.Consent) bool {
		return c != backup.ConsentOverwrite && c != backup.ConsentTyped // to what a person has agreed beforehand
	})
	return inTurn(ctx, s, func() (*Operation[backup.Result], error) { return s.Restore(ctx, p, given) })
}

// NotNow remembers that the person at the window does not want what is offered for the
// active database; it is not asked again until that has held rows, or there is another
// backup.
func (d *Desk) NotNow(ctx context.Context) error {
	if err := d.admin(); err != nil {
		return err
	}
	c, t, err := d.needActive(ctx)
	if err != nil {
		return err
	}
	held, failure := d.Service.Look(ctx, t)
	o, err := d.Service.Offer(ctx, c, t, &held, failure)
	if err != nil || o == nil {
		return err
	}
	return d.Service.remember(ctx, c.ID, t, func(m *watch.Memory) { m.NotNow = o.key() })
}

// OfferView is an offer as the overview shows it.
type OfferView struct {
	State    string     `json:"state"` // "empty", "missing"
	Backup   BackupView `json:"backup"`
	Rows     int64      `json:"rows"` // that the backup holds
	Tables   int        `json:"tables"`
	Ask      string     `json:"ask"`      // why it was not restored by itself: "choice", "deleted", "same", "changed", "unsure", "locked"
	Declined bool       `json:"declined"` // "not now" was said to it
}

// offer is what is offered for the active database; nil where nothing is.
func (d *Desk) offer(ctx context.Context, c backup.Connection, t backup.Target, p Protection) (*OfferView, error) {
	if d.Service.Demo {
		return nil, nil
	}
	o, err := d.Service.Offer(ctx, c, t, p.Contents, p.Failure)
	if err != nil {
		return nil, err
	}
	if o == nil {
		if p.Contents != nil {
			err = d.Service.known(ctx, c, t)
		}
		return nil, err
	}
	m, err := d.Service.memory(ctx, c.ID, t)
	tables := 0
	for _, table := range o.Backup.Manifest.Tables {
		if table.Rows > 0 {
			tables++
		}
	}
	return &OfferView{State: o.State, Backup: backupView(o.Backup, t.Identity()), Rows: o.Rows, Tables: tables, Ask: o.Ask, Declined: m.NotNow == o.key()}, err
}
