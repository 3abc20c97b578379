package source

import (
	"context"
	"encoding/binary"
	"errors"
	"hash/maphash"
	"math"
	"slices"
	"strings"

	sqlite3 "modernc.org/sqlite/lib"
)

// Sum is a sum over rows, or over the entries of an index, that does not depend on
// their order: of a hash of the rowid and of the values that the index is of. An
// index that holds its rows, and nothing else, has their sum.
type Sum struct {
	n, hash uint64
	seed    maphash.Seed
	room    []byte
}

// NewSum is a sum of nothing. Sums of one seed can be compared.
func NewSum(seed maphash.Seed) Sum { return Sum{seed: seed} }

// Add adds a row whose values stand at these places.
func (s *Sum) Add(rowid int64, values []Value, at []int) {
	b := binary.LittleEndian.AppendUint64(s.room[:0], uint64(rowid))
	for _, i := range at {
		v := &values[i]
		b = append(b, byte(v.Class))
		switch v.Class {
		case Integer:
			b = binary.LittleEndian.AppendUint64(b, uint64(v.Int))
		case Real:
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v.Real))
		case Text, Blob: // a large value has no bytes here, and none of an index has any
			b = append(binary.LittleEndian.AppendUint64(b, uint64(len(v.Bytes))), v.Bytes...)
		}
	}
	s.room = b
	s.n++
	s.hash += maphash.Bytes(s.seed, b)
}

// Merge adds what another one has added.
func (s *Sum) Merge(o Sum) {
	s.n += o.n
	s.hash += o.hash
}

// Equal says whether both are of the same rows.
func (s *Sum) Equal(o Sum) bool { return s.n == o.n && s.hash == o.hash }

// Alone says whether an index can be read without its table and has all of its
// rows, as its columns hold them. It returns the columns.
func (t *Table) Alone(x *Index) (columns []int, ok bool) {
	if !t.HasRowid() || x.Where {
		return nil, false
	}
	for _, p := range x.Parts {
		if p.Column < 0 || t.Columns[p.Column].Generated {
			return nil, false
		}
		columns = append(columns, p.Column)
	}
	return columns, true
}

// Entries adds what an index holds (see Alone) to sum. It says whether it could be
// read without its table and, of a unique one, whether it is seen to hold nothing
// twice; where not, sum is worth nothing.
func (c *Conn) Entries(ctx context.Context, t *Table, x *Index, sum *Sum) (ok bool, err error) {
	sql := "SELECT " + t.rowid
	for _, p := range x.Parts {
		sql += ", +" + Quote(t.Columns[p.Column].Name)
	}
	sql += " FROM " + Quote(t.Name) + " INDEXED BY " + Quote(x.Name)
	var way string
	if err := c.each("EXPLAIN QUERY PLAN "+sql, func(s *Stmt) error { way += s.String(3) + "\n"; return nil }); err != nil || !strings.Contains(way, " USING COVERING INDEX ") {
		return false, nil // another check says what is wrong with it
	}
	s, err := c.Prepare(sql)
	if err != nil {
		return false, err
	}
	defer s.Close()
	values, last, at := make([]Value, len(x.Parts)), make([]Value, len(x.Parts)), make([]int, len(x.Parts))
	for i := range at {
		at[i] = i
	}
	for n := 0; ; n++ {
		if n%every == 0 && ctx.Err() != nil {
			return true, ctx.Err()
		}
		more, err := s.Next()
		if tooBig(err) {
			return false, nil
		}
		if err != nil || !more {
			return true, err
		}
		for i := range values {
			s.Read(i+1, &values[i])
		}
		if x.Unique {
			if n > 0 && !x.follows(last, values) {
				return false, nil
			}
			for i := range values {
				last[i].keep(&values[i])
			}
		}
		sum.Add(s.Int(0), values, at)
	}
}

// Check is SQLite's own check of a table and its indexes, row by row. It returns
// what that says, nothing where it could not be made for want of what only the
// application has: then no more is known than that the rows can be read.
func (c *Conn) Check(t *Table) ([]string, error) {
	c.allow(maxLength)
	defer c.allow(LargeFrom)
	var lines []string
	err := c.each("PRAGMA main.integrity_check("+literal(t.Name)+")", func(s *Stmt) error {
		if line := s.String(0); line != "ok" {
			lines = append(lines, line)
		}
		return nil
	})
	var e *Error
	if errors.As(err, &e) && e.Code&0xff == sqlite3.SQLITE_ERROR {
		return nil, nil
	}
	return slices.Clip(lines), err
}
