package sqlite

import (
	"context"
	"path/filepath"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/errs"
)

// Restore writes the pages of file into the live file, in one transaction of
// SQLite's: killed at any moment, the next program that opens the database sees
// all of the old content or all of the new. The file stays the same file, with
// its owner and its rights, and keeps its way of journalling; where that fixes
// the size of its pages (WAL), the backup's pages are cut anew first. Symbolic
// links are followed. The structure of file is checked while it is copied, and
// the transaction is only committed when it is sound.
//
// With a rollback journal nobody else can read or write from the first page to
// the count at the end. With WAL others read on, see the old content until the
// end, and wait to write.
func (e *Engine) Restore(ctx context.Context, t backup.Target, file string, p backup.Progress) (backup.Contents, error) {
	return e.replaceAll(ctx, t, file, nil, p)
}

// replaceAll is Restore; since, which may be nil, is what it was held by.
func (e *Engine) replaceAll(ctx context.Context, t backup.Target, file string, since *held, p backup.Progress) (backup.Contents, error) {
	if err := vet(ctx, t, file); err != nil {
		return backup.Contents{}, err
	}
	live, err := locate(t.Path)
	if errs.CodeOf(err) == errs.NotFound {
		return e.create(ctx, t, file, onward(p))
	}
	if err != nil {
		return backup.Contents{}, err
	}
	if !writable(live) { // SQLite would open it to read, and find out late
		return backup.Contents{}, errs.New(errs.Denied, "sqlite.read_only", errs.Args{"path": t.Path, "file": filepath.Base(t.Path)})
	}
	there := func() (head, bool, error) { return e.headToReplace(ctx, t, live) }
	held, err := e.restore(ctx, t, live, file, since, there, onward(p))
	return held, problem(err, live)
}

// vet refuses what is no backup of this kind, or is the target itself.
func vet(ctx context.Context, t backup.Target, file string) error {
	id, err := archive.Identify(file)
	if err != nil {
		return err
	}
	args := errs.Args{"path": file, "file": filepath.Base(file)}
	if id.Kind != backup.SQLite || id.Format != archive.FormatSQLite || id.Layer != archive.None || id.Encrypted {
		return errs.New(errs.Incompatible, "sqlite.not_a_backup", args)
	}
	if sameFile(file, t.Path) {
		return errs.New(errs.Invalid, "sqlite.same_file", args)
	}
	_, err = archive.Inspect(ctx, file, archive.InspectOptions{Quick: true})
	return err
}

// restore writes the pages of file over those of live. What is there now, and
// whether it is damaged, is asked when the check of file has begun.
func (e *Engine) restore(ctx context.Context, t backup.Target, live, file string, since *held, there func() (h head, damaged bool, err error), p backup.Progress) (backup.Contents, error) {
	sound := examine(ctx, file)
	defer sound.end()
	h, damaged, err := there()
	if err != nil {
		return backup.Contents{}, err
	}
	from, pages, release, err := e.fitting(ctx, file, h)
	if err != nil {
		return backup.Contents{}, err
	}
	defer release()
	to, err := since.connection(ctx, live, damaged)
	if err != nil {
		return backup.Contents{}, err
	}
	defer to.close()
	if !h.wal {
		if err := patiently(ctx, t, func() error { return to.own(ctx, live, since) }); err != nil {
			return backup.Contents{}, err
		}
		defer to.disown(ctx)
		since = nil
	}

	r := replacing{target: t, from: from, pages: pages, sound: sound, since: since, progress: p}
	if err := r.run(ctx, to); err != nil {
		return backup.Contents{}, err
	}
	// It is in: from here on nothing stops.
	ctx = context.WithoutCancel(ctx)
	held, err := r.held(ctx, to)
	if err != nil { // an error would say that nothing had changed
		held, err = inLive(contentsOfFile(ctx, from))
	}
	if err != nil {
		err = errs.New(errs.Damaged, "sqlite.uncounted", errs.Args{"file": filepath.Base(live)}).Because(err)
	}
	if h.wal {
		// The log is now as large as the database. Where a reader is in the way, whoever
		// writes next empties it.
		_ = to.exec(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	}
	return held, err
}

// headToReplace reads the head of the live database, also of one that is damaged:
// what takes a failed restore back must not stop at that.
func (e *Engine) headToReplace(ctx context.Context, t backup.Target, live string) (h head, damaged bool, err error) {
	err = e.look(ctx, t, func(v *view) error { h = v.head; return nil })
	if errs.CodeOf(err) != errs.Corrupt {
		return h, false, err
	}
	h, err = headOfDamaged(live)
	return h, true, err
}
