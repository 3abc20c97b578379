package service

import (
	"context"
	"time"

	"cofre/internal/audit"
	"cofre/internal/backup"
	"cofre/internal/errs"
)

// purge is the end of a backup that was deleted at the window, as long as it is to come.
type purge struct{ timer *time.Timer }

// DeleteBackup takes a backup away. For UndoTime it can be brought back; then it is
// removed for good, at the latest when Cofre is started again and its drive is there.
func (d *Desk) DeleteBackup(ctx context.Context, id string) error {
	if err := d.admin(); err != nil {
		return err
	}
	defer d.Changed()
	if err := d.Service.delete(d.as(ctx), id, d.Service.Archiver.PutAside); err != nil {
		return err
	}
	d.PurgeLater()
	return nil
}

// PurgeLater removes for good what is aside for UndoTime by then, also what was deleted
// just before Cofre was closed and started again. An undo that comes meanwhile leaves
// nothing for it to do.
func (d *Desk) PurgeLater() {
	d.following.Add(1)
	p := &purge{}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.purges = append(d.purges, p)
	p.timer = time.AfterFunc(d.UndoTime, func() {
		defer d.following.Done()
		d.forgetPurge(p)
		s := d.Service
		if err := s.Archiver.Purge(context.Background(), s.Now().Add(-d.UndoTime)); err != nil {
			s.log(err) // the next start tries again
		}
	})
}

func (d *Desk) forgetPurge(p *purge) {
	d.mu.Lock()
	defer d.mu.Unlock()
	kept := d.purges[:0]
	for _, other := range d.purges {
		if other != p {
			kept = append(kept, other)
		}
	}
	d.purges = kept
}

// endPurges leaves to the next start what would have been removed.
func (d *Desk) endPurges() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, p := range d.purges {
		if p.timer.Stop() {
			d.following.Done()
		}
	}
	d.purges = nil
}

// UndeleteBackup brings back what DeleteBackup took away; errs.NotFound where it is
// gone for good.
func (d *Desk) UndeleteBackup(ctx context.Context, id string) error {
	if err := d.admin(); err != nil {
		return err
	}
	defer d.Changed()
	err := d.Service.Undelete(d.as(ctx), id)
	if err != nil && errs.CodeOf(err) != errs.NotFound {
		d.PurgeLater() // it can be tried again for as long
	}
	return err
}

// Undelete brings a backup back that is aside.
func (s *Service) Undelete(ctx context.Context, id string) error {
	if err := s.allowed(); err != nil {
		return err
	}
	if _, err := s.Archiver.Return(ctx, id); err != nil {
		return err
	}
	a := s.refEntry(ctx, backup.Ref{ID: id})
	a.What = audit.Undelete
	return s.note(ctx, a, nil)
}

// PurgeDeleted removes for good what was deleted at a window that is closed since: it is
// called at each start, by which time an open window has had its own time to do it.
func (s *Service) PurgeDeleted(ctx context.Context) {
	const longOver = time.Minute
	if err := s.Archiver.Purge(ctx, s.Now().Add(-longOver)); err != nil {
		s.log(err) // no reason not to start
	}
}
