package migrate

import (
	"errors"
	"slices"
	"strings"

	"cofre/internal/backup"
	"cofre/internal/engine/migrate/convert"
	"cofre/internal/engine/migrate/source"
	"cofre/internal/engine/migrate/target"
	"cofre/internal/errs"
)

// table is the way of one table from the file into the target.
type table struct {
	from    *source.Table
	to      *target.Table
	rows    int64
	columns []column // those that are carried, in the target's order
}

// column is the way of one column.
type column struct {
	from   int // position in the file's table
	to     *target.Column
	codec  convert.Codec
	policy policy
	nulls  Action // about NULL where the target must have a value; "" where it need not
	fill   []byte // the target's default for such a column, where it is a constant
}

// name of the column, as the file spells it.
func (t *table) name(c *column) string { return t.from.Columns[c.from].Name }

// matcher finds the place of each table and column. Names must be equal, or equal
// but for case where that leaves one possibility; it guesses nothing beyond that.
type matcher struct {
	source   *source.Schema
	schema   *target.Schema
	choices  Choices
	options  convert.Options
	findings []Finding
	taken    map[*target.Table]bool
	// filled counts the values of a column of the file that are not NULL.
	filled func(t *source.Table, column int) (int64, error)
	// constant is the binary form of a column's default, where that is a constant.
	constant func(c *target.Column) ([]byte, bool)
	err      error
}

// table returns the way of a table, or nil where it has none.
func (m *matcher) table(from *source.Table, rows int64) *table {
	to, ambiguous := m.place(from.Name)
	if to == nil {
		f := Finding{Table: from.Name, Code: TableMissing, Rows: rows, Options: []Action{Leave, Stop}, Args: errs.Args{}}
		if ambiguous {
			f.Code = TableAmbiguous
		} else if like := m.tableLike(from.Name); like != nil {
			f.Options, f.Args["like"] = []Action{Convert, Leave, Stop}, like.Qualified()
		}
		if f = decided(f, m.choices); rows == 0 && f.Action == Stop {
			f.Action, f.Level = Leave, backup.Info
		}
		m.findings = append(m.findings, f)
		if f.Action != Convert {
			return nil
		}
		to = m.tableLike(from.Name)
	}
	m.taken[to] = true
	t := &table{from: from, to: to, rows: rows}
	m.rights(t)
	m.columns(t)
	return t
}

// place finds the target's table for a name: of the tables that are spelled so,
// the first in the search path; else the only one that differs by case.
func (m *matcher) place(name string) (to *target.Table, ambiguous bool) {
	for _, equal := range []func(a, b string) bool{func(a, b string) bool { return a == b }, strings.EqualFold} {
		var found []*target.Table
		for _, t := range m.schema.Tables {
			if equal(t.Name, name) && !m.taken[t] {
				found = append(found, t)
			}
		}
		if len(found) == 1 {
			return found[0], false
		}
		for _, schema := range m.schema.Path {
			var here []*target.Table
			for _, t := range found {
				if t.Schema == schema {
					here = append(here, t)
				}
			}
			if len(here) == 1 {
				return here[0], false
			}
			ambiguous = ambiguous || len(here) > 1
		}
		if len(found) > 1 {
			return nil, true
		}
	}
	return nil, ambiguous
}

// alike says whether two names differ by case and underscores at most:
// PlaylistTrack and playlist_track.
func alike(a, b string) bool {
	plain := func(s string) string { return strings.ToLower(strings.ReplaceAll(s, "_", "")) }
	return plain(a) == plain(b)
}

// tableLike is the only table that could be meant by a name of another style, nil
// where there is none or more. One that is named as another table of the file is
// that one's.
func (m *matcher) tableLike(name string) *target.Table {
	var found *target.Table
	for _, t := range m.schema.Tables {
		named := slices.ContainsFunc(m.source.Tables, func(f source.Table) bool { return strings.EqualFold(f.Name, t.Name) })
		switch {
		case named || m.taken[t] || !alike(t.Name, name):
		case found != nil:
			return nil
		default:
			found = t
		}
	}
	return found
}

// meant says whether a table of the file that looks like this one is not decided yet.
func (m *matcher) meant(to *target.Table) bool {
	return slices.ContainsFunc(m.findings, func(f Finding) bool {
		return f.Code == TableMissing && f.Args["like"] == to.Qualified() && f.Action == Stop
	})
}

func (m *matcher) rights(t *table) {
	if !t.to.Owned {
		m.findings = append(m.findings, Finding{Table: t.from.Name, Code: NotOwner, Action: Stop, Level: backup.Blocker, Args: errs.Args{"target": t.to.Qualified()}})
	} else if t.to.Hidden {
		m.findings = append(m.findings, Finding{Table: t.from.Name, Code: RowSecurity, Action: Stop, Level: backup.Blocker, Args: errs.Args{"target": t.to.Qualified()}})
	}
}

func (m *matcher) columns(t *table) {
	byTarget := map[*target.Column]int{}
	for i := range t.from.Columns {
		if to := m.column(t, i, byTarget); to != nil {
			byTarget[to] = i
		}
	}
	for _, to := range t.to.Columns {
		from, carried := byTarget[to]
		switch {
		case !carried:
			m.extra(t, to)
		case to.Generated:
			m.findings = append(m.findings, Finding{Table: t.from.Name, Column: t.from.Columns[from].Name, Type: to.Type.SQL, Code: ColumnComputed, Rows: t.rows, Action: Convert, Level: backup.Info})
		default:
			name := t.from.Columns[from].Name
			c := column{from: from, to: to, codec: convert.For(to.Type, m.options), policy: policyOf(m.choices, t.from.Name, name)}
			if to.NotNull {
				c.nulls = Stop
				c.fill, _ = m.constant(to)
				switch a := chosen(m.choices, t.from.Name, name, NullValue); {
				case a == Leave, a == Default && c.fill != nil:
					c.nulls = a
				}
			}
			t.columns = append(t.columns, c)
		}
	}
}

// column finds the target's column for one of the file's, or nil.
func (m *matcher) column(t *table, i int, taken map[*target.Column]int) *target.Column {
	name := t.from.Columns[i].Name
	if c := t.to.Column(name); c != nil {
		return c
	}
	var found, like []*target.Column
	for _, c := range t.to.Columns {
		if _, already := taken[c]; already || t.from.Column(c.Name) >= 0 && t.from.Columns[t.from.Column(c.Name)].Name == c.Name {
			continue // belongs to another one by its exact name
		}
		switch {
		case strings.EqualFold(c.Name, name):
			found = append(found, c)
		case alike(c.Name, name):
			like = append(like, c)
		}
	}
	if len(found) == 1 {
		return found[0]
	}
	f := Finding{Table: t.from.Name, Column: name, Code: ColumnMissing, Options: []Action{Leave, Stop}, Args: errs.Args{"target": t.to.Qualified()}}
	if len(like) == 1 {
		f.Rows, f.Options, f.Args["like"] = t.rows, []Action{Convert, Leave, Stop}, like[0].Name
		if chosen(m.choices, t.from.Name, name, ColumnMissing) == Convert {
			m.findings = append(m.findings, decided(f, m.choices))
			return like[0]
		}
	}
	rows, err := m.filled(t.from, i)
	m.err = errors.Join(m.err, err)
	f.Rows = rows
	if f = decided(f, m.choices); rows == 0 {
		f.Options, f.Action, f.Level = nil, Leave, backup.Info
	}
	m.findings = append(m.findings, f)
	return nil
}

// waits says whether a column of the file that looks like this one is not decided
// yet.
func (m *matcher) waits(t *table, to *target.Column) bool {
	for _, f := range m.findings {
		if f.Table == t.from.Name && f.Code == ColumnMissing && f.Args["like"] == to.Name && f.Action == Stop {
			return true
		}
	}
	return false
}

// extra says what happens to a column that only the target has.
func (m *matcher) extra(t *table, to *target.Column) {
	f := Finding{Table: t.from.Name, Column: to.Name, Type: to.Type.SQL, Rows: t.rows, Action: Convert, Level: backup.Info}
	switch {
	case to.Generated:
		return
	case to.Default != "" || to.Identity:
		f.Code, f.Args = ColumnDefault, errs.Args{"default": to.Default}
	case !to.NotNull:
		f.Code = ColumnNull
	case t.rows == 0 || m.waits(t, to):
		return
	default:
		f.Code, f.Action, f.Level = ColumnRequired, Stop, backup.Blocker
	}
	m.findings = append(m.findings, f)
}
