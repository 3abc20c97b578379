package convert

import (
	"bytes"
	"strings"

	"cofre/internal/engine/migrate/source"
)

// byServer asks PostgreSQL itself, for types that are rare in applications:
// ranges, geometry, full-text search, those of extensions.
type byServer struct {
	t   Type
	ask func(Type, []byte) ([]byte, bool)
}

func (c *byServer) Append(dst []byte, v *source.Value) ([]byte, Notes) {
	s, notes := text{}.Append(nil, v)
	switch {
	case notes&Asked != 0:
		return dst, Refused
	case len(trim(s)) == 0:
		return dst, EmptyText
	case strings.Contains(c.t.SQL, "range") && special(s):
		return dst, Refused
	}
	out, ok := c.ask(c.t, s)
	if !ok {
		return dst, Refused
	}
	return append(dst, out...), notes
}

// special says whether a text holds a word that PostgreSQL would take for a
// moment of its own clock.
func special(s []byte) bool {
	lower := bytes.ToLower(s)
	for _, word := range []string{"now", "today", "tomorrow", "yesterday", "allballs", "epoch"} {
		if bytes.Contains(lower, []byte(word)) {
			return true
		}
	}
	return false
}
