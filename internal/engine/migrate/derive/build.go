// Package derive makes a PostgreSQL schema of a SQLite one, for a target that is
// empty: types from the declarations and from the values themselves, keys, rules
// and defaults where they have a certain equal. What has none is listed, and
// never made almost the same.
package derive

import (
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"cofre/internal/engine/migrate/source"
	"cofre/internal/engine/migrate/target"
)

// Plan is a schema that can be made.
type Plan struct {
	Tables  []*target.Table
	Remarks []Remark
	create  []string // the tables
	indexes []target.Piece
	keys    []target.Piece
	views   []target.Piece
}

// Remark is something of the file's schema that is carried in another way, or not.
type Remark struct {
	Code   string // below
	Table  string
	Column string
	Name   string // of the object
	Text   string // its SQL
}

// The codes of remarks.
const (
	Widened       = "widened"        // the values need a wider type than was declared
	NotCarried    = "rule_left"      // a CHECK, default, index, foreign key or generated column without a certain equal
	Trigger       = "trigger_left"   // triggers are programs of SQLite's own
	ViewLeft      = "view_left"      // a view that can't be translated
	ViewTried     = "view_tried"     // a view that is made if PostgreSQL takes its translation
	CaseSensitive = "case_sensitive" // COLLATE NOCASE: unique keys ignore case, comparisons no longer do
	Renamed       = "renamed"        // an index whose name is too long, or taken
	NameTooLong   = "name_too_long"  // a table or column whose name PostgreSQL would cut
	Computed      = "computed"       // a generated column that becomes an ordinary one with its values
)

// mostName is how many bytes of a name PostgreSQL keeps.
const mostName = 63

// Schema derives a schema in a PostgreSQL schema of that name. Evidence is by
// table, and in it by column.
func Schema(from *source.Schema, evidence [][]Evidence, schema string) *Plan {
	b := &builder{Plan: &Plan{}, from: from, schema: schema, definitions: map[string]*definition{}, names: map[string]bool{}}
	for i := range from.Tables {
		b.definitions[from.Tables[i].Name] = parseTable(from.Tables[i].SQL)
		b.names[from.Tables[i].Name] = true
	}
	made := recognize(from, b.definitions)
	for i := range from.Tables {
		b.table(&from.Tables[i], evidence[i], made)
	}
	b.matchForeignTypes(evidence)
	for i := range from.Tables {
		b.makeTable(i)
	}
	for i := range from.Tables {
		b.makeForeignKeys(i)
	}
	for _, v := range from.Views {
		b.view(v)
	}
	for _, t := range from.Triggers {
		b.remark(Remark{Code: Trigger, Table: t.Table, Name: t.Name, Text: t.SQL})
	}
	return b.Plan
}

type builder struct {
	*Plan
	from        *source.Schema
	schema      string
	definitions map[string]*definition
	names       map[string]bool // of tables and indexes
}

func (b *builder) remark(r Remark) { b.Remarks = append(b.Remarks, r) }

// table decides the columns' types.
func (b *builder) table(from *source.Table, evidence []Evidence, made framework) {
	t := &target.Table{Schema: b.schema, Name: from.Name, Owned: true}
	d := b.definitions[from.Name]
	b.checkName(from.Name, from.Name, "")
	for i := range from.Columns {
		c := &from.Columns[i]
		b.checkName(from.Name, c.Name, c.Name)
		typ, widened := typeOf(c, &evidence[i], made, d.holdsJSON(c.Name))
		if i == from.RowidColumn {
			typ, widened = plain("bigint"), false
		}
		if widened {
			b.remark(Remark{Code: Widened, Table: from.Name, Column: c.Name, Name: typ.SQL, Text: c.Type})
		}
		t.Columns = append(t.Columns, &target.Column{Name: c.Name, Number: int16(i + 1), Type: typ, Identity: i == from.RowidColumn,
			NotNull: c.NotNull || slices.Contains(from.PrimaryKey, i)})
	}
	b.Tables = append(b.Tables, t)
}

func (b *builder) checkName(table, name, column string) {
	if len(name) > mostName {
		b.remark(Remark{Code: NameTooLong, Table: table, Column: column, Name: name})
	}
}

// holdsJSON says whether a CHECK demands JSON of a column, as Django writes it.
func (d *definition) holdsJSON(column string) bool {
	for _, c := range d.checks {
		for i, t := range c.expr {
			if t.is("JSON_VALID") && i+2 < len(c.expr) && c.expr[i+1].is("(") && c.expr[i+2].name() && strings.EqualFold(c.expr[i+2].text, column) {
				return true
			}
		}
	}
	return false
}

// matchForeignTypes gives a column that points to another the type of that one,
// where their types can't be compared and the values allow it.
func (b *builder) matchForeignTypes(evidence [][]Evidence) {
	for range b.from.Tables { // chains of keys settle in as many rounds at most
		for i := range b.from.Tables {
			from := &b.from.Tables[i]
			for _, k := range from.ForeignKeys {
				p, to := b.parent(&k)
				if p < 0 {
					continue
				}
				for n, name := range k.Columns {
					at := from.Column(name)
					if at < 0 || n >= len(to) {
						continue
					}
					child, parent := b.Tables[i].Columns[at], b.Tables[p].Columns[to[n]]
					e := &evidence[i][at]
					fits := e.values() == 0 || classOf(parent.Type) == numeral && e.Integers == e.values() ||
						parent.Type.SQL == "uuid" && e.all(PlainUUID|DashedUUID) || classOf(parent.Type) == textual && e.Texts == e.values()
					if child.Type.OID != parent.Type.OID && fits && (classOf(child.Type) != numeral || classOf(parent.Type) != numeral) {
						child.Type = parent.Type
					}
				}
			}
		}
	}
}

// parent finds the table of a foreign key and the columns that it points to; -1
// where there is no such table.
func (b *builder) parent(k *source.ForeignKey) (table int, columns []int) {
	table = slices.IndexFunc(b.from.Tables, func(t source.Table) bool { return strings.EqualFold(t.Name, k.Parent) })
	if table < 0 {
		return -1, nil
	}
	p := &b.from.Tables[table]
	if len(k.To) == 0 {
		return table, p.PrimaryKey
	}
	for _, name := range k.To {
		at := p.Column(name)
		if at < 0 {
			return -1, nil
		}
		columns = append(columns, at)
	}
	return table, columns
}

// makeTable writes a table with its rules, and its keys and indexes for later.
func (b *builder) makeTable(i int) {
	from, t := &b.from.Tables[i], b.Tables[i]
	d := b.definitions[from.Name]
	columns := map[string]columnType{}
	for _, c := range t.Columns {
		columns[strings.ToLower(c.Name)] = columnType{c.Name, classOf(c.Type)}
	}
	var lines []string
	for n, c := range t.Columns {
		lines = append(lines, b.columnLine(from, n, c, d, columns))
	}
	for _, c := range d.checks {
		e, exact, err := condition(c.expr, columns)
		switch {
		case err == nil && e.always:
		case err != nil || !exact:
			b.remark(Remark{Code: NotCarried, Table: from.Name, Name: c.name, Text: "CHECK (" + write(c.expr) + ")"})
		default:
			lines = append(lines, constraint(c.name)+"CHECK ("+e.sql+")")
		}
	}
	b.create = append(b.create, "CREATE TABLE "+t.SQL()+" ("+strings.Join(lines, ", ")+")")
	b.makeKeys(from, t, d, columns)
}

func (b *builder) columnLine(from *source.Table, n int, c *target.Column, d *definition, columns map[string]columnType) string {
	line := pgx.Identifier{c.Name}.Sanitize() + " " + c.Type.SQL
	def := d.columns[strings.ToLower(c.Name)]
	switch f := &from.Columns[n]; {
	case f.Generated:
		var e expression
		exact, err := false, errUntranslated
		if def != nil {
			e, exact, err = value(def.generated, columns)
		}
		if err == nil && exact && e.class == classOf(c.Type) {
			line += " GENERATED ALWAYS AS (" + e.sql + ") STORED"
			c.Generated = true
		} else {
			b.remark(Remark{Code: Computed, Table: from.Name, Column: c.Name})
		}
	case c.Identity:
		line += " GENERATED BY DEFAULT AS IDENTITY"
	case f.Default != "":
		sql, ok := defaultOf(f.Default, c.Type, columns)
		if c.Default = sql; ok && sql != "" {
			line += " DEFAULT " + sql
		} else if !ok {
			c.Default = ""
			b.remark(Remark{Code: NotCarried, Table: from.Name, Column: c.Name, Text: "DEFAULT " + f.Default})
		}
	}
	if def != nil && def.collation == "NOCASE" {
		b.remark(Remark{Code: CaseSensitive, Table: from.Name, Column: c.Name})
	}
	if c.NotNull && !c.Identity {
		line += " NOT NULL"
	}
	return line
}

// write writes tokens for a person.
func write(tokens []token) string {
	var b strings.Builder
	for i, t := range tokens {
		call := t.is("(") && i > 0 && tokens[i-1].name()
		if i > 0 && !call && !t.is(")", ",", ".") && !tokens[i-1].is("(", ".") {
			b.WriteByte(' ')
		}
		switch t.kind {
		case text:
			b.WriteString(literal(t.text))
		case bytes:
			b.WriteString("x" + literal(t.text))
		case quoted:
			b.WriteString(source.Quote(t.text))
		default:
			b.WriteString(t.text)
		}
	}
	return b.String()
}
