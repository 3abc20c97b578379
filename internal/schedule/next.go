package schedule

import (
	"math/bits"
	"time"
)

// horizon is how far ahead is looked: the 29th of February is up to eight years away.
const horizon = 9

// Next is the first moment after that the rule has, the zero time where there is none.
//
// A time that the local clock leaves out (summer time begins) comes at the next moment
// that there is; one that it shows twice comes the first time. A rule of every hour
// goes by the hours that pass: it comes in both of two equal ones.
func (c Calendar) Next(after time.Time) time.Time {
	if c.zone == nil {
		return time.Time{}
	}
	if c.hours == every {
		return c.passing(after)
	}
	year, month, day := after.In(c.zone).Date()
	for d := range horizon * 366 {
		// A date that the zone leaves out (Samoa, 2011) is looked at like any other.
		date := time.Date(year, month, day+d, 0, 0, 0, 0, time.UTC)
		if !c.on(date.Date()) {
			continue
		}
		for hour := range 24 {
			for minute := 0; minute < 60 && c.hours>>hour&1 == 1; minute++ {
				if c.minutes>>minute&1 == 0 {
					continue
				}
				if at := c.instant(date.Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)); at.After(after) {
					return at
				}
			}
		}
	}
	return time.Time{}
}

// passing goes from hour to hour, and over days that don't count at once.
func (c Calendar) passing(after time.Time) time.Time {
	at := after.In(c.zone).Truncate(time.Minute)
	at = at.Add(-time.Duration(at.Second())*time.Second - time.Duration(at.Nanosecond())) // zones of old had seconds
	end := after.AddDate(horizon, 0, 0)
	for at = at.Add(time.Minute); at.Before(end); {
		year, month, day := at.Date()
		if !c.on(year, month, day) {
			next := c.instant(time.Date(year, month, day+1, 0, 0, 0, 0, time.UTC))
			if !next.After(at) { // a midnight that comes twice
				next = at.Add(time.Hour)
			}
			at = next
			continue
		}
		minute := at.Minute()
		later := bits.TrailingZeros64(c.minutes >> minute) // in this hour; 64 where there is none
		if later == 0 {
			return at
		}
		at = at.Add(time.Duration(min(later, 60-minute)) * time.Minute)
	}
	return time.Time{}
}

// instant is the moment at which the local clock shows what wall shows in UTC.
func (c Calendar) instant(wall time.Time) time.Time {
	at := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), 0, 0, c.zone)
	began, ends := at.ZoneBounds()
	switch shown := shows(at); {
	case shown.Before(wall): // left out, and at is an hour too early
		return ends
	case shown.After(wall):
		return began
	}
	if !began.IsZero() { // does the clock show it before it is put back, too?
		_, offset := began.Add(-time.Second).Zone()
		if first := wall.Add(-time.Duration(offset) * time.Second); first.Before(began) {
			return first.In(c.zone)
		}
	}
	return at
}

// shows is what the local clock shows at a moment, as if it were UTC.
func shows(at time.Time) time.Time {
	_, offset := at.Zone()
	return at.UTC().Add(time.Duration(offset) * time.Second)
}
