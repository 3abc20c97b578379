package sqlite

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/errs"
)

// Create is Restore for a file that is not there. Where one is, or has come
// meanwhile, it is errs.Stale, and stays as it is.
func (e *Engine) Create(ctx context.Context, t backup.Target, file string, p backup.Progress) (backup.Contents, error) {
	if err := vet(ctx, t, file); err != nil {
		return backup.Contents{}, err
	}
	return e.create(ctx, t, file, onward(p))
}

// create makes the database that is not there. It appears whole, and only its
// owner may read it.
func (e *Engine) create(ctx context.Context, t backup.Target, file string, p backup.Progress) (backup.Contents, error) {
	place, err := placeOf(t.Path)
	if err != nil {
		return backup.Contents{}, err
	}
	sound := examine(ctx, file)
	defer sound.end()
	f, err := os.CreateTemp(filepath.Dir(place), ".cofre-partial-*")
	if err != nil {
		return backup.Contents{}, archive.FileError(err, filepath.Dir(place))
	}
	defer os.Remove(f.Name()) // gone already when all went well
	err = e.pour(ctx, file, f, p)
	f.Close() // on the disk already
	if err != nil {
		return backup.Contents{}, problem(err, file)
	}
	held, err := inLive(contentsOfFile(ctx, f.Name()))
	if err != nil {
		return held, problem(err, place)
	}
	if err := sound.wait(ctx); err != nil {
		return held, err
	}
	if _, err := os.Lstat(place); err == nil {
		return held, appeared(t)
	}
	back, err := setAside(place)
	if err != nil {
		return held, archive.FileError(err, place)
	}
	err = archive.Publish(f.Name(), place)
	if errors.Is(err, fs.ErrExist) {
		err = appeared(t)
	}
	if err != nil {
		err = errors.Join(err, back())
	}
	return held, err
}

func appeared(t backup.Target) error {
	return errs.New(errs.Stale, "restore.stale", errs.Args{"what": t.Name})
}

// pour copies a file that nobody writes into an empty one.
func (e *Engine) pour(ctx context.Context, file string, to *os.File, p backup.Progress) error {
	from, err := open(ctx, file, still)
	if err != nil {
		return err
	}
	defer from.close()
	h, err := from.head(ctx)
	if err != nil {
		return err
	}
	c := copying{from: from, to: to, step: e.pagesPerStep(h), progress: p,
		turn: func(try func() error) error { return try() }}
	return c.run(ctx, 0)
}

// placeOf is where the missing file path has to be made: where the symbolic links
// lead, if it is one. Its folder must be there.
func placeOf(path string) (string, error) {
	place := path
	for range 40 { // as many as Linux follows
		to, err := os.Readlink(place)
		if err != nil {
			break
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(place), to)
		}
		place = to
	}
	dir, err := filepath.EvalSymlinks(filepath.Dir(place))
	if errors.Is(err, fs.ErrNotExist) {
		return "", errs.New(errs.NotFound, "sqlite.folder_missing", errs.Args{"path": path, "folder": filepath.Dir(place)}).Because(err)
	}
	if err != nil {
		return "", archive.FileError(err, filepath.Dir(place))
	}
	return filepath.Join(dir, filepath.Base(place)), nil
}
