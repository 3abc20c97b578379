package browse

import (
	"bytes"
	"time"
)

// moment is a date, or a date and a time with or without a zone, as both databases
// print them: 2026-11-21 10:15:30.5-03.
type moment struct {
	wall  time.Time // as if it were UTC
	zone  time.Duration
	zoned bool
}

// compare orders two moments as points in time where both have a zone, else as the
// clocks on the wall.
func (m moment) compare(o moment) int {
	if m.zoned && o.zoned {
		return m.wall.Add(-m.zone).Compare(o.wall.Add(-o.zone))
	}
	return m.wall.Compare(o.wall)
}

func parseMoment(s []byte) (m moment, ok bool) {
	if len(s) < len("2026-11-21") || len(s) > 40 {
		return m, false
	}
	before := bytes.HasSuffix(s, []byte(" BC"))
	s = bytes.TrimSuffix(s, []byte(" BC"))
	year, n := digits(s)
	if n < 4 || n > 7 || !shaped(s[n:], "-00-00") {
		return m, false
	}
	if before {
		year = 1 - year
	}
	month, day := two(s[n+1:]), two(s[n+4:])
	if month < 1 || month > 12 || day < 1 || day > 31 {
		return m, false
	}
	var hour, minute, second, nanosecond int
	if s = s[n+6:]; len(s) > 0 {
		if s[0] != ' ' && s[0] != 'T' || !shaped(s[1:], "00:00") {
			return m, false
		}
		hour, minute = two(s[1:]), two(s[4:])
		if s = s[6:]; shaped(s, ":00") {
			second, s = two(s[1:]), s[3:]
			if len(s) > 1 && s[0] == '.' {
				fraction, n := digits(s[1:])
				if n == 0 || n > 9 {
					return m, false
				}
				s = s[1+n:]
				for ; n < 9; n++ {
					fraction *= 10
				}
				nanosecond = fraction
			}
		}
		if m.zone, m.zoned, ok = parseZone(s); !ok {
			return m, false
		}
	}
	if hour > 24 || minute > 59 || second > 60 || time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Day() != day {
		return m, false // 31 February is a text, not 3 March
	}
	m.wall = time.Date(year, time.Month(month), day, hour, minute, second, nanosecond, time.UTC)
	return m, true
}

// parseZone reads nothing, Z, or ±00, ±00:00 or ±00:00:00.
func parseZone(s []byte) (zone time.Duration, zoned, ok bool) {
	if len(s) == 0 {
		return 0, false, true
	}
	if string(s) == "Z" {
		return 0, true, true
	}
	if s[0] != '+' && s[0] != '-' || !shaped(s[1:], "00") {
		return 0, false, false
	}
	zone = time.Duration(two(s[1:])) * time.Hour
	rest := s[3:]
	for _, unit := range []time.Duration{time.Minute, time.Second} {
		if shaped(rest, ":00") {
			zone += time.Duration(two(rest[1:])) * unit
			rest = rest[3:]
		}
	}
	if s[0] == '-' {
		zone = -zone
	}
	return zone, true, len(rest) == 0
}

// digits reads the number with which s begins, and how many digits it has.
func digits(s []byte) (number, n int) {
	for n < len(s) && n < 10 && s[n] >= '0' && s[n] <= '9' {
		number = number*10 + int(s[n]-'0')
		n++
	}
	return number, n
}

func two(s []byte) int { return int(s[0]-'0')*10 + int(s[1]-'0') }

// shaped says whether s begins as shape, in which 0 stands for any digit.
func shaped(s []byte, shape string) bool {
	if len(s) < len(shape) {
		return false
	}
	for i := range len(shape) {
		isDigit := s[i] >= '0' && s[i] <= '9'
		if shape[i] == '0' && !isDigit || shape[i] != '0' && s[i] != shape[i] {
			return false
		}
	}
	return true
}
