package text

import "strings"

// Clean returns a name from outside as it may be shown: in place of what would
// move the cursor, begin a line or turn the direction of what follows stands
// U+FFFD.
func Clean(name string) string {
	return strings.Map(func(r rune) rune {
		if moves(r) {
			return '\uFFFD'
		}
		return r
	}, name)
}

// cleanLines is Clean for the words of another program, which keep their lines
// and tabs.
func cleanLines(words string) string {
	return strings.Map(func(r rune) rune {
		if moves(r) && r != '\n' && r != '\t' {
			return '\uFFFD'
		}
		return r
	}, strings.ReplaceAll(words, "\r\n", "\n"))
}

// moves says whether r is a control character (C0, DEL, C1), a line or paragraph
// separator, or an embedding, override or isolate of the bidirectional algorithm.
func moves(r rune) bool {
	return r < 0x20 || (r >= 0x7f && r < 0xa0) || (r >= 0x2028 && r <= 0x202e) || (r >= 0x2066 && r <= 0x2069)
}
