package job

import (
	"math"
	"time"
)

// smoothing is the time over which a rate forgets: long enough to be calm,
// short enough to follow a small table after a big one.
const smoothing = 3 * time.Second

// counter is the progress of one step.
type counter struct {
	done, total int64
	unit, item  string
	rate        float64 // units per second, 0 unknown
	seen        time.Time
	counted     int64
}

// add takes a report into the smoothed rate. Reports that come in a burst are
// counted together: a rate over less than 50 ms says nothing.
func (c *counter) add(done, total int64, unit, item string, now time.Time) {
	restarted := unit != c.unit || done < c.counted
	c.done, c.total, c.unit, c.item = done, total, unit, item
	if c.seen.IsZero() || restarted {
		c.seen, c.counted, c.rate = now, done, 0
		return
	}
	passed := now.Sub(c.seen)
	if passed < 50*time.Millisecond {
		return
	}
	fresh := float64(done-c.counted) / passed.Seconds()
	if c.rate == 0 {
		c.rate = fresh
	} else {
		weight := 1 - math.Exp(-passed.Seconds()/smoothing.Seconds())
		c.rate += weight * (fresh - c.rate)
	}
	c.seen, c.counted = now, done
}

// part is how much of the step is done, 0–1, or -1 where nothing tells.
func (c *counter) part() float64 {
	if c.total <= 0 {
		return -1
	}
	return min(1, float64(c.done)/float64(c.total))
}

// whole is the progress of all steps, in percent, weighed by the times that they
// are expected to take; where none is known all steps weigh the same, and one
// that is not known weighs as the mean of those that are. -1 where nothing tells.
func whole(steps []step, at int, part float64) float64 {
	var known time.Duration
	var n int
	for _, s := range steps {
		if s.expected > 0 {
			known += s.expected
			n++
		}
	}
	mean := 1.0
	if n > 0 {
		mean = float64(known) / float64(n)
	}
	var gone, all float64
	for i, s := range steps {
		weight := mean
		if s.expected > 0 {
			weight = float64(s.expected)
		}
		all += weight
		switch {
		case i < at:
			gone += weight
		case i == at && s.state == active:
			gone += weight * max(0, part)
		case i == at:
			gone += weight
		}
	}
	if gone == 0 && part < 0 {
		return -1
	}
	return 100 * gone / all
}

// left is the expected time until the end; false where a step's time is not known.
func left(steps []step, at int, c *counter, now time.Time) (time.Duration, bool) {
	var sum time.Duration
	for i, s := range steps {
		switch {
		case i < at || s.state == done || s.state == failed:
		case s.state == active && c.total > 0 && c.rate > 0:
			sum += time.Duration(float64(max(0, c.total-c.done)) / c.rate * float64(time.Second))
		case s.expected == 0:
			return 0, false
		case s.state == active:
			sum += max(0, s.expected-now.Sub(s.began))
		default:
			sum += s.expected
		}
	}
	return sum, true
}
