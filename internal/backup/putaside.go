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

// PutAside takes a backup out of the catalogue and its file out of the way, so that
// Return can bring both back. It stays aside until Purge.
func (a *Archiver) PutAside(ctx context.Context, id string) (Entry, error) {
	e, err := a.Catalog.Get(ctx, id)
	if err != nil {
		return e, err
	}
	e.AsideAt = a.Now()
	if err := a.Catalog.Put(ctx, e); err != nil { // first: a crash leaves a file where it was, and an entry that says so
		return e, err
	}
	if e.File == "" {
		return e, nil
	}
	aside := asideFolder(e)
	if err := os.Mkdir(aside, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return e, errors.Join(archive.FileError(err, aside), a.unset(ctx, e))
	}
	if err := move(e.File, filepath.Join(aside, filepath.Base(e.File))); err != nil {
		return e, errors.Join(err, a.unset(ctx, e))
	}
	return e, nil
}

// Return brings a backup back that was put aside, whether its file had been moved or
// not; errs.NotFound where it is gone for good. A file that has taken its place stays.
func (a *Archiver) Return(ctx context.Context, id string) (Entry, error) {
	all, err := a.Catalog.List(ctx, Filter{Aside: true})
	if err != nil {
		return Entry{}, err
	}
	for _, e := range all {
		if e.Manifest.ID != id {
			continue
		}
		if e.File != "" {
			aside := filepath.Join(asideFolder(e), filepath.Base(e.File))
			if err := move(aside, e.File); err != nil {
				return e, err
			}
			_ = os.Remove(asideFolder(e)) // an empty folder is no loss
		}
		return e, a.unset(ctx, e)
	}
	return Entry{}, errs.New(errs.NotFound, "backup.unknown", errs.Args{"id": id})
}

// Purge removes for good what was put aside before that time. One whose file lies where
// it was is a backup again: a crash came before the move, or a person has moved it back.
// It does as much as it can.
func (a *Archiver) Purge(ctx context.Context, before time.Time) error {
	all, err := a.Catalog.List(ctx, Filter{Aside: true, Brief: true})
	if err != nil {
		return err
	}
	var failed []error
	for _, e := range all {
		if e.AsideAt.After(before) {
			continue
		}
		if e.File != "" {
			aside := filepath.Join(asideFolder(e), filepath.Base(e.File))
			if !there(aside) && there(e.File) {
				_, err := a.Return(ctx, e.Manifest.ID)
				failed = append(failed, err)
				continue
			}
			if err := errors.Join(removed(aside), removed(asideFolder(e))); err != nil {
				failed = append(failed, err)
				continue
			}
		}
		failed = append(failed, a.Catalog.Delete(ctx, e.Manifest.ID))
	}
	return errors.Join(failed...)
}

func (a *Archiver) unset(ctx context.Context, e Entry) error {
	e.AsideAt = time.Time{}
	return a.Catalog.Put(context.WithoutCancel(ctx), e)
}

// asideFolder lies beside the file, so that moving it is one rename.
func asideFolder(e Entry) string {
	return filepath.Join(filepath.Dir(e.File), ".cofre-deleted-"+e.Manifest.ID)
}

// move renames a backup and its manifest. What is not there is passed over, and what is
// in the way is left alone: errs.Invalid "archive.exists".
func move(from, to string) error {
	pairs := [][2]string{{from, to}, {archive.ManifestPath(from), archive.ManifestPath(to)}}
	for _, p := range pairs {
		if !there(p[0]) {
			continue
		}
		if there(p[1]) {
			return errs.New(errs.Invalid, "archive.exists", errs.Args{"file": filepath.Base(p[1]), "path": p[1]})
		}
	}
	for i, p := range pairs {
		if err := os.Rename(p[0], p[1]); err != nil && !errors.Is(err, fs.ErrNotExist) {
			if i == 1 {
				_ = os.Rename(to, from) // together or not at all
			}
			return archive.FileError(err, p[0])
		}
	}
	return nil
}

func there(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
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
