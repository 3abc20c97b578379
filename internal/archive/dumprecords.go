package archive

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
)

// dumpRecords are the rows of an archive of pg_dump, as COPY text spells them, in
// UTF-8.
type dumpRecords struct{ *dumpTables }

var _ Records = dumpRecords{}

// Encoding is the one of the archive's texts, as it names it.
func (d *Dump) Encoding() string {
	for i := range d.Entries {
		if e := &d.Entries[i]; e.Desc == "ENCODING" {
			return encodingIn(e.Defn)
		}
	}
	return "UTF8"
}

// Key is told by the statement that makes the constraint.
func (t dumpRecords) Key(table string) []string {
	for i := range t.dump.Entries {
		e := &t.dump.Entries[i]
		if e.Desc != "CONSTRAINT" || t.dump.tableOf(e) != table {
			continue
		}
		if _, columns, ok := strings.Cut(t.dump.decode.text(e.Defn), " PRIMARY KEY ("); ok {
			return copyColumns("(" + columns)
		}
	}
	return nil
}

func (t dumpRecords) Type(table, column string) string { return t.made[table].typeOf(column) }

func (t dumpRecords) Stored(table, column string) string {
	return t.dump.below(t.Type(table, column))
}

func (t dumpRecords) Zoned(table string) []string {
	var zoned []string
	for _, column := range t.columns[table] {
		if t.dump.zoned(t.Type(table, column)) {
			zoned = append(zoned, column)
		}
	}
	return zoned
}

func (dumpRecords) Show(value []byte) string { return ShowCopy(value) }

func (t dumpRecords) Read(ctx context.Context, table string, columns []string, limit int64, yield func([][]byte) error) error {
	e := t.entries[table]
	if e == nil {
		return nil
	}
	data, err := t.dump.Data(ctx, e, nil)
	if err != nil {
		return err
	}
	defer data.Close()
	text := t.dump.decode.reader(data)
	if e.CopyStmt == "" {
		err = newInsertRows(text, t.made[table].columns, false, t.dump.escapes()).read(columns, limit, yield)
	} else {
		err = copyRows(text, t.columns[table], columns, limit, yield)
	}
	if c := (errDump("")); errors.As(err, &c) || errors.Is(err, io.ErrUnexpectedEOF) {
		return t.dump.damaged(e, err)
	}
	return cmp.Or(err, ctx.Err())
}

// copyRows yields the values of columns of COPY text whose lines have the columns
// held; at most limit rows, where it is not 0.
func copyRows(r io.Reader, held, columns []string, limit int64, yield func([][]byte) error) error {
	places := make([]int, len(columns))
	for i, c := range columns {
		if places[i] = slices.Index(held, c); places[i] < 0 {
			return contradiction("the rows have no column %.60q", c)
		}
	}
	values, read := make([][]byte, len(columns)), int64(0)
	lines := CopyLines{Row: func(row [][]byte) error {
		for i, p := range places {
			if p >= len(row) {
				return contradiction("a row has %d values for %d columns", len(row), len(held))
			}
			values[i] = row[p]
		}
		if err := yield(values); err != nil {
			return err
		}
		if read++; read == limit {
			return errEndOfRows
		}
		return nil
	}}
	_, err := io.CopyBuffer(&lines, struct{ io.Reader }{r}, make([]byte, 64<<10))
	switch {
	case errors.Is(err, errEndOfRows):
		return nil
	case err == nil:
		return io.ErrUnexpectedEOF // without its end mark
	}
	return err
}

// CopyLines is a writer that splits COPY text into rows. The values stay as COPY
// spells them, with its escapes; NULL is nil. Row's slices are used again.
type CopyLines struct {
	Row func(values [][]byte) error

	rest   []byte // of a line that has not ended
	values [][]byte
}

// errEndOfRows ends the reading: at the end mark, or where no more are wanted.
var errEndOfRows = errors.New("end of rows")

func (c *CopyLines) Write(p []byte) (int, error) {
	n := len(p)
	for {
		end := bytes.IndexByte(p, '\n')
		if end < 0 {
			c.rest = append(c.rest, p...)
			return n, nil
		}
		line := p[:end]
		if len(c.rest) > 0 {
			c.rest = append(c.rest, line...)
			line = c.rest
		}
		if string(line) == `\.` {
			return n, errEndOfRows
		}
		if err := c.row(line); err != nil {
			return 0, err
		}
		c.rest, p = c.rest[:0], p[end+1:]
	}
}

func (c *CopyLines) row(line []byte) error {
	c.values = c.values[:0]
	for {
		end := bytes.IndexByte(line, '\t')
		value := line
		if end >= 0 {
			value = line[:end]
		}
		if string(value) == `\N` {
			value = nil
		}
		c.values = append(c.values, value)
		if end < 0 {
			return c.Row(c.values)
		}
		line = line[end+1:]
	}
}

// CopyValue appends a value of COPY text without its escapes.
func CopyValue(to, value []byte) []byte {
	for {
		at := bytes.IndexByte(value, '\\')
		if at < 0 || at == len(value)-1 {
			return append(to, value...)
		}
		c := value[at+1]
		if e, ok := copyEscapes[c]; ok {
			c = e
		}
		to, value = append(append(to, value[:at]...), c), value[at+2:]
	}
}

// ShowCopy writes a value of COPY text for a person, cut as Records.Show says.
func ShowCopy(value []byte) string {
	return cell(string(CopyValue(nil, value[:min(len(value), 2*maxCell)])))
}
