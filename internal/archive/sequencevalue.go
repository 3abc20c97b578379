package archive

import (
	"regexp"
	"strconv"
)

// setval is how pg_dump writes the value of a sequence.
var setval = regexp.MustCompile(`^\s*SELECT pg_catalog\.setval\('(?:[^']|'')*', (-?\d+), (true|false)\);?\s*$`)

// sequenceValue reads the value out of SELECT pg_catalog.setval('…', 5, true);
// fresh says that the sequence has given none yet.
func sequenceValue(statement string) (value int64, fresh, ok bool) {
	m := setval.FindStringSubmatch(statement)
	if m == nil {
		return 0, false, false
	}
	value, err := strconv.ParseInt(m[1], 10, 64)
	return value, m[2] == "false", err == nil
}
