package schedule

import (
	"slices"
	"time"

	"cofre/internal/errs"
)

// pauses are made before a run that failed is tried again.
var pauses = []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour}

// Turn is a run that is to come, or is due.
type Turn struct {
	Due     time.Time // the moment that the calendar names
	Attempt int       // 1 for the first
	At      time.Time // from when on it may begin
}

// Turn is what s does next at now, after its last run, which is nil before the first
// one; it is due when At is not after now. False: never. Whatever was missed is made up
// for once, by the newest of the moments that were missed. What failed is tried again
// after a pause, until the next moment has come.
//
// A clock that was set back by less than it is from one moment to the next makes
// nothing run twice; one that was set back further makes the time begin again: the
// newest moment is due, once.
func (s Schedule) Turn(last *Run, now time.Time) (Turn, bool) {
	c, err := Parse(s.When, s.Zone)
	if err != nil {
		return Turn{}, false
	}
	return s.turn(c, last, now)
}

func (s Schedule) turn(c Calendar, last *Run, now time.Time) (Turn, bool) {
	if s.Paused {
		return Turn{}, false
	}
	wrong := func(at time.Time) bool { return at.After(now) && c.Next(now).Before(at) } // the clock was set back since
	if wrong(s.Since) {
		s.Since = time.Time{}
	}
	from := s.Since
	if last != nil && last.Due.After(from) && !wrong(last.Due) {
		from = last.Due
	}
	next := c.Next(from)
	if missed := c.newest(next, now); !missed.IsZero() {
		return Turn{Due: missed, Attempt: 1, At: missed}, true
	}
	if at, again := s.again(last, now); again && (next.IsZero() || at.Before(next)) {
		return Turn{Due: last.Due, Attempt: last.Attempt + 1, At: at}, true
	}
	return Turn{Due: next, Attempt: 1, At: next}, !next.IsZero()
}

// newest is the newest moment from first to now, the zero time where there is none.
func (c Calendar) newest(first, now time.Time) time.Time {
	if first.IsZero() || first.After(now) {
		return time.Time{}
	}
	const hour = time.Hour
	for _, back := range []time.Duration{hour, 25 * hour, 8 * 24 * hour, 32 * 24 * hour, 370 * 24 * hour} { // from near to far: a minute's rule has many moments
		if at := c.Next(now.Add(-back)); at.After(first) && !at.After(now) {
			first = at
			break
		}
	}
	for next := c.Next(first); !next.IsZero() && !next.After(now); next = c.Next(first) {
		first = next
	}
	return first
}

// again says when a last run that failed is tried again.
func (s Schedule) again(last *Run, now time.Time) (time.Time, bool) {
	if last == nil || last.Due.Before(s.Since) || !last.Status.unlucky() || last.Attempt > len(pauses) {
		return time.Time{}, false
	}
	if last.Failure != nil && slices.Contains(final, last.Failure.Code) {
		return time.Time{}, false
	}
	if last.EndedAt.After(now) { // the clock was set back
		return now, true
	}
	return last.EndedAt.Add(pauses[last.Attempt-1]), true
}

// final are the failures that the same attempt would bring again.
var final = []errs.Code{errs.Invalid, errs.Denied, errs.Incompatible, errs.Corrupt, errs.Consent}

// Upcoming are the next n moments of s after now.
func (s Schedule) Upcoming(now time.Time, n int) []time.Time {
	moments := []time.Time{}
	c, err := Parse(s.When, s.Zone)
	if err != nil || s.Paused {
		return moments
	}
	for at := c.Next(now); !at.IsZero() && len(moments) < n; at = c.Next(at) {
		moments = append(moments, at)
	}
	return moments
}
