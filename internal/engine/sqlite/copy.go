package sqlite

import (
	"cmp"
	"context"
	"errors"
	"os"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"cofre/internal/archive"
	"cofre/internal/backup"
)

// stepBytes is how much one step copies: little enough to stop soon and to show
// progress, enough that a writer rarely falls between two steps.
const stepBytes = 8 << 20

func (e *Engine) pagesPerStep(h head) int32 {
	return int32(max(1, cmp.Or(e.step, stepBytes)/max(h.pageSize, 512)))
}

// copying makes a file out of a database.
type copying struct {
	from     *connection
	to       *os.File
	step     int32 // pages
	progress backup.Progress
	turn     func(try func() error) error // waits for other programs' locks
}

// run copies everything into the file, and the file to the disk. It gives up with
// errRestarted when others' writing made it begin again more than restarts times.
func (c copying) run(ctx context.Context, restarts int) error {
	if err := c.to.Truncate(0); err != nil {
		return archive.FileError(err, c.to.Name())
	}
	disk := flusher{file: c.to}
	defer disk.wait()
	err := c.from.raw(func(n native) error {
		// The new file is nobody's yet: it needs no journal, no locks, and one sync at the end.
		b, err := n.NewBackup(uri(c.to.Name(), writing, "locking_mode(exclusive)", "journal_mode(off)", "synchronous(off)"))
		if err != nil {
			return c.blame(err)
		}
		err = c.steps(ctx, b, restarts, &disk)
		return errors.Join(err, c.blame(b.Finish()))
	})
	if err != nil {
		return err
	}
	if err := withoutWAL(c.to); err != nil {
		return archive.FileError(err, c.to.Name())
	}
	return archive.FileError(disk.finish(), c.to.Name())
}

func (c copying) steps(ctx context.Context, b *sqlite.Backup, restarts int, disk *flusher) error {
	for done, more := 0, true; more; {
		err := c.turn(func() (err error) {
			more, err = b.Step(c.step)
			return err
		})
		if err != nil {
			return c.blame(err)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		now := b.PageCount() - b.Remaining()
		if now <= done && more {
			if restarts--; restarts < 0 {
				return errRestarted
			}
		}
		done = now
		c.progress(backup.Update{Done: int64(done), Total: int64(b.PageCount()), Unit: "pages"})
		disk.nudge()
	}
	return nil
}

// blame names the file that an error of the copying is about. Locks are left to
// whoever waits for them.
func (c copying) blame(err error) error {
	switch full := code(err); {
	case locked(err):
		return err
	case primary(full) == lib.SQLITE_FULL, full == lib.SQLITE_IOERR_WRITE, full == lib.SQLITE_IOERR_FSYNC, full == lib.SQLITE_IOERR_TRUNCATE:
		return problem(err, c.to.Name())
	}
	return err
}

// withoutWAL makes the header of a copy that of a database with a rollback
// journal. A copy has no -wal, and must not need the right to create one.
func withoutWAL(f *os.File) error {
	_, err := f.WriteAt([]byte{1, 1}, walVersionAt)
	return err
}

// flusher brings a growing file to the disk while it is being written, so that
// the last sync, which somebody waits for, has little left to do.
type flusher struct {
	file    *os.File
	running chan error // gets the end of the sync that runs; nil when none does
	err     error      // the system reports a failure once, to any of the syncs
}

// nudge starts a sync unless one is running.
func (f *flusher) nudge() {
	if f.running != nil {
		select {
		case err := <-f.running:
			f.err = errors.Join(f.err, err)
		default:
			return
		}
	}
	running := make(chan error, 1)
	f.running = running
	go func() { running <- f.file.Sync() }()
}

func (f *flusher) wait() {
	if f.running != nil {
		f.err = errors.Join(f.err, <-f.running)
		f.running = nil
	}
}

// finish returns when all of the file is on the disk.
func (f *flusher) finish() error {
	f.wait()
	return errors.Join(f.err, f.file.Sync())
}

// onward never goes back: a copy that begins again is shown where it was until it
// is further.
func onward(p backup.Progress) backup.Progress {
	var furthest int64
	return func(u backup.Update) {
		furthest = max(furthest, u.Done)
		u.Done, u.Total = furthest, max(furthest, u.Total)
		p(u)
	}
}
