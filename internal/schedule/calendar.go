package schedule

import (
	"strconv"
	"strings"
	"time"

	"cofre/internal/errs"
)

// Calendar is a rule of the local calendar, read and ready to be asked. Its zero value
// is never due.
type Calendar struct {
	fields
	zone *time.Location
	form string // as Rule has it
}

// fields are the values that a moment has to have; bit n is value n.
type fields struct {
	minutes, hours, days, months, weekdays uint64

	anyDay, anyWeekday bool // written as *: the other one decides alone
	last               bool // the last day of the month, too
	upTo               int  // this day of the month, or its last one where it is shorter; 0: none
}

// every is all values of a field.
const every = ^uint64(0)

// Parse reads when a schedule is due: "hourly", "hourly :15", "daily 03:00", "weekly
// mon 03:00", "monthly 31 03:00" (the last day where the month is shorter), "monthly
// last 03:00", or the five fields of cron, also as "@daily". Zone is whose calendar it
// is, "" this computer's. What can't be read, or never comes, is errs.Invalid.
func Parse(when, zone string) (Calendar, error) {
	c := Calendar{zone: time.Local, form: "cron"}
	if zone != "" {
		var err error
		if c.zone, err = time.LoadLocation(zone); err != nil {
			return Calendar{}, errs.New(errs.Invalid, "schedule.zone", errs.Args{"zone": zone})
		}
	}
	words := strings.Fields(strings.ToLower(when))
	ok := false
	switch {
	case len(words) == 5:
		ok = c.cron(words)
	case len(words) == 1 && strings.HasPrefix(words[0], "@"):
		fields, known := shorthands[words[0]]
		ok = known && c.cron(strings.Fields(fields))
	case len(words) > 0:
		c.form, ok = words[0], c.plain(words)
	}
	if !ok {
		return Calendar{}, errs.New(errs.Invalid, "schedule.when", errs.Args{"when": when})
	}
	if c.Next(time.Date(2000, 1, 1, 0, 0, 0, 0, c.zone)).IsZero() {
		return Calendar{}, errs.New(errs.Invalid, "schedule.never", errs.Args{"when": when})
	}
	return c, nil
}

// plain reads the words that are no cron.
func (c *Calendar) plain(words []string) bool {
	c.fields = fields{minutes: every, hours: every, days: every, months: every, weekdays: every, anyDay: true, anyWeekday: true}
	rest := words[1:]
	switch words[0] {
	case "hourly":
		minute := 0
		if len(rest) == 1 {
			digits, colon := strings.CutPrefix(rest[0], ":")
			n, err := strconv.Atoi(digits)
			if !colon || err != nil || n < 0 || n > 59 || len(digits) != 2 {
				return false
			}
			minute, rest = n, nil
		}
		c.minutes = 1 << minute
		return len(rest) == 0
	case "daily":
	case "weekly":
		if len(rest) == 0 {
			return false
		}
		n, ok := named(rest[0], weekdays, 0)
		if !ok {
			return false
		}
		c.weekdays, c.anyWeekday, rest = 1<<n, false, rest[1:]
	case "monthly":
		if len(rest) == 0 {
			return false
		}
		n, err := strconv.Atoi(rest[0])
		if rest[0] == "last" {
			n, err = 31, nil
		}
		if err != nil || n < 1 || n > 31 {
			return false
		}
		c.days, c.anyDay, c.upTo, rest = 0, false, n, rest[1:]
	default:
		return false
	}
	return len(rest) == 1 && c.at(rest[0])
}

// at reads 03:00.
func (c *Calendar) at(clock string) bool {
	t, err := time.Parse("15:04", clock)
	if err != nil {
		return false
	}
	c.hours, c.minutes = 1<<t.Hour(), 1<<t.Minute()
	return true
}

// on says whether the rule has that day.
func (f fields) on(year int, month time.Month, day int) bool {
	if f.months>>month&1 == 0 {
		return false
	}
	end := time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
	ofMonth := f.days>>day&1 == 1 || f.last && day == end || f.upTo > 0 && day == min(f.upTo, end)
	ofWeek := f.weekdays>>time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Weekday()&1 == 1
	if f.anyDay || f.anyWeekday {
		return ofMonth && ofWeek
	}
	return ofMonth || ofWeek // as cron does where both are written
}
