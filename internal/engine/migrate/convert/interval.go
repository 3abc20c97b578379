package convert

import (
	"encoding/binary"
	"math"
	"strings"

	"cofre/internal/engine/migrate/source"
)

// interval is the codec of interval. SQLite has no such thing; frameworks keep
// microseconds (Django), a date as far from 1970 (SQLAlchemy), ISO 8601 (Rails),
// or what their language prints ("1 day, 2:03:04").
type interval struct{}

type span struct {
	micros       int64
	days, months int32
}

func (interval) Append(dst []byte, v *source.Value) ([]byte, Notes) {
	var s span
	var notes Notes
	switch v.Class {
	case source.Integer:
		s.micros, notes = v.Int, MicrosInterval
	case source.Text:
		t := string(trim(v.Bytes))
		if t == "" {
			return dst, EmptyText
		}
		if m, ok := parseMoment(v.Bytes); ok && m.hasDate {
			if m.hasZone {
				return dst, NotInterval
			}
			day, rounded := m.micros(6)
			s.micros, notes = (days(m.year, m.month, m.day)+epochDays)*dayMicros+day, EpochInterval
			if rounded {
				notes |= FractionRounded
			}
			break
		}
		read := parseUnits
		if strings.HasPrefix(strings.TrimLeft(t, "-+"), "P") {
			read = parseISODuration
		}
		var ok, rounded bool
		if s, rounded, ok = read(t); !ok {
			return dst, NotInterval
		}
		if rounded {
			notes = FractionRounded
		}
	default:
		return dst, NotInterval
	}
	dst = binary.BigEndian.AppendUint64(dst, uint64(s.micros))
	dst = binary.BigEndian.AppendUint32(dst, uint32(s.days))
	return binary.BigEndian.AppendUint32(dst, uint32(s.months)), notes
}

// mostUnits bounds every number of an interval, so that sums can't overflow.
const mostUnits = 10_000_000

// add adds n units, the fraction given in billionths; only units of the clock
// may have one.
func (s *span) add(n, billionths int64, unit string) (rounded, ok bool) {
	if n > mostUnits || n < -mostUnits {
		return false, false
	}
	size := int64(0)
	switch unit {
	case "year", "years", "Y":
		s.months += int32(12 * n)
	case "mon", "mons", "month", "months", "M":
		s.months += int32(n)
	case "week", "weeks", "W":
		s.days += int32(7 * n)
	case "day", "days", "D":
		s.days += int32(n)
	case "hour", "hours", "H":
		size = 3_600_000_000
	case "min", "mins", "minute", "minutes", "m":
		size = 60_000_000
	case "sec", "secs", "second", "seconds", "S":
		size = 1_000_000
	default:
		return false, false
	}
	if size == 0 {
		return false, billionths == 0
	}
	part := billionths * (size / 1000) // in millionths of a microsecond
	s.micros += n*size + int64(math.Round(float64(part)/1_000_000))
	return part%1_000_000 != 0, true
}

// parseISODuration reads P1Y2M3W4DT5H6M7.8S.
func parseISODuration(t string) (s span, rounded, ok bool) {
	sign := int64(1)
	if t[0] == '-' || t[0] == '+' {
		if t[0] == '-' {
			sign = -1
		}
		t = t[1:]
	}
	t = t[1:]
	clock, found := false, false
	for t != "" {
		if t[0] == 'T' && !clock {
			clock, t = true, t[1:]
			continue
		}
		n, billionths, rest, fine := leadingNumber(t)
		if !fine || rest == "" {
			return s, false, false
		}
		unit := rest[:1]
		if clock && unit == "M" {
			unit = "m"
		}
		if !strings.Contains(map[bool]string{true: "HmS", false: "YMWD"}[clock], unit) {
			return s, false, false
		}
		inexact, fine := s.add(sign*n, sign*billionths, unit)
		if !fine {
			return s, false, false
		}
		rounded, found, t = rounded || inexact, true, rest[1:]
	}
	return s, rounded, found
}

// parseUnits reads "1 year 2 mons -3 days 04:05:06.7", "4 days, 5:06:07" and
// "4 05:06:07" (days before a time of day, as Django writes them).
func parseUnits(t string) (s span, rounded, ok bool) {
	words := strings.Fields(strings.ReplaceAll(t, ",", " "))
	for i := 0; i < len(words); i++ {
		if strings.Contains(words[i], ":") {
			inexact, fine := s.addClock(words[i])
			return s, rounded || inexact, fine && i == len(words)-1
		}
		n, billionths, rest, fine := leadingNumber(words[i])
		if !fine || rest != "" || i == len(words)-1 {
			return s, false, false
		}
		unit := words[i+1]
		if strings.Contains(unit, ":") {
			unit = "day"
		} else {
			i++
		}
		if len(unit) < 2 {
			return s, false, false
		}
		inexact, fine := s.add(n, billionths, strings.ToLower(unit))
		if !fine {
			return s, false, false
		}
		rounded = rounded || inexact
	}
	return s, rounded, len(words) > 0
}

// addClock adds [-]H:MM[:SS[.F]].
func (s *span) addClock(word string) (rounded, ok bool) {
	sign := int64(1)
	if word[0] == '-' || word[0] == '+' {
		if word[0] == '-' {
			sign = -1
		}
		word = word[1:]
	}
	parts := strings.Split(word, ":")
	if len(parts) > 3 {
		return false, false
	}
	for i, unit := range []string{"H", "m", "S"}[:len(parts)] {
		n, billionths, rest, fine := leadingNumber(parts[i])
		if !fine || rest != "" || n < 0 || i > 0 && (n > 59 || len(parts[i]) < 2) || unit != "S" && billionths != 0 {
			return false, false
		}
		if rounded, ok = s.add(sign*n, sign*billionths, unit); !ok {
			return false, false
		}
	}
	return rounded, true
}

// leadingNumber reads [-+]digits[.digits]; a fraction is counted in billionths
// and has the number's sign.
func leadingNumber(t string) (n, billionths int64, rest string, ok bool) {
	sign := int64(1)
	if t != "" && (t[0] == '-' || t[0] == '+') {
		if t[0] == '-' {
			sign = -1
		}
		t = t[1:]
	}
	i := 0
	for ; i < len(t) && t[i] >= '0' && t[i] <= '9'; i++ {
		if n = n*10 + int64(t[i]-'0'); n > mostUnits {
			return 0, 0, "", false
		}
	}
	if i == 0 {
		return 0, 0, "", false
	}
	if i+1 < len(t) && t[i] == '.' {
		unit := int64(100_000_000)
		for i++; i < len(t) && t[i] >= '0' && t[i] <= '9'; i++ {
			if billionths += int64(t[i]-'0') * unit; unit == 0 && t[i] != '0' {
				billionths |= 1 // what is finer is not passed over
			}
			unit /= 10
		}
	}
	return sign * n, sign * billionths, t[i:], true
}
