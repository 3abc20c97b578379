package migrate

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"cofre/internal/engine/migrate/source"
	"cofre/internal/errs"
)

// prove reads a table back from the server and compares what is there with what
// was sent: every row, every value, as bytes. A difference is an error.
func prove(ctx context.Context, conn *pgx.Conn, t *table, sent *tally, onRows func(int64)) (fingerprint, error) {
	back := &unpacker{onRows: onRows}
	if _, err := conn.PgConn().CopyTo(ctx, back, "COPY (SELECT "+t.readBack(sent)+" FROM "+t.to.SQL()+") TO STDOUT BINARY"); err != nil {
		return back.sum, fmt.Errorf("read %s back: %w", t.to.Qualified(), err)
	}
	if !back.ended {
		return back.sum, errors.New("read " + t.to.Qualified() + " back: the answer is not whole")
	}
	onRows(back.fresh)
	if back.sum != sent.sum {
		return back.sum, errs.New(errs.Corrupt, "migrate.differs", errs.Args{"table": t.to.Qualified(), "sent": sent.sum.rows, "found": back.sum.rows})
	}
	return back.sum, nil
}

// readBack is the list of columns as they are compared.
func (t *table) readBack(sent *tally) string {
	var parts []string
	for i := range t.columns {
		name := pgx.Identifier{t.columns[i].to.Name}.Sanitize()
		if !sent.large[i] {
			parts = append(parts, name)
			continue
		}
		bytes := name
		if t.columns[i].to.Type.OID != oidBytea {
			bytes = "convert_to(" + name + ", 'UTF8')"
		}
		value := name
		if t.columns[i].to.Type.OID != oidBytea {
			value = bytes // one type for both branches
		}
		parts = append(parts, fmt.Sprintf("CASE WHEN octet_length(%s) >= %d THEN sha256(%s) ELSE %s END", bytes, source.LargeFrom, bytes, value))
	}
	return strings.Join(parts, ", ")
}

// unpacker takes binary COPY apart into rows, whatever pieces it comes in.
type unpacker struct {
	sum    fingerprint
	onRows func(int64)
	fresh  int64 // rows that onRows has not heard of
	rest   []byte
	begun  bool
	ended  bool
}

// every is how many rows pass between two reports.
const every = 4096

// Write implements io.Writer.
func (u *unpacker) Write(p []byte) (int, error) {
	data := p
	if len(u.rest) > 0 {
		u.rest = append(u.rest, p...)
		data = u.rest
	}
	if !u.begun {
		if len(data) < len(header) {
			u.rest = append(u.rest[:0], data...)
			return len(p), nil
		}
		data, u.begun = data[len(header):], true
	}
	for !u.ended {
		n := rowLength(data)
		if n < 0 {
			break
		}
		if n == 2 && data[0] == 0xff && data[1] == 0xff {
			u.ended = true
			break
		}
		u.sum.add(data[:n])
		data = data[n:]
		if u.fresh++; u.fresh == every {
			u.onRows(u.fresh)
			u.fresh = 0
		}
	}
	u.rest = append(u.rest[:0], data...)
	return len(p), nil
}

// rowLength is the length of the row at the beginning of data, or -1 where it is
// not all there.
func rowLength(data []byte) int {
	if len(data) < 2 {
		return -1
	}
	at := 2
	for range int16(binary.BigEndian.Uint16(data)) {
		if len(data) < at+4 {
			return -1
		}
		size := int32(binary.BigEndian.Uint32(data[at:]))
		if at += 4; size > 0 {
			at += int(size)
		}
	}
	if at > len(data) {
		return -1
	}
	return at
}
