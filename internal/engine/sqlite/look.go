package sqlite

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	lib "modernc.org/sqlite/lib"

	"cofre/internal/backup"
)

// errMoved says that the database changed in a way that makes what was read of it
// worth nothing.
var errMoved = errors.New("the database changed while it was read")

// view is a connection to a live database that changes nothing, neither in the
// file nor beside it, and creates nothing. There are three kinds, by what lies
// there:
//
//   - Usually SQLite's own, read only: it takes the locks that keep readers and
//     writers apart.
//   - A database that is written ahead (WAL) and that nobody has open: SQLite would
//     create a -wal and a -shm and, being a reader, could not take them away again.
//     It is read as a file that stands still, and read again if it did not.
//   - What a crash left (a transaction to roll back, a log without its index) can
//     only be recovered by writing: that is done to a private copy.
type view struct {
	*connection
	of    backup.Target
	head  head
	leave func() error // errMoved where it did not stand still
}

// look lends do a view of the live database. Do is called a second time, from the
// start, when what it saw did not stand still.
func (e *Engine) look(ctx context.Context, t backup.Target, do func(*view) error) error {
	path, err := locate(t.Path)
	if err != nil {
		return err
	}
	once := func(maybeStill bool) error {
		var v *view
		err := patiently(ctx, t, func() (err error) {
			v, err = e.view(ctx, path, maybeStill)
			return err
		})
		if err != nil {
			return err
		}
		v.of = t
		err = do(v)
		if end := v.leave(); end != nil {
			return end
		}
		return err
	}
	err = once(true)
	if errors.Is(err, errMoved) || crashed(err) {
		// Programs come and go here: their -wal is there half of the time anyway.
		err = once(false)
	}
	return problem(err, t.Path)
}

// snapshot begins a transaction that sees one state of the database until end.
func (v *view) snapshot(ctx context.Context) error {
	return patiently(ctx, v.of, func() error { return v.connection.snapshot(ctx) })
}

// view opens the kind of view that fits, and has read the head with it. With
// maybeStill off nothing is expected to stand still.
func (e *Engine) view(ctx context.Context, path string, maybeStill bool) (*view, error) {
	before := stateOf(path)
	how := reading
	switch {
	case before.wal.there && before.shm.there:
	case before.wal.bytes > 0:
		how = readingAsIs // fails: as locked where a program keeps its index to itself, else as crashed
	case before.journal.bytes == 0 && maybeStill:
		if v := standing(ctx, path, before); v != nil {
			return v, nil
		}
	}
	v, err := viewOf(ctx, path, how)
	if crashed(err) {
		return e.recovered(ctx, path)
	}
	return v, err
}

func viewOf(ctx context.Context, path, how string) (*view, error) {
	c, err := open(ctx, path, how)
	if err != nil {
		return nil, err
	}
	h, err := c.head(ctx)
	if err != nil {
		c.close()
		return nil, err
	}
	return &view{connection: c, head: h, leave: func() error { c.close(); return nil }}, nil
}

// crashed says whether err is that of a reader who would have to recover what a
// crash left, or to open a file beside the database that it may not.
func crashed(err error) bool {
	switch full := code(err); full {
	case lib.SQLITE_READONLY_ROLLBACK, lib.SQLITE_READONLY_RECOVERY, lib.SQLITE_READONLY_CANTINIT:
		return true
	default:
		return primary(full) == lib.SQLITE_CANTOPEN
	}
}

// standing views a database that is written ahead and that nobody has open; nil
// where path is another. The ordinary view says what is wrong, or waits.
func standing(ctx context.Context, path string, before state) *view {
	v, err := viewOf(ctx, path, still)
	if err != nil {
		return nil
	}
	if !v.head.wal {
		v.close()
		return nil
	}
	v.leave = func() error {
		v.close()
		if after := stateOf(path); after.main != before.main || after.wal.bytes > 0 {
			return errMoved
		}
		return nil
	}
	return v
}

// recovered copies the database with what a crash left beside it and lets SQLite
// recover the copy.
func (e *Engine) recovered(ctx context.Context, path string) (*view, error) {
	dir, err := e.folder("recover")
	if err != nil {
		return nil, err
	}
	v, err := copyAndView(ctx, path, filepath.Join(dir, "db"))
	if err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	v.leave = func() error { v.close(); return os.RemoveAll(dir) }
	return v, nil
}

func copyAndView(ctx context.Context, path, to string) (*view, error) {
	before := stateOf(path)
	for _, suffix := range []string{"", walSuffix, journalSuffix} {
		if err := copyFile(ctx, path+suffix, to+suffix); err != nil && (suffix == "" || !errors.Is(err, os.ErrNotExist)) {
			return nil, err
		}
	}
	if stateOf(path) != before {
		return nil, errMoved // somebody else recovers it
	}
	return viewOf(ctx, to, writing)
}
