package derive

import (
	"slices"
	"strings"
)

var comparisons = map[string]string{"=": "=", "==": "=", "<>": "<>", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}

func (t *translator) comparison() (expression, error) {
	left, err := t.sum()
	for err == nil {
		negated := ""
		if t.peek().is("NOT") && t.at+1 < len(t.tokens) && t.tokens[t.at+1].is("IN", "LIKE", "BETWEEN", "NULL") {
			t.next()
			negated = "NOT "
		}
		switch op := t.peek(); {
		case op.kind == symbol && comparisons[op.text] != "":
			t.next()
			var right expression
			if right, err = t.sum(); err == nil {
				left, err = compared(left, comparisons[op.text], right)
			}
		case op.is("IS"):
			t.next()
			left, err = t.is(left)
		case op.is("ISNULL"), op.is("NOTNULL"), negated != "" && op.is("NULL"):
			t.next()
			left = expression{sql: "(" + left.sql + map[bool]string{true: " IS NULL)", false: " IS NOT NULL)"}[op.is("ISNULL")], class: logical}
		case op.is("IN"):
			t.next()
			left, err = t.in(left, negated)
		case op.is("LIKE"):
			t.next()
			var right expression
			if right, err = t.sum(); err == nil && (left.class != textual || right.class != textual || t.peek().is("ESCAPE") || strings.Contains(right.sql, `\`)) {
				err = errUntranslated
			}
			t.inexact = true // ILIKE knows more letters than SQLite's LIKE
			left = expression{sql: "(" + left.sql + " " + negated + "ILIKE " + right.sql + ")", class: logical}
		case op.is("BETWEEN"):
			t.next()
			left, err = t.between(left, negated)
		default:
			return left, nil
		}
	}
	return left, err
}

func (t *translator) is(left expression) (expression, error) {
	not := ""
	if t.accept("NOT") {
		not = "NOT "
	}
	if t.accept("NULL") {
		return expression{sql: "(" + left.sql + " IS " + not + "NULL)", class: logical}, nil
	}
	right, err := t.sum()
	if err != nil {
		return left, err
	}
	left, right, err = alike(left, right)
	// IS NOT is DISTINCT.
	return expression{sql: "(" + left.sql + map[bool]string{true: " IS DISTINCT FROM ", false: " IS NOT DISTINCT FROM "}[not != ""] + right.sql + ")", class: logical}, err
}

func (t *translator) in(left expression, negated string) (expression, error) {
	list := t.group()
	if len(list) == 0 || list[0].is("SELECT", "WITH", "VALUES") {
		return left, errUntranslated
	}
	var parts []string
	var classes []string
	for _, item := range split(list) {
		sub := &translator{scanner: scanner{tokens: item}, columns: t.columns}
		e, err := sub.all()
		if err != nil {
			return left, err
		}
		if _, e, err = alike(left, e); err != nil {
			return left, err
		}
		t.inexact = t.inexact || sub.inexact
		parts, classes = append(parts, e.sql), append(classes, e.literal)
	}
	slices.Sort(classes)
	// Any truth is 0 or 1.
	always := negated == "" && left.class == logical && slices.Equal(slices.Compact(classes), []string{"0", "1"})
	return expression{sql: "(" + left.sql + " " + negated + "IN (" + strings.Join(parts, ", ") + "))", class: logical, always: always}, nil
}

func (t *translator) between(left expression, negated string) (expression, error) {
	low, err := t.sum()
	if err == nil && !t.accept("AND") {
		err = errUntranslated
	}
	if err != nil {
		return left, err
	}
	high, err := t.sum()
	if err != nil {
		return left, err
	}
	if _, low, err = alike(left, low); err == nil {
		_, high, err = alike(left, high)
	}
	return expression{sql: "(" + left.sql + " " + negated + "BETWEEN " + low.sql + " AND " + high.sql + ")", class: logical}, err
}

// compared compares two expressions. typeof(x) = 'integer' is what the column's
// type says by itself.
func compared(left expression, operator string, right expression) (expression, error) {
	if typeOf, ok := strings.CutPrefix(left.sql, "typeof:"); ok && operator == "=" {
		return expression{sql: "true", class: logical, always: true}, errIf(typeOf != right.literal)
	}
	left, right, err := alike(left, right)
	return expression{sql: "(" + left.sql + " " + operator + " " + right.sql + ")", class: logical}, err
}

func errIf(bad bool) error {
	if bad {
		return errUntranslated
	}
	return nil
}

// alike brings two expressions to one class, where one is a literal that can be
// written in the other's.
func alike(a, b expression) (expression, expression, error) {
	switch {
	case strings.HasPrefix(a.sql, "typeof:") || strings.HasPrefix(b.sql, "typeof:") || a.class == opaque || b.class == opaque:
		return a, b, errUntranslated
	case a.class == b.class || a.class == anything || b.class == anything:
		return a, b, nil
	case a.class == logical && b.class == numeral:
		b, err := asTruth(b)
		return a, b, err
	case a.class == numeral && b.class == logical:
		a, err := asTruth(a)
		return a, b, err
	case a.class == temporal && b.class == textual && b.literal != "", a.class == textual && a.literal != "" && b.class == temporal:
		return a, b, nil
	}
	return a, b, errUntranslated
}

func asTruth(e expression) (expression, error) {
	switch e.literal {
	case "0":
		return expression{sql: "false", class: logical, literal: "0"}, nil
	case "1":
		return expression{sql: "true", class: logical, literal: "1"}, nil
	}
	return e, errUntranslated
}
