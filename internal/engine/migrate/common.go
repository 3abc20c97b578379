package migrate

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/engine/migrate/convert"
	"cofre/internal/engine/migrate/source"
)

// InCommon implements backup.Migrator. Tables and columns are the same where their
// names are, in any case; where c says so, also where they differ by underscores.
func (m *Migrator) InCommon(lite, server backup.RowSide, c backup.Choices) (backup.RowSide, backup.RowSide, error) {
	zone, err := c.Location()
	if err != nil {
		return lite, server, err
	}
	own := map[string]string{} // names in SQLite, by those in PostgreSQL
	tables := slices.Clone(lite.Tables)
	for i, t := range tables {
		if name := counterpart(t.Name, server.Tables, c.Alike); name != "" && own[name] == "" {
			own[name], tables[i].Name = t.Name, name
		}
	}
	a := &spelled{Records: lite.Records, own: own, tables: map[string]*spelledTable{}, sqlite: true}
	b := &spelled{Records: server.Records, own: map[string]string{}, tables: a.tables}
	uncompared := map[string][]string{}
	for name := range own {
		a.tables[name], uncompared[name] = inCommon(lite, server, own[name], name, c.Alike, zone)
	}
	return backup.RowSide{Records: a, Tables: tables, Uncompared: uncompared}, backup.RowSide{Records: b, Tables: server.Tables, Uncompared: uncompared}, nil
}

// counterpart is PostgreSQL's name of one of SQLite's tables, of several the one in
// the schema public; "" where there is none.
func counterpart(name string, among []archive.Table, similar bool) string {
	find := func(same func(a, b string) bool) (found string) {
		for _, t := range among {
			_, bare, _ := strings.Cut(t.Name, ".")
			if same(bare, name) && (found == "" || strings.HasPrefix(t.Name, "public.")) {
				found = t.Name
			}
		}
		return found
	}
	if found := find(strings.EqualFold); found != "" || !similar {
		return found
	}
	return find(alike)
}

// inCommon pairs the columns of a table on both sides, and names those whose values
// can't be compared.
func inCommon(lite, server backup.RowSide, there, here string, similar bool, zone *time.Location) (*spelledTable, []string) {
	t := &spelledTable{own: map[string]string{}, spellers: map[string]*convert.Speller{}, taken: map[string]bool{}}
	var uncompared []string
	columns := lite.Columns(there)
	for _, column := range server.Columns(here) {
		at := slices.IndexFunc(columns, func(name string) bool { return strings.EqualFold(name, column) })
		if at < 0 && similar {
			at = slices.IndexFunc(columns, func(name string) bool { return alike(name, column) })
		}
		if at < 0 || t.taken[columns[at]] {
			continue
		}
		t.taken[columns[at]], t.own[column] = true, columns[at]
		if t.spellers[column] = convert.SpellerFor(server.Stored(here, column), convert.Options{Zone: zone}); t.spellers[column] == nil {
			uncompared = append(uncompared, column)
		}
	}
	return t, uncompared
}

// spelledTable is a table that is on both sides, by its columns in PostgreSQL.
type spelledTable struct {
	own      map[string]string // in SQLite
	taken    map[string]bool   // the columns of SQLite that are one of these
	spellers map[string]*convert.Speller
}

// spelled are the rows of one side in the form that both have in common. A table or
// a column that is on one side alone is as it was.
type spelled struct {
	archive.Records
	own    map[string]string // tables in Records, where they are called otherwise
	tables map[string]*spelledTable
	sqlite bool
}

func (s *spelled) name(table string) string { return cmp.Or(s.own[table], table) }

// column is the name of a column in Records.
func (s *spelled) column(table, column string) string {
	if t := s.tables[table]; t != nil && s.sqlite {
		return cmp.Or(t.own[column], column)
	}
	return column
}

func (s *spelled) Columns(table string) []string {
	t := s.tables[table]
	if t == nil {
		return s.Records.Columns(s.name(table))
	}
	names := map[string]string{} // in PostgreSQL, by SQLite's
	for column, own := range t.own {
		names[own] = column
	}
	var columns []string
	for _, column := range s.Records.Columns(s.name(table)) {
		if s.sqlite {
			column = cmp.Or(names[column], column)
		}
		if _, both := t.own[column]; !both || t.spellers[column] != nil {
			columns = append(columns, column)
		}
	}
	return columns
}

// Key is none where a part of it is not on both sides: the rest may be the same in
// several rows.
func (s *spelled) Key(table string) []string {
	if t := s.tables[table]; t != nil && s.sqlite {
		var key []string
		for _, own := range s.Records.Key(s.name(table)) {
			if !t.taken[own] {
				return nil
			}
			for column, name := range t.own {
				if name == own {
					key = append(key, column)
				}
			}
		}
		return key
	}
	return s.Records.Key(s.name(table))
}

// Type is told of columns that are on one side alone: the types of two kinds of
// database are never the same.
func (s *spelled) Type(table, column string) string {
	if t := s.tables[table]; t != nil && t.own[column] != "" {
		return ""
	}
	return s.Records.Type(s.name(table), column)
}

func (s *spelled) Zoned(table string) []string {
	if s.tables[table] != nil {
		return nil
	}
	return s.Records.Zoned(s.name(table))
}

// Read spells the values of columns that are on both sides, and writes those of
// others for a person.
func (s *spelled) Read(ctx context.Context, table string, columns []string, limit int64, yield func([][]byte) error) error {
	own, spellers := make([]string, len(columns)), make([]*convert.Speller, len(columns))
	for i, column := range columns {
		own[i] = s.column(table, column)
		if t := s.tables[table]; t != nil && t.spellers[column] != nil {
			one := *t.spellers[column] // both sides are read at the same time
			spellers[i] = &one
		}
	}
	values, buffers, plain := make([][]byte, len(columns)), make([][]byte, len(columns)), []byte(nil)
	return s.Records.Read(ctx, s.name(table), own, limit, func(row [][]byte) error {
		for i, v := range row {
			switch {
			case v == nil:
				values[i] = nil
				continue
			case spellers[i] == nil:
				buffers[i] = append(buffers[i][:0], s.Records.Show(v)...)
			case s.sqlite:
				buffers[i] = spellers[i].Spell(buffers[i][:0], valueOf(v))
			default:
				plain = archive.CopyValue(plain[:0], v)
				buffers[i] = spellers[i].SpellText(buffers[i][:0], plain)
			}
			values[i] = buffers[i]
		}
		return yield(values)
	})
}

// Show shows what Read has spelled.
func (*spelled) Show(value []byte) string {
	const most = 4096
	return strings.ToValidUTF8(string(value[:min(len(value), most)]), "\uFFFD")
}

// valueOf is a value that Records of SQLite gave.
func valueOf(value []byte) *source.Value {
	switch v := archive.SQLiteValue(value).(type) {
	case int64:
		return &source.Value{Class: source.Integer, Int: v}
	case float64:
		return &source.Value{Class: source.Real, Real: v}
	case []byte:
		return &source.Value{Class: source.Blob, Bytes: v, Size: int64(len(v))}
	case string:
		return &source.Value{Class: source.Text, Bytes: []byte(v), Size: int64(len(v))}
	}
	return &source.Value{}
}
