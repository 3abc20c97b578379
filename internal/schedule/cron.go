package schedule

import (
	"strconv"
	"strings"
)

var shorthands = map[string]string{
	"@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0",
	"@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *",
}

var (
	weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}
	months   = []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}
)

// cron reads minute, hour, day of the month, month and day of the week, as crontab(5)
// has them: *, numbers, names, lists, ranges, steps; L is the last day of the month, 7
// is Sunday, too.
func (c *Calendar) cron(words []string) bool {
	f := fields{anyDay: anything(words[2]), anyWeekday: anything(words[4])}
	list := []string{}
	for part := range strings.SplitSeq(words[2], ",") {
		if part == "l" {
			f.last = true
		} else {
			list = append(list, part)
		}
	}
	ok := true
	read := func(text string, low, high int, names []string) (bits uint64) {
		bits, fine := field(text, low, high, names)
		ok = ok && fine
		return bits
	}
	f.minutes = read(words[0], 0, 59, nil)
	f.hours = read(words[1], 0, 23, nil)
	if len(list) > 0 {
		f.days = read(strings.Join(list, ","), 1, 31, nil)
	}
	f.months = read(words[3], 1, 12, months)
	f.weekdays = read(words[4], 0, 7, weekdays)
	f.weekdays |= f.weekdays >> 7 & 1
	if f.hours == 1<<24-1 {
		f.hours = every
	}
	c.fields = f
	return ok
}

func anything(text string) bool { return strings.HasPrefix(text, "*") || text == "?" }

// field reads a list of values from low to high.
func field(text string, low, high int, names []string) (bits uint64, ok bool) {
	for part := range strings.SplitSeq(text, ",") {
		span, steps, stepped := strings.Cut(part, "/")
		step := 1
		if stepped {
			n, err := strconv.Atoi(steps)
			if err != nil || n < 1 {
				return 0, false
			}
			step = n
		}
		from, to := low, high
		if span != "*" && span != "?" {
			first, last, ranged := strings.Cut(span, "-")
			var fine bool
			if from, fine = named(first, names, low); !fine {
				return 0, false
			}
			switch {
			case ranged:
				if to, fine = named(last, names, low); !fine {
					return 0, false
				}
			case !stepped: // 5/15 is from 5 on
				to = from
			}
		}
		if from < low || to > high || from > to {
			return 0, false
		}
		for n := from; n <= to; n += step {
			bits |= 1 << n
		}
	}
	return bits, true
}

// named reads a number, or a name, of which the first stands for low.
func named(text string, names []string, low int) (int, bool) {
	for i, name := range names {
		if text == name {
			return i + low, true
		}
	}
	for _, sign := range text { // no "+5", no "-5"
		if sign < '0' || sign > '9' {
			return 0, false
		}
	}
	n, err := strconv.Atoi(text)
	return n, err == nil
}
