package sqlite

import (
	"context"

	"modernc.org/sqlite"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/errs"
)

// replacing puts the pages of a file in the place of all that a live database
// holds, in one transaction.
type replacing struct {
	target   backup.Target
	from     string // the file
	pages    int32  // of a step
	sound    *examination
	since    *held // nil where it does not matter, or is known, that nobody wrote before
	progress backup.Progress
	version  uint32 // of what the connection knows of the database, while it is locked
}

// openToReplace connects to the live database without reading of it. A connection
// keeps to the text encoding of the first schema that it has read, and this one
// will have to read the new one. How many pages may wait in memory bounds it, and
// how often a journal is brought to the disk before pages are overwritten.
func openToReplace(ctx context.Context, live string, damaged bool) (*connection, error) {
	pragmas := []string{"fullfsync(1)", "cache_spill(-32768)"}
	if damaged {
		pragmas = append(pragmas, "writable_schema(1)") // with it SQLite begins, whatever lies there
	}
	return open(ctx, live, writing, pragmas...)
}

// own locks a database with a rollback journal for this connection alone, until
// disown; not when somebody has written since it was held. Without it the copy would begin beside readers and, as pages can't be
// overwritten under them, pile up in memory.
func (c *connection) own(ctx context.Context, live string, since *held) error {
	// In this order: with the mode on, a try that fails would keep a reader's lock, and
	// the writer that is waited for would wait for it.
	if err := c.exec(ctx, "BEGIN EXCLUSIVE"); err != nil {
		return err
	}
	now, err := c.version() // before COMMIT, which advances it
	if err == nil {
		err = since.unwritten(now)
	}
	if err != nil {
		c.end(ctx)
		return err
	}
	if err := c.exec(ctx, "PRAGMA locking_mode = EXCLUSIVE", "COMMIT"); err != nil {
		return err
	}
	if stateOf(live).wal.there { // since it was looked at
		return errs.New(errs.Stale, "sqlite.journal_changed", errs.Args{"path": live})
	}
	return nil
}

// disown takes the journal away, also when ctx is done; the end of the connection
// gives the lock back. Under a lock that is kept, SQLite leaves the journal behind,
// emptied; it removes it where it sees the mode end that would keep it.
func (c *connection) disown(ctx context.Context) {
	_ = c.exec(context.WithoutCancel(ctx), "PRAGMA journal_mode = PERSIST", "PRAGMA journal_mode = DELETE") // an emptied journal does no harm
}

// run returns nil when the new content is committed, else nothing has changed.
func (r *replacing) run(ctx context.Context, to *connection) error {
	return to.raw(func(n native) error {
		b, err := n.NewRestore(uri(r.from, still))
		if err != nil {
			return err
		}
		err = r.steps(ctx, n, b)
		if end := b.Finish(); err == nil {
			err = end
		}
		return err
	})
}

func (r *replacing) steps(ctx context.Context, n native, b *sqlite.Backup) error {
	more := true
	step := func(pages int32) error {
		return patiently(ctx, r.target, func() (err error) {
			more, err = b.Step(pages)
			return err
		})
	}
	// A step of no page takes the writer's lock and keeps it.
	if err := step(0); err != nil {
		return err
	}
	var err error
	if r.version, err = n.FileControlDataVersion("main"); err != nil {
		return err
	}
	if err := r.since.unwritten(r.version); err != nil {
		return err
	}
	total := b.PageCount()
	for more {
		if b.Remaining() <= int(r.pages) || r.sound.over() { // the step that copies the last page commits
			if err := r.sound.wait(ctx); err != nil {
				return err
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := step(r.pages); err != nil {
			return err
		}
		r.progress(backup.Update{Done: int64(total - b.Remaining()), Total: int64(total), Unit: "pages"})
	}
	return nil
}

// held returns what the database held when the transaction ended. It is counted in
// the database; where others have written since, or are in the way, in what went
// in, which is the same.
func (r *replacing) held(ctx context.Context, to *connection) (backup.Contents, error) {
	err := to.snapshot(ctx)
	if err != nil || r.others(to) {
		return inLive(contentsOfFile(ctx, r.from))
	}
	defer to.end(ctx)
	return inLive(contents(ctx, to))
}

func inLive(c backup.Contents, err error) (backup.Contents, error) {
	c.Format = archive.FormatDatabase
	return c, err
}

// others says whether anybody else has written to the database since it was
// locked. The transaction itself has advanced the version by one.
func (r *replacing) others(to *connection) bool {
	now, err := to.version()
	return err != nil || now != r.version+1
}
