package browse

import (
	"strings"
	"unicode/utf8"

	"cofre/internal/archive"
	"cofre/internal/errs"
)

// maxDepth bounds how deeply a filter's parts may stand in each other.
const maxDepth = 200

// Parse reads a filter on columns: comparisons (= <> != < <= > >=), [NOT] LIKE and
// ILIKE, [NOT] IN (…), [NOT] BETWEEN … AND …, IS [NOT] NULL, AND, OR, NOT and
// parentheses; names bare or in double quotes, texts in single quotes, numbers, TRUE,
// FALSE and NULL. A blank filter is nil, and matches every row. What can't be read is
// errs.Invalid "filter.…", with the position of the character.
func Parse(text string, columns []archive.Column) (*Filter, error) {
	p := &parser{text: text, columns: columns}
	p.next()
	if p.now.kind == endOfFilter && p.err == nil {
		return nil, nil
	}
	root := p.or()
	if p.err == nil && p.now.kind != endOfFilter {
		p.unexpected()
	}
	if p.err != nil {
		return nil, p.err
	}
	return &Filter{root}, nil
}

// parser reads a filter by descent; after the first error, which it keeps, it goes
// no further.
type parser struct {
	text    string
	at      int // of what follows now
	columns []archive.Column
	now     lexeme
	depth   int
	err     error
}

func (p *parser) fail(reason string, at int, args errs.Args) {
	if p.err != nil {
		return
	}
	args["position"] = utf8.RuneCountInString(p.text[:at]) + 1
	p.err = errs.New(errs.Invalid, reason, args)
	p.now = lexeme{kind: endOfFilter, at: len(p.text)}
	p.at = len(p.text)
}

func (p *parser) unexpected() {
	if p.now.kind == endOfFilter {
		p.fail("filter.end", p.now.at, errs.Args{})
		return
	}
	near := []rune(p.text[p.now.at:])
	p.fail("filter.syntax", p.now.at, errs.Args{"near": string(near[:min(len(near), 20)])})
}

// take goes on behind a keyword or a sign, if that is what stands there.
func (p *parser) take(word string) bool {
	if !p.now.is(word) {
		return false
	}
	p.next()
	return true
}

func (p *parser) expect(word string) {
	if !p.take(word) {
		p.unexpected()
	}
}

func (p *parser) or() node {
	left := p.and()
	for p.take("OR") {
		left = or{left, p.and()}
	}
	return left
}

func (p *parser) and() node {
	left := p.not()
	for p.take("AND") {
		left = and{left, p.not()}
	}
	return left
}

func (p *parser) not() node {
	if p.depth++; p.depth > maxDepth {
		p.fail("filter.deep", p.now.at, errs.Args{})
		return nil
	}
	defer func() { p.depth-- }()
	if p.take("NOT") {
		return not{p.not()}
	}
	if p.take("(") {
		inside := p.or()
		p.expect(")")
		return inside
	}
	return p.predicate()
}

// comparisons are what stands between two sides, and which orders it means.
var comparisons = map[string]comparison{
	"=": {same: true}, "<>": {less: true, more: true}, "!=": {less: true, more: true},
	"<": {less: true}, "<=": {less: true, same: true}, ">": {more: true}, ">=": {more: true, same: true},
}

func (p *parser) predicate() node {
	left := p.operand()
	if c, ok := comparisons[p.now.text]; ok && p.now.kind == signLexeme {
		p.next()
		c.left, c.right = left, p.operand()
		return c
	}
	if p.take("IS") {
		negated := p.take("NOT")
		p.expect("NULL")
		return negate(isNull{left}, negated)
	}
	negated := p.take("NOT")
	switch {
	case p.now.is("LIKE"), p.now.is("ILIKE"):
		fold := p.now.is("ILIKE")
		p.next()
		if p.now.kind != textLexeme {
			p.unexpected()
			return nil
		}
		found := like{left, newPattern(p.now.text, fold)}
		p.next()
		return negate(found, negated)
	case p.take("IN"):
		p.expect("(")
		found := in{of: left, list: []operand{p.operand()}}
		for p.take(",") {
			found.list = append(found.list, p.operand())
		}
		p.expect(")")
		return negate(found, negated)
	case p.take("BETWEEN"):
		low := comparison{left: left, right: p.operand(), same: true, more: true}
		p.expect("AND")
		return negate(and{low, comparison{left: left, right: p.operand(), less: true, same: true}}, negated)
	}
	p.unexpected()
	return nil
}

func negate(n node, negated bool) node {
	if negated {
		return not{n}
	}
	return n
}

func (p *parser) operand() operand {
	now := p.now
	fixed := func(v value) operand { p.next(); return operand{column: -1, fixed: v} }
	switch {
	case now.kind == textLexeme:
		return fixed(textValue(now.text))
	case now.kind == numberLexeme:
		return fixed(numberValue(now.text))
	case now.is("NULL"):
		return fixed(value{})
	case now.is("TRUE"), now.is("FALSE"):
		return fixed(boolValue(now.is("TRUE")))
	case now.kind == nameLexeme, now.kind == wordLexeme && !reserved[strings.ToUpper(now.text)]:
		p.next()
		column := p.column(now)
		if p.err != nil {
			return operand{}
		}
		return operand{column: column, form: formOf(p.columns[column].Type)}
	}
	p.unexpected()
	return operand{}
}

// reserved are the words that are no columns unless they stand in double quotes.
var reserved = map[string]bool{"AND": true, "OR": true, "NOT": true, "IN": true, "IS": true, "LIKE": true, "ILIKE": true, "BETWEEN": true}

// column finds a column by its name; one that is not quoted in any case, where only
// one is meant.
func (p *parser) column(name lexeme) int {
	found := -1
	for i, c := range p.columns {
		if c.Name == name.text {
			return i
		}
		if name.kind == wordLexeme && strings.EqualFold(c.Name, name.text) {
			if found >= 0 {
				p.fail("filter.ambiguous", name.at, errs.Args{"name": name.text})
			}
			found = i
		}
	}
	if found < 0 {
		p.fail("filter.column", name.at, errs.Args{"name": name.text})
		return 0
	}
	return found
}
