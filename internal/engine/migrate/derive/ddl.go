package derive

import "strings"

// definition is what only the text of a CREATE TABLE tells; SQLite's pragmas tell
// the rest.
type definition struct {
	checks        []check
	columns       map[string]*columnDefinition // by name in lower case
	foreign       []foreignDefinition          // in the order of the text
	uniques       []named
	primaryName   string
	autoincrement bool
	backticks     bool
}

type columnDefinition struct {
	collation string
	generated []token
}

type check struct {
	name string
	expr []token
}

type named struct {
	name    string
	columns []string // in lower case
}

type foreignDefinition struct {
	name       string
	columns    []string // in lower case
	deferrable bool
	deferred   bool
}

// scanner walks over tokens.
type scanner struct {
	tokens []token
	at     int
}

func (s *scanner) peek() token {
	if s.at < len(s.tokens) {
		return s.tokens[s.at]
	}
	return token{}
}

func (s *scanner) next() token {
	t := s.peek()
	s.at++
	return t
}

func (s *scanner) accept(words ...string) bool {
	if s.peek().is(words...) {
		s.at++
		return true
	}
	return false
}

// group takes what is between parentheses; the opening one comes next.
func (s *scanner) group() []token {
	if !s.accept("(") {
		return nil
	}
	begin, depth := s.at, 1
	for s.at < len(s.tokens) {
		switch t := s.next(); {
		case t.is("("):
			depth++
		case t.is(")"):
			if depth--; depth == 0 {
				return s.tokens[begin : s.at-1]
			}
		}
	}
	return s.tokens[begin:]
}

// parseTable reads a CREATE TABLE that SQLite itself has accepted.
func parseTable(sql string) *definition {
	d := &definition{columns: map[string]*columnDefinition{}, backticks: strings.Contains(sql, "`")}
	s := &scanner{tokens: lex(sql)}
	for s.at < len(s.tokens) && !s.peek().is("(") {
		if s.next().is("AS") { // CREATE TABLE … AS SELECT has been rewritten by SQLite; never seen
			return d
		}
	}
	for _, part := range split(s.group()) {
		d.part(&scanner{tokens: part})
	}
	return d
}

// split splits at the commas that are in no parentheses.
func split(tokens []token) [][]token {
	var parts [][]token
	begin, depth := 0, 0
	for i, t := range tokens {
		switch {
		case t.is("("):
			depth++
		case t.is(")"):
			depth--
		case t.is(",") && depth == 0:
			parts, begin = append(parts, tokens[begin:i]), i+1
		}
	}
	return append(parts, tokens[begin:])
}

// part reads one column or constraint.
func (d *definition) part(s *scanner) {
	if first := s.peek(); first.kind == word && first.is("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN") {
		d.constraints(s, "")
		return
	}
	column := strings.ToLower(s.next().text)
	d.columns[column] = &columnDefinition{}
	d.constraints(s, column)
}

// constraints reads constraints: those of a column where it has a name, else of
// the table. Words of types and defaults between them are passed over.
func (d *definition) constraints(s *scanner, column string) {
	name := ""
	own := []string{column}
	for s.at < len(s.tokens) {
		switch t := s.next(); {
		case t.kind != word && !t.is("("):
		case t.is("("): // arguments of a type, or a default's expression
			s.at--
			s.group()
		case t.is("CONSTRAINT"):
			name = s.next().text
		case t.is("PRIMARY"):
			s.accept("KEY")
			d.primaryName, name = name, ""
			if column == "" {
				s.group()
			}
		case t.is("AUTOINCREMENT"):
			d.autoincrement = true
		case t.is("UNIQUE"):
			columns := own
			if column == "" {
				columns = nameList(s.group())
			}
			d.uniques, name = append(d.uniques, named{name, columns}), ""
		case t.is("CHECK"):
			d.checks, name = append(d.checks, check{name, s.group()}), ""
		case t.is("FOREIGN"):
			s.accept("KEY")
			own = nameList(s.group())
		case t.is("REFERENCES"):
			d.foreign = append(d.foreign, foreignDefinition{name: name, columns: own})
			name = ""
			s.next()
			if s.peek().is("(") {
				s.group()
			}
		case t.is("DEFERRABLE") && len(d.foreign) > 0:
			d.foreign[len(d.foreign)-1].deferrable = true
		case t.is("NOT") && s.peek().is("DEFERRABLE"):
			s.next()
			if s.accept("INITIALLY") {
				s.next()
			}
		case t.is("INITIALLY") && len(d.foreign) > 0:
			d.foreign[len(d.foreign)-1].deferred = s.next().is("DEFERRED")
		case t.is("ON") && s.peek().is("DELETE", "UPDATE"):
			s.next()
		case t.is("COLLATE"):
			if c := d.columns[column]; c != nil {
				c.collation = strings.ToUpper(s.peek().text)
			}
			s.next()
		case t.is("DEFAULT"):
			if s.accept("+", "-") || s.peek().kind != symbol {
				s.next()
			}
		case t.is("AS"):
			if c := d.columns[column]; c != nil {
				c.generated = s.group()
			}
		}
	}
}

// nameList reads names separated by commas, without COLLATE and order.
func nameList(tokens []token) []string {
	var list []string
	for _, part := range split(tokens) {
		if len(part) > 0 {
			list = append(list, strings.ToLower(part[0].text))
		}
	}
	return list
}
