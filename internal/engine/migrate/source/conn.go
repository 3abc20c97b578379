// Package source reads SQLite files for a migration: their schema and every
// value as it is stored. It speaks to SQLite's own functions instead of
// database/sql's driver, which reads four times slower (it copies each value
// into an interface) and can't read a part of a large value. It writes nothing:
// files are opened read-only and immutable, with their schema not trusted.
package source

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"unsafe"

	"modernc.org/libc"
	_ "modernc.org/sqlite" // sets SQLite up for the platform
	sqlite3 "modernc.org/sqlite/lib"

	"cofre/internal/errs"
)

// LargeFrom is the size in bytes from which a value is not loaded with its row
// but read in pieces, in tables where that is possible.
const LargeFrom = 4 << 20

// maxLength is SQLite's own limit for a value.
const maxLength = 1_000_000_000

// Conn is one connection to a file; one goroutine at a time uses it.
type Conn struct {
	path  string
	tls   *libc.TLS
	db    uintptr
	utf16 bool // texts are stored as UTF-16
}

// Open opens the file at path. A file that is missing, damaged or no database
// is an error with a code; nothing is created.
func Open(path string) (*Conn, error) {
	c := &Conn{path: path, tls: libc.NewTLS()}
	if err := c.open(); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

func (c *Conn) open() error {
	path, err := filepath.Abs(c.path)
	if err != nil {
		return err
	}
	name, err := libc.CString(uri(path))
	if err != nil {
		return err
	}
	defer libc.Xfree(c.tls, name)
	out := libc.Xcalloc(c.tls, 1, 8)
	if out == 0 {
		return errors.New("out of memory")
	}
	defer libc.Xfree(c.tls, out)
	rc := sqlite3.Xsqlite3_open_v2(c.tls, name, out, sqlite3.SQLITE_OPEN_READONLY|sqlite3.SQLITE_OPEN_URI|sqlite3.SQLITE_OPEN_NOMUTEX, 0)
	c.db = *(*uintptr)(memory(out))
	if rc != sqlite3.SQLITE_OK {
		return c.failed("open", rc)
	}
	sqlite3.Xsqlite3_extended_result_codes(c.tls, c.db, 1)
	for _, pragma := range []string{"trusted_schema=OFF", "cell_size_check=ON", "query_only=ON", "cache_size=-4000"} {
		if err := c.each("PRAGMA "+pragma, func(*Stmt) error { return nil }); err != nil {
			return err
		}
	}
	if err := c.each("PRAGMA encoding", func(s *Stmt) error {
		c.utf16 = s.String(0) != "UTF-8"
		return nil
	}); err != nil {
		return err
	}
	sqlite3.Xsqlite3_limit(c.tls, c.db, sqlite3.SQLITE_LIMIT_LENGTH, LargeFrom)
	return nil
}

// Path is the file, as it was named.
func (c *Conn) Path() string { return c.path }

// Close closes the connection. Its statements must be closed before.
func (c *Conn) Close() {
	sqlite3.Xsqlite3_close_v2(c.tls, c.db)
	c.tls.Close()
}

// uri names a file, by its absolute path, so that no character of it has a meaning.
func uri(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/x on Windows
	}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: "mode=ro&immutable=1"}).String()
}

// memory turns an address of SQLite's own memory, which Go's collector knows
// nothing of, into a pointer.
func memory(address uintptr) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Pointer(&address)) //nolint:gosec // the one place; SQLite's API hands out addresses
}

// Error is an error of SQLite.
type Error struct {
	Code    int // extended result code
	Message string
	Doing   string
}

func (e *Error) Error() string { return fmt.Sprintf("%s: %s (%d)", e.Doing, e.Message, e.Code) }

// tooBig says that a value exceeds LargeFrom.
func tooBig(err error) bool {
	if err == nil {
		return false // of every row: what errors.As needs is not for nothing
	}
	var e *Error
	return errors.As(err, &e) && e.Code&0xff == sqlite3.SQLITE_TOOBIG
}

func (c *Conn) failed(doing string, rc int32) error {
	e := &Error{Code: int(rc), Doing: doing}
	if c.db != 0 {
		e.Message = libc.GoString(sqlite3.Xsqlite3_errmsg(c.tls, c.db))
	}
	args := errs.Args{"file": filepath.Base(c.path)}
	switch rc & 0xff {
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT:
		return errs.New(errs.Corrupt, "migrate.source_damaged", args).With(e.Message).Because(e)
	case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH, sqlite3.SQLITE_IOERR:
		return errs.New(errs.Unavailable, "migrate.source_unreadable", args).With(e.Message).Because(e)
	}
	return e
}
