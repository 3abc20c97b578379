package sample

import (
	"sort"
	"time"
)

// months of history that a sample has.
const months = 24

// The history begins on firstDay and ends on lastDay, whatever the day today is.
var (
	firstDay = time.Date(2024, time.January, 1, 0, 0, 0, 0, time.UTC)
	lastDay  = time.Date(2025, time.December, 20, 0, 0, 0, 0, time.UTC)
)

// calendar spreads rows over the history, in the order of time, so that keys
// and dates rise together as they do in a real database.
type calendar struct {
	first [months + 1]int64 // number of each month's first row
}

// spread gives each month its share of the rows, by the weight of its season
// (January first).
func spread(rows int64, season [12]int64) calendar {
	var sum [months + 1]int64
	for m := range months {
		sum[m+1] = sum[m] + season[m%12]*int64(daysIn(m))
	}
	var c calendar
	for m := range sum {
		c.first[m] = rows * sum[m] / sum[months]
	}
	return c
}

// slot is the place of one row in the history.
type slot struct {
	month   int   // 0 is the month of firstDay
	nth, of int64 // of the month's rows
	time    time.Time
}

// at returns the place of row n. Within a day, rows fall between 6:30 and 22:30.
func (c calendar) at(n int64) slot {
	m := sort.Search(months, func(m int) bool { return c.first[m+1] > n })
	s := slot{month: m, nth: n - c.first[m], of: c.first[m+1] - c.first[m]}
	day, rest := s.nth*int64(daysIn(m))/s.of, s.nth*int64(daysIn(m))%s.of
	const open, awake = 390 * time.Minute, 16 * time.Hour
	clock := open + time.Duration(rest*awake.Microseconds()/s.of)*time.Microsecond
	s.time = monthStart(m).AddDate(0, 0, int(day)).Add(clock)
	return s
}

func monthStart(m int) time.Time { return firstDay.AddDate(0, m, 0) }

// daysIn is how many days of the month belong to the history.
func daysIn(m int) int {
	if m == months-1 {
		return lastDay.Day()
	}
	return monthStart(m+1).AddDate(0, 0, -1).Day()
}

func date(t time.Time) string     { return t.Format("2006-01-02") }
func datetime(t time.Time) string { return t.Format("2006-01-02 15:04:05.000000") }
