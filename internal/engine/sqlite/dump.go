package sqlite

import (
	"context"
	"errors"
	"os"

	"cofre/internal/archive"
	"cofre/internal/backup"
)

// maxRestarts is how often a copy may begin again because others wrote, before it
// keeps them from writing until it is through.
const maxRestarts = 3

// errRestarted says that others wrote too often for a copy that lets them.
var errRestarted = errors.New("the database was written to while it was copied")

// Dump copies the live database into the new file path, page by page: indexes,
// free pages and all. Programs that write ahead (WAL) are never held up. With a
// rollback journal they can write between two steps of the copy, which then
// begins again; after a few times they have to wait until it is through, so that
// it ends beside any writer. The copy is one ordinary file with a rollback
// journal's header, which opens everywhere, also where nothing can be written.
func (e *Engine) Dump(ctx context.Context, t backup.Target, path string, _ backup.DumpOptions, p backup.Progress) (backup.Dumped, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return backup.Dumped{}, archive.FileError(err, path)
	}
	defer f.Close()
	p = onward(p)
	err = e.look(ctx, t, func(live *view) error {
		return e.dump(ctx, live, f, p)
	})
	if err != nil {
		return backup.Dumped{}, err
	}
	held, err := contentsOfFile(ctx, path)
	return backup.Dumped{Contents: held}, problem(err, path)
}

// dump copies live into the empty or left-over file to, onto the disk.
func (e *Engine) dump(ctx context.Context, live *view, to *os.File, p backup.Progress) error {
	c := copying{from: live.connection, to: to, step: e.pagesPerStep(live.head), progress: p,
		turn: func(try func() error) error { return patiently(ctx, live.of, try) }}
	if !live.head.wal {
		if err := c.run(ctx, maxRestarts); !errors.Is(err, errRestarted) {
			return err
		}
	}
	if err := live.snapshot(ctx); err != nil {
		return err
	}
	defer live.end(ctx)
	return c.run(ctx, 0)
}

// contentsOfFile reads what a file that nobody writes holds.
func contentsOfFile(ctx context.Context, path string) (backup.Contents, error) {
	c, err := open(ctx, path, still)
	if err != nil {
		return backup.Contents{}, err
	}
	defer c.close()
	return contents(ctx, c)
}
