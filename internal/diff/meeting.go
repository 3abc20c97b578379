package diff

import "context"

// mostWaiting is how many rows of both sides together wait in memory for their like:
// 30 MB.
const mostWaiting = 1 << 19

// The sides of a meeting.
const (
	sideBefore = iota
	sideAfter
)

// meeting is where the rows of a table come together while both sides are read. Two
// that are the same are forgotten, in whatever order they come: equal parts are
// neither kept nor sorted, and what waits is what differs, and what the other side
// has not reached yet. Where too many wait they are put aside, on the piles that are
// sorted and merged in the end.
type meeting struct {
	aside   [2]pile
	waiting map[identity]surplus
	rows    int  // that wait
	met     int  // rows that did not have to wait any longer, since others were put aside
	most    int  // that may wait
	strange bool // the sides have so little in common that none waits
}

// identity is a mark but for where it lies: the same on both sides for the same row.
type identity struct {
	high, row uint64
	low       uint32
}

// surplus is how many more rows of an identity the side before has, or that after
// where it is less than 0.
type surplus struct {
	rows int32
	at   uint32 // of the first of them
}

func newMeeting(dir string) *meeting {
	return &meeting{aside: [2]pile{{dir: dir}, {dir: dir}}, waiting: map[identity]surplus{}, most: mostWaiting}
}

// add lets a row of a side meet its like, or wait for it.
func (m *meeting) add(side int, one mark) error {
	if m.strange {
		return m.aside[side].add(one)
	}
	key := identity{one.high, one.row, one.low}
	s, more := m.waiting[key], int32(1-2*side)
	switch {
	case s.rows == 0:
		s.at = one.at
		fallthrough
	case (s.rows > 0) == (more > 0):
		m.rows++
	default:
		m.rows--
		m.met++
	}
	if s.rows += more; s.rows == 0 {
		delete(m.waiting, key)
		return nil
	}
	m.waiting[key] = s
	if m.rows < m.most {
		return nil
	}
	m.strange, m.met = m.met < m.rows/2, 0
	return m.putAside()
}

// putAside moves all that waits to the piles.
func (m *meeting) putAside() error {
	for key, s := range m.waiting {
		side, n := sideBefore, s.rows
		if n < 0 {
			side, n = sideAfter, -n
		}
		for range n {
			if err := m.aside[side].add(mark{high: key.high, row: key.row, low: key.low, at: s.at}); err != nil {
				return err
			}
		}
	}
	m.rows = 0
	if m.strange {
		m.waiting = nil
	} else {
		clear(m.waiting)
	}
	return nil
}

// end gives up the rows that met no other, before and after. The meeting takes no more.
func (m *meeting) end() (old, now *pile, err error) {
	m.strange = true
	err = m.putAside()
	return &m.aside[0], &m.aside[1], err
}

// close removes what lies in files.
func (m *meeting) close() {
	m.aside[0].close()
	m.aside[1].close()
}

// together is how many rows of a side are handed over at once.
const together = 1024

// meet reads the rows of a table from both sides at the same time, as many from one
// as from the other, so that those that are the same meet soon. It returns how many
// each side has, at most lost.
func (c *comparison) meet(ctx context.Context, m *meeting, table string, columns []string, h hasher) (rows [2]uint32, err error) {
	marks := [2]chan []mark{make(chan []mark, 1), make(chan []mark, 1)}
	read := func(from Side, side int) func(context.Context) error {
		return func(ctx context.Context) error {
			defer close(marks[side])
			h, some := h, make([]mark, 0, together)
			hand := func() error {
				select {
				case marks[side] <- some:
					some = make([]mark, 0, together)
					return nil
				case <-ctx.Done():
					return ctx.Err()
				}
			}
			err := from.Read(ctx, table, columns, 0, func(values [][]byte) error {
				c.progress.row(rows[side], table)
				one := h.mark(values)
				if one.at = rows[side]; rows[side] < lost {
					rows[side]++
				}
				if some = append(some, one); len(some) < together {
					return nil
				}
				return hand()
			})
			if err == nil && len(some) > 0 {
				err = hand()
			}
			return err
		}
	}
	err = both(ctx, func(ctx context.Context) error {
		return both(ctx, read(c.before, sideBefore), read(c.after, sideAfter))
	}, func(context.Context) error {
		return m.take(marks)
	})
	return rows, err
}

// take adds what comes from both sides by turns, until both have ended.
func (m *meeting) take(marks [2]chan []mark) error {
	for open := true; open; {
		open = false
		for side := range marks {
			some, ok := <-marks[side]
			open = open || ok
			for _, one := range some {
				if err := m.add(side, one); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
