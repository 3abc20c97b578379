package diff

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// tallied is what differs between two lists of marks: of one key, rows that are on
// both sides are the same, and others changed.
func tallied(before, after []mark) (t Table) {
	type key struct{ high, row uint64 }
	surplus, keys := map[key]int64{}, map[uint64]bool{}
	for _, m := range before {
		surplus[key{m.high, m.row}]++
		keys[m.high] = true
	}
	for _, m := range after {
		surplus[key{m.high, m.row}]--
		keys[m.high] = true
	}
	for high := range keys {
		var gone, came int64
		for k, n := range surplus {
			if k.high == high {
				gone, came = gone+max(0, n), came+max(0, -n)
			}
		}
		changed := min(gone, came)
		t.Changed, t.Removed, t.Added = t.Changed+changed, t.Removed+gone-changed, t.Added+came-changed
	}
	return t
}

func TestRowsThatWaitAndRowsThatWerePutAsideAreCountedAlike(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 7))
	for round := range 300 {
		marks := func() (list []mark) {
			for at := range 200 {
				list = append(list, mark{high: random.Uint64N(80), row: random.Uint64N(3), at: uint32(at)})
			}
			return list
		}
		before := marks()
		after := slices.Concat(before[:100], marks()[:80]) // something in common, and twice the same key
		random.Shuffle(len(after), func(i, j int) { after[i], after[j] = after[j], after[i] })
		m := newMeeting(t.TempDir())
		m.most = 1 + random.IntN(300)
		m.aside[sideBefore].most, m.aside[sideAfter].most = 1+random.IntN(50), 1+random.IntN(50)
		for i := range before {
			err := m.add(sideBefore, before[i])
			if err == nil && i < len(after) {
				err = m.add(sideAfter, after[i])
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		old, now, err := m.end()
		if err != nil {
			t.Fatal(err)
		}
		var got Table
		d, err := merge(old, now, &got)
		m.close()
		if want := tallied(before, after); err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("round %d: %+v, %v, want %+v", round, got, err, want)
		}
		for _, c := range []struct {
			list firsts
			rows int64
		}{{d.removed, got.Removed}, {d.added, got.Added}, {d.changed, got.Changed}} {
			if int64(len(c.list)) != min(mostExamples, c.rows) || !slices.IsSortedFunc(c.list, func(a, b found) int { return cmp.Compare(a.at, b.at) }) {
				t.Fatalf("round %d: %d examples of %d rows: %v", round, len(c.list), c.rows, c.list)
			}
		}
	}
}

func TestOneRowManyTimesOverIsComparedAtOnce(t *testing.T) {
	m := newMeeting(t.TempDir())
	defer m.close()
	for range 300_000 {
		if err := m.add(sideBefore, mark{high: 1}); err != nil {
			t.Fatal(err)
		}
	}
	for range 299_998 {
		if err := m.add(sideAfter, mark{high: 1}); err != nil {
			t.Fatal(err)
		}
	}
	if m.rows != 2 || len(m.waiting) != 1 || m.aside[sideBefore].file != nil {
		t.Errorf("%d rows wait, in %d places", m.rows, len(m.waiting))
	}
}
