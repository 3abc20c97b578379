package audit

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// Witness is a file that tells how far the trail had come when it was made.
type Witness struct {
	Head Head
	File string
	Own  bool // it was made here: that it tells of another trail is then no coincidence
}

// Verdict is what the reading of the whole trail found.
type Verdict struct {
	Entries     int64
	First, Last time.Time // moments of the first and the last entry that were read
	Head        Head      // of what was read
	Witnesses   int       // files that agree with the trail
	Strangers   int       // files that tell of another trail: another computer's, or one that was here before
	Damage      *Damage   // the first entry that does not fit; nil where all do
}

// Damage is where a trail is not as it was written.
type Damage struct {
	N    int64
	How  How
	File string // the witness, where only it knows
}

// How an entry does not fit.
type How string

// The ways.
const (
	Changed  How = "changed"  // the entry, or its hash, is not what was written
	Missing  How = "missing"  // it is not there, though a later one is
	Cut      How = "cut"      // the trail ends before it
	Replaced How = "replaced" // another entry than the one that a witness knows is in its place
)

// Verify reads all of the trail, computes each hash again and compares it with what
// the witnesses tell. It holds some of the entries at a time.
func (t *Trail) Verify(ctx context.Context, witnesses []Witness) (Verdict, error) {
	c := checking{}
	var heads []Witness
	for from := int64(0); ; {
		lines, err := t.Store.Lines(ctx, Query{Oldest: true, From: from, Limit: some})
		if err != nil {
			return c.v, err
		}
		if from == 0 && len(lines) > 0 {
			if heads = c.own(witnesses, lines[0].Hash); c.v.Damage != nil {
				return c.v, nil
			}
		}
		for _, l := range lines {
			heads = c.line(l, heads)
			if c.v.Damage != nil {
				return c.v, nil
			}
			from = l.N
		}
		if len(lines) < some {
			break
		}
	}
	if c.v.Entries == 0 {
		c.v.Strangers = len(witnesses)
	}
	given, err := t.Store.Given(ctx)
	switch {
	case err != nil:
		return c.v, err
	case given > c.v.Head.N:
		c.v.Damage = &Damage{N: c.v.Head.N + 1, How: Cut}
	case len(heads) > 0:
		c.v.Damage = &Damage{N: c.v.Head.N + 1, How: Cut, File: heads[0].File}
	}
	return c.v, nil
}

// checking is a trail that is being read.
type checking struct{ v Verdict }

// own are the witnesses of the trail that begins with first, in its order.
func (c *checking) own(all []Witness, first string) (mine []Witness) {
	for _, w := range all {
		switch {
		case w.Head.Trail == first:
			mine = append(mine, w)
		case !w.Own:
			c.v.Strangers++
		case c.v.Damage == nil:
			c.v.Damage = &Damage{N: 1, How: Replaced, File: w.File}
		}
	}
	slices.SortStableFunc(mine, func(a, b Witness) int { return cmp.Compare(a.Head.N, b.Head.N) })
	return mine
}

// line takes the next line, and returns the witnesses that are still to be heard.
func (c *checking) line(l Line, heads []Witness) []Witness {
	e, err := l.entry()
	switch {
	case l.N != c.v.Head.N+1:
		c.v.Damage = &Damage{N: c.v.Head.N + 1, How: Missing}
		return heads
	case err != nil, sum(c.v.Head.Hash, l.Text) != l.Hash:
		c.v.Damage = &Damage{N: l.N, How: Changed}
		return heads
	}
	if c.v.Entries == 0 {
		c.v.First, c.v.Head.Trail = e.At, l.Hash
	}
	c.v.Entries, c.v.Last, c.v.Head.N, c.v.Head.Hash = c.v.Entries+1, e.At, l.N, l.Hash
	for len(heads) > 0 && heads[0].Head.N == l.N {
		if heads[0].Head.Hash != l.Hash {
			c.v.Damage = &Damage{N: l.N, How: Replaced, File: heads[0].File}
			return heads
		}
		c.v.Witnesses++
		heads = heads[1:]
	}
	return heads
}
