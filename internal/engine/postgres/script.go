package postgres

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"

	"cofre/internal/archive"
	"cofre/internal/errs"
)

// script reads SQL as pg_restore and pg_dump write it: statement by statement,
// and the rows that follow a COPY … FROM stdin as they are. It knows as much of
// SQL's spelling as is needed to find the end of a statement, and it is not psql:
// a line that would be an order to psql (\! rm …, \connect other) is an error.
type script struct {
	in *bufio.Reader

	text       []byte // the statement so far
	word       []byte // the identifier or keyword that is being read
	words      int    // how many there were in this statement
	first      [4]string
	last       string // the word before
	parens     int
	blocks     int                // of BEGIN ATOMIC … END, the body of a function in SQL
	backslash  bool               // escapes in '…': standard_conforming_strings is off
	width      func(b []byte) int // of a character, where it is not UTF-8
	ofDatabase bool               // the statement before was about a database as a whole
	connected  bool               // to the database that pg_dump --create has made
}

func newScript(r io.Reader) *script { return &script{in: bufio.NewReaderSize(r, 256<<10)} }

// next returns the next statement without its comments before and its semicolon
// after, and io.EOF at the end. A script that ends inside a statement is errs.Corrupt.
func (s *script) next() (string, error) {
	s.text, s.word = s.text[:0], s.word[:0]
	s.words, s.first, s.last, s.parens, s.blocks = 0, [4]string{}, "", 0, 0
	for {
		c, err := s.in.ReadByte()
		if errors.Is(err, io.EOF) && len(bytes.TrimSpace(s.text)) == 0 {
			return "", io.EOF
		}
		if errors.Is(err, io.EOF) {
			return "", errs.New(errs.Corrupt, "postgres.script_cut", nil)
		}
		if err != nil {
			return "", err
		}
		if isWord(c) {
			s.word = append(s.word, c)
			s.text = append(s.text, c)
			continue
		}
		prefix := s.endWord()
		if c == ';' && s.parens <= 0 && s.blocks == 0 {
			if text := strings.TrimSpace(string(s.text)); text != "" {
				s.remember(text)
				return text, nil
			}
			s.text = s.text[:0]
			continue
		}
		if err := s.take(c, prefix); errors.Is(err, io.EOF) {
			return "", errs.New(errs.Corrupt, "postgres.script_cut", nil)
		} else if err != nil {
			return "", err
		}
	}
}

// isWord says whether a byte is part of identifiers and keywords.
func isWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c >= 0x80
}

// endWord notes the word that has just ended and returns it in lower case. The
// first words say whether this is a function, in whose body semicolons may stand.
func (s *script) endWord() string {
	if len(s.word) == 0 {
		return ""
	}
	word := strings.ToLower(string(s.word))
	s.word = s.word[:0]
	if s.words < len(s.first) {
		s.first[s.words] = word
	}
	s.words++
	if s.parens == 0 && s.definesRoutine() {
		switch {
		case word == "atomic" && s.last == "begin":
			s.blocks++
		case word == "case" && s.blocks > 0:
			s.blocks++
		case word == "end" && s.blocks > 0:
			s.blocks--
		}
	}
	s.last = word
	return word
}

func (s *script) definesRoutine() bool {
	kind := s.first[1]
	if kind == "or" && s.first[2] == "replace" {
		kind = s.first[3]
	}
	return s.first[0] == "create" && (kind == "function" || kind == "procedure")
}

// take reads one character that is no part of a word, with all that belongs to it.
func (s *script) take(c byte, prefix string) error {
	switch c {
	case '(':
		s.parens++
	case ')':
		s.parens--
	case '\'':
		s.text = append(s.text, c)
		return s.quoted('\'', prefix == "e" || s.backslash)
	case '"':
		s.text = append(s.text, c)
		return s.quoted('"', false)
	case '$':
		return s.dollar(prefix)
	case '-':
		if s.peek() == '-' {
			return s.lineComment()
		}
	case '/':
		if s.peek() == '*' {
			return s.comment()
		}
	case '\\':
		return s.order()
	}
	s.text = append(s.text, c)
	return nil
}

func (s *script) peek() byte {
	if b, err := s.in.Peek(1); err == nil {
		return b[0]
	}
	return 0
}

// quoted reads to the closing quote. A doubled quote closes and opens again.
func (s *script) quoted(end byte, escapes bool) error {
	for {
		c, err := s.in.ReadByte()
		if err != nil {
			return err
		}
		s.text = append(s.text, c)
		switch {
		case c >= 0x80:
			if err := s.wide(c); err != nil {
				return err
			}
		case c == end:
			return nil
		case c == '\\' && escapes:
			if c, err = s.in.ReadByte(); err != nil {
				return err
			}
			s.text = append(s.text, c)
		}
	}
}

// wide reads the rest of a character of several bytes: in an encoding that only clients
// have, one of them may be that of a backslash.
func (s *script) wide(c byte) error {
	if s.width == nil {
		return nil
	}
	for range s.width([]byte{c, s.peek()}) - 1 {
		c, err := s.in.ReadByte()
		if err != nil {
			return err
		}
		s.text = append(s.text, c)
	}
	return nil
}

// dollar reads $tag$ … $tag$. A dollar inside a word, or before a digit, is just that.
func (s *script) dollar(prefix string) error {
	s.text = append(s.text, '$')
	if prefix != "" {
		return nil
	}
	begin := len(s.text) - 1
	for {
		c, err := s.in.ReadByte()
		if err != nil {
			return err
		}
		digit := c >= '0' && c <= '9' && len(s.text) == begin+1
		if c != '$' && (!isWord(c) || digit) {
			return s.in.UnreadByte()
		}
		s.text = append(s.text, c)
		if c == '$' {
			break
		}
	}
	tag := bytes.Clone(s.text[begin:])
	for body := len(s.text); len(s.text)-body < len(tag) || !bytes.HasSuffix(s.text, tag); {
		chunk, err := s.in.ReadSlice('$')
		if s.text = append(s.text, chunk...); err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
	return nil
}

func (s *script) lineComment() error {
	for {
		_, err := s.in.ReadSlice('\n')
		if err == nil || errors.Is(err, io.EOF) {
			s.text = append(s.text, '\n')
			return nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
}

// comment reads a comment, in which others may nest.
func (s *script) comment() error {
	s.text = append(s.text, ' ')
	depth := 0
	var last byte = '/'
	for {
		c, err := s.in.ReadByte()
		if err != nil {
			return err
		}
		switch {
		case last == '/' && c == '*':
			depth, c = depth+1, 0
		case last == '*' && c == '/':
			if depth--; depth == 0 {
				return nil
			}
			c = 0
		}
		last = c
	}
}

// order reads a line that is meant for psql. Newer pg_dump and pg_restore begin
// and end a script with \restrict and \unrestrict, and pg_dump --create connects
// once to the database that it has just described. Any other order would reach
// outside the database, and is refused.
func (s *script) order() error {
	line, err := s.in.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	name, _, _ := strings.Cut(strings.TrimSpace(line), " ")
	if len(bytes.TrimSpace(s.text)) == 0 {
		switch {
		case name == "restrict", name == "unrestrict":
			return nil
		case name == "connect" && s.ofDatabase && !s.connected:
			s.connected = true
			return nil
		}
	}
	if len(name) > 20 {
		name = name[:20]
	}
	return errs.New(errs.Invalid, "postgres.psql_order", errs.Args{"order": `\` + name})
}

// remember follows what a script says about its own spelling, and about its database.
func (s *script) remember(statement string) {
	if s.first[0] == "set" && s.first[1] == "standard_conforming_strings" {
		s.backslash = strings.HasSuffix(strings.ToLower(statement), "off")
	}
	if set := settingPattern.FindStringSubmatch(statement); set != nil && s.first[0] == "set" && s.first[1] == "client_encoding" {
		s.width = archive.Widths(strings.Trim(set[2], "'"))
	}
	s.ofDatabase = s.first[1] == "database" || s.first[2] == "database"
}
