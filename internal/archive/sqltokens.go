package archive

import (
	"bufio"
	"errors"
	"io"
	"strings"
)

// sqlTokens reads the words and literals of statements whose values matter: those
// of an INSERT, and the columns of a CREATE TABLE. sqlLexer, which reads whole
// scripts, only tells where a statement ends.
type sqlTokens struct {
	r       *bufio.Reader
	sqlite  bool
	escapes bool // a backslash escapes in '…', too

	token token // the current one
}

type tokenKind byte

const (
	endToken tokenKind = iota
	wordToken
	nameToken   // "…", `…` or […]
	stringToken // '…'
	blobToken   // X'…', its digits
	bitsToken   // B'…', its digits
	numberToken
	signToken // any other character, alone
)

type token struct {
	kind tokenKind
	text []byte // used again with the next token
}

func (t token) word(keyword string) bool {
	return t.kind == wordToken && strings.EqualFold(string(t.text), keyword)
}
func (t token) sign(c byte) bool { return t.kind == signToken && t.text[0] == c }
func (t token) isName() bool     { return t.kind == wordToken || t.kind == nameToken }

// next reads the next token; endToken at the end.
func (t *sqlTokens) next() error {
	t.token = token{endToken, t.token.text[:0]}
	for {
		c, err := t.r.ReadByte()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch {
		case c == ' ' || c >= '\t' && c <= '\r':
			continue
		case c == '-' && t.follows('-'):
			if err := t.skipTo('\n', 0); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
				return err
			}
		case c == '/' && t.follows('*'):
			if err := t.skipTo('*', '/'); err != nil {
				return err
			}
		case c == '\'':
			return t.quoted(stringToken, c, t.escapes)
		case c == '"', t.sqlite && c == '`':
			return t.quoted(nameToken, c, false)
		case t.sqlite && c == '[':
			return t.quoted(nameToken, ']', false)
		case c >= '0' && c <= '9', c == '.' && t.peek() >= '0' && t.peek() <= '9':
			return t.number(c)
		case isWord(c):
			return t.word(c)
		default:
			t.token = token{signToken, append(t.token.text, c)}
			return nil
		}
	}
}

func (t *sqlTokens) peek() byte {
	b, err := t.r.Peek(1)
	if err != nil {
		return 0
	}
	return b[0]
}

func (t *sqlTokens) follows(c byte) bool {
	if t.peek() != c {
		return false
	}
	_, err := t.r.Discard(1)
	return err == nil
}

// skipTo reads to one byte, or to two where then is not 0.
func (t *sqlTokens) skipTo(c, then byte) error {
	for {
		b, err := t.r.ReadByte()
		if err != nil {
			return cut(err)
		}
		if b == c && (then == 0 || t.follows(then)) {
			return nil
		}
	}
}

func (t *sqlTokens) quoted(kind tokenKind, quote byte, escapes bool) error {
	t.token = token{kind, t.token.text[:0]}
	for {
		c, err := t.r.ReadByte()
		if err != nil {
			return cut(err)
		}
		switch {
		case c == '\\' && escapes:
			if c, err = t.r.ReadByte(); err != nil {
				return cut(err)
			}
			if e, ok := copyEscapes[c]; ok {
				c = e
			}
		case c == quote && (quote == ']' || !t.follows(quote)):
			return nil
		}
		t.token.text = append(t.token.text, c)
	}
}

func (t *sqlTokens) number(c byte) error {
	t.token = token{numberToken, append(t.token.text, c)}
	for {
		p := t.peek()
		exponent := (p == '+' || p == '-') && c|0x20 == 'e'
		if p != '.' && !isWord(p) && !exponent {
			return nil
		}
		c = p
		_, _ = t.r.Discard(1)
		t.token.text = append(t.token.text, c)
	}
}

func (t *sqlTokens) word(c byte) error {
	t.token = token{wordToken, append(t.token.text, c)}
	for p := t.peek(); isWord(p) || p == '$'; p = t.peek() {
		_, _ = t.r.Discard(1)
		t.token.text = append(t.token.text, p)
	}
	if len(t.token.text) > 1 || t.peek() != '\'' {
		return nil
	}
	switch c | 0x20 {
	case 'x':
		return t.prefixed(blobToken, false)
	case 'b':
		return t.prefixed(bitsToken, false)
	case 'e':
		return t.prefixed(stringToken, !t.sqlite)
	}
	return nil
}

func (t *sqlTokens) prefixed(kind tokenKind, escapes bool) error {
	_, _ = t.r.Discard(1)
	return t.quoted(kind, '\'', escapes)
}
