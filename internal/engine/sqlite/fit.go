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
// releases it. Nearly always it is file itself; else it is a copy:
//
//   - A database that is written ahead can't change the size of its pages while
//     programs have it open, so the copy has pages of that size. VACUUM INTO keeps
//     every row under its rowid.
//   - A backup from elsewhere may say that it is written ahead. The live database
//     would then be, too, which not every place can do (a network folder).
func (e *Engine) fitting(ctx context.Context, file string, live head) (from string, pages int32, release func(), err error) {
	v, err := viewOf(ctx, file, still)
	if err != nil {
		return "", 0, nil, problem(err, file)
	}
	v.close()
	h := v.head
	recut := live.wal && live.pageSize != h.pageSize
	if !recut && (live.wal || !h.wal) {
		return file, e.pagesPerStep(h), func() {}, nil
	}

	dir, err := e.folder("fit")
	if err != nil {
		return "", 0, nil, err
	}
	release = func() { os.RemoveAll(dir) }
	defer func() {
		if err != nil {
			release()
		}
	}()
	from = file
	if h.wal {
		from = filepath.Join(dir, "plain")
		if err := copyWithoutWAL(ctx, file, from); err != nil {
			return "", 0, nil, err
		}
	}
	if !recut {
		return from, e.pagesPerStep(h), release, nil
	}
	to := filepath.Join(dir, "cut")
	return to, e.pagesPerStep(live), release, problem(cut(ctx, from, to, live.pageSize), file)
}

// cut copies a database with a rollback journal into one with pages of another size.
func cut(ctx context.Context, from, to string, pageSize int64) error {
	c, err := open(ctx, from, reading) // of what stands still SQLite can't change the size
	if err != nil {
		return err
	}
	defer c.close()
	if err := c.exec(ctx, "PRAGMA page_size = "+strconv.FormatInt(pageSize, 10)); err != nil {
		return err
	}
	_, err = c.ExecContext(ctx, "VACUUM INTO ?", to)
	return err
}

func copyWithoutWAL(ctx context.Context, file, to string) error {
	if err := copyFile(ctx, file, to); err != nil {
		return err
	}
	f, err := os.OpenFile(to, os.O_WRONLY, 0)
	if err == nil {
		err = errors.Join(withoutWAL(f), f.Close())
	}
	return archive.FileError(err, to)
}
