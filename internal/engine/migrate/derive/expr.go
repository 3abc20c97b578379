package derive

import (
	"errors"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// class is what sort of value an expression has in PostgreSQL.
type class uint8

const (
	anything class = iota // NULL, or not known
	logical
	numeral
	textual
	binary
	temporal
	structured // json
	opaque     // of a type that nothing is known of here
)

// expression is a translated expression.
type expression struct {
	sql     string
	class   class
	always  bool   // is true whatever the values: what it demands is in the types
	literal string // of a number or string, as SQLite wrote it
}

// errUntranslated says that an expression has no equal that is certain.
var errUntranslated = errors.New("no certain translation")

// translator turns SQLite's expressions into PostgreSQL's. It knows few of them
// and refuses all others: a rule that is almost the same would be worse than one
// that is reported as missing.
type translator struct {
	scanner
	columns map[string]columnType // by name in lower case
	inexact bool                  // for some values (beyond ASCII) the two may differ
}

type columnType struct {
	name  string // as it is spelled in PostgreSQL
	class class
}

// translate translates an expression whose value is a truth.
func condition(tokens []token, columns map[string]columnType) (e expression, exact bool, err error) {
	t := &translator{scanner: scanner{tokens: tokens}, columns: columns}
	e, err = t.all()
	if err == nil {
		e, err = truth(e)
	}
	return e, !t.inexact, err
}

// value translates an expression of any class.
func value(tokens []token, columns map[string]columnType) (e expression, exact bool, err error) {
	t := &translator{scanner: scanner{tokens: tokens}, columns: columns}
	e, err = t.all()
	return e, !t.inexact, err
}

func (t *translator) all() (expression, error) {
	e, err := t.or()
	if err == nil && t.at < len(t.tokens) {
		err = errUntranslated
	}
	return e, err
}

// truth makes a condition of a number: in SQLite any but 0 is true.
func truth(e expression) (expression, error) {
	switch e.class {
	case logical, anything:
		return e, nil
	case numeral:
		return expression{sql: "(" + e.sql + " <> 0)", class: logical}, nil
	}
	return e, errUntranslated
}

func (t *translator) or() (expression, error) {
	return t.joined("OR", t.and, func(a, b expression) bool { return a.always || b.always })
}

func (t *translator) and() (expression, error) {
	return t.joined("AND", t.not, func(a, b expression) bool { return a.always && b.always })
}

func (t *translator) joined(operator string, part func() (expression, error), always func(a, b expression) bool) (expression, error) {
	left, err := part()
	for err == nil && t.accept(operator) {
		var right expression
		if right, err = part(); err != nil {
			break
		}
		if left, err = truth(left); err == nil {
			right, err = truth(right)
		}
		joined := expression{class: logical, always: always(left, right)}
		switch {
		case operator == "AND" && left.always:
			joined.sql = right.sql
		case operator == "AND" && right.always:
			joined.sql = left.sql
		default:
			joined.sql = "(" + left.sql + " " + operator + " " + right.sql + ")"
		}
		left = joined
	}
	return left, err
}

func (t *translator) not() (expression, error) {
	if !t.accept("NOT") {
		return t.comparison()
	}
	e, err := t.not()
	if err == nil {
		e, err = truth(e)
	}
	if e.always {
		err = errUntranslated
	}
	return expression{sql: "(NOT " + e.sql + ")", class: logical}, err
}

func (t *translator) sum() (expression, error) {
	return t.arithmetic([]string{"+", "-"}, func() (expression, error) {
		return t.arithmetic([]string{"*", "/", "%"}, t.concatenation)
	})
}

func (t *translator) arithmetic(operators []string, part func() (expression, error)) (expression, error) {
	left, err := part()
	for err == nil && t.peek().is(operators...) {
		operator := t.next().text
		var right expression
		if right, err = part(); err == nil && (left.class != numeral || right.class != numeral || operator == "/" || operator == "%") {
			err = errUntranslated // dividing by zero is NULL in SQLite, and an error in PostgreSQL
		}
		left = expression{sql: "(" + left.sql + " " + operator + " " + right.sql + ")", class: numeral}
	}
	return left, err
}

func (t *translator) concatenation() (expression, error) {
	left, err := t.unary()
	for err == nil && t.accept("||") {
		var right expression
		if right, err = t.unary(); err == nil && (left.class != textual || right.class != textual) {
			err = errUntranslated
		}
		left = expression{sql: "(" + left.sql + " || " + right.sql + ")", class: textual}
	}
	return left, err
}

func (t *translator) unary() (expression, error) {
	if t.accept("-") {
		e, err := t.unary()
		if e.class != numeral {
			err = errUntranslated
		}
		return expression{sql: "-" + e.sql, class: numeral, literal: "-" + e.literal}, err
	}
	if t.accept("+") {
		return t.unary()
	}
	e, err := t.primary()
	if t.peek().is("COLLATE") {
		err = errUntranslated
	}
	return e, err
}

func (t *translator) primary() (expression, error) {
	tok := t.next()
	switch tok.kind {
	case number:
		if strings.HasPrefix(strings.ToLower(tok.text), "0x") || strings.Contains(tok.text, "_") {
			return expression{}, errUntranslated
		}
		return expression{sql: tok.text, class: numeral, literal: tok.text}, nil
	case text:
		return expression{sql: literal(tok.text), class: textual, literal: tok.text}, nil
	case symbol:
		if tok.text != "(" {
			return expression{}, errUntranslated
		}
		t.at--
		sub := &translator{scanner: scanner{tokens: t.group()}, columns: t.columns}
		e, err := sub.all()
		t.inexact = t.inexact || sub.inexact
		return e, err
	case word, quoted:
		return t.named(tok)
	}
	return expression{}, errUntranslated
}

// named translates a column, a constant or a call.
func (t *translator) named(tok token) (expression, error) {
	if t.accept(".") { // of the only table there is
		tok = t.next()
	} else if tok.kind == word {
		if t.peek().is("(") {
			return t.call(strings.ToLower(tok.text))
		}
		switch strings.ToUpper(tok.text) {
		case "NULL":
			return expression{sql: "NULL"}, nil
		case "TRUE":
			return expression{sql: "true", class: logical, literal: "1"}, nil
		case "FALSE":
			return expression{sql: "false", class: logical, literal: "0"}, nil
		}
	}
	if c, ok := t.columns[strings.ToLower(tok.text)]; ok {
		return expression{sql: pgx.Identifier{c.name}.Sanitize(), class: c.class}, nil
	}
	if tok.kind == quoted { // SQLite takes a "name" that is none for a string
		return expression{sql: literal(tok.text), class: textual, literal: tok.text}, nil
	}
	return expression{}, errUntranslated
}

// call translates the functions that mean the same on both sides.
func (t *translator) call(name string) (expression, error) {
	var args []expression
	group := t.group()
	if len(group) > 0 {
		for _, item := range split(group) {
			sub := &translator{scanner: scanner{tokens: item}, columns: t.columns}
			e, err := sub.all()
			if err != nil {
				return e, err
			}
			t.inexact = t.inexact || sub.inexact
			args = append(args, e)
		}
	}
	classes := make([]class, len(args))
	var list []string
	for i, a := range args {
		if strings.HasPrefix(a.sql, "typeof:") {
			return a, errUntranslated
		}
		classes[i], list = a.class, append(list, a.sql)
	}
	made := func(function string, c class) (expression, error) {
		return expression{sql: function + "(" + strings.Join(list, ", ") + ")", class: c}, nil
	}
	one := func(c class) bool { return slices.Equal(classes, []class{c}) }
	switch {
	case name == "json_valid" && one(structured):
		return expression{sql: "true", class: logical, always: true}, nil
	case name == "typeof" && len(args) == 1:
		return expression{sql: "typeof:" + map[class]string{numeral: "integer", textual: "text", binary: "blob"}[args[0].class], class: textual}, nil
	case name == "length" && one(textual):
		return made("length", numeral)
	case name == "length" && one(binary):
		return made("octet_length", numeral)
	case name == "abs" && one(numeral):
		return made("abs", numeral)
	case (name == "lower" || name == "upper") && one(textual):
		t.inexact = true
		return made(name, textual)
	case (name == "trim" || name == "ltrim" || name == "rtrim") && one(textual):
		return made(name, textual)
	case name == "replace" && slices.Equal(classes, []class{textual, textual, textual}):
		return made("replace", textual)
	case (name == "coalesce" || name == "ifnull") && len(args) >= 2 && len(slices.Compact(slices.Clone(classes))) == 1:
		return made("coalesce", classes[0])
	case name == "nullif" && len(args) == 2 && classes[0] == classes[1]:
		return made("nullif", classes[0])
	}
	return expression{}, errUntranslated
}

// literal makes an SQL string of s.
func literal(s string) string {
	quoted := "'" + strings.ReplaceAll(s, "'", "''") + "'"
	if strings.Contains(s, `\`) {
		return "E" + strings.ReplaceAll(quoted, `\`, `\\`)
	}
	return quoted
}
