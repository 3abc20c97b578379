package service

import (
	"context"
	"slices"
	"time"

	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/watch"
)

// remark notes which file or database it is that holds rows, and that rows were deleted
// from that same one.
func remark(m *watch.Memory, f backup.Found, base *backup.Entry, sight backup.Sight, now time.Time) {
	if c := f.Cause(backup.Watch{}); base != nil && c.Deleted > 0 && m.Of != "" && m.Of == sight.Of {
		m.Deletion = &watch.Deletion{At: now, Rows: c.Deleted, Tables: c.Tables, Base: base.Manifest.ID}
	}
	if f.Same {
		m.Deletion = nil
	}
	if !f.Empty {
		m.Of = sight.Of
	}
}

func counted(sight backup.Sight) *backup.Sight {
	if sight.Edits == nil {
		return nil
	}
	return &sight
}

// lastGood is the backup that the database is compared with: its newest good one, or the one
// that was restored since. Nil: there is none.
func (s *Service) lastGood(ctx context.Context, t backup.Target) (*backup.Entry, error) {
	entries, err := s.Entries(ctx, backup.Filter{Identity: t.Identity(), Sound: true, Brief: true})
	if err != nil {
		return nil, err
	}
	entries = slices.DeleteFunc(entries, func(e backup.Entry) bool { return !covers(e) })
	last, err := s.Journal.LastDone(ctx, "restore", t.Identity())
	if err != nil {
		return nil, err
	}
	id := ""
	if len(entries) > 0 {
		id = entries[0].Manifest.ID
	}
	if last != nil && last.BackupID != "" && (id == "" || entries[0].Manifest.CreatedAt.Before(last.EndedAt)) {
		if e, err := s.Entry(ctx, last.BackupID); err == nil && e.State.Sound() && e.Manifest.Kind == t.Kind {
			return &e, nil
		}
	}
	if id == "" {
		return nil, nil
	}
	e, err := s.Entry(ctx, id) // with its tables
	return &e, err
}

// found is what differs from base: as the server has counted, where that tells, else by a
// comparison of all rows. A count that calls for a backup is held against the rows
// before: what was rolled back, or changed to what it was, is counted, too.
func (s *Service) found(ctx context.Context, o *watched, base *backup.Entry, m *watch.Memory, sight backup.Sight) (backup.Found, error) {
	t := o.target
	if base == nil {
		held, err := s.Probe(ctx, t)
		return backup.Found{Unknown: true, Empty: s.Restorer.Empty(held)}, err
	}
	if m.Counts != nil && m.Base == base.Manifest.ID {
		if since, ok := sight.Since(*m.Counts); ok {
			f := m.Found.And(since)
			if !o.connection.Watch.Wants(f) {
				return f, nil
			}
			same, empty, err := s.Restorer.Same(ctx, t, *base)
			f.Same, f.Empty = same, empty
			return f, err
		}
	}
	f, err := s.Restorer.Find(ctx, t, *base)
	if err == nil {
		m.Base, m.Counts, m.Found = base.Manifest.ID, counted(sight), f
	}
	return f, err
}

// same marks a backup as holding just what its database holds now.
func (s *Service) same(ctx context.Context, id string) error {
	_, err := s.Archiver.Change(ctx, id, func(e *backup.Entry) { e.SameAt = s.Now() })
	if errs.CodeOf(err) == errs.NotFound {
		return nil // it was deleted meanwhile
	}
	return err
}
