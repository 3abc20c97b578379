// Package browse finds and pages through the rows of a backup, for people: filters,
// searches, and pages of tables that were read once. It changes nothing, and no
// filter is ever given to a database.
package browse

import (
	"cofre/internal/archive"
)

// Filter says which rows of a table are meant. It may be used from several
// goroutines.
type Filter struct{ root node }

// Match says whether the filter is true of a row, whose cells are those of the
// columns that the filter was made for. A comparison with NULL is neither true nor
// false, as in SQL. A nil Filter matches every row.
func (f *Filter) Match(row []archive.Cell) bool { return f == nil || f.root.eval(row) == yes }

// truth has the three values of SQL.
type truth int8

const (
	no truth = iota
	unknown
	yes
)

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

func (t truth) not() truth { return yes - t }

// node is a part of a filter.
type node interface {
	eval(row []archive.Cell) truth
}

type (
	and struct{ left, right node }
	or  struct{ left, right node }
	not struct{ of node }

	isNull struct{ of operand }

	// comparison is true where the order of its sides is one of those meant.
	comparison struct {
		left, right      operand
		less, same, more bool
	}
	in struct {
		of   operand
		list []operand
	}
	like struct {
		of      operand
		pattern pattern
	}
)

func (n and) eval(row []archive.Cell) truth {
	left := n.left.eval(row)
	if left == no {
		return no
	}
	return min(left, n.right.eval(row))
}

func (n or) eval(row []archive.Cell) truth {
	left := n.left.eval(row)
	if left == yes {
		return yes
	}
	return max(left, n.right.eval(row))
}

func (n not) eval(row []archive.Cell) truth { return n.of.eval(row).not() }

func (n isNull) eval(row []archive.Cell) truth { return truthOf(n.of.value(row).null()) }

func (n comparison) eval(row []archive.Cell) truth {
	left, right := n.left.value(row), n.right.value(row)
	if left.null() || right.null() {
		return unknown
	}
	order, ordered := compare(left, right)
	switch {
	case !ordered:
		return truthOf(n.less && n.more) // they are not the same
	case order < 0:
		return truthOf(n.less)
	case order > 0:
		return truthOf(n.more)
	}
	return truthOf(n.same)
}

func (n in) eval(row []archive.Cell) truth {
	v := n.of.value(row)
	if v.null() {
		return unknown
	}
	found := no
	for _, item := range n.list {
		w := item.value(row)
		if w.null() {
			found = unknown
			continue
		}
		if order, ordered := compare(v, w); ordered && order == 0 {
			return yes
		}
	}
	return found
}

func (n like) eval(row []archive.Cell) truth {
	v := n.of.value(row)
	if v.null() {
		return unknown
	}
	return truthOf(n.pattern.matches(v.text()))
}

// operand is a column, or a value that the filter spells.
type operand struct {
	column int // -1: it is fixed
	fixed  value
	form   form // of the column's type
}

func (o operand) value(row []archive.Cell) value {
	if o.column < 0 {
		return o.fixed
	}
	if o.column >= len(row) {
		return value{}
	}
	return value{cell: row[o.column], form: o.form}
}
