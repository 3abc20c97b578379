package convert

import (
	"encoding/binary"
	"math"
	"strconv"
	"time"

	"cofre/internal/engine/migrate/source"
)

const (
	daySeconds = 86400
	dayMicros  = daySeconds * 1_000_000
	epochDays  = 10957                  // from 1970 to 2000
	epoch      = epochDays * daySeconds // the same in seconds
)

// timestamp is the codec of timestamp and, zoned, of timestamptz.
type timestamp struct {
	zone   *time.Location
	digits int // of the second
	zoned  bool
}

func (c timestamp) Append(dst []byte, v *source.Value) ([]byte, Notes) {
	if v.Class == source.Text {
		if m, ok := parseMoment(v.Bytes); ok {
			if !m.hasDate {
				return dst, NotMoment
			}
			return c.appendMoment(dst, &m)
		}
	}
	at, notes := instant(v)
	if notes&Refusals != 0 {
		return dst, notes
	}
	micros, rounded := roundMicros(at, c.digits)
	if rounded {
		notes |= FractionRounded
	}
	if !c.zoned {
		notes |= ZoneApplied
		micros += c.offset(micros) * 1_000_000
	}
	return binary.BigEndian.AppendUint64(dst, uint64(micros)), notes
}

func (c timestamp) appendMoment(dst []byte, m *moment) ([]byte, Notes) {
	var notes Notes
	day, rounded := m.micros(c.digits)
	if rounded {
		notes = FractionRounded
	}
	micros := days(m.year, m.month, m.day)*dayMicros + day
	switch {
	case m.hasZone:
		micros -= int64(m.offset) * 1_000_000
		if !c.zoned {
			notes |= ZoneApplied
			micros += c.offset(micros) * 1_000_000
		}
	case c.zoned:
		notes |= NaiveTime
		if c.zone != time.UTC {
			at := time.Date(m.year, time.Month(m.month), m.day, m.hour, m.minute, m.second, 0, c.zone)
			_, offset := at.Zone()
			micros -= int64(offset) * 1_000_000
		}
	}
	return binary.BigEndian.AppendUint64(dst, uint64(micros)), notes
}

// offset of the zone at an instant, in seconds.
func (c timestamp) offset(micros int64) int64 {
	if c.zone == time.UTC {
		return 0
	}
	_, offset := time.UnixMicro(micros + epoch*1_000_000).In(c.zone).Zone()
	return int64(offset)
}

// instant reads a number (or a text that is one) as a moment, in microseconds of
// PostgreSQL, by its size: seconds, milliseconds, microseconds and nanoseconds of
// the years 1973 to 2100 do not overlap. What is outside is an odd one.
func instant(v *source.Value) (micros int64, notes Notes) {
	var f float64
	switch v.Class {
	case source.Integer:
		return instantOf(v.Int, float64(v.Int))
	case source.Real:
		f = v.Real
	case source.Text:
		if len(trim(v.Bytes)) == 0 {
			return 0, EmptyText
		}
		var buf [64]byte
		d, ok := parseDecimal(v.Bytes, buf[:])
		if !ok || d.loose {
			return 0, NotMoment
		}
		if n, ok := d.whole(); ok && d.behind <= 0 {
			micros, notes = instantOf(n, float64(n))
			return micros, notes | NumberText
		}
		f, err := strconv.ParseFloat(string(trim(v.Bytes)), 64)
		if err != nil {
			return 0, OutOfRange
		}
		micros, notes = instant(&source.Value{Class: source.Real, Real: f})
		return micros, notes | NumberText
	default:
		return 0, NotMoment
	}
	if f != f || math.IsInf(f, 0) {
		return 0, OutOfRange
	}
	const firstJulian, lastJulian, julian2000 = 2299160.5, 2500000, 2451544.5
	if f >= firstJulian && f < lastJulian {
		// SQLite keeps a Julian day to the millisecond.
		return int64(math.Round((f-julian2000)*daySeconds*1000)) * 1000, JulianDay
	}
	if f == math.Trunc(f) && math.Abs(f) < 1<<53 {
		return instantOf(int64(f), f)
	}
	if a := math.Abs(f); a < 1e11 {
		whole, part := math.Modf(f)
		micros, notes = instantOf(int64(whole), f)
		return micros + int64(math.Round(part*1e6)), notes
	}
	return instantOf(int64(f), f)
}

func instantOf(n int64, size float64) (micros int64, notes Notes) {
	const from, to = 1e8, 4.2e9 // 1973, 2103
	size = math.Abs(size)
	likely := func(unit float64) bool { return size >= from*unit && size < to*unit }
	switch {
	case likely(1):
		return (n - epoch) * 1_000_000, EpochSeconds
	case likely(1e3):
		return n*1000 - epoch*1_000_000, EpochMillis
	case likely(1e6):
		return n - epoch*1_000_000, EpochMicros
	case likely(1e9):
		micros = floorDiv64(n, 1000) - epoch*1_000_000
		if n%1000 != 0 {
			return micros, EpochNanos | FractionRounded
		}
		return micros, EpochNanos
	case size < 1e11:
		return (n - epoch) * 1_000_000, OddEpoch
	case size < 1e14:
		return n*1000 - epoch*1_000_000, OddEpoch
	}
	return 0, OutOfRange
}

func floorDiv64(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// roundMicros rounds to so many digits of the second.
func roundMicros(micros int64, digits int) (int64, bool) {
	unit := int64(1)
	for range 6 - digits {
		unit *= 10
	}
	rounded := floorDiv64(micros+unit/2, unit) * unit
	return rounded, rounded != micros
}

// date is the codec of date.
type date struct{ zone *time.Location }

func (c date) Append(dst []byte, v *source.Value) ([]byte, Notes) {
	if v.Class == source.Text {
		if m, ok := parseMoment(v.Bytes); ok {
			if !m.hasDate {
				return dst, NotMoment
			}
			var notes Notes
			switch at, _ := m.micros(6); {
			case at != 0 || m.finer:
				notes = TimeLost
			case m.hasTime:
				notes = Midnight
			}
			return binary.BigEndian.AppendUint32(dst, uint32(int32(days(m.year, m.month, m.day)))), notes
		}
	}
	micros, notes := instant(v)
	if notes&Refusals != 0 {
		return dst, notes
	}
	micros += timestamp{zone: c.zone}.offset(micros) * 1_000_000
	return binary.BigEndian.AppendUint32(dst, uint32(int32(floorDiv64(micros, dayMicros)))), notes &^ FractionRounded
}

// clock is the codec of time and, zoned, of timetz.
type clock struct {
	zone   *time.Location
	digits int
	zoned  bool
}

func (c clock) Append(dst []byte, v *source.Value) ([]byte, Notes) {
	if v.Class != source.Text {
		return dst, NotMoment
	}
	m, ok := parseMoment(v.Bytes)
	if !ok || !m.hasTime {
		if len(trim(v.Bytes)) == 0 {
			return dst, EmptyText
		}
		return dst, NotMoment
	}
	var notes Notes
	if m.hasDate {
		// Frameworks put a time of day behind the first day of some era.
		notes = DateLost
		if m.month == 1 && m.day == 1 && (m.year == 2000 || m.year == 1970 || m.year == 1900 || m.year == 1) {
			notes = DummyDate
		}
	}
	micros, rounded := m.micros(c.digits)
	if rounded {
		notes |= FractionRounded
	}
	if !c.zoned && m.hasZone {
		if notes |= ZoneLost; m.offset == 0 {
			notes = notes&^ZoneLost | ZoneApplied
		}
	}
	dst = binary.BigEndian.AppendUint64(dst, uint64(micros))
	if c.zoned {
		if !m.hasZone {
			notes |= NaiveTime
			if c.zone != time.UTC {
				_, m.offset = time.Date(2000, 1, 1, m.hour, m.minute, m.second, 0, c.zone).Zone()
			}
		}
		dst = binary.BigEndian.AppendUint32(dst, uint32(int32(-m.offset))) // PostgreSQL counts west of Greenwich
	}
	return dst, notes
}
