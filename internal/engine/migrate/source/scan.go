package source

import (
	"context"
	"math"
	"strconv"
	"strings"
)

// Scanner reads rows of one table on one connection.
type Scanner struct {
	c     *Conn
	table *Table
	cols  []int
	row   Row
	plain *Stmt // loads every value
	aware *Stmt // leaves large values out; made when the first one is met
}

// Row is the row that a Scanner stands on.
type Row struct {
	Values []Value // as the Scanner's columns
	Rowid  int64   // where the table has none, the row's place in the order of its key, from 1
	s      *Scanner
}

// Range is a part of a table: rowids from Low to High. Whole is the range of a
// table without rowids.
type Range struct{ Low, High int64 }

// Whole is all of a table.
var Whole = Range{math.MinInt64, math.MaxInt64}

// Scan prepares to read columns (by their positions) of a table.
func (c *Conn) Scan(t *Table, columns []int) (*Scanner, error) {
	s := &Scanner{c: c, table: t, cols: columns}
	s.row = Row{Values: make([]Value, len(columns)), s: s}
	var err error
	s.plain, err = c.Prepare(s.query(false))
	return s, err
}

// query selects the rowid, then each column with a plus before it, which hides
// the declared type; aware, each column is followed by its class and size, and a
// large value is NULL.
func (s *Scanner) query(aware bool) string {
	var b strings.Builder
	b.WriteString("SELECT ")
	if s.table.HasRowid() {
		b.WriteString(s.table.rowid)
	} else {
		b.WriteString("0")
	}
	for _, i := range s.cols {
		name := Quote(s.table.Columns[i].Name)
		if !aware {
			b.WriteString(", +" + name)
			continue
		}
		long := "octet_length(" + name + ") >= " + strconv.Itoa(LargeFrom)
		b.WriteString(", CASE WHEN " + long + " THEN NULL ELSE " + name + " END, CASE WHEN " + long + " THEN typeof(" + name + ") = 'text' END, octet_length(" + name + ")")
	}
	b.WriteString(" FROM " + Quote(s.table.Name) + s.table.itself())
	if s.table.HasRowid() {
		b.WriteString(" WHERE " + s.table.rowid + " BETWEEN ?1 AND ?2 ORDER BY " + s.table.rowid)
	}
	return b.String()
}

// itself makes a query read the rows themselves, whatever an index says. Those of a
// table without rowids are the entries of its primary key, and SQLite, told NOT INDEXED,
// would read any other index that has what is asked for, in an order of its own.
func (t *Table) itself() string {
	for _, x := range t.Indexes {
		if t.WithoutRowid && x.Origin == "pk" {
			return " INDEXED BY " + Quote(x.Name)
		}
	}
	return " NOT INDEXED"
}

// Close ends the scanner.
func (s *Scanner) Close() {
	s.plain.Close()
	if s.aware != nil {
		s.aware.Close()
	}
}

// every is how many rows pass between two looks at the context.
const every = 512

// Each calls row for each row of a range, in the order of their rowids. The row
// is good until row returns.
func (s *Scanner) Each(ctx context.Context, r Range, row func(*Row) error) error {
	if !s.table.inPieces() {
		s.c.allow(maxLength)
		defer s.c.allow(LargeFrom)
	}
	if s.table.HasRowid() {
		s.plain.Bind(1, r.Low)
		s.plain.Bind(2, r.High)
	}
	defer s.plain.reset()
	for n := 0; ; n++ {
		if n%every == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		more, err := s.plain.Next()
		if tooBig(err) && s.table.inPieces() {
			if n > 0 {
				r.Low = s.row.Rowid + 1
			}
			return s.eachLarge(ctx, r, row)
		}
		if err != nil || !more {
			return err
		}
		if s.row.Rowid = int64(n) + 1; s.table.HasRowid() {
			s.row.Rowid = s.plain.Int(0)
		}
		for i := range s.row.Values {
			s.plain.Read(i+1, &s.row.Values[i])
		}
		if err := row(&s.row); err != nil {
			return err
		}
	}
}

// eachLarge reads a range that holds large values.
func (s *Scanner) eachLarge(ctx context.Context, r Range, row func(*Row) error) error {
	if s.aware == nil {
		var err error
		if s.aware, err = s.c.Prepare(s.query(true)); err != nil {
			return err
		}
	}
	s.c.allow(maxLength) // for rows that are large as a whole
	defer s.c.allow(LargeFrom)
	s.aware.Bind(1, r.Low)
	s.aware.Bind(2, r.High)
	defer s.aware.reset()
	var large Value
	for n := 0; ; n++ {
		if n%every == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		more, err := s.aware.Next()
		if err != nil || !more {
			return err
		}
		s.row.Rowid = s.aware.Int(0)
		for i := range s.row.Values {
			v := &s.row.Values[i]
			s.aware.Read(3*i+1, v)
			if s.aware.Read(3*i+2, &large); large.Class == Null {
				continue
			}
			v.Class, v.Large, v.Bytes, v.Size = Blob, true, nil, s.aware.Int(3*i+3)
			if large.Int == 1 {
				v.Class = Text
			}
			if s.c.utf16 && v.Class == Text {
				if err := s.loadText(v, i); err != nil {
					return err
				}
			}
		}
		if err := row(&s.row); err != nil {
			return err
		}
	}
}

// loadText loads a large text of a UTF-16 file: in pieces it would not be UTF-8.
func (s *Scanner) loadText(v *Value, i int) error {
	sql := "SELECT " + Quote(s.table.Columns[s.cols[i]].Name) + " FROM " + Quote(s.table.Name) + " WHERE " + s.table.rowid + " = " + strconv.FormatInt(s.row.Rowid, 10)
	return s.c.each(sql, func(one *Stmt) error {
		one.Read(0, v)
		v.Bytes = append([]byte(nil), v.Bytes...)
		return nil
	})
}

// Open reads a large value in pieces.
func (r *Row) Open(i int) (*Large, error) {
	return r.s.c.openLarge(r.s.table.Name, r.s.table.Columns[r.s.cols[i]].Name, r.Rowid)
}

// Load reads a large value whole into memory.
func (r *Row) Load(i int) error {
	l, err := r.Open(i)
	if err != nil {
		return err
	}
	defer l.Close()
	v := &r.Values[i]
	v.Bytes = make([]byte, l.Size())
	for at := 0; at < len(v.Bytes); {
		n, err := l.Read(v.Bytes[at:])
		if err != nil {
			return err
		}
		at += n
	}
	v.Large = false
	return nil
}

// Filled counts the values of a column that are not NULL.
func (c *Conn) Filled(t *Table, column int) (int64, error) {
	return c.Count("SELECT count(" + Quote(t.Columns[column].Name) + ") FROM " + Quote(t.Name))
}

// Rows counts the rows of a table.
func (c *Conn) Rows(t *Table) (int64, error) {
	return c.Count("SELECT count(*) FROM " + Quote(t.Name))
}

// Bounds are the smallest and the largest rowid of a table that has rowids and rows.
func (c *Conn) Bounds(t *Table) (low, high int64, err error) {
	if low, err = c.Count("SELECT min(" + t.rowid + ") FROM " + Quote(t.Name)); err != nil {
		return 0, 0, err
	}
	high, err = c.Count("SELECT max(" + t.rowid + ") FROM " + Quote(t.Name))
	return low, high, err
}

// Ranges cuts a table of so many rows into ranges of about size rows.
func (c *Conn) Ranges(t *Table, rows int64, size int64) ([]Range, error) {
	if !t.HasRowid() || rows <= size {
		return []Range{Whole}, nil
	}
	low, high, err := c.Bounds(t)
	if err != nil {
		return nil, err
	}
	var ranges []Range
	if uint64(high)-uint64(low) < 4*uint64(rows) { // few gaps
		step := int64((uint64(high)-uint64(low))/uint64(rows)+1) * size
		for at := low; ; at += step {
			if high-at < step {
				return append(ranges, Range{at, high}), nil
			}
			ranges = append(ranges, Range{at, at + step - 1})
		}
	}
	walk, err := c.Prepare("SELECT " + t.rowid + " FROM " + Quote(t.Name) + " WHERE " + t.rowid + " > ?1 ORDER BY 1 LIMIT 1 OFFSET " + strconv.FormatInt(size-1, 10))
	if err != nil {
		return nil, err
	}
	defer walk.Close()
	for at := low; ; {
		walk.Bind(1, at)
		more, err := walk.Next()
		if err != nil {
			return nil, err
		}
		if !more {
			return append(ranges, Range{at, high}), nil
		}
		next := walk.Int(0)
		ranges = append(ranges, Range{at, next - 1})
		at = next
	}
}
