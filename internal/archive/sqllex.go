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
	at     int64 // where it begins, in bytes of the script; 0 without a recorder
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
	decode  decoder           // of what the script spells; its words are in UTF-8
	text    []byte            // of the last word or name
	in      *recorder         // what r reads from; nil where nobody asks for the text of a statement
}

// at is how much of the script has been read.
func (l *sqlLexer) at() int64 {
	if l.in == nil {
		return 0
	}
	return l.in.at - int64(l.r.Buffered())
}

// next returns the next statement; io.EOF after the last, io.ErrUnexpectedEOF
// inside one. A meta-command of psql is refused, except the two that pg_dump writes around
// a script.
func (l *sqlLexer) next() (statement, error) {
	var s statement
	depth, body := 0, 0 // of parentheses; of BEGIN … END in a function or trigger
	values := false
	add := func(quoted bool) {
		if depth == 0 && len(s.words) < maxWords {
			s.words = append(s.words, word{l.decode.text(string(l.text)), quoted})
		}
	}
	for {
		c, err := l.r.ReadByte()
		if errors.Is(err, io.EOF) && (len(s.words) > 0 || depth > 0) {
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
			err = l.quoted('\'', l.escapes)
		case c == '"', l.sqlite && (c == '\'' || c == '`'): // SQLite takes a string for a name, too
			err = l.quoted(c, false)
			add(true)
		case l.sqlite && c == '[':
			err = l.quoted(']', false)
			add(true)
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
		case c == '.' && depth == 0:
			l.text = append(l.text[:0], c)
			add(false)
		case isWord(c):
			if len(s.words) == 0 && depth == 0 {
				s.at = l.at() - 1
			}
			if err = l.word(c); err != nil {
				break
			}
			if !l.sqlite && len(l.text) == 1 && l.text[0]|0x20 == 'e' && l.follows('\'') {
				err = l.quoted('\'', true)
				break
			}
			add(false)
			if depth > 0 {
				break
			}
			switch w := (word{text: string(l.text)}); {
			case w.is("VALUES"):
				values = true
			case w.is("ON"): // … CONFLICT (column) …
				values = false
			case s.hasBody() && (w.is("BEGIN") || w.is("CASE") && body > 0):
				body++
			case w.is("END") && body > 0:
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

// word reads the rest of a word into text; the part beyond maxWord is dropped.
func (l *sqlLexer) word(c byte) error {
	l.text = append(l.text[:0], c)
	for {
		c, err := l.r.ReadByte()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if !isWord(c) && c != '$' {
			return l.r.UnreadByte()
		}
		if len(l.text) < maxWord {
			l.text = append(l.text, c)
		}
	}
}

// quoted reads a string or name into text, in which the quote stands for itself
// when it is doubled; the part beyond maxWord is dropped.
func (l *sqlLexer) quoted(quote byte, escapes bool) error {
	l.text = l.text[:0]
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
		if len(l.text) < maxWord {
			l.text = append(l.text, c)
		}
		if err := l.wide(c); err != nil {
			return err
		}
	}
}

// wide reads the rest of a character that takes several bytes into text: one of them
// may look like a backslash.
func (l *sqlLexer) wide(c byte) error {
	if c < 0x80 || l.decode.name == "" {
		return nil
	}
	next, _ := l.r.Peek(1)
	for range l.decode.width(append([]byte{c}, next...)) - 1 {
		c, err := l.r.ReadByte()
		if err != nil {
			return err
		}
		if len(l.text) < maxWord {
			l.text = append(l.text, c)
		}
	}
	return nil
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
		return strings.TrimSpace(l.decode.text(string(text))), err
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
