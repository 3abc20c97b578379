package migrate

import "cofre/internal/engine/migrate/convert"

// tally counts what was done to the rows of a table.
type tally struct {
	read   int64
	left   int64       // rows left out by a choice
	notes  [][]int64   // per column and note: values
	nulls  [][]int64   // the same: of these, stored as NULL
	filled []int64     // per column: NULLs in place of which the default was stored
	large  []bool      // per column: holds values that stand as their hash in the fingerprint
	sum    fingerprint // of the rows that were kept
}

func newTally(columns int) *tally {
	t := &tally{filled: make([]int64, columns), notes: make([][]int64, columns), nulls: make([][]int64, columns), large: make([]bool, columns)}
	for i := range t.notes {
		t.notes[i], t.nulls[i] = make([]int64, convert.Kinds), make([]int64, convert.Kinds)
	}
	return t
}

func (t *tally) count(column int, notes convert.Notes) {
	notes.Each(func(one convert.Notes) { t.notes[column][one.Index()]++ })
}

func (t *tally) merge(o *tally) {
	t.read += o.read
	t.left += o.left
	t.sum.merge(o.sum)
	for i := range t.notes {
		for k := range t.notes[i] {
			t.notes[i][k] += o.notes[i][k]
			t.nulls[i][k] += o.nulls[i][k]
		}
		t.filled[i] += o.filled[i]
		t.large[i] = t.large[i] || o.large[i]
	}
}
