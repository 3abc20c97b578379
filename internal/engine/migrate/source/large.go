package source

import (
	"io"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// Large reads one large value in pieces, in constant memory. A text is read as
// the bytes that are stored.
type Large struct {
	c    *Conn
	ptr  uintptr
	buf  uintptr
	at   int64
	size int64
}

const pieceSize = 64 << 10

func (c *Conn) openLarge(table, column string, rowid int64) (*Large, error) {
	var names [3]uintptr
	for i, s := range []string{"main", table, column} {
		p, err := libc.CString(s)
		if err != nil {
			return nil, err
		}
		defer libc.Xfree(c.tls, p)
		names[i] = p
	}
	out := libc.Xcalloc(c.tls, 1, 8)
	defer libc.Xfree(c.tls, out)
	if rc := sqlite3.Xsqlite3_blob_open(c.tls, c.db, names[0], names[1], names[2], rowid, 0, out); rc != sqlite3.SQLITE_OK {
		return nil, c.failed("open a large value", rc)
	}
	l := &Large{c: c, ptr: *(*uintptr)(memory(out)), buf: libc.Xcalloc(c.tls, 1, pieceSize)}
	l.size = int64(sqlite3.Xsqlite3_blob_bytes(c.tls, l.ptr))
	return l, nil
}

// Size is the number of bytes in all.
func (l *Large) Size() int64 { return l.size }

// Read reads the next bytes.
func (l *Large) Read(p []byte) (int, error) {
	n := min(int64(len(p)), pieceSize, l.size-l.at)
	if n == 0 {
		if l.at == l.size {
			return 0, io.EOF
		}
		return 0, nil
	}
	if rc := sqlite3.Xsqlite3_blob_read(l.c.tls, l.ptr, l.buf, int32(n), int32(l.at)); rc != sqlite3.SQLITE_OK {
		return 0, l.c.failed("read a large value", rc)
	}
	copy(p, (*[pieceSize]byte)(memory(l.buf))[:n])
	l.at += n
	return int(n), nil
}

// Close ends the reading.
func (l *Large) Close() {
	sqlite3.Xsqlite3_blob_close(l.c.tls, l.ptr)
	libc.Xfree(l.c.tls, l.buf)
}

// allow sets the size from which a value is not loaded.
func (c *Conn) allow(bytes int32) {
	sqlite3.Xsqlite3_limit(c.tls, c.db, sqlite3.SQLITE_LIMIT_LENGTH, bytes)
}
