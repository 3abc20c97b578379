package sqlite

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// head is what the first page of a database says about all of it
// (https://www.sqlite.org/fileformat.html, 1.3).
type head struct {
	pageSize int64
	pages    int64
	wal      bool   // written ahead: journal_mode is wal
	encoding uint32 // 1 UTF-8, 2 UTF-16le, 3 UTF-16be, 0 not fixed yet
	writer   uint32 // number of the SQLite version that wrote last, 3053004 is 3.53.4
}

// version is the SQLite that wrote last, or "".
func (h head) version() string {
	if h.writer == 0 {
		return ""
	}
	return fmt.Sprintf("%d.%d.%d", h.writer/1000000, h.writer/1000%1000, h.writer%1000)
}

func (h head) bytes() int64 { return h.pageSize * h.pages }

// head reads the first page through SQLite. Opening the file beside it would be
// simpler, but closing it again would drop every lock that this process holds on
// it: so are locks on Unix. An empty file, which is a database without tables,
// has a zero head.
func (c *connection) head(ctx context.Context) (head, error) {
	var page []byte
	err := c.QueryRowContext(ctx, "SELECT substr(data, 1, 100) FROM sqlite_dbpage WHERE pgno = 1").Scan(&page)
	if errors.Is(err, sql.ErrNoRows) {
		return head{}, nil
	}
	if err != nil {
		return head{}, err
	}
	h := headIn(page)
	return h, c.QueryRowContext(ctx, "PRAGMA page_count").Scan(&h.pages)
}

// headOfDamaged reads the first page of a database that SQLite finds damaged.
func headOfDamaged(path string) (head, error) {
	f, err := os.Open(path)
	if err != nil {
		return head{}, err
	}
	defer f.Close()
	page := make([]byte, headBytes)
	_, err = io.ReadFull(f, page)
	return headIn(page), err
}

const headBytes = 100

func headIn(page []byte) head {
	h := head{
		pageSize: int64(binary.BigEndian.Uint16(page[16:])),
		wal:      page[walVersionAt+1] == 2,
		pages:    int64(binary.BigEndian.Uint32(page[28:])),
		encoding: binary.BigEndian.Uint32(page[56:]),
		writer:   binary.BigEndian.Uint32(page[96:]),
	}
	if h.pageSize == 1 {
		h.pageSize = 65536 // does not fit in two bytes
	}
	return h
}

// walVersionAt is where the first page has the two bytes that tell whether a
// database is written ahead: 2 and 2, or 1 and 1 with a rollback journal.
const walVersionAt = 18
