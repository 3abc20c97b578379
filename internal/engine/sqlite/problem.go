package sqlite

import (
	"context"
	"errors"
	"path/filepath"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"cofre/internal/archive"
	"cofre/internal/errs"
)

// code returns the result code of SQLite in err, extended where it is known
// (https://www.sqlite.org/rescode.html); 0 where there is none, and where the
// error has been judged already.
func code(err error) int {
	var coded *errs.Error
	var e *sqlite.Error
	if errors.As(err, &coded) || !errors.As(err, &e) {
		return 0
	}
	return e.Code()
}

// primary is a result code without its extension.
func primary(code int) int { return code & 0xff }

// locked says whether err is a lock of another connection: waiting may help.
func locked(err error) bool {
	c := primary(code(err))
	return c == lib.SQLITE_BUSY || c == lib.SQLITE_LOCKED
}

// problem gives an error of SQLite a code and a reason that a person can act on.
// Path is the file that was worked on. Nil, cancellations and errors that have a
// code already come back as they are.
func problem(err error, path string) error {
	var coded *errs.Error
	if err == nil || errors.As(err, &coded) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	full := code(err)
	if full == 0 {
		return archive.FileError(err, path)
	}
	wrap := func(c errs.Code, reason string) error {
		return errs.New(c, reason, errs.Args{"path": path, "file": filepath.Base(path)}).Because(err).With(err.Error())
	}
	switch full {
	case lib.SQLITE_IOERR_SHORT_READ, lib.SQLITE_IOERR_CORRUPTFS, lib.SQLITE_IOERR_DATA:
		return wrap(errs.Corrupt, "sqlite.malformed")
	case lib.SQLITE_READONLY_DIRECTORY:
		return wrap(errs.Denied, "sqlite.read_only_folder")
	}
	switch primary(full) {
	case lib.SQLITE_NOTADB:
		return notADatabase(path, err)
	case lib.SQLITE_CORRUPT:
		return wrap(errs.Corrupt, "sqlite.malformed")
	case lib.SQLITE_FULL:
		return wrap(errs.Unavailable, "sqlite.no_space")
	case lib.SQLITE_READONLY, lib.SQLITE_PERM, lib.SQLITE_AUTH:
		return wrap(errs.Denied, "sqlite.read_only")
	case lib.SQLITE_CANTOPEN:
		return wrap(errs.Denied, "sqlite.cannot_open")
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED, lib.SQLITE_PROTOCOL:
		return wrap(errs.Busy, "sqlite.locked")
	case lib.SQLITE_IOERR, lib.SQLITE_NOMEM, lib.SQLITE_NOLFS:
		return wrap(errs.Unavailable, "sqlite.io")
	}
	return wrap(errs.Internal, "sqlite.unexpected")
}

// notADatabase says what the file is instead, where its content tells.
func notADatabase(path string, cause error) error {
	if _, err := archive.Identify(path); err != nil {
		cause = err
	}
	return errs.New(errs.Invalid, "sqlite.not_a_database", errs.Args{"path": path, "file": filepath.Base(path)}).Because(cause)
}
