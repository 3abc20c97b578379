package source

import (
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// Stmt is a prepared statement that reads.
type Stmt struct {
	c   *Conn
	ptr uintptr
	n   int32
}

// Prepare compiles one statement.
func (c *Conn) Prepare(sql string) (*Stmt, error) {
	text, err := libc.CString(sql)
	if err != nil {
		return nil, err
	}
	defer libc.Xfree(c.tls, text)
	out := libc.Xcalloc(c.tls, 1, 8)
	defer libc.Xfree(c.tls, out)
	if rc := sqlite3.Xsqlite3_prepare_v2(c.tls, c.db, text, -1, out, 0); rc != sqlite3.SQLITE_OK {
		return nil, c.failed("prepare", rc)
	}
	s := &Stmt{c: c, ptr: *(*uintptr)(memory(out))}
	s.n = sqlite3.Xsqlite3_column_count(c.tls, s.ptr)
	return s, nil
}

// Bind sets parameter i (from 1) and begins anew.
func (s *Stmt) Bind(i int, v int64) {
	sqlite3.Xsqlite3_reset(s.c.tls, s.ptr)
	sqlite3.Xsqlite3_bind_int64(s.c.tls, s.ptr, int32(i), v)
}

// Next steps to the next row; false at the end.
func (s *Stmt) Next() (bool, error) {
	switch rc := sqlite3.Xsqlite3_step(s.c.tls, s.ptr); rc {
	case sqlite3.SQLITE_ROW:
		return true, nil
	case sqlite3.SQLITE_DONE:
		return false, nil
	default:
		return false, s.c.failed("read", rc)
	}
}

// Close frees the statement.
func (s *Stmt) Close() { sqlite3.Xsqlite3_finalize(s.c.tls, s.ptr) }

// Read sets v to column i of the current row.
func (s *Stmt) Read(i int, v *Value) {
	tls := s.c.tls
	p := sqlite3.Xsqlite3_column_value(tls, s.ptr, int32(i))
	v.Large = false
	switch sqlite3.Xsqlite3_value_type(tls, p) {
	case sqlite3.SQLITE_INTEGER:
		v.Class, v.Int = Integer, sqlite3.Xsqlite3_value_int64(tls, p)
	case sqlite3.SQLITE_FLOAT:
		v.Class, v.Real = Real, sqlite3.Xsqlite3_value_double(tls, p)
	case sqlite3.SQLITE_TEXT:
		v.Class = Text
		if s.c.utf16 {
			sqlite3.Xsqlite3_value_text(tls, p) // converts in place
		}
		s.bytes(p, v)
	case sqlite3.SQLITE_BLOB:
		v.Class = Blob
		s.bytes(p, v)
	default:
		v.Class = Null
	}
}

func (s *Stmt) bytes(p uintptr, v *Value) {
	// Of a text, too: value_text would copy it to end it with a NUL.
	at := sqlite3.Xsqlite3_value_blob(s.c.tls, p)
	n := int(sqlite3.Xsqlite3_value_bytes(s.c.tls, p))
	v.Size, v.Bytes = int64(n), nil
	if n > 0 {
		v.Bytes = unsafe.Slice((*byte)(memory(at)), n) //nolint:gosec // good until the next step, as Value says
	}
}

// Int returns column i as an integer, 0 for NULL.
func (s *Stmt) Int(i int) int64 {
	return sqlite3.Xsqlite3_column_int64(s.c.tls, s.ptr, int32(i))
}

// String returns a copy of column i as text, "" for NULL.
func (s *Stmt) String(i int) string {
	return libc.GoString(sqlite3.Xsqlite3_column_text(s.c.tls, s.ptr, int32(i)))
}

// each runs sql and calls row for each row.
func (c *Conn) each(sql string, row func(*Stmt) error) error {
	s, err := c.Prepare(sql)
	if err != nil {
		return err
	}
	defer s.Close()
	for {
		more, err := s.Next()
		if err != nil || !more {
			return err
		}
		if err := row(s); err != nil {
			return err
		}
	}
}

// Count runs a query of one number.
func (c *Conn) Count(sql string) (n int64, err error) {
	err = c.each(sql, func(s *Stmt) error { n = s.Int(0); return nil })
	return n, err
}

// reset lets go of the row that the statement stands on.
func (s *Stmt) reset() { sqlite3.Xsqlite3_reset(s.c.tls, s.ptr) }
