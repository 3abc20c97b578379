package derive

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"cofre/internal/engine/migrate/source"
	"cofre/internal/engine/migrate/target"
)

// makeKeys writes primary and unique keys and indexes.
func (b *builder) makeKeys(from *source.Table, t *target.Table, d *definition, columns map[string]columnType) {
	alter := "ALTER TABLE " + t.SQL() + " ADD "
	if len(from.PrimaryKey) > 0 {
		b.indexes = append(b.indexes, target.Piece{Name: from.Name + "_pkey", SQL: []string{alter + constraint(d.primaryName) + "PRIMARY KEY (" + list(t, from.PrimaryKey) + ")"}})
		t.Keys = append(t.Keys, target.Key{Name: from.Name + "_pkey", Primary: true, Columns: from.PrimaryKey, Exact: true})
	}
	for _, x := range from.Indexes {
		if x.Origin == "pk" {
			continue
		}
		positions, folded := b.indexParts(t, &x)
		if x.Origin == "u" && positions != nil && !folded {
			b.indexes = append(b.indexes, target.Piece{Name: from.Name, SQL: []string{alter + constraint(d.uniqueName(from, positions)) + "UNIQUE (" + list(t, positions) + ")"}})
			t.Keys = append(t.Keys, target.Key{Name: x.Name, Columns: positions, Exact: true})
			continue
		}
		b.index(from, t, &x, columns)
		if x.Unique && !x.Where && positions != nil {
			t.Keys = append(t.Keys, target.Key{Name: x.Name, Columns: positions, Exact: !folded})
		}
	}
}

// indexParts are the columns of an index that has no expressions, and whether one
// ignores case.
func (b *builder) indexParts(t *target.Table, x *source.Index) (positions []int, folded bool) {
	for _, p := range x.Parts {
		if p.Column < 0 {
			return nil, false
		}
		positions = append(positions, p.Column)
		folded = folded || p.Collation == "NOCASE" && classOf(t.Columns[p.Column].Type) == textual
	}
	return positions, folded
}

// index writes CREATE INDEX.
func (b *builder) index(from *source.Table, t *target.Table, x *source.Index, columns map[string]columnType) {
	left := func() { b.remark(Remark{Code: NotCarried, Table: from.Name, Name: x.Name, Text: x.SQL}) }
	tokens := lex(x.SQL)
	s := &scanner{tokens: tokens}
	for s.at < len(tokens) && !s.peek().is("(") {
		s.next()
	}
	written := split(s.group())
	var parts []string
	for n, p := range x.Parts {
		var sql string
		switch {
		case p.Column >= 0:
			sql = pgx.Identifier{t.Columns[p.Column].Name}.Sanitize()
			if p.Collation == "NOCASE" && classOf(t.Columns[p.Column].Type) == textual {
				sql = "lower(" + sql + ")"
			}
			if typ := t.Columns[p.Column].Type; typ.SQL == "json" || typ.SQL == "jsonb" {
				left()
				return
			}
		case n < len(written):
			expr := written[n]
			for len(expr) > 0 && expr[len(expr)-1].is("ASC", "DESC") {
				expr = expr[:len(expr)-1]
			}
			e, exact, err := value(expr, columns)
			if err != nil || !exact && x.Unique || p.Collation == "NOCASE" {
				left()
				return
			}
			sql = "(" + e.sql + ")"
		}
		if p.Desc {
			sql += " DESC"
		}
		parts = append(parts, sql)
	}
	where := ""
	if x.Where {
		if !s.accept("WHERE") {
			left()
			return
		}
		e, exact, err := condition(tokens[s.at:], columns)
		if err != nil || !exact {
			left()
			return
		}
		if !e.always {
			where = " WHERE " + e.sql
		}
	}
	unique := ""
	if x.Unique {
		unique = "UNIQUE "
	}
	name := ""
	if x.Origin == "c" {
		name = b.indexName(from.Name, x.Name)
	}
	b.indexes = append(b.indexes, target.Piece{Name: x.Name, SQL: []string{"CREATE " + unique + "INDEX " + name + " ON " + t.SQL() + " (" + strings.Join(parts, ", ") + ")" + where}})
}

// indexName is the index's own name, or one like it that PostgreSQL can have.
func (b *builder) indexName(table, name string) string {
	short := name
	if len(short) > mostName || b.names[short] || strings.HasSuffix(short, "_pkey") || strings.HasSuffix(short, "_key") {
		h := fnv.New32a()
		h.Write([]byte(table + name))
		short = strings.ToValidUTF8(short[:min(len(short), mostName-9)], "") + fmt.Sprintf("_%08x", h.Sum32())
		b.remark(Remark{Code: Renamed, Table: table, Name: name, Text: short})
	}
	b.names[short] = true
	return pgx.Identifier{short}.Sanitize()
}

// makeForeignKeys writes the foreign keys, for the end.
func (b *builder) makeForeignKeys(i int) {
	from, t := &b.from.Tables[i], b.Tables[i]
	d := b.definitions[from.Name]
	for n, k := range from.ForeignKeys {
		left := func() {
			b.remark(Remark{Code: NotCarried, Table: from.Name, Text: "FOREIGN KEY (" + strings.Join(k.Columns, ", ") + ") REFERENCES " + k.Parent})
		}
		p, to := b.parent(&k)
		var own []int
		for _, name := range k.Columns {
			if at := from.Column(name); at >= 0 {
				own = append(own, at)
			}
		}
		if p < 0 || len(to) != len(k.Columns) || len(own) != len(to) || !b.comparable(t, own, b.Tables[p], to) || !unique(b.Tables[p], to) {
			left()
			continue
		}
		sql := "FOREIGN KEY (" + list(t, own) + ") REFERENCES " + b.Tables[p].SQL() + " (" + list(b.Tables[p], to) + ")"
		for _, action := range []struct{ on, do string }{{" ON UPDATE ", k.OnUpdate}, {" ON DELETE ", k.OnDelete}} {
			if action.do != "NO ACTION" {
				sql += action.on + action.do
			}
		}
		name := ""
		if n < len(d.foreign) && slices.Equal(d.foreign[n].columns, lowered(k.Columns)) {
			name = d.foreign[n].name
			if d.foreign[n].deferrable {
				sql += " DEFERRABLE"
				if d.foreign[n].deferred {
					sql += " INITIALLY DEFERRED"
				}
			}
		}
		b.keys = append(b.keys, target.Piece{Name: from.Name, SQL: []string{"ALTER TABLE " + t.SQL() + " ADD " + constraint(name) + sql}})
		t.ForeignKeys = append(t.ForeignKeys, &target.ForeignKey{Name: name, Columns: own, Parent: b.Tables[p], To: to, Validated: true})
	}
}

// comparable says whether PostgreSQL has an equality for each pair of columns.
func (b *builder) comparable(t *target.Table, own []int, p *target.Table, to []int) bool {
	for i := range own {
		a, c := t.Columns[own[i]].Type, p.Columns[to[i]].Type
		if a.OID != c.OID && (classOf(a) != classOf(c) || classOf(a) == opaque) {
			return false
		}
	}
	return true
}

// unique says whether a table has a unique key of exactly these columns.
func unique(t *target.Table, columns []int) bool {
	sorted := slices.Sorted(slices.Values(columns))
	return slices.ContainsFunc(t.Keys, func(k target.Key) bool {
		return k.Exact && slices.Equal(slices.Sorted(slices.Values(k.Columns)), sorted)
	})
}

// uniqueName is the name that a UNIQUE constraint was given, "" for none.
func (d *definition) uniqueName(from *source.Table, positions []int) string {
	var names []string
	for _, p := range positions {
		names = append(names, strings.ToLower(from.Columns[p].Name))
	}
	for _, u := range d.uniques {
		if slices.Equal(u.columns, names) {
			return u.name
		}
	}
	return ""
}

func constraint(name string) string {
	if name == "" || len(name) > mostName {
		return ""
	}
	return "CONSTRAINT " + pgx.Identifier{name}.Sanitize() + " "
}

func list(t *target.Table, positions []int) string {
	var names []string
	for _, p := range positions {
		names = append(names, pgx.Identifier{t.Columns[p].Name}.Sanitize())
	}
	return strings.Join(names, ", ")
}

func lowered(names []string) []string {
	var list []string
	for _, n := range names {
		list = append(list, strings.ToLower(n))
	}
	return list
}
