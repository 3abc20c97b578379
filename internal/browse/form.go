package browse

import (
	"bytes"
	"strings"

	"cofre/internal/archive"
)

// form is in what a type spells one value in several ways, which are the same to its
// database.
type form byte

const (
	asItIs form = iota
	blankPadded
	truthValue
	anyCase
	clockTime
)

func formOf(declared string) form {
	name, _, _ := strings.Cut(strings.ToLower(declared), "(")
	name, zone, _ := strings.Cut(name, " with")
	switch {
	case strings.HasSuffix(declared, "]"):
		return asItIs
	case name == "character", name == "bpchar":
		return blankPadded
	case name == "boolean":
		return truthValue
	case name == "uuid":
		return anyCase
	case name == "time" && !strings.HasPrefix(zone, " time zone"):
		return clockTime
	}
	return asItIs
}

// spell gives a value in the one spelling of a form that can be compared.
func (f form) spell(v value) value {
	if v.cell.Kind != archive.Text {
		return v
	}
	switch f {
	case blankPadded:
		v.cell.Bytes = bytes.TrimRight(v.cell.Bytes, " ")
	case anyCase:
		v.cell.Bytes = bytes.ToLower(v.cell.Bytes)
	case clockTime:
		v.cell.Bytes = spellClock(v.cell.Bytes)
	}
	return v
}

// spellClock writes 9:00 and 09:00:00.50 as PostgreSQL prints a time: 09:00:00,
// 09:00:00.5.
func spellClock(s []byte) []byte {
	if shaped(s, "0:00") {
		s = append([]byte("0"), s...)
	}
	switch {
	case len(s) == len("09:00") && shaped(s, "00:00"):
		return append(s[:len(s):len(s)], ":00"...)
	case shaped(s, "00:00:00.0"):
		return bytes.TrimRight(bytes.TrimRight(s, "0"), ".")
	}
	return s
}
