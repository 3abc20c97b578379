package archive

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"runtime"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"cofre/internal/errs"
)

// sqliteHeader is the length of the header of an SQLite database file. Its
// layout: sqlite.org/fileformat.html.
const sqliteHeader = 100

// sqliteConnections is how many connections read one file at once.
var sqliteConnections = max(1, min(4, runtime.NumCPU()))

// sqliteFile is an SQLite file that is opened for reading, as it lies there:
// nothing is created, locked or recovered.
type sqliteFile struct {
	*sql.DB
	path    string
	bytes   int64
	version string // of the library that wrote last
}

// openSQLite opens a plain SQLite file. A file that is shorter than its header
// says is errs.Corrupt "sqlite.truncated"; one whose newest content is still in a
// -wal or -journal beside it is errs.Invalid, never read without it.
func openSQLite(path string) (*sqliteFile, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, FileError(err, path)
	}
	f, info, err := openFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head := make([]byte, sqliteHeader)
	if _, err := io.ReadFull(f, head); err != nil {
		return nil, errs.New(errs.Corrupt, "archive.header_cut", errs.Args{"file": filepath.Base(path)}).Because(err)
	}
	if err := checkPages(path, head, info.Size()); err != nil {
		return nil, err
	}
	if err := checkCompanions(path); err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", sqliteURI(path))
	if err != nil {
		return nil, sqliteError(err, path)
	}
	db.SetMaxOpenConns(sqliteConnections)
	db.SetMaxIdleConns(sqliteConnections)
	return &sqliteFile{DB: db, path: path, bytes: info.Size(), version: sqliteVersion(head)}, nil
}

// sqliteURI names the file so that no character of its path means anything, and
// so that opening it can't write, lock, or create. What the file's own schema
// asks for is not trusted.
func sqliteURI(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // file:///C:/…
	}
	u := url.URL{Path: path}
	return "file://" + u.EscapedPath() + "?mode=ro&immutable=1&_pragma=trusted_schema(0)&_pragma=cell_size_check(1)&_pragma=query_only(1)"
}

// checkPages compares the size that the header gives with the file's.
func checkPages(path string, head []byte, size int64) error {
	page := int64(binary.BigEndian.Uint16(head[16:]))
	if page == 1 {
		page = 65536
	}
	if page < 512 || page&(page-1) != 0 {
		return errs.New(errs.Corrupt, "archive.header", errs.Args{"file": filepath.Base(path)})
	}
	pages := int64(binary.BigEndian.Uint32(head[28:]))
	if pages == 0 || binary.BigEndian.Uint32(head[24:]) != binary.BigEndian.Uint32(head[92:]) {
		pages = (size + page - 1) / page // the library that wrote last did not keep the count
	}
	if size < pages*page {
		return errs.New(errs.Corrupt, "sqlite.truncated", errs.Args{"file": filepath.Base(path), "file_bytes": size, "expected_bytes": pages * page})
	}
	return nil
}

// checkCompanions refuses a database whose newest content is in a file beside it.
// SQLite would look for them beside the file that a symbolic link means.
func checkCompanions(path string) error {
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return FileError(err, path)
	}
	for _, ending := range []string{"-wal", "-journal"} {
		head, err := headOf(target+ending, 33)
		if errs.CodeOf(err) == errs.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		// A log of up to 32 bytes holds no page; a journal that begins with a zero is finished.
		if ending == "-wal" && len(head) > 32 || ending == "-journal" && len(head) > 0 && head[0] != 0 {
			return errs.New(errs.Invalid, "archive.sqlite_unfinished", errs.Args{"file": filepath.Base(path), "companion": filepath.Base(target) + ending})
		}
	}
	return nil
}

// headOf reads the first n bytes of a file, or all where there are fewer.
func headOf(path string, n int64) ([]byte, error) {
	f, _, err := openFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head, err := io.ReadAll(io.LimitReader(f, n))
	return head, FileError(err, path)
}

// sqliteVersion reads the version of the library that wrote the file last, such
// as "3.53.4"; "" where the file is older than that field.
func sqliteVersion(head []byte) string {
	n := binary.BigEndian.Uint32(head[96:])
	if n < 3_000_000 || n > 99_999_999 {
		return ""
	}
	return fmt.Sprintf("%d.%d.%d", n/1_000_000, n/1000%1000, n%1000)
}

// sqliteError gives an error of SQLite a code. Errors of the context stay.
func sqliteError(err error, path string) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return FileError(err, path)
	}
	args := errs.Args{"file": filepath.Base(path), "path": path}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT:
		return errs.New(errs.Corrupt, "archive.sqlite_malformed", args).Because(err)
	case sqlite3.SQLITE_INTERRUPT:
		return context.Canceled
	case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PERM:
		return errs.New(errs.Unavailable, "archive.io", args).Because(err)
	}
	return errs.New(errs.Invalid, "archive.sqlite_unreadable", args).With(e.Error()).Because(err)
}
