package state

import (
	"context"
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"cofre/internal/errs"
)

// fail says what was being done, and gives SQLite's errors the code of what the
// person can do about them. Errors that have a code already, and those of a
// context, keep it.
func (db *DB) fail(what string, err error) error {
	if err == nil {
		return nil
	}
	err = fmt.Errorf("%s: %w", what, err)
	var coded *errs.Error
	var engine *sqlite.Error
	switch {
	case errors.As(err, &coded), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case !errors.As(err, &engine):
		return err
	}
	path := errs.Args{"path": db.path}
	switch engine.Code() & 0xff { // the rest says where exactly
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return errs.New(errs.Busy, "state.busy", nil).Because(err)
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return errs.New(errs.Corrupt, "state.damaged", path).Because(err)
	case sqlite3.SQLITE_CANTOPEN:
		return errs.New(errs.Unavailable, "state.open", path).Because(err)
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY:
		return errs.New(errs.Unavailable, "state.write", path).Because(err)
	case sqlite3.SQLITE_INTERRUPT:
		return errors.Join(context.Canceled, err)
	}
	return err
}
