package service

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"sync"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/profile"
)

// StateMissing is shown for a backup whose file was moved or deleted by somebody else.
const StateMissing backup.State = "missing"

// Previews read what a person would recognise a database by. Both return nil
// facts where the application is not known, and are a courtesy: their errors
// never fail what they accompany.
type Previews struct {
	File func(ctx context.Context, file string, c backup.Contents) (*profile.Facts, error)
	Live func(ctx context.Context, t backup.Target, c backup.Contents) (*profile.Facts, error)
}

// Look says what a live database holds, and whose it is.
func (s *Service) Look(ctx context.Context, t backup.Target) (backup.Contents, error) {
	if err := s.settle(ctx, t); err != nil {
		return backup.Contents{}, err
	}
	c, err := s.Probe(ctx, t)
	if err == nil && s.Previews.Live != nil {
		c.Profile, _ = s.Previews.Live(ctx, t, c)
	}
	return c, err
}

// Inspect says what a backup holds, and whose it is. With quick, row counts that
// need the whole file to be read are -1.
func (s *Service) Inspect(ctx context.Context, ref backup.Ref, quick bool) (backup.Contents, error) {
	path, err := s.lookAt(ctx, ref)
	if err != nil {
		return backup.Contents{}, err
	}
	c, err := archive.Inspect(ctx, path, archive.InspectOptions{Quick: quick, TempDir: s.Restorer.Work})
	if err == nil && s.Previews.File != nil {
		c.Profile, _ = s.Previews.File(ctx, path, c)
	}
	return c, err
}

// Study is Inspect, and says what the backup makes besides rows.
func (s *Service) Study(ctx context.Context, ref backup.Ref, quick bool) (backup.Contents, archive.Schema, error) {
	path, err := s.lookAt(ctx, ref)
	if err != nil {
		return backup.Contents{}, archive.Schema{}, err
	}
	c, schema, err := archive.Study(ctx, path, archive.InspectOptions{Quick: quick, TempDir: s.Restorer.Work})
	if err == nil && s.Previews.File != nil {
		c.Profile, _ = s.Previews.File(ctx, path, c)
	}
	return c, schema, err
}

// Cells opens a backup for a look at its rows. End, never nil, closes it.
func (s *Service) Cells(ctx context.Context, ref backup.Ref) (cells *archive.Cells, end func(), err error) {
	path, err := s.lookAt(ctx, ref)
	if err != nil {
		return nil, func() {}, err
	}
	return archive.OpenCells(ctx, path, s.Restorer.Work)
}

// Differ says what going from one backup or live database to another adds, removes
// and changes. Both are recognised, so that tables can be called by their names. What
// is decided about migrations into a target counts, and decided on top of it.
func (s *Service) Differ(ctx context.Context, before, after Side, decided backup.Choices, p backup.Progress) (backup.Difference, error) {
	var both [2]backup.Content
	var failed [2]error
	var reading sync.WaitGroup
	counting, stop := context.WithCancel(ctx)
	defer stop()
	for i, side := range []Side{before, after} {
		reading.Go(func() {
			if both[i], failed[i] = s.content(counting, side); failed[i] != nil {
				stop()
			}
		})
	}
	reading.Wait()
	if errs.CodeOf(failed[0]) == errs.Cancelled && failed[1] != nil { // it may have been stopped for the other's sake
		failed[0] = failed[1]
	}
	if err := cmp.Or(failed[0], failed[1]); err != nil {
		return backup.Difference{}, err
	}
	return s.Restorer.Differ(ctx, both[0], both[1], both[0].Target.Choices.With(both[1].Target.Choices).With(decided), p)
}

// content reads a side to count its rows.
func (s *Service) content(ctx context.Context, side Side) (c backup.Content, err error) {
	if side.Target != nil {
		c.Target = *side.Target
		c.Held, err = s.Look(ctx, *side.Target)
		return c, err
	}
	if c.File, err = s.path(ctx, side.Backup); err == nil {
		c.Held, err = s.Inspect(ctx, side.Backup, false)
	}
	return c, err
}

// Side is one side of a comparison: a live database, or a backup where Target is nil.
type Side struct {
	Target *backup.Target
	Backup backup.Ref
}

// lookAt is where a backup lies; the folder for what has to be unpacked of it is made.
func (s *Service) lookAt(ctx context.Context, ref backup.Ref) (string, error) {
	path, err := s.path(ctx, ref)
	if err == nil {
		err = s.Restorer.MakeWork()
	}
	return path, err
}

// opens says whether the keys of ctx open a file, if it is encrypted: a person who has to
// give another one is told before a job begins. What else is wrong is the job's to say.
func opens(ctx context.Context, path string) error {
	if _, err := archive.IdentifyInside(ctx, path); errs.CodeOf(err) == errs.Denied {
		return err
	}
	return nil
}

// path is where a backup lies.
func (s *Service) path(ctx context.Context, ref backup.Ref) (string, error) {
	if ref.ID == "" {
		return ref.Path, nil
	}
	e, err := s.Entry(ctx, ref.ID)
	return e.File, err
}

// Ref reads what a person calls a backup: a path that is there, else an ID of
// the catalogue, else a path that is not there.
func (s *Service) Ref(ctx context.Context, name string) backup.Ref {
	if _, err := os.Lstat(name); errors.Is(err, fs.ErrNotExist) {
		if _, err := s.Archiver.Catalog.Get(ctx, name); err == nil {
			return backup.Ref{ID: name}
		}
	}
	return backup.Ref{Path: name}
}

// Plan says what a restore would mean; see backup.Restorer.Plan.
func (s *Service) Plan(ctx context.Context, ref backup.Ref, t backup.Target) (backup.Plan, error) {
	if err := s.settle(ctx, t); err != nil {
		return backup.Plan{}, err
	}
	p, err := s.Restorer.Plan(ctx, ref, t)
	if err != nil {
		return p, err
	}
	if s.Previews.File != nil {
		p.Archive.Contents.Profile, _ = s.Previews.File(ctx, p.Archive.File, p.Archive.Contents)
	}
	if s.Previews.Live != nil && p.Exists {
		p.Current.Profile, _ = s.Previews.Live(ctx, t, p.Current)
	}
	return p, nil
}

// Entries are the backups of the catalogue, newest first, each with the state of
// its file as it is now.
func (s *Service) Entries(ctx context.Context, f backup.Filter) ([]backup.Entry, error) {
	entries, err := s.Archiver.Catalog.List(ctx, f)
	for i := range entries {
		entries[i] = present(entries[i])
	}
	return entries, err
}

// Entry is one of them, or errs.NotFound.
func (s *Service) Entry(ctx context.Context, id string) (backup.Entry, error) {
	e, err := s.Archiver.Catalog.Get(ctx, id)
	return present(e), err
}

func present(e backup.Entry) backup.Entry {
	if e.File == "" {
		return e
	}
	if _, err := os.Stat(e.File); errors.Is(err, fs.ErrNotExist) {
		e.State = StateMissing
	}
	return e
}
