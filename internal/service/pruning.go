package service

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"time"

	"cofre/internal/archive"
	"cofre/internal/audit"
	"cofre/internal/backup"
	"cofre/internal/errs"
)

// trusted is for how long the word of the last whole reading is taken for the newest
// good backup before others go.
const trusted = 24 * time.Hour

// PlanPrune says which backups of a database go by these rules, which stay, and why.
// It removes nothing.
func (s *Service) PlanPrune(ctx context.Context, identity string, rules backup.Retention) (backup.Pruning, error) {
	if err := rules.Check(); err != nil {
		return backup.Pruning{}, err
	}
	entries, err := s.Entries(ctx, backup.Filter{Identity: identity, Brief: true})
	if err != nil {
		return backup.Pruning{}, err
	}
	st := backup.Standing{Now: s.Now(), Repository: s.Archiver.Repository()}
	if st.UndoDays, err = s.KeptDays(ctx); err != nil {
		return backup.Pruning{}, err
	}
	if st.WaysBack, err = s.waysBack(ctx, identity); err != nil {
		return backup.Pruning{}, err
	}
	p, err := rules.Plan(entries, st)
	p.Identity = identity
	return p, err
}

// waysBack are the safety backups of restores of a database that can be taken back by
// them, or that a crash has left open.
func (s *Service) waysBack(ctx context.Context, identity string) (ids []string, err error) {
	last, err := s.lastChangeOf(ctx, identity)
	if err != nil {
		return nil, err
	}
	if last != nil {
		ids = append(ids, last.SafetyID)
	}
	cut, err := s.Interrupted(ctx)
	if err != nil {
		return nil, err
	}
	open, err := s.Journal.Unsettled(ctx, identity)
	for _, r := range slices.Concat(cut, open) {
		if r.Identity == identity {
			ids = append(ids, r.SafetyID)
		}
	}
	return ids, err
}

// Prune starts the removal of what goes in p, oldest first. What goes is found out
// again while no other job runs: a backup that has become needed since stays. Before
// anything goes, the newest good backup has been read whole within a day, or is now.
// The result are the backups that are gone, also where an error or a cancel came then.
func (s *Service) Prune(ctx context.Context, p backup.Pruning) (*Operation[[]backup.Entry], error) {
	if err := s.allowed(); err != nil {
		return nil, err
	}
	agreed := p.Going()
	w := work{kind: "prune", target: backup.Target{Name: nameOfAll(p)}, steps: []backup.Step{{Name: backup.StepReread}, {Name: backup.StepPrune}},
		record: backup.Record{Identity: p.Identity, Acknowledged: true}, entry: audit.Entry{Database: nameOfAll(p)}}
	return start(ctx, s, w, ending[[]backup.Entry], func(ctx context.Context, rec *recorder) ([]backup.Entry, error) {
		if err := rec.Step(ctx, backup.StepReread); err != nil {
			return nil, err
		}
		if len(agreed) > 0 {
			if err := s.readNewest(ctx, p.Identity, rec); err != nil {
				return nil, err
			}
		}
		now, err := s.PlanPrune(ctx, p.Identity, p.Rules)
		if err != nil {
			return nil, err
		}
		if err := rec.Step(ctx, backup.StepPrune); err != nil {
			return nil, err
		}
		return s.remove(ctx, now.Going(), agreed, rec)
	})
}

// remove deletes those of going that were agreed to and that nobody has pinned meanwhile.
func (s *Service) remove(ctx context.Context, going, agreed []backup.Entry, rec *recorder) ([]backup.Entry, error) {
	gone := []backup.Entry{}
	for i, e := range going {
		id := e.Manifest.ID
		if !slices.ContainsFunc(agreed, func(a backup.Entry) bool { return a.Manifest.ID == id }) {
			continue
		}
		if err := ctx.Err(); err != nil {
			return gone, err
		}
		if now, err := s.Archiver.Catalog.Get(ctx, id); err == nil && now.Pinned {
			continue
		}
		rec.Update(backup.Update{Done: int64(i), Total: int64(len(going)), Item: filepath.Base(e.File)})
		if _, err := s.Archiver.Delete(ctx, id); err != nil && errs.CodeOf(err) != errs.NotFound {
			return gone, err
		}
		gone = append(gone, e)
		rec.Log("pruned=" + id)
		if err := s.note(ctx, audit.Entry{What: audit.Delete, Database: e.Manifest.Source.Name, Place: e.Manifest.Source.Place, Job: rec.entry.Job, Backup: id, Files: filesOf("backup", e)}, nil); err != nil {
			return gone, err
		}
	}
	return gone, nil
}

// readNewest reads the newest good backup of a database again, where that was not done
// lately: it is what the person is left with.
func (s *Service) readNewest(ctx context.Context, identity string, rec *recorder) error {
	entries, err := s.Entries(ctx, backup.Filter{Identity: identity, Sound: true, Brief: true})
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !covers(e) {
			continue
		}
		info, err := os.Stat(e.File)
		if err != nil {
			return archive.FileError(err, e.File)
		}
		if age := s.Now().Sub(e.CheckedAt); age >= 0 && age < trusted && info.Size() == e.Manifest.Bytes && !info.ModTime().After(e.CheckedAt) {
			return nil
		}
		if _, err := s.Restorer.Verify(ctx, backup.Ref{ID: e.Manifest.ID}, within{rec}); err != nil {
			if errs.CodeOf(err) == errs.Cancelled {
				return err
			}
			return errs.New(errs.CodeOf(err), "prune.newest", errs.Args{"file": filepath.Base(e.File)}).Because(err)
		}
		return nil
	}
	return nil // only safety backups are left: none of them is counted
}

// nameOfAll is what the database of these backups is called.
func nameOfAll(p backup.Pruning) string {
	for _, f := range p.Fates {
		return f.Entry.Manifest.Source.Name
	}
	return ""
}

// Retention are the rules that the saved connection to a database has; the zero value
// where none leads there.
func (d *Desk) Retention(ctx context.Context, identity string) (backup.Retention, error) {
	c, err := d.leadingTo(ctx, identity)
	if errs.CodeOf(err) == errs.NotFound {
		err = nil
	}
	return c.Retention, err
}

// Retain sets them; errs.NotFound where no saved connection leads to the database.
func (d *Desk) Retain(ctx context.Context, identity string, rules backup.Retention) error {
	if err := rules.Check(); err != nil {
		return err
	}
	c, err := d.leadingTo(ctx, identity)
	if err != nil {
		return err
	}
	old := c
	c.Retention = rules
	if err := d.Connected.Put(ctx, c); err != nil {
		return err
	}
	return d.Service.noteConnection(ctx, old, c, false)
}

// leadingTo is the saved connection to a database.
func (d *Desk) leadingTo(ctx context.Context, identity string) (backup.Connection, error) {
	all, err := d.Connected.All(ctx)
	for _, c := range all {
		if c.Target("").Identity() == identity {
			return c, err
		}
	}
	if err == nil {
		err = errs.New(errs.NotFound, "connection.not_saved", nil)
	}
	return backup.Connection{}, err
}
