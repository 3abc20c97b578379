package source

import (
	"fmt"
	"slices"
	"strings"
)

// Schema is what a file holds besides rows.
type Schema struct {
	Tables   []Table  // ordinary tables of the application, in the order they were made
	Virtual  []Object // virtual tables, such as FTS5 and R-tree ones; their shadow tables are nowhere
	Views    []Object
	Triggers []Object
}

// Object is a part of the schema that is known by its SQL. Table is the one
// that a trigger or index belongs to.
type Object struct{ Name, Table, SQL string }

// Table is an ordinary table.
type Table struct {
	Name         string
	SQL          string // its CREATE TABLE
	Columns      []Column
	PrimaryKey   []int // positions in Columns, in key order
	RowidColumn  int   // the column that is another name of the rowid, or -1
	WithoutRowid bool
	Strict       bool
	Indexes      []Index
	ForeignKeys  []ForeignKey
	Sequence     int64 // largest key that AUTOINCREMENT ever gave, 0 where it does not count
	rowid        string
}

// Column of a table.
type Column struct {
	Name      string
	Type      string // as declared, "" where not
	NotNull   bool
	Default   string // an SQL expression, "" for none
	Generated bool
	Stored    bool // of a generated column
}

// Index is an index, that of a UNIQUE or PRIMARY KEY constraint included.
type Index struct {
	Name   string
	Unique bool
	Origin string // "c" CREATE INDEX, "u" UNIQUE, "pk" PRIMARY KEY
	SQL    string // of CREATE INDEX
	Where  bool   // partial
	Parts  []IndexPart
}

// IndexPart is a column of an index; Column is -1 for an expression.
type IndexPart struct {
	Column    int
	Desc      bool
	Collation string
}

// Known says whether SQLite itself can compare the part, without what only the
// application has.
func (p IndexPart) Known() bool {
	return slices.Contains([]string{"BINARY", "NOCASE", "RTRIM"}, strings.ToUpper(p.Collation))
}

// ForeignKey of a table. To is empty where the parent's primary key is meant.
type ForeignKey struct {
	Columns  []string
	Parent   string
	To       []string
	OnUpdate string
	OnDelete string
}

// Column returns the position of a column, by SQLite's rule for names, or -1.
func (t *Table) Column(name string) int {
	return slices.IndexFunc(t.Columns, func(c Column) bool { return strings.EqualFold(c.Name, name) })
}

// HasRowid says whether the rows can be addressed by a rowid.
func (t *Table) HasRowid() bool { return t.rowid != "" }

// inPieces says whether a large value can be read in pieces: SQLite does that by
// rowid, and not in tables with generated columns. Elsewhere values are loaded
// whole.
func (t *Table) inPieces() bool {
	return t.HasRowid() && !slices.ContainsFunc(t.Columns, func(c Column) bool { return c.Generated })
}

// ReadSchema reads the schema.
func (c *Conn) ReadSchema() (*Schema, error) {
	kinds := map[string]string{}
	without, strict := map[string]bool{}, map[string]bool{}
	err := c.each("PRAGMA main.table_list", func(s *Stmt) error {
		if s.String(0) == "main" {
			name := s.String(1)
			kinds[name] = s.String(2)
			without[name], strict[name] = s.Int(4) != 0, s.Int(5) != 0
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var schema Schema
	err = c.each("SELECT type, name, tbl_name, coalesce(sql, '') FROM main.sqlite_master ORDER BY rowid", func(s *Stmt) error {
		o := Object{Name: s.String(1), Table: s.String(2), SQL: s.String(3)}
		switch s.String(0) {
		case "view":
			schema.Views = append(schema.Views, o)
		case "trigger":
			schema.Triggers = append(schema.Triggers, o)
		case "table":
			switch {
			case kinds[o.Name] == "virtual":
				schema.Virtual = append(schema.Virtual, o)
			case kinds[o.Name] == "table" && !strings.HasPrefix(strings.ToLower(o.Name), "sqlite_"):
				schema.Tables = append(schema.Tables, Table{Name: o.Name, SQL: o.SQL, WithoutRowid: without[o.Name], Strict: strict[o.Name]})
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for i := range schema.Tables {
		if err := c.readTable(&schema.Tables[i]); err != nil {
			return nil, fmt.Errorf("read the schema of %s: %w", schema.Tables[i].Name, err)
		}
	}
	return &schema, c.readSequences(schema.Tables)
}

func (c *Conn) readTable(t *Table) error {
	var keys []int
	err := c.each("PRAGMA main.table_xinfo("+literal(t.Name)+")", func(s *Stmt) error {
		hidden := s.Int(6)
		if hidden == 1 {
			return nil
		}
		t.Columns = append(t.Columns, Column{Name: s.String(1), Type: s.String(2), NotNull: s.Int(3) != 0, Default: s.String(4), Generated: hidden >= 2, Stored: hidden == 3})
		keys = append(keys, int(s.Int(5)))
		return nil
	})
	if err != nil {
		return err
	}
	for n := 1; ; n++ {
		i := slices.Index(keys, n)
		if i < 0 {
			break
		}
		t.PrimaryKey = append(t.PrimaryKey, i)
	}
	if err := c.readIndexes(t); err != nil {
		return err
	}
	t.RowidColumn = -1
	if !t.WithoutRowid {
		if len(t.PrimaryKey) == 1 && !slices.ContainsFunc(t.Indexes, func(x Index) bool { return x.Origin == "pk" }) {
			t.RowidColumn = t.PrimaryKey[0]
		}
		for _, name := range []string{"rowid", "_rowid_", "oid"} {
			if t.Column(name) < 0 {
				t.rowid = name
				break
			}
		}
		if t.rowid == "" && t.RowidColumn >= 0 {
			t.rowid = Quote(t.Columns[t.RowidColumn].Name)
		}
	}
	return c.readForeignKeys(t)
}

func (c *Conn) readIndexes(t *Table) error {
	err := c.each("PRAGMA main.index_list("+literal(t.Name)+")", func(s *Stmt) error {
		t.Indexes = append(t.Indexes, Index{Name: s.String(1), Unique: s.Int(2) != 0, Origin: s.String(3), Where: s.Int(4) != 0})
		return nil
	})
	if err != nil {
		return err
	}
	slices.Reverse(t.Indexes) // in the order they were made
	for i := range t.Indexes {
		x := &t.Indexes[i]
		err := c.each("PRAGMA main.index_xinfo("+literal(x.Name)+")", func(s *Stmt) error {
			if s.Int(5) != 0 { // a part of the key, not the rowid behind it
				x.Parts = append(x.Parts, IndexPart{Column: max(-2, int(s.Int(1))), Desc: s.Int(3) != 0, Collation: s.String(4)})
			}
			return nil
		})
		if err != nil {
			return err
		}
		for j := range x.Parts {
			if x.Parts[j].Column < 0 {
				x.Parts[j].Column = -1
			}
		}
		if x.Origin == "c" {
			err = c.each("SELECT sql FROM main.sqlite_master WHERE type = 'index' AND name = "+literal(x.Name), func(s *Stmt) error {
				x.SQL = s.String(0)
				return nil
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *Conn) readForeignKeys(t *Table) error {
	last := int64(-1)
	err := c.each("PRAGMA main.foreign_key_list("+literal(t.Name)+")", func(s *Stmt) error {
		if id := s.Int(0); id != last {
			last = id
			t.ForeignKeys = append(t.ForeignKeys, ForeignKey{Parent: s.String(2), OnUpdate: s.String(5), OnDelete: s.String(6)})
		}
		k := &t.ForeignKeys[len(t.ForeignKeys)-1]
		k.Columns = append(k.Columns, s.String(3))
		if to := s.String(4); to != "" {
			k.To = append(k.To, to)
		}
		return nil
	})
	slices.Reverse(t.ForeignKeys)
	return err
}

// readSequences reads what AUTOINCREMENT remembers, where a table uses it.
func (c *Conn) readSequences(tables []Table) error {
	n, err := c.Count("SELECT count(*) FROM main.sqlite_master WHERE name = 'sqlite_sequence'")
	if err != nil || n == 0 {
		return err
	}
	return c.each("SELECT name, seq FROM main.sqlite_sequence", func(s *Stmt) error {
		for i := range tables {
			if tables[i].Name == s.String(0) {
				tables[i].Sequence = s.Int(1)
			}
		}
		return nil
	})
}

// Quote makes an identifier of a name.
func Quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func literal(s string) string { return `'` + strings.ReplaceAll(s, `'`, `''`) + `'` }
