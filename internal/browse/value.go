package browse

import (
	"bytes"
	"strings"

	"cofre/internal/archive"
)

// value is a side of a comparison: a cell, or what the filter spells, of which is
// known beforehand whether it is a number or a time.
type value struct {
	cell    archive.Cell
	fixed   bool
	boolean bool // TRUE or FALSE
	form    form // of the type of its column

	number *decimal
	time   *moment
}

func textValue(s string) value {
	v := value{cell: archive.Cell{Kind: archive.Text, Bytes: []byte(s)}, fixed: true}
	if d, ok := parseDecimal(v.cell.Bytes); ok {
		v.number = &d
	}
	if m, ok := parseMoment(v.cell.Bytes); ok {
		v.time = &m
	}
	return v
}

func numberValue(s string) value {
	v := textValue(s)
	v.cell.Kind = archive.Number
	return v
}

func boolValue(b bool) value {
	text := "f"
	if b {
		text = "t"
	}
	return value{cell: archive.Cell{Kind: archive.Text, Bytes: []byte(text)}, fixed: true, boolean: true}
}

func (v value) null() bool { return v.cell.Kind == archive.Null }

func (v value) text() []byte {
	if v.cell.Kind == archive.Blob {
		return v.cell.AppendText(nil)
	}
	return v.cell.Bytes
}

func (v value) decimal() (decimal, bool) {
	if v.fixed {
		if v.number == nil {
			return decimal{}, false
		}
		return *v.number, true
	}
	return parseDecimal(v.cell.Bytes)
}

func (v value) moment() (moment, bool) {
	if v.fixed {
		if v.time == nil {
			return moment{}, false
		}
		return *v.time, true
	}
	return parseMoment(v.cell.Bytes)
}

// compare orders two values: numbers as exact decimals where one of them is a
// number, dates and times where both are some, all else as texts, byte by byte. A
// number and what is none have no order. What the type of a column spells in several
// ways is one value; see form.
func compare(a, b value) (order int, ordered bool) {
	if f := max(a.form, b.form); f == truthValue {
		x, isX := truthIn(a.text())
		y, isY := truthIn(b.text())
		if isX && isY {
			return int(x) - int(y), true
		}
	} else if f != asItIs {
		a, b = f.spell(a), f.spell(b)
	}
	if a.boolean || b.boolean {
		x, isX := truthIn(a.text())
		y, isY := truthIn(b.text())
		return int(x) - int(y), isX && isY
	}
	if a.cell.Kind == archive.Number || b.cell.Kind == archive.Number {
		x, isX := a.decimal()
		y, isY := b.decimal()
		return x.compare(y), isX && isY
	}
	if x, ok := a.moment(); ok {
		if y, ok := b.moment(); ok {
			return x.compare(y), true
		}
	}
	return bytes.Compare(a.text(), b.text()), true
}

// truthIn reads a truth value as PostgreSQL (t, f), its INSERTs (true, false) and
// SQLite (1, 0) print it.
func truthIn(text []byte) (truth, bool) {
	switch strings.ToLower(string(text[:min(len(text), 6)])) {
	case "t", "true", "1":
		return yes, true
	case "f", "false", "0":
		return no, true
	}
	return unknown, false
}
