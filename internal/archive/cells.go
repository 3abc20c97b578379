package archive

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"math"
	"strconv"
	"strings"
)

// Cell is a value of a row, to be shown to people. Its bytes are used again with the
// next row.
type Cell struct {
	Kind  CellKind
	Bytes []byte // of a Blob as they are, of all others as the database prints them, in UTF-8 where that is told
}

// CellKind is what a value is to who shows or compares it.
type CellKind byte

// The kinds. Of PostgreSQL, every value whose column is no number is a Text.
const (
	Null CellKind = iota
	Text
	Number
	Blob
)

// AppendText writes the value as it is shown: a Blob as SQLite's X'00ff', NULL as
// nothing.
func (c Cell) AppendText(to []byte) []byte {
	if c.Kind != Blob {
		return append(to, c.Bytes...)
	}
	to = hex.AppendEncode(append(to, "X'"...), c.Bytes)
	return append(to, '\'')
}

// Cells are the rows of a backup file, for people. Tables are named as in Contents.
type Cells struct {
	records interface {
		Records
		Tables() []string
	}
	sqlite bool
	made   func(table string) []Column // where records name none: of a table without rows in the file
}

// OpenCells opens a backup file for its rows, as OpenRecords does; texts of a
// database without an encoding are taken as they are. End, never nil, closes it.
func OpenCells(ctx context.Context, path, tempDir string) (cells *Cells, end func(), err error) {
	return openTables(ctx, path, tempDir, tableReaders[*Cells]{
		ofSQLite: func(ctx context.Context, db SQLiteQuerier, path string) (*Cells, error) {
			r, err := newSQLiteRecords(ctx, db, path)
			if err != nil {
				return nil, err
			}
			return &Cells{r, true, func(string) []Column { return nil }}, nil
		},
		ofDump: func(d *Dump) (*Cells, error) {
			if err := unreadable(d.path, d.unread); err != nil {
				return nil, err
			}
			r := dumpRecords{newDumpTables(d)}
			return &Cells{r, false, func(table string) []Column { return r.made[table].stored() }}, nil
		},
		ofScript: func(ctx context.Context, path string, kind Kind) (*Cells, func(), error) {
			r, end, err := openScript(ctx, path, kind)
			if err != nil {
				return nil, nil, err
			}
			if err := unreadable(path, r.unread); err != nil {
				end()
				return nil, nil, err
			}
			return &Cells{r, r.sqlite, func(table string) []Column { return r.made[table].stored() }}, end, nil
		},
	})
}

// Tables names the tables, sorted.
func (c *Cells) Tables() []string { return c.records.Tables() }

// Key names the columns of a table's primary key; nil where it has none, or where
// the file does not tell.
func (c *Cells) Key(table string) []string { return c.records.Key(table) }

// Columns are the stored columns of a table.
func (c *Cells) Columns(table string) []Column {
	names := c.records.Columns(table)
	if names == nil {
		return c.made(table)
	}
	columns := make([]Column, len(names))
	for i, name := range names {
		columns[i] = Column{name, c.records.Type(table, name)}
	}
	return columns
}

// Read yields the values of Columns of every row of a table, in the order in which
// they lie there. The slice is used again. An error of yield ends the reading and is
// returned; so is that of what is damaged, errs.Corrupt.
func (c *Cells) Read(ctx context.Context, table string, yield func(row []Cell) error) error {
	columns := c.Columns(table)
	names, numbers := make([]string, len(columns)), make([]bool, len(columns))
	for i, column := range columns {
		names[i], numbers[i] = column.Name, isNumeric(c.records.Stored(table, column.Name))
	}
	row, buffers := make([]Cell, len(columns)), make([][]byte, len(columns))
	return c.records.Read(ctx, table, names, 0, func(values [][]byte) error {
		for i, v := range values {
			switch {
			case v == nil:
				row[i] = Cell{}
			case c.sqlite:
				row[i], buffers[i] = sqliteCell(v, buffers[i])
			default:
				buffers[i] = CopyValue(buffers[i][:0], v)
				row[i] = Cell{Text, buffers[i]}
				if numbers[i] {
					row[i].Kind = Number
				}
			}
		}
		return yield(row)
	})
}

// isNumeric says whether values of a type of PostgreSQL are numbers.
func isNumeric(declared string) bool {
	name, _, _ := strings.Cut(declared, "(")
	switch name {
	case "smallint", "integer", "bigint", "numeric", "real", "double precision", "oid":
		return !strings.HasSuffix(declared, "]")
	}
	return false
}

// sqliteCell reads what appendCell wrote.
func sqliteCell(v, buffer []byte) (Cell, []byte) {
	switch v[0] {
	case 'i':
		buffer = strconv.AppendInt(buffer[:0], int64(binary.BigEndian.Uint64(v[1:])), 10)
		return Cell{Number, buffer}, buffer
	case 'r':
		buffer = appendReal(buffer[:0], math.Float64frombits(binary.BigEndian.Uint64(v[1:])))
		return Cell{Number, buffer}, buffer
	case 'b':
		return Cell{Blob, v[1:]}, buffer
	}
	return Cell{Text, v[1:]}, buffer
}

// appendReal writes a number so that it is seen to be no integer, with as many
// digits as it takes to read the same number again.
func appendReal(to []byte, f float64) []byte {
	switch {
	case math.IsInf(f, 1):
		return append(to, "Inf"...)
	case math.IsInf(f, -1):
		return append(to, "-Inf"...)
	}
	format := byte('f')
	if a := math.Abs(f); a != 0 && (a < 1e-4 || a >= 1e15) {
		format = 'e'
	}
	digits, exponent, scientific := strings.Cut(strconv.FormatFloat(f, format, -1, 64), "e")
	to = append(to, digits...)
	if !strings.Contains(digits, ".") {
		to = append(to, ".0"...)
	}
	if scientific {
		to = append(append(to, 'e'), exponent...)
	}
	return to
}
