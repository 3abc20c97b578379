package archive

import (
	"bufio"
	"slices"
	"strings"
)

// Column is a column of a table, as the statement that makes the table tells.
type Column struct {
	Name string
	Type string // as declared; "" where it is not told
}

// madeTable is what a CREATE TABLE tells of a table's rows.
type madeTable struct {
	columns   []Column
	generated []bool // is computed, not stored, as each of columns
	key       []string
	parents   []string // that it inherits columns from
	typed     bool     // it has those of its parent, a type, and no others
}

// madeTables are tables, and types of rows, by their names: no type has that of a table.
type madeTables map[string]madeTable

// add notes a table, with the columns that it inherits: they come before its own, and
// the tables that it has them from were made before it.
func (all madeTables) add(name string, m madeTable) {
	own := m
	m.columns, m.generated = nil, nil
	for _, from := range append(own.parents, "") {
		part := all[from]
		if from == "" {
			if own.typed {
				break
			}
			part = own
		}
		for i, c := range part.columns {
			if at := slices.IndexFunc(m.columns, func(known Column) bool { return known.Name == c.Name }); at >= 0 {
				m.columns[at], m.generated[at] = c, part.generated[i]
				continue
			}
			m.columns, m.generated = append(m.columns, c), append(m.generated, part.generated[i])
		}
	}
	all[name] = m
}

// stored are the columns that have values in a backup.
func (m madeTable) stored() (columns []Column) {
	for i, c := range m.columns {
		if !m.generated[i] {
			columns = append(columns, c)
		}
	}
	return columns
}

// typeOf is the declared type of a column; "" where it is not told.
func (m madeTable) typeOf(column string) string {
	for _, c := range m.columns {
		if c.Name == column {
			return c.Type
		}
	}
	return ""
}

// columnEnds are the words that end a type and begin what else a column is.
var columnEnds = []string{"NOT", "NULL", "DEFAULT", "PRIMARY", "UNIQUE", "CHECK", "REFERENCES", "COLLATE", "GENERATED", "CONSTRAINT", "AS", "STORAGE", "COMPRESSION"}

// tableConstraints are the words that begin a constraint instead of a column.
var tableConstraints = []string{"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "EXCLUDE", "LIKE"}

// readTable reads a CREATE TABLE; what is no list of columns gives none.
func readTable(ddl string, sqlite bool) (m madeTable) {
	t := sqlTokens{r: bufio.NewReader(strings.NewReader(ddl)), sqlite: sqlite}
	for t.next() == nil && !t.token.sign('(') {
		switch {
		case t.token.kind == endToken, t.token.word("AS"):
			return m
		case t.token.word("OF") && !sqlite:
			m.typed = true
			m.parents = readNames(&t)
		}
		if t.token.sign('(') { // behind the name of the type
			break
		}
	}
	m.read(&t)
	return m
}

// readType reads a CREATE TYPE; what is no type of rows gives no columns.
func readType(ddl string) (m madeTable) {
	t := sqlTokens{r: bufio.NewReader(strings.NewReader(ddl))}
	for t.next() == nil && t.token.kind != endToken {
		if t.token.word("AS") {
			if t.next() == nil && t.token.sign('(') {
				m.read(&t)
			}
			break
		}
	}
	return m
}

// read reads a list of columns behind its parenthesis.
func (m *madeTable) read(t *sqlTokens) {
	for t.next() == nil && t.token.kind != endToken {
		bare := t.token.kind == wordToken
		name := string(t.token.text)
		rest, names, end := readPart(t)
		switch {
		case bare && slices.ContainsFunc(tableConstraints, func(w string) bool { return strings.EqualFold(w, name) }):
			if isPrimary(append([]string{name}, rest...)) {
				m.key = names
			}
		case name != ")":
			m.columns = append(m.columns, Column{name, joinType(rest)})
			m.generated = append(m.generated, isGenerated(rest))
			if isPrimary(rest) {
				m.key = []string{name}
			}
		}
		if end {
			if t.next() == nil && t.token.word("INHERITS") && t.next() == nil {
				m.parents = readNames(t)
			}
			return
		}
	}
}

// readNames reads public.a, "b c" to what follows behind them.
func readNames(t *sqlTokens) (names []string) {
	more := true
	for t.next() == nil {
		switch {
		case t.token.isName() && more:
			names, more = append(names, string(t.token.text)), false
		case t.token.isName() && strings.HasSuffix(names[len(names)-1], "."):
			names[len(names)-1] += string(t.token.text)
		case t.token.sign('.') && !more:
			names[len(names)-1] += "."
		case t.token.sign(',') && !more:
			more = true
		default:
			return names
		}
	}
	return names
}

// readPart reads to the comma or the parenthesis that ends a column or constraint:
// its words, strings left out, and the names inside its first parentheses.
func readPart(t *sqlTokens) (words, names []string, end bool) {
	depth, lists := 0, 0
	for t.next() == nil && t.token.kind != endToken {
		switch {
		case depth == 0 && t.token.sign(','):
			return words, names, false
		case depth == 0 && t.token.sign(')'):
			return words, names, true
		case t.token.sign('('):
			if depth++; depth == 1 {
				lists++
			}
		case t.token.sign(')'):
			depth--
		case depth == 1 && lists == 1 && t.token.isName():
			names = append(names, string(t.token.text))
		}
		switch t.token.kind {
		case stringToken:
		case nameToken:
			words = append(words, `"`+string(t.token.text)+`"`)
		default:
			words = append(words, string(t.token.text))
		}
	}
	return words, names, true
}

// joinType joins the words of a type: numeric ( 12 , 2 ) is numeric(12,2).
func joinType(words []string) string {
	var b strings.Builder
	last := ""
	for _, w := range words {
		if slices.ContainsFunc(columnEnds, func(end string) bool { return strings.EqualFold(w, end) }) {
			break
		}
		if last != "" && last != "(" && last != "," && last != "." && last != "[" && !strings.Contains("(),.[]", w) {
			b.WriteByte(' ')
		}
		b.WriteString(w)
		last = w
	}
	return b.String()
}

func isPrimary(words []string) bool { return follow(words, "PRIMARY", "KEY") }

// isGenerated tells GENERATED ALWAYS AS (…) from AS IDENTITY.
func isGenerated(words []string) bool { return follow(words, "AS", "(") }

func follow(words []string, first, then string) bool {
	for i := range len(words) - 1 {
		if strings.EqualFold(words[i], first) && strings.EqualFold(words[i+1], then) {
			return true
		}
	}
	return false
}
