package archive

import (
	"bufio"
	"errors"
	"io"
	"strings"

	"cofre/internal/errs"
)

// What is kept of one statement: enough to tell what it does and to which table.
const (
	maxWords = 24
	maxWord  = 1 << 10
)

// statement is what an SQL statement says outside of its parentheses.
type statement struct {
	words  []word
	tuples int64 // groups in parentheses behind VALUES
}

// word is a keyword or a name of a statement, or the sign that joins names.
type word struct {
	text   string
	quoted bool
}

// is says whether the statement begins with these keywords.
func (s statement) is(keywords ...string) bool {
	if len(s.words) < len(keywords) {
		return false
	}
	for i, k := range keywords {
		if !s.words[i].is(k) {
			return false
		}
	}
	return true
}

func (w word) is(keyword string) bool { return !w.quoted && strings.EqualFold(w.text, keyword) }

// has says whether the keyword is somewhere in the statement.
func (s statement) has(keyword string) bool {
	for _, w := range s.words {
		if w.is(keyword) {
			return true
		}
	}
	return false
}

// name reads the name that begins at the i-th word, such as public.users.
func (s statement) name(i int) string {
	var b strings.Builder
	for ; i < len(s.words); i++ {
		b.WriteString(s.words[i].text)
		if i+2 >= len(s.words) || s.words[i+1] != (word{text: "."}) {
			break
		}
		b.WriteString(".")
		i++
	}
	return b.String()
}

// sqlLexer reads a script statement by statement. It knows comments, strings,
// names and bodies of functions and triggers, so that nothing inside them is
// taken for a statement.
type sqlLexer struct {
	r       *bufio.Reader
	sqlite  bool              // the dialect; else PostgreSQL's
	escapes bool              // a backslash escapes in '…', too (standard_conforming_strings = off)
	comment func(line string) // is told each comment that ends with its line; may be nil
}

// next returns the next statement; io.EOF after the last, io.ErrUnexpectedEOF
// inside one. A meta-command of psql is refused, except the two that pg_dump writes around
// a script.
func (l *sqlLexer) next() (statement, error) {
	var s statement
	depth, body := 0, 0 // of parentheses; of BEGIN … END in a function or trigger
	values := false
	add := func(w word) {
		if depth == 0 && len(s.words) < maxWords {
			s.words = append(s.words, w)
		}
	}
	for {
		c, err := l.r.ReadByte()
		if errors.Is(err, io.EOF) && len(s.words) > 0 {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return s, err
		}
		switch {
		case c == ';' && depth == 0 && body == 0:
			if len(s.words) > 0 {
				return s, nil
			}
		case c == '(':
			if depth == 0 && values {
				s.tuples++
			}
			depth++
		case c == ')':
			depth = max(0, depth-1)
		case c == '\'' && !l.sqlite:
			err = l.quoted('\'', l.escapes, nil)
		case c == '"', l.sqlite && (c == '\'' || c == '`'): // SQLite takes a string for a name, too
			var text strings.Builder
			err = l.quoted(c, false, &text)
			add(word{text.String(), true})
		case l.sqlite && c == '[':
			var text strings.Builder
			err = l.quoted(']', false, &text)
			add(word{text.String(), true})
		case c == '$' && !l.sqlite:
			err = l.dollar()
		case c == '-' && l.follows('-'):
			var text string
			if text, err = l.line(); err == nil && l.comment != nil {
				l.comment(text)
			}
		case c == '/' && l.follows('*'):
			err = l.block()
		case c == '\\' && !l.sqlite:
			err = l.metaCommand()
		case c == '.':
			add(word{text: "."})
		case isWord(c):
			var text string
			if text, err = l.word(c); err != nil {
				break
			}
			w := word{text: text}
			add(w)
			switch {
			case !l.sqlite && w.is("E") && l.follows('\''):
				s.words = s.words[:max(0, len(s.words)-1)]
				err = l.quoted('\'', true, nil)
			case depth == 0 && w.is("VALUES"):
				values = true
			case depth == 0 && w.is("ON"): // … CONFLICT (column) …
				values = false
			case depth == 0 && s.hasBody() && (w.is("BEGIN") || w.is("CASE") && body > 0):
				body++
			case depth == 0 && w.is("END") && body > 0:
				body--
			}
		}
		if err != nil {
			return s, cut(err)
		}
	}
}

// hasBody says whether the statement may hold others between BEGIN and END.
func (s statement) hasBody() bool {
	if !s.is("CREATE") {
		return false
	}
	for _, w := range s.words[1:min(len(s.words), 5)] {
		if w.is("FUNCTION") || w.is("PROCEDURE") || w.is("TRIGGER") {
			return true
		}
	}
	return false
}

func isWord(c byte) bool {
	return c == '_' || c >= 0x80 || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// word reads the rest of a word; the part beyond maxWord is dropped.
func (l *sqlLexer) word(c byte) (string, error) {
	text := append(make([]byte, 0, 16), c)
	for {
		c, err := l.r.ReadByte()
		if errors.Is(err, io.EOF) {
			return string(text), nil
		}
		if err != nil {
			return "", err
		}
		if !isWord(c) && c != '$' {
			return string(text), l.r.UnreadByte()
		}
		if len(text) < maxWord {
			text = append(text, c)
		}
	}
}

// quoted reads to the end of a string or name, in which the quote stands for
// itself when it is doubled.
func (l *sqlLexer) quoted(quote byte, escapes bool, text *strings.Builder) error {
	for {
		c, err := l.r.ReadByte()
		if err != nil {
			return err
		}
		switch {
		case c == '\\' && escapes:
			if _, err := l.r.ReadByte(); err != nil {
				return err
			}
			continue
		case c == quote && (quote == ']' || !l.follows(quote)):
			return nil
		}
		if text != nil && text.Len() < maxWord {
			text.WriteByte(c)
		}
	}
}

// follows takes the next byte where it is c.
func (l *sqlLexer) follows(c byte) bool {
	next, err := l.r.Peek(1)
	if err != nil || next[0] != c {
		return false
	}
	_, err = l.r.Discard(1)
	return err == nil
}

// dollar reads a string such as $body$ … $body$, whose first sign is read; a
// lone sign is none.
func (l *sqlLexer) dollar() error {
	tag := []byte("$")
	for {
		c, err := l.r.ReadByte()
		if err != nil {
			return err
		}
		if !isWord(c) && c != '$' || len(tag) > maxWord {
			return l.r.UnreadByte()
		}
		tag = append(tag, c)
		if c == '$' {
			break
		}
	}
	for at := 0; at < len(tag); {
		c, err := l.r.ReadByte()
		if err != nil {
			return err
		}
		switch c {
		case tag[at]:
			at++
		case '$':
			at = 1
		default:
			at = 0
		}
	}
	return nil
}

// line reads to the end of the line and returns its beginning.
func (l *sqlLexer) line() (string, error) {
	var text []byte
	for {
		part, err := l.r.ReadSlice('\n')
		text = append(text, part[:min(len(part), maxWord-min(maxWord, len(text)))]...)
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if errors.Is(err, io.EOF) {
			err = nil
		}
		return strings.TrimSpace(string(text)), err
	}
}

// block reads to the end of a block comment; PostgreSQL's may hold others.
func (l *sqlLexer) block() error {
	for depth := 1; depth > 0; {
		c, err := l.r.ReadByte()
		if err != nil {
			return err
		}
		if c == '*' && l.follows('/') {
			depth--
		} else if c == '/' && !l.sqlite && l.follows('*') {
			depth++
		}
	}
	return nil
}

// metaCommand lets the two commands pass that pg_dump itself writes. Any other
// would make psql run a program, read a file or leave the database.
func (l *sqlLexer) metaCommand() error {
	line, err := l.line()
	if err != nil {
		return err
	}
	command, _, _ := strings.Cut(line, " ")
	if command == "restrict" || command == "unrestrict" {
		return nil
	}
	return errs.New(errs.Invalid, "archive.meta_command", errs.Args{"command": `\` + command[:min(len(command), 40)]})
}
