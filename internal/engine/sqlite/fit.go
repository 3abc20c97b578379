package sqlite

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"

	"cofre/internal/archive"
)

// fitting returns a file with the content of file whose pages can be written into
// a database with the head live, how many of them make a step, and a function that
// releases it. Nearly always
// it is file itself; else it is a copy:
//
//   - A database that is written ahead can't change the size of its pages while
//     programs have it open, so the copy has pages of that size. VACUUM INTO keeps
//     every row under its rowid.
//   - A backup from elsewhere may say that it is written ahead. The live database
//     would then be, too, which not every place can do (a network folder).
func (e *Engine) fitting(ctx context.Context, file string, live head) (from string, pages int32, release func(), err error) {
	c, err := open(ctx, file, still)
	if err != nil {
		return "", 0, nil, problem(err, file)
	}
	defer c.Close()
	h, err := c.head(ctx)
	if err != nil {
		return "", 0, nil, problem(err, file)
	}
	recut := live.wal && live.pageSize != h.pageSize
	if !recut && (live.wal || !h.wal) {
		return file, pagesPerStep(h), func() {}, nil
	}

	dir, err := os.MkdirTemp(e.Work, "cofre-fit-")
	if err != nil {
		return "", 0, nil, archive.FileError(err, e.Work)
	}
	release = func() { os.RemoveAll(dir) }
	defer func() {
		if err != nil {
			release()
		}
	}()
	from = filepath.Join(dir, "db")
	if !recut {
		return from, pagesPerStep(h), release, archive.FileError(copyWithoutWAL(ctx, file, from), from)
	}
	if err := c.exec(ctx, "PRAGMA page_size = "+strconv.FormatInt(live.pageSize, 10)); err != nil {
		return "", 0, nil, problem(err, file)
	}
	_, err = c.ExecContext(ctx, "VACUUM INTO ?", from)
	return from, pagesPerStep(live), release, problem(err, file)
}

func copyWithoutWAL(ctx context.Context, file, to string) error {
	if err := copyFile(ctx, file, to); err != nil {
		return err
	}
	f, err := os.OpenFile(to, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(withoutWAL(f), f.Close())
}
