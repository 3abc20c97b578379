package diff

import (
	"cmp"
	"slices"
)

// merge counts what differs between two piles, and finds examples. Rows that are on
// both are nothing; of the others, two of one key are a row that changed.
func merge(old, now *pile, t *Table) (d differences, err error) {
	a, err := old.sorted()
	if err != nil {
		return d, err
	}
	b, err := now.sorted()
	if err != nil {
		return d, err
	}
	var one namesakes
	for a.more || b.more {
		var order int
		switch {
		case !b.more:
			order = -1
		case !a.more:
			order = 1
		default:
			order = a.first.order(b.first)
		}
		switch {
		case order < 0:
			one.of(a.first, t, &d)
			one.gone.add(a.first)
		case order > 0:
			one.of(b.first, t, &d)
			one.came.add(b.first)
		}
		if order <= 0 {
			if err := a.next(); err != nil {
				return d, err
			}
		}
		if order >= 0 {
			if err := b.next(); err != nil {
				return d, err
			}
		}
	}
	one.tell(t, &d)
	return d, nil
}

// namesakes are the rows of one key that differ: one of a side, but where the key has
// a NULL, or is none on that side.
type namesakes struct {
	key        mark
	gone, came crowd
}

// of begins anew, and tells those before, where m has another key.
func (n *namesakes) of(m mark, t *Table, d *differences) {
	if n.key.compare(m) != 0 {
		n.tell(t, d)
		n.key, n.gone, n.came = m, crowd{first: n.gone.first[:0]}, crowd{first: n.came.first[:0]}
	}
}

// tell counts them: as many as are on both sides have changed.
func (n *namesakes) tell(t *Table, d *differences) {
	changed := min(n.gone.rows, n.came.rows)
	t.Changed, t.Removed, t.Added = t.Changed+changed, t.Removed+n.gone.rows-changed, t.Added+n.came.rows-changed
	shown := int(min(changed, mostExamples))
	for i := range shown {
		before, after := n.gone.first[i], n.came.first[i]
		d.changed.add(found{before, after, max(before.at, after.at)})
	}
	for _, m := range n.gone.rest(shown, n.gone.rows-changed) {
		d.removed.add(found{before: m, at: m.at})
	}
	for _, m := range n.came.rest(shown, n.came.rows-changed) {
		d.added.add(found{after: m, at: m.at})
	}
}

// crowd is how many there are of one side, and those that lie first: enough for the
// examples of rows that changed, and as many again of others.
type crowd struct {
	rows  int64
	first []mark
}

func (c *crowd) add(m mark) {
	c.rows++
	at, _ := slices.BinarySearchFunc(c.first, m, func(a, b mark) int { return cmp.Compare(a.at, b.at) })
	c.first = slices.Insert(c.first, at, m)
	c.first = c.first[:min(len(c.first), 2*mostExamples)]
}

// rest are the first of n rows that come after those shown.
func (c *crowd) rest(shown int, n int64) []mark {
	return c.first[shown:min(int64(len(c.first)), int64(shown)+n)]
}
