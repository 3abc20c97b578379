package convert

import "bytes"

// moment is a date, a time of day, or both, as a text writes it.
type moment struct {
	year, month, day     int
	hour, minute, second int
	nanos                int
	finer                bool // more than nine digits, not all zeros
	offset               int  // seconds east of UTC
	hasDate, hasTime     bool
	hasZone              bool
}

// parseMoment reads what SQLite itself takes for a time: YYYY-MM-DD, HH:MM,
// HH:MM:SS and HH:MM:SS.F, both joined by blanks or a T, then Z or ±HH:MM. It also
// reads ±HHMM and "UTC", as Ruby and Go write them, and what Go's Time.String
// adds ("+0000 UTC m=+0.01"). It never takes a word for a date, and checks the
// calendar, which SQLite does not: 2025-02-31 is no date.
func parseMoment(s []byte) (m moment, ok bool) {
	s = trim(s)
	if len(s) >= 10 && s[4] == '-' && s[7] == '-' {
		y, ok1 := number(s[0:4])
		mo, ok2 := number(s[5:7])
		d, ok3 := number(s[8:10])
		if !ok1 || !ok2 || !ok3 || !onCalendar(y, mo, d) {
			return m, false
		}
		m.year, m.month, m.day, m.hasDate = y, mo, d, true
		if s = s[10:]; len(s) == 0 {
			return m, true
		}
		if s[0] == 'T' || s[0] == 't' {
			s = s[1:]
		} else if trimmed := trim(s); len(trimmed) < len(s) {
			s = trimmed
		} else {
			return m, false
		}
	}
	if len(s) < 5 || s[2] != ':' {
		return m, false
	}
	var ok1, ok2 bool
	m.hour, ok1 = number(s[0:2])
	m.minute, ok2 = number(s[3:5])
	if !ok1 || !ok2 || m.hour > 24 || m.minute > 59 {
		return m, false
	}
	m.hasTime = true
	if s = s[5:]; len(s) >= 3 && s[0] == ':' {
		if m.second, ok = number(s[1:3]); !ok || m.second > 59 {
			return m, false
		}
		s = s[3:]
		if len(s) >= 2 && s[0] == '.' {
			if s, ok = m.fraction(s[1:]); !ok {
				return m, false
			}
		}
	}
	if m.hour == 24 && (m.hasDate || m.minute+m.second+m.nanos > 0) {
		return m, false
	}
	return m, m.zone(s)
}

func (m *moment) fraction(s []byte) (rest []byte, ok bool) {
	unit, n := 100_000_000, 0
	for ; n < len(s) && s[n] >= '0' && s[n] <= '9'; n++ {
		m.nanos += int(s[n]-'0') * unit
		if unit == 0 && s[n] != '0' {
			m.finer = true
		}
		unit /= 10
	}
	return s[n:], n > 0
}

func (m *moment) zone(s []byte) bool {
	if s = trim(s); len(s) == 0 {
		return true
	}
	m.hasZone = true
	switch {
	case len(s) == 1 && (s[0] == 'Z' || s[0] == 'z'):
		return true
	case bytes.Equal(s, []byte("UTC")):
		return true
	case s[0] != '+' && s[0] != '-' || len(s) < 3:
		return false
	}
	sign := s[0]
	hours, ok := number(s[1:3])
	if !ok || hours > 15 {
		return false
	}
	minutes := 0
	if s = s[3:]; len(s) >= 3 && s[0] == ':' {
		minutes, ok = number(s[1:3])
		s = s[3:]
	} else if len(s) >= 2 && s[0] != ' ' {
		minutes, ok = number(s[0:2])
		s = s[2:]
	}
	if !ok || minutes > 59 || !goSuffix(s) {
		return false
	}
	if m.offset = hours*3600 + minutes*60; sign == '-' {
		m.offset = -m.offset
	}
	return true
}

// goSuffix says whether s is what Go's Time.String puts behind the offset: the
// zone's name, and the monotonic clock.
func goSuffix(s []byte) bool {
	if len(s) == 0 {
		return true
	}
	if s[0] != ' ' {
		return false
	}
	name, clock, _ := bytes.Cut(s[1:], []byte(" m="))
	for _, c := range name {
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '+' && c != '-' {
			return false
		}
	}
	for _, c := range clock {
		if (c < '0' || c > '9') && c != '.' && c != '+' && c != '-' {
			return false
		}
	}
	return len(name) > 0
}

// number reads digits.
func number(s []byte) (n int, ok bool) {
	for _, c := range s {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

func onCalendar(y, m, d int) bool {
	if y < 1 || m < 1 || m > 12 || d < 1 {
		return false
	}
	switch m {
	case 4, 6, 9, 11:
		return d <= 30
	case 2:
		if y%4 == 0 && (y%100 != 0 || y%400 == 0) {
			return d <= 29
		}
		return d <= 28
	}
	return d <= 31
}

// days counts days from 2000-01-01, where PostgreSQL begins, by the Gregorian
// calendar ("days from civil", Howard Hinnant).
func days(y, m, d int) int64 {
	if m <= 2 {
		y--
	}
	era := floorDiv(y, 400)
	inEra := y - era*400
	inYear := (153*((m+9)%12)+2)/5 + d - 1
	return int64(era*146097+inEra*365+inEra/4-inEra/100+inYear) - 730425
}

// micros is the time of day in microseconds, rounded to so many digits of the
// second; changed says that it was rounded.
func (m *moment) micros(digits int) (n int64, changed bool) {
	unit := int64(1000)
	for range 6 - digits {
		unit *= 10
	}
	nanos := int64(m.nanos)
	rounded := (nanos + unit/2) / unit * unit
	n = (int64(m.hour)*3600+int64(m.minute)*60+int64(m.second))*1_000_000 + rounded/1000
	return n, rounded != nanos || m.finer
}
