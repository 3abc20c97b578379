package source

import (
	"bytes"
	"cmp"
	"math"
	"slices"
	"strings"
)

// follows says whether the entry b of a unique index may stand behind the entry a: it
// comes later in the index's order, so that no two are the same, or has a NULL, which
// equals nothing. It is false, too, where that is for a collation to say.
func (x *Index) follows(a, b []Value) bool {
	for i, p := range x.Parts {
		if a[i].Class == Text && b[i].Class == Text && !strings.EqualFold(p.Collation, "BINARY") {
			return false
		}
		if c := compare(&a[i], &b[i]); c != 0 {
			return (c < 0) != p.Desc
		}
	}
	return slices.ContainsFunc(b, func(v Value) bool { return v.Class == Null })
}

// compare is SQLite's order of values: NULL, numbers, texts by their bytes, blobs.
func compare(a, b *Value) int {
	switch {
	case a.Class == Integer && b.Class == Integer:
		return cmp.Compare(a.Int, b.Int)
	case a.Class == Real && b.Class == Real:
		return cmp.Compare(a.Real, b.Real)
	case a.Class == Integer && b.Class == Real:
		return compareNumbers(a.Int, b.Real)
	case a.Class == Real && b.Class == Integer:
		return -compareNumbers(b.Int, a.Real)
	case a.Class != b.Class:
		return cmp.Compare(a.Class, b.Class)
	}
	if a.Class == Null {
		return 0
	}
	return bytes.Compare(a.Bytes, b.Bytes)
}

// compareNumbers loses no digit of either.
func compareNumbers(i int64, r float64) int {
	switch {
	case r < math.MinInt64:
		return 1
	case r >= -math.MinInt64:
		return -1
	}
	whole := math.Trunc(r)
	return cmp.Or(cmp.Compare(i, int64(whole)), cmp.Compare(whole, r))
}

// keep makes v a copy of o that stays good.
func (v *Value) keep(o *Value) {
	room := v.Bytes[:0]
	if o.Class == Text || o.Class == Blob {
		room = append(room, o.Bytes...)
	}
	*v = *o
	v.Bytes = room
}
