package archive

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

// insertRows reads the rows of INSERT statements into one table, and spells their
// values as Records do.
type insertRows struct {
	tokens sqlTokens
	made   []Column // of the table, for statements that name no columns
	bare   bool     // the statement has DEFAULT VALUES
}

func newInsertRows(r io.Reader, made []Column, sqlite, escapes bool) *insertRows {
	return &insertRows{tokens: sqlTokens{r: bufio.NewReaderSize(r, 64<<10), sqlite: sqlite, escapes: escapes}, made: made}
}

// read yields the values of columns of every row, or of the first ones where limit is
// not 0; NULL is nil. Slices are used again.
func (in *insertRows) read(columns []string, limit int64, yield func(values [][]byte) error) error {
	t := &in.tokens
	values, buffers := make([][]byte, len(columns)), make([][]byte, len(columns))
	for i := range buffers {
		buffers[i] = []byte{} // an empty text is not NULL
	}
	for {
		if err := t.next(); err != nil || t.token.kind == endToken {
			return err
		}
		if t.token.sign(';') {
			continue
		}
		places, more, err := in.head(columns)
		for err == nil && more {
			clear(values)
			more, err = in.row(func(i int, v literal) {
				for k, at := range places {
					if at == i {
						if values[k] = nil; v.kind != nullLiteral {
							buffers[k] = v.appendTo(buffers[k][:0], t.sqlite)
							values[k] = buffers[k]
						}
					}
				}
			})
			if err == nil {
				err = yield(values)
				limit--
			}
			if err == nil && limit == 0 {
				return nil
			}
		}
		if err != nil {
			return err
		}
	}
}

var errNoInsert = contradiction("a statement among the rows is no INSERT")

// head reads INSERT INTO name (columns) VALUES, and says that a row follows, if only
// DEFAULT VALUES, of a table without columns.
func (in *insertRows) head(columns []string) (places []int, more bool, err error) {
	t := &in.tokens
	if !t.token.word("INSERT") {
		return nil, false, errNoInsert
	}
	var named []string
	listed := false
	in.bare = false
	for {
		if err := t.next(); err != nil {
			return nil, false, err
		}
		switch {
		case t.token.kind == endToken:
			return nil, false, io.ErrUnexpectedEOF
		case t.token.sign('('):
			listed = true
		case t.token.sign(')'):
			listed = false
		case listed && t.token.isName():
			named = append(named, Legible(string(t.token.text)))
		case t.token.word("SELECT"), t.token.sign(';'):
			return nil, false, errNoInsert
		case t.token.word("DEFAULT"):
			in.bare = true
		case t.token.word("VALUES"):
			if named == nil {
				for _, c := range in.made {
					named = append(named, c.Name)
				}
			}
			places = make([]int, len(columns))
			for i, c := range columns {
				places[i] = slices.Index(named, c)
			}
			return places, true, nil
		}
	}
}

// row reads (a, b) and what follows: a comma, and there are more, or the end of
// the statement.
func (in *insertRows) row(value func(i int, v literal)) (more bool, err error) {
	t := &in.tokens
	if err := t.next(); err != nil {
		return false, err
	}
	if in.bare && t.token.sign(';') {
		return false, nil
	}
	if !t.token.sign('(') {
		return false, contradiction("a row does not begin with a parenthesis")
	}
	for i := 0; ; i++ {
		v, err := in.literal(0)
		if err != nil {
			return false, err
		}
		value(i, v)
		if t.token.sign(')') {
			break
		}
		if !t.token.sign(',') {
			return false, contradiction("a value of a row is followed by %.40q", t.token.text)
		}
	}
	for {
		if err := t.next(); err != nil {
			return false, err
		}
		switch {
		case t.token.sign(','):
			return true, nil
		case t.token.sign(';'):
			return false, nil
		case t.token.kind == endToken:
			return false, io.ErrUnexpectedEOF
		}
	}
}

// literal is a value as a script spells it.
type literal struct {
	kind literalKind
	text []byte
}

type literalKind byte

const (
	nullLiteral literalKind = iota
	numberLiteral
	textLiteral
	blobLiteral
	trueLiteral
	falseLiteral
)

// maxCalls bounds how deeply functions may stand in each other: of sqlite3 it is two.
const maxCalls = 16

// literal reads a value and the token behind it.
func (in *insertRows) literal(depth int) (v literal, err error) {
	t := &in.tokens
	if depth > maxCalls {
		return v, contradiction("a value is made of more than %d functions", maxCalls)
	}
	if err := t.next(); err != nil {
		return v, err
	}
	minus := t.token.sign('-')
	if minus || t.token.sign('+') {
		if err := t.next(); err != nil {
			return v, err
		}
	}
	text := bytes.Clone(t.token.text)
	switch t.token.kind {
	case numberToken:
		if v = (literal{numberLiteral, text}); minus {
			v.text = append([]byte{'-'}, text...)
		}
	case stringToken, bitsToken:
		v = literal{textLiteral, text}
	case blobToken:
		v = literal{blobLiteral, make([]byte, len(text)/2)}
		if _, wrong := hex.Decode(v.text, text); wrong != nil {
			err = contradiction("a blob: %v", wrong)
		}
	case wordToken:
		return in.word(string(text), depth)
	default:
		err = contradiction("%.40q is no value of a row", text)
	}
	if err != nil {
		return v, err
	}
	return v, t.next()
}

// word reads what begins with a word: a constant, or a function of sqlite3's .dump.
func (in *insertRows) word(word string, depth int) (v literal, err error) {
	t := &in.tokens
	if err := t.next(); err != nil {
		return v, err
	}
	if !t.token.sign('(') {
		switch strings.ToUpper(word) {
		case "NULL", "DEFAULT": // the default of a generated column is not stored
			return literal{}, nil
		case "TRUE":
			return literal{trueLiteral, []byte("t")}, nil
		case "FALSE":
			return literal{falseLiteral, []byte("f")}, nil
		}
		return v, contradiction("%.40q is no value of a row", word)
	}
	var args []literal
	for {
		arg, err := in.literal(depth + 1)
		if err != nil {
			return v, err
		}
		args = append(args, arg)
		for t.token.word("AS") || t.token.word("TEXT") { // CAST(x AS TEXT)
			if err := t.next(); err != nil {
				return v, err
			}
		}
		if t.token.sign(')') {
			break
		}
		if !t.token.sign(',') {
			return v, contradiction("%.40q in a value of a row", t.token.text)
		}
	}
	if v, err = call(strings.ToLower(word), args); err != nil {
		return v, err
	}
	return v, t.next()
}

// call is what sqlite3 writes for texts with line breaks and control characters.
func call(name string, args []literal) (literal, error) {
	switch {
	case name == "replace" && len(args) == 3 && len(args[1].text) > 0 && len(args[2].text) <= len(args[1].text): // never longer
		return literal{textLiteral, bytes.ReplaceAll(args[0].text, args[1].text, args[2].text)}, nil
	case name == "char" && len(args) == 1:
		n, err := strconv.ParseUint(string(args[0].text), 10, 21)
		if err != nil {
			return literal{}, contradiction("char(%.40s)", args[0].text)
		}
		return literal{textLiteral, []byte(string(rune(n)))}, nil
	case name == "cast" && len(args) == 1:
		return literal{textLiteral, args[0].text}, nil
	case name == "unistr" && len(args) == 1:
		return literal{textLiteral, unistr(args[0].text)}, nil
	}
	return literal{}, contradiction("the function %.40q in a value of a row", name)
}

// unistr reads \uXXXX, as which sqlite3 writes control characters, and \\ for a
// backslash.
func unistr(text []byte) (out []byte) {
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+1 < len(text) && text[i+1] == '\\' {
			i++
		} else if text[i] == '\\' && i+6 <= len(text) && text[i+1] == 'u' {
			if n, err := strconv.ParseUint(string(text[i+2:i+6]), 16, 16); err == nil {
				out = append(out, string(rune(n))...)
				i += 5
				continue
			}
		}
		out = append(out, text[i])
	}
	return out
}

// appendTo spells the value as Records of its kind of database do.
func (v literal) appendTo(to []byte, sqlite bool) []byte {
	if !sqlite {
		return appendCopy(to, v.text)
	}
	switch v.kind {
	case blobLiteral:
		return appendCell(to, v.text)
	case trueLiteral:
		return appendCell(to, int64(1))
	case falseLiteral:
		return appendCell(to, int64(0))
	case numberLiteral:
		if n, err := strconv.ParseInt(string(v.text), 10, 64); err == nil {
			return appendCell(to, n)
		}
		f, err := strconv.ParseFloat(string(v.text), 64)
		if err != nil && !errors.Is(err, strconv.ErrRange) {
			f = math.NaN()
		}
		return appendCell(to, f)
	}
	return appendCell(to, string(v.text))
}

// appendCopy spells a text as COPY does.
func appendCopy(to, text []byte) []byte {
	for _, c := range text {
		switch c {
		case '\\':
			to = append(to, '\\', '\\')
		case '\b':
			to = append(to, '\\', 'b')
		case '\f':
			to = append(to, '\\', 'f')
		case '\n':
			to = append(to, '\\', 'n')
		case '\r':
			to = append(to, '\\', 'r')
		case '\t':
			to = append(to, '\\', 't')
		case '\v':
			to = append(to, '\\', 'v')
		default:
			to = append(to, c)
		}
	}
	return to
}
