package browse

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"cofre/internal/archive"
)

// Needle is a text that is looked for, in any case and with or without accents:
// "joao" finds "João". It may be used from one goroutine at a time. A nil Needle is
// everywhere.
type Needle struct {
	folded []byte
	buffer []byte
}

// NewNeedle looks for text; nil for a blank one.
func NewNeedle(text string) *Needle {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	return &Needle{folded: appendFolded(nil, []byte(text))}
}

// In says which cell of a row holds the needle first; -1 for none. Binary values are
// not searched.
func (n *Needle) In(row []archive.Cell) int {
	if n == nil {
		return 0
	}
	for i, c := range row {
		if (c.Kind == archive.Text || c.Kind == archive.Number) && n.within(c.Bytes) {
			return i
		}
	}
	return -1
}

func (n *Needle) within(text []byte) bool {
	n.buffer = appendFolded(n.buffer[:0], text)
	return bytes.Contains(n.buffer, n.folded)
}

// around is how many characters an excerpt has on each side of what was found.
const around = 40

// Excerpt is the part of a text in which the needle is; cut ends have an ellipsis.
func (n *Needle) Excerpt(text []byte) string {
	n.buffer = appendFolded(n.buffer[:0], text)
	begin := bytes.Index(n.buffer, n.folded)
	if begin < 0 {
		return ""
	}
	end := begin + len(n.folded)
	var from, to int // in text
	var folded []byte
	for at := 0; at < len(text); {
		if len(folded) <= begin {
			from = at
		}
		_, size := utf8.DecodeRune(text[at:])
		folded = appendFolded(folded, text[at:at+size])
		at += size
		if to = at; len(folded) >= end {
			break
		}
	}
	before, after := "", ""
	for range around {
		_, size := utf8.DecodeLastRune(text[:from])
		from -= size
		_, size = utf8.DecodeRune(text[to:])
		to += size
	}
	if from > 0 {
		before = "…"
	}
	if to < len(text) {
		after = "…"
	}
	return before + strings.ToValidUTF8(string(text[from:to]), "\uFFFD") + after
}

// appendFolded writes text in small letters, without accents.
func appendFolded(to, text []byte) []byte {
	for len(text) > 0 {
		if c := text[0]; c < utf8.RuneSelf {
			if c >= 'A' && c <= 'Z' {
				c |= 0x20
			}
			to, text = append(to, c), text[1:]
			continue
		}
		_, size := utf8.DecodeRune(text)
		parts := norm.NFD.Properties(text[:size]).Decomposition()
		if parts == nil {
			parts = text[:size]
		}
		for len(parts) > 0 {
			r, n := utf8.DecodeRune(parts)
			switch {
			case r == utf8.RuneError && n == 1:
				to = append(to, parts[0])
			case !unicode.Is(unicode.Mn, r):
				to = utf8.AppendRune(to, unicode.ToLower(r))
			}
			parts = parts[n:]
		}
		text = text[size:]
	}
	return to
}
