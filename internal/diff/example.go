package diff

import (
	"cmp"
	"context"
	"hash/maphash"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// Example is one row that differs.
type Example struct {
	Kind   Kind    `json:"kind"`
	Key    []Field `json:"key"`    // its primary key; none where the table has none
	Fields []Field `json:"fields"` // of a changed row those that differ, of another one its first ones
	More   int     `json:"more"`   // fields that are not listed
}

// Kind of a difference.
type Kind string

// The kinds.
const (
	Added   Kind = "added"
	Removed Kind = "removed"
	Changed Kind = "changed"
)

// Field is a value of a row on each side: nil is NULL, or a row that is not there.
type Field struct {
	Column string  `json:"column"`
	Before *string `json:"before"`
	After  *string `json:"after"`
}

const (
	mostExamples = 3  // of a kind, in a table
	mostFields   = 12 // of an example: a wide row is told by its first ones
	longestShown = 80 // characters of a value
)

// lost is the place of a row that lies too far behind to be looked up again.
const lost = math.MaxUint32

// firsts are the rows of a kind that lie first.
type firsts []found

// found is a row that differs: its mark on each side, and where it lies.
type found struct {
	before, after mark
	at            uint32 // on the side where it lies further behind
}

func (f *firsts) add(one found) {
	if one.at == lost || len(*f) == mostExamples && one.at >= (*f)[mostExamples-1].at {
		return
	}
	*f = append(*f, one)
	slices.SortFunc(*f, func(a, b found) int { return cmp.Compare(a.at, b.at) })
	*f = (*f)[:min(len(*f), mostExamples)]
}

// differences are the examples that a table is told by.
type differences struct{ added, removed, changed firsts }

// shown is a row that was looked up again.
type shown struct {
	values []*string
	prints []uint64 // of the whole values
}

// examples looks up the rows that were found. One that is not there any more where
// it was is left out: an example is worth no error.
func (c *comparison) examples(ctx context.Context, t *Table, h hasher, columns []string, d differences) error {
	var before, after []mark
	for _, f := range append(slices.Clone(d.removed), d.changed...) {
		before = append(before, f.before)
	}
	for _, f := range append(slices.Clone(d.added), d.changed...) {
		after = append(after, f.after)
	}
	var old, now map[uint32]*shown
	err := both(ctx, func(ctx context.Context) (err error) {
		old, err = c.look(ctx, c.before, t.Name, h, columns, before)
		return err
	}, func(ctx context.Context) (err error) {
		now, err = c.look(ctx, c.after, t.Name, h, columns, after)
		return err
	})
	if err != nil {
		return err
	}
	for _, f := range d.removed {
		t.example(Removed, h, columns, old[f.before.at], nil, c.hide)
	}
	for _, f := range d.added {
		t.example(Added, h, columns, nil, now[f.after.at], c.hide)
	}
	for _, f := range d.changed {
		if a, b := old[f.before.at], now[f.after.at]; a != nil && b != nil {
			t.example(Changed, h, columns, a, b, c.hide)
		}
	}
	return nil
}

// look reads rows again, by where they lie.
func (c *comparison) look(ctx context.Context, side Side, table string, h hasher, columns []string, wanted []mark) (map[uint32]*shown, error) {
	rows := map[uint32]*shown{}
	if len(wanted) == 0 {
		return rows, nil
	}
	slices.SortFunc(wanted, func(a, b mark) int { return cmp.Compare(a.at, b.at) })
	last, at := wanted[len(wanted)-1].at, uint32(0)
	err := side.Read(ctx, table, columns, int64(last)+1, func(values [][]byte) error {
		for ; len(wanted) > 0 && wanted[0].at == at; wanted = wanted[1:] {
			if m := h.mark(values); m.compare(wanted[0]) == 0 || wanted[0].anyRow() {
				rows[at] = c.show(side, values)
			}
		}
		at++
		return nil
	})
	return rows, err
}

func (c *comparison) show(side Side, values [][]byte) *shown {
	s := &shown{values: make([]*string, len(values)), prints: make([]uint64, len(values))}
	for i, v := range values {
		if v == nil {
			continue
		}
		text := fold(side.Show(v))
		s.values[i], s.prints[i] = &text, maphash.Bytes(c.seeds[2], v)
	}
	return s
}

// fold shortens a value to what fits on a line.
func fold(text string) string {
	if utf8.RuneCountInString(text) <= longestShown {
		return text
	}
	return string([]rune(text)[:longestShown-1]) + "…"
}

// example adds a row that differs; before or after is nil where it is not there.
func (t *Table) example(kind Kind, h hasher, columns []string, before, after *shown, hide func(string) bool) {
	if before == nil && after == nil {
		return
	}
	e := Example{Kind: kind, Key: []Field{}, Fields: []Field{}}
	for i, column := range columns {
		f := Field{Column: column, Before: before.value(i), After: after.value(i)}
		if hide != nil && hide(column) {
			f.Before, f.After = hidden(f.Before), hidden(f.After)
		}
		switch {
		case slices.Contains(h.keys, i):
			e.Key = append(e.Key, f)
		case before != nil && after != nil && before.same(after, i):
		case len(e.Fields) == mostFields:
			e.More++
		default:
			e.Fields = append(e.Fields, f)
		}
	}
	t.Examples = append(t.Examples, e)
}

func (s *shown) value(i int) *string {
	if s == nil {
		return nil
	}
	return s.values[i]
}

func (s *shown) same(o *shown, i int) bool {
	return (s.values[i] == nil) == (o.values[i] == nil) && s.prints[i] == o.prints[i]
}

// hidden stands for a value that nobody is to see; NULL is none.
func hidden(value *string) *string {
	if value == nil {
		return nil
	}
	dots := strings.Repeat("•", 6)
	return &dots
}
