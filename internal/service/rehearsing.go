package service

import (
	"cmp"
	"context"
	"path/filepath"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/job"
)

// Rehearse starts the restoring of a backup aside, for practice; see
// backup.Restorer.Rehearse. On is the server for a PostgreSQL backup, nil for a
// private one; SQLite needs none.
func (s *Service) Rehearse(ctx context.Context, ref backup.Ref, on *backup.Target) (*Operation[backup.Verdict], error) {
	if err := s.allowed(); err != nil {
		return nil, err
	}
	ref = s.entered(ctx, ref)
	path, err := s.path(ctx, ref)
	if err != nil {
		return nil, err
	}
	if err := opens(ctx, path); err != nil {
		return nil, err
	}
	w := work{kind: "rehearse", target: backup.Target{Name: nameOf(ref)}, record: backup.Record{BackupID: ref.ID, File: path, Acknowledged: true}, entry: s.refEntry(ctx, ref)}
	if e, err := s.Entry(ctx, ref.ID); ref.ID != "" && err == nil {
		w.target.Name, w.record.Identity, w.record.Bytes = e.Manifest.Source.Name, e.Manifest.Source.Identity, e.Manifest.Bytes
	}
	if on != nil {
		if err := s.fitsServer(ctx, path, *on); err != nil {
			return nil, err
		}
		w.target, w.record.Identity = *on, "" // what a crash leaves there is looked for under its identity
	}
	for _, n := range backup.RehearsalSteps {
		w.steps = append(w.steps, backup.Step{Name: n, Expected: s.expected("rehearse", cmp.Or(w.record.Identity, w.target.Identity()), n, w.record.Bytes)})
	}
	return start(ctx, s, w, ending[backup.Verdict], func(ctx context.Context, rec *recorder) (backup.Verdict, error) {
		return s.Restorer.Rehearse(ctx, ref, on, rec)
	})
}

// fitsServer refuses a server for a file that can't be restored into one of its kind.
func (s *Service) fitsServer(ctx context.Context, path string, on backup.Target) error {
	id, err := archive.IdentifyInside(ctx, path)
	switch {
	case err != nil:
		return err
	case id.Kind == backup.SQLite:
		return errs.New(errs.Invalid, "rehearse.no_server_needed", nil)
	case id.Kind != on.Kind:
		return errs.New(errs.Invalid, "rehearse.other_kind", errs.Args{"target": on.Name})
	}
	return s.settle(ctx, on)
}

// entered is the entry of the catalogue that a path means, where it is the file of one.
func (s *Service) entered(ctx context.Context, ref backup.Ref) backup.Ref {
	path, err := filepath.Abs(ref.Path)
	if ref.ID != "" || err != nil {
		return ref
	}
	found, err := s.Archiver.Catalog.List(ctx, backup.Filter{File: path, Brief: true, Limit: 1})
	if err != nil || len(found) == 0 {
		return ref
	}
	return backup.Ref{ID: found[0].Manifest.ID}
}

// RehearseBackup begins to restore a backup aside, for practice, and returns the
// job's ID: on the server that it comes from, where a connection leads there, else on
// this computer.
func (d *Desk) RehearseBackup(ctx context.Context, id string) (string, error) {
	e, err := d.Backup(ctx, id)
	if err != nil {
		return "", err
	}
	on, err := d.origin(ctx, e)
	if err != nil {
		return "", err
	}
	op, err := d.Service.Rehearse(d.as(ctx), backup.Ref{ID: id}, on)
	if err != nil {
		return "", err
	}
	d.afterwards(op.Done, func() {
		v, _ := op.Wait()
		d.keepLeft(id, v.Rehearsal)
		d.Changed()
	})
	return op.ID, nil
}

// keepLeft remembers what a rehearsal has said that it left, which the catalogue does
// not keep: the next start takes it away.
func (d *Desk) keepLeft(id string, r *backup.Rehearsal) {
	if r == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.left, id)
	for _, e := range r.Left {
		if d.left == nil {
			d.left = map[string][]*job.Failure{}
		}
		d.left[id] = append(d.left[id], job.FailureOf(e))
	}
}

// leftOf is what the last rehearsal of a backup left.
func (d *Desk) leftOf(id string) []*job.Failure {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.left[id]
}

// origin is the PostgreSQL database that a backup comes from, nil where no saved
// connection leads there.
func (d *Desk) origin(ctx context.Context, e backup.Entry) (*backup.Target, error) {
	if e.Manifest.Kind != backup.PostgreSQL {
		return nil, nil
	}
	all, err := d.Connected.All(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		if c.Target("").Identity() != e.Manifest.Source.Identity {
			continue
		}
		t, err := d.target(c)
		return &t, err
	}
	return nil, nil
}
