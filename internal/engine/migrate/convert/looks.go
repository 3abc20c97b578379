package convert

import "math"

// RealScale is the number of decimals of the shortest decimal that a REAL stands
// for, 0 for whole numbers and infinities.
func RealScale(f float64) int {
	if f == math.Trunc(f) || math.IsInf(f, 0) {
		return 0
	}
	var buf [64]byte
	d := realDecimal(f, -1, buf[:])
	return max(0, d.behind)
}

// TextScale is the number of decimals of a text that is a plain decimal.
func TextScale(s []byte) (scale int, ok bool) {
	var buf [64]byte
	d, ok := parseDecimal(s, buf[:])
	return max(0, d.behind), ok && !d.loose
}

// LikelyUUID says whether a text is a UUID with or without dashes, of a version
// and variant that exist: an MD5 of the same length mostly is not.
func LikelyUUID(s []byte) bool {
	var buf [16]byte
	b, _, ok := appendUUID(buf[:0], s)
	return ok && b[6]>>4 >= 1 && b[6]>>4 <= 8 && b[8]>>6 == 2
}

// IsAddress says whether a text is an address of a network.
func IsAddress(s []byte) bool {
	_, ok := parsePrefix(string(s))
	return ok
}

// IsMoment says whether a text is a date, with or without a time, whether it has
// a zone, and whether it is finer than a second.
func IsMoment(s []byte) (date, zoned, fraction bool) {
	m, ok := parseMoment(s)
	return ok && m.hasDate, m.hasZone, m.nanos > 0
}
