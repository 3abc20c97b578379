package archive

import (
	"bufio"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
)

// dumpTables looks at rows of an archive of pg_dump.
type dumpTables struct {
	dump    *Dump
	names   []string
	entries map[string]*Entry // of the rows
	columns map[string][]string
	made    madeTables
}

func newDumpTables(d *Dump) *dumpTables {
	t := &dumpTables{dump: d, entries: map[string]*Entry{}, columns: map[string][]string{}, made: madeTables{}}
	for _, table := range d.contents(nil).Tables {
		t.names = append(t.names, table.Name)
	}
	for i := range d.Entries {
		switch e := &d.Entries[i]; e.Desc {
		case "TYPE":
			t.made.add(d.Name(e), readType(d.decode.text(e.Defn)))
		case "TABLE":
			t.made.add(d.Name(e), readTable(d.decode.text(e.Defn), false))
		}
	}
	for i := range d.Entries {
		e := &d.Entries[i]
		if !e.isRows() {
			continue
		}
		name := d.Name(e)
		t.entries[name] = e
		if t.columns[name] = copyColumns(d.decode.text(e.CopyStmt)); e.CopyStmt == "" {
			for _, c := range t.made[name].stored() {
				t.columns[name] = append(t.columns[name], c.Name)
			}
		}
	}
	return t
}

func (t *dumpTables) Tables() []string              { return t.names }
func (t *dumpTables) Columns(table string) []string { return t.columns[table] }

func (t *dumpTables) Rows(ctx context.Context, table string, columns []string, limit int, yield func(values []string) error) error {
	if e := t.entries[table]; e != nil && e.CopyStmt == "" {
		return glance(ctx, dumpRecords{t}, table, columns, limit, yield)
	}
	e, places, data, err := t.open(ctx, table, columns)
	if e == nil || err != nil {
		return err
	}
	defer data.Close()
	rows := copyReader{r: bufio.NewReader(t.dump.decode.reader(data))}
	values := make([]string, len(columns))
	for range limit {
		row, err := rows.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return t.dump.damaged(e, err)
		}
		for i, p := range places {
			if p >= len(row) {
				return t.dump.damaged(e, contradiction("a row has %d values for %d columns", len(row), len(t.columns[table])))
			}
			values[i] = cell(string(row[p]))
		}
		if err := yield(values); err != nil {
			return err
		}
	}
	return nil
}

// open opens the rows of a table, and says where in a row the columns are. The
// entry is nil for a table without rows in the archive.
func (t *dumpTables) open(ctx context.Context, table string, columns []string) (e *Entry, places []int, data io.ReadCloser, err error) {
	if e = t.entries[table]; e == nil {
		return nil, nil, nil, nil
	}
	places = make([]int, len(columns))
	for i, c := range columns {
		if places[i] = slices.Index(t.columns[table], c); places[i] < 0 {
			return e, nil, nil, noColumn(table, c)
		}
	}
	data, err = t.dump.Data(ctx, e, nil)
	return e, places, data, err
}

// copyColumns reads the names out of COPY schema.table (a, "b c") FROM stdin;
func copyColumns(stmt string) (names []string) {
	var name strings.Builder
	inside, quoted := false, false
	for i := 0; i < len(stmt); i++ {
		switch c := stmt[i]; {
		case c == '"' && quoted && i+1 < len(stmt) && stmt[i+1] == '"':
			name.WriteByte('"')
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
			name.WriteByte(c)
		case c == '(':
			inside = true
			name.Reset()
		case inside && (c == ',' || c == ')'):
			if name.Len() > 0 {
				names = append(names, name.String())
			}
			name.Reset()
			if c == ')' {
				return names
			}
		case c != ' ':
			name.WriteByte(c)
		}
	}
	return nil
}

// copyReader reads rows of COPY text.
type copyReader struct {
	r   *bufio.Reader
	row [][]byte
}

// escapes of COPY text; any other sign stands for itself.
var copyEscapes = map[byte]byte{'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v'}

// next reads a row; io.EOF at the end mark. Values are cut after maxCell bytes, and
// NULL is empty. The row is used again.
func (c *copyReader) next() ([][]byte, error) {
	n := 0
	begin := func() {
		if n == len(c.row) {
			c.row = append(c.row, nil)
		}
		c.row[n] = c.row[n][:0]
		n++
	}
	begin()
	for {
		b, err := c.r.ReadByte()
		if err != nil {
			return nil, cut(err)
		}
		switch b {
		case '\n':
			return c.row[:n], nil
		case '\t':
			begin()
			continue
		case '\\':
			if b, err = c.r.ReadByte(); err != nil {
				return nil, cut(err)
			}
			if b == '.' && n == 1 && len(c.row[0]) == 0 {
				return nil, io.EOF
			}
			if b == 'N' {
				continue
			}
			if e, ok := copyEscapes[b]; ok {
				b = e
			}
		}
		if value := c.row[n-1]; len(value) < maxCell {
			c.row[n-1] = append(value, b)
		}
	}
}
