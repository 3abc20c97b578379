package sqlite

import (
	"context"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/errs"
)

// keeping is the restore over a broken database that was kept. It holds no lock and
// no connection: a connection would roll back what a crash left, and the next copy
// would not be of what was there. It compares the files instead.
type keeping struct {
	engine *Engine
	target backup.Target
	live   string
	kept   string
	files  []string // that the copy is made of
	before state    // of live, as it was kept
}

// current says whether the database is still what was kept. Whatever is committed
// changes the file or its log; an index comes and goes, and so does an empty log.
func (k *keeping) current() bool {
	now := stateOf(k.live)
	return now.main == k.before.main && (now.wal == k.before.wal || now.wal.bytes+k.before.wal.bytes == 0)
}

// Restore replaces the database. Damaged pages are replaced like any others, in one
// transaction. A file that SQLite does not take for a database at all gets the head
// of one first, which promises more pages than are there: to every program it is
// then a damaged database, and never one that could be filled.
func (k *keeping) Restore(ctx context.Context, file string, p backup.Progress) (backup.Contents, error) {
	since := &held{engine: k.engine, target: k.target, kept: k}
	var c backup.Contents
	var err error
	if k.engine.foreign(ctx, k.kept) {
		c, err = k.replaceForeign(ctx, file, since, p)
	} else {
		c, err = k.engine.replaceAll(ctx, k.target, file, since, p)
	}
	// What the live file holds all of is not kept twice. A journal was rolled back with
	// the look under the lock, by SQLite, as by any program: that copy stays.
	if err != nil && errs.Of(err).Reason == backup.ReasonWritten && k.before.journal.bytes == 0 {
		for _, path := range k.files {
			os.Remove(path)
		}
	}
	return c, err
}

// Release has nothing to give back.
func (*keeping) Release() {}

// replaceForeign replaces a file that SQLite can't lock, as no program of SQLite's
// would take that for a lock: nobody may have it open.
func (k *keeping) replaceForeign(ctx context.Context, file string, since *held, p backup.Progress) (backup.Contents, error) {
	if err := vet(ctx, k.target, file); err != nil {
		return backup.Contents{}, err
	}
	if err := patiently(ctx, k.target, k.alone); err != nil {
		return backup.Contents{}, err
	}
	if err := since.unwritten(0); err != nil {
		return backup.Contents{}, err
	}
	h, err := takeOver(k.live)
	var c backup.Contents
	if err == nil {
		c, err = k.engine.restore(ctx, k.target, k.live, file, nil, func() (head, bool, error) { return h, true, nil }, onward(p))
	}
	if err == nil {
		return c, nil
	}
	err = problem(err, k.live)
	if back := k.engine.PutBack(context.WithoutCancel(ctx), k.target, k.kept); back != nil {
		err = errs.New(errs.Damaged, "restore.damaged_rescue", errs.Args{"target": k.target.Name, "kept": k.kept}).Because(errors.Join(err, back))
	}
	return backup.Contents{}, err
}

// alone is errMoved while another process has the file open, as far as the system tells.
func (k *keeping) alone() error {
	if len(holders(k.live)) > 0 {
		return errMoved
	}
	return nil
}

// takeOver writes the head of a database over the first bytes of a file that is
// none, and takes away what lies beside it: a log that is still there would be
// read into the new content.
func takeOver(live string) (head, error) {
	for _, suffix := range companions {
		if err := os.Remove(live + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return head{}, archive.FileError(err, live+suffix)
		}
	}
	page := make([]byte, headBytes)
	copy(page, "SQLite format 3\x00")
	binary.BigEndian.PutUint16(page[16:], 4096)            // size of a page
	copy(page[walVersionAt:], []byte{1, 1, 0, 64, 32, 32}) // rollback journal; the fixed fractions
	binary.BigEndian.PutUint32(page[28:], 1<<31-1)         // pages: more than any file has
	binary.BigEndian.PutUint32(page[44:], 4)               // format of the schema
	binary.BigEndian.PutUint32(page[56:], 1)               // UTF-8
	f, err := os.OpenFile(live, os.O_WRONLY, 0)
	if err != nil {
		return head{}, archive.FileError(err, live)
	}
	_, err = f.WriteAt(page, 0)
	return headIn(page), archive.FileError(errors.Join(err, f.Sync(), f.Close()), live)
}
