package backup

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"cofre/internal/archive"
	"cofre/internal/errs"
)

// A deleted backup goes these ways, each of them a change of its row that holds only
// where the row still is what it was, so that two who want different things of it (the
// undo of a window, the clean-up at the start of another Cofre) can't both have them:
//
//	there -> aside          PutAside
//	aside -> there          Return
//	aside -> going -> gone  Purge
//
// going is the AsideAt of one that is being removed: nobody brings it back.
var going = time.Unix(0, 1)

// PutAside takes a backup out of the catalogue and its file out of the way, so that
// Return can bring both back. It stays aside until Purge. Where the file is not in
// sight, nothing is moved: the catalogue forgets it, and a file that comes back with
// its drive stays what it is.
func (a *Archiver) PutAside(ctx context.Context, id string) (Entry, error) {
	a.moving.Lock()
	defer a.moving.Unlock()
	e, err := a.Change(ctx, id, func(e *Entry) { // first: a crash leaves a file where it was, and an entry that says so
		e.AsideAt = a.Now()
		e.Unmoved = e.File == "" || missing(e.File) && missing(archive.ManifestPath(e.File))
	})
	if err != nil || e.Unmoved {
		return e, err
	}
	aside := asideFolder(e)
	if err := os.Mkdir(aside, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return e, errors.Join(archive.FileError(err, aside), a.unset(ctx, e))
	}
	if err := move(e.File, filepath.Join(aside, filepath.Base(e.File))); err != nil {
		_ = os.Remove(aside) // only when nothing is in it
		return e, errors.Join(err, a.unset(ctx, e))
	}
	return e, nil
}

// Return brings a backup back that was put aside; under another name, where its own was
// taken since. Errs.NotFound where it is gone for good, errs.Unavailable where its drive
// is not there: then it stays aside, as if it had been deleted at that moment.
func (a *Archiver) Return(ctx context.Context, id string) (Entry, error) {
	a.moving.Lock()
	defer a.moving.Unlock()
	return a.bringBack(ctx, id)
}

func (a *Archiver) bringBack(ctx context.Context, id string) (Entry, error) {
	e, err := a.aside(ctx, id, func(e *Entry) { e.AsideAt = a.Now() }) // nobody removes it meanwhile
	if err != nil {
		return e, err
	}
	if !e.Unmoved {
		if e.File, err = a.moveBack(ctx, e); err != nil {
			return e, err
		}
	}
	return e, a.unset(ctx, e)
}

// unset makes e, with the file that it has now, a backup again.
func (a *Archiver) unset(ctx context.Context, e Entry) error {
	_, err := a.aside(context.WithoutCancel(ctx), e.Manifest.ID, func(now *Entry) {
		now.File, now.AsideAt, now.Unmoved = e.File, time.Time{}, false
	})
	return err
}

// aside changes one that is aside and not going; errs.NotFound where it is not.
func (a *Archiver) aside(ctx context.Context, id string, do func(*Entry)) (Entry, error) {
	return a.Catalog.Change(ctx, id, func(e *Entry) error {
		if e.AsideAt.IsZero() || e.AsideAt.Equal(going) {
			return unknown(id)
		}
		do(e)
		return nil
	})
}

// moveBack gives the file of e its name again, or a free one, which it returns. The
// folder that it was moved into proves that its drive is there.
func (a *Archiver) moveBack(ctx context.Context, e Entry) (string, error) {
	folder, to := asideFolder(e), e.File
	from := filepath.Join(folder, filepath.Base(to))
	others, err := a.Catalog.List(ctx, Filter{File: to, Brief: true, Limit: 1})
	if err != nil {
		return "", err
	}
	switch {
	case len(others) > 0, there(from) && there(to), there(from) && there(archive.ManifestPath(from)) && there(archive.ManifestPath(to)):
		to = free(filepath.Dir(to), filepath.Base(to))
	case there(to) && there(archive.ManifestPath(to)): // a crash came before it was moved
		_ = os.Remove(folder)
		return to, nil
	}
	if !there(folder) && !there(to) {
		return "", errs.New(errs.Unavailable, "backup.aside_away", errs.Args{"file": filepath.Base(to), "folder": folder})
	}
	if err := move(from, to); err != nil {
		return "", err
	}
	_ = os.Remove(folder) // an empty folder is no loss
	return to, nil
}

// Purge removes for good what was put aside before that time. One whose file lies where
// it was is a backup again: a crash came before the move, or a person has moved it back.
// One whose drive is not there stays aside until it is. It does as much as it can.
func (a *Archiver) Purge(ctx context.Context, before time.Time) error {
	all, err := a.Catalog.List(ctx, Filter{Aside: true, Brief: true})
	if err != nil {
		return err
	}
	var failed []error
	for _, e := range all {
		if !e.AsideAt.After(before) {
			failed = append(failed, a.purge(ctx, e, before))
		}
	}
	return errors.Join(failed...)
}

func (a *Archiver) purge(ctx context.Context, e Entry, before time.Time) error {
	a.moving.Lock()
	defer a.moving.Unlock()
	folder := asideFolder(e)
	aside := filepath.Join(folder, filepath.Base(e.File))
	if e.File != "" && !e.AsideAt.Equal(going) && !there(aside) && there(e.File) {
		others, err := a.Catalog.List(ctx, Filter{File: e.File, Brief: true, Limit: 1})
		if err != nil {
			return err
		}
		if len(others) == 0 {
			_, err := a.bringBack(ctx, e.Manifest.ID)
			return err
		}
	}
	if !e.Unmoved && !there(folder) {
		return nil
	}
	late := false
	e, err := a.Catalog.Change(ctx, e.Manifest.ID, func(e *Entry) error {
		if late = e.AsideAt.IsZero() || e.AsideAt.After(before); !late {
			e.AsideAt = going
		}
		return nil
	})
	if late || errs.CodeOf(err) == errs.NotFound {
		return nil // somebody has brought it back, or removed it
	}
	if err == nil && !e.Unmoved {
		err = errors.Join(removed(aside), removed(folder))
	}
	if err != nil {
		return err
	}
	return a.Catalog.Delete(ctx, e.Manifest.ID)
}

// asideFolder lies beside the file, so that moving it is one rename.
func asideFolder(e Entry) string {
	return filepath.Join(filepath.Dir(e.File), ".cofre-deleted-"+e.Manifest.ID)
}

// move gives a backup and its manifest other names, both or none, and overwrites
// nothing: errs.Invalid "archive.exists". What is not there is passed over.
func move(from, to string) error {
	if err := rename(from, to); err != nil {
		return err
	}
	err := rename(archive.ManifestPath(from), archive.ManifestPath(to))
	if err != nil {
		_ = os.Rename(to, from)
	}
	return err
}

func rename(from, to string) error {
	if missing(from) {
		return nil
	}
	return archive.Publish(from, to)
}

func there(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// missing says that there is no such file, for sure: a disk that does not answer is no proof.
func missing(path string) bool {
	_, err := os.Lstat(path)
	return errors.Is(err, fs.ErrNotExist)
}

// removed removes a file with its manifest, or an empty folder; twice is harmless.
func removed(path string) error {
	for _, p := range []string{path, archive.ManifestPath(path)} {
		if err := os.Remove(p); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return archive.FileError(err, p)
		}
	}
	return nil
}
