package profile

import (
	"context"
	"sort"
	"strings"
)

// Source is a database, or a backup of one, of any kind.
type Source interface {
	// Tables are the names of all tables, as the database spells them, with the schema
	// before the name for PostgreSQL ("public.users").
	Tables() []string
	// Columns of one of these tables, in any order.
	Columns(table string) []string
	// Rows reads at most limit rows in the order that is cheapest and yields the values of
	// columns, in their order, as text; NULL is "", a boolean is 1 or t, 0 or f. The slice
	// is the source's again after yield. An error of yield ends it and is returned.
	Rows(ctx context.Context, table string, columns []string, limit int, yield func(values []string) error) error
}

// schema is the tables of one schema of a source.
type schema struct {
	source Source
	tables map[string]string // name without schema, lower case → as the source spells it
	names  []string          // the keys of tables, in order
	known  map[string]table  // by key, filled as needed
}

// table is a table and its columns: lower case → as the source spells them.
type table struct {
	name    string
	columns map[string]string
}

// schemas sorts the tables of a source by schema: the usual one first.
func schemas(source Source) []*schema {
	bySchema := map[string]*schema{}
	for _, full := range source.Tables() {
		prefix, name, ok := strings.Cut(full, ".")
		if !ok {
			prefix, name = "", full
		}
		s := bySchema[prefix]
		if s == nil {
			s = &schema{source: source, tables: map[string]string{}, known: map[string]table{}}
			bySchema[prefix] = s
		}
		key := strings.ToLower(name)
		s.tables[key] = full
		s.names = append(s.names, key)
	}
	prefixes := make([]string, 0, len(bySchema))
	for prefix, s := range bySchema {
		prefixes = append(prefixes, prefix)
		sort.Strings(s.names)
	}
	sort.Slice(prefixes, func(a, b int) bool {
		if usual := prefixes[a] == "public"; usual != (prefixes[b] == "public") {
			return usual
		}
		return prefixes[a] < prefixes[b]
	})
	all := make([]*schema, len(prefixes))
	for i, prefix := range prefixes {
		all[i] = bySchema[prefix]
	}
	return all
}

// find returns the table that sel selects.
func (s *schema) find(sel selector) (table, bool) {
	names := sel.Tables
	if len(names) == 0 {
		names = s.names
	}
	for _, name := range names {
		if t, ok := s.table(strings.ToLower(name)); ok && t.has(sel.Columns) {
			return t, true
		}
	}
	return table{}, false
}

func (s *schema) table(key string) (table, bool) {
	name, ok := s.tables[key]
	if !ok {
		return table{}, false
	}
	t, ok := s.known[key]
	if !ok {
		t = table{name, map[string]string{}}
		for _, c := range s.source.Columns(name) {
			t.columns[strings.ToLower(c)] = c
		}
		s.known[key] = t
	}
	return t, true
}

func (t table) has(columns []string) bool {
	for _, c := range columns {
		if _, ok := t.columns[strings.ToLower(c)]; !ok {
			return false
		}
	}
	return true
}

// maxRead is how many rows of one table are looked at: a preview stays quick
// and small however large the table is.
const maxRead = 10_000

// read yields the values of columns by their names in the declaration; columns
// that the table does not have, or that may hold a secret, are missing.
func (s *schema) read(ctx context.Context, t table, columns []string, yield func(value map[string]string)) error {
	var wanted, spelled []string
	for _, c := range columns {
		if own, ok := t.columns[strings.ToLower(c)]; ok && !Secret(own) {
			wanted, spelled = append(wanted, c), append(spelled, own)
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	value := make(map[string]string, len(wanted))
	return s.source.Rows(ctx, t.name, spelled, maxRead, func(values []string) error {
		for i, v := range values {
			value[wanted[i]] = tidy(v)
		}
		yield(value)
		return ctx.Err()
	})
}

// tidy makes a value of a database, which may be anything, fit for a line of text.
func tidy(v string) string {
	const most = 200
	if len(v) > most {
		if r := []rune(v); len(r) > most {
			v = string(r[:most-1]) + "…"
		}
	}
	v = strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7F && r < 0xA0 {
			return ' '
		}
		return r
	}, v)
	return strings.TrimSpace(v)
}
