package browse

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"cofre/internal/errs"
)

type lexemeKind byte

const (
	endOfFilter lexemeKind = iota
	wordLexeme
	nameLexeme // "…"
	textLexeme // '…'
	numberLexeme
	signLexeme
)

// lexeme is a word, a value or a sign of a filter, and where it begins.
type lexeme struct {
	kind lexemeKind
	text string
	at   int
}

func (l lexeme) is(word string) bool {
	return (l.kind == wordLexeme || l.kind == signLexeme) && strings.EqualFold(l.text, word)
}

// next reads the next lexeme into now.
func (p *parser) next() {
	rest := strings.TrimLeftFunc(p.text[p.at:], unicode.IsSpace)
	at := len(p.text) - len(rest)
	kind, n := signLexeme, 0
	r, size := utf8.DecodeRuneInString(rest)
	switch {
	case rest == "":
		kind = endOfFilter
	case r == '\'' || r == '"':
		p.quoted(rest, byte(r), at)
		return
	case isNameRune(r) && !unicode.IsDigit(r):
		kind = wordLexeme
		n = len(rest) - len(strings.TrimLeftFunc(rest, isNameRune))
	case numberLength(rest) > 0:
		kind, n = numberLexeme, numberLength(rest)
	case len(rest) > 1 && (rest[:2] == "<=" || rest[:2] == ">=" || rest[:2] == "<>" || rest[:2] == "!="):
		n = 2
	default:
		n = size
	}
	p.now, p.at = lexeme{kind, rest[:n], at}, at+n
}

func isNameRune(r rune) bool {
	return r == '_' || r == '$' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

// quoted reads a text or a name, in which its quote stands for itself when doubled.
func (p *parser) quoted(rest string, quote byte, at int) {
	var b strings.Builder
	for i := 1; i < len(rest); i++ {
		if rest[i] != quote {
			b.WriteByte(rest[i])
			continue
		}
		if i+1 < len(rest) && rest[i+1] == quote {
			b.WriteByte(quote)
			i++
			continue
		}
		kind := textLexeme
		if quote == '"' {
			kind = nameLexeme
		}
		p.now, p.at = lexeme{kind, b.String(), at}, at+i+1
		return
	}
	p.fail("filter.open_quote", at, errs.Args{})
}

// numberLength is how long the number is with which the text begins; 0 for none.
func numberLength(s string) int {
	i := 0
	digits := func() (n int) {
		for ; i < len(s) && s[i] >= '0' && s[i] <= '9'; i++ {
			n++
		}
		return n
	}
	if s[0] == '-' || s[0] == '+' {
		i++
	}
	n := digits()
	if i < len(s) && s[i] == '.' {
		i++
		n += digits()
	}
	if n == 0 {
		return 0
	}
	if before := i; i < len(s) && s[i]|0x20 == 'e' {
		if i++; i < len(s) && (s[i] == '-' || s[i] == '+') {
			i++
		}
		if digits() == 0 {
			i = before
		}
	}
	return i
}
