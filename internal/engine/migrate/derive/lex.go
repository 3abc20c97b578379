package derive

import "strings"

// kind of a token of SQLite's SQL.
type kind uint8

const (
	end    kind = iota
	word        // a keyword or a bare name
	quoted      // a name in "…", […] or `…`
	text        // '…'
	bytes       // x'…'
	number
	symbol
)

// token is a token; text is a name without its quotes, or a string without them.
type token struct {
	kind kind
	text string
}

func (t token) is(words ...string) bool {
	for _, w := range words {
		if t.kind == word && strings.EqualFold(t.text, w) || t.kind == symbol && t.text == w {
			return true
		}
	}
	return false
}

// name says whether the token can be a name.
func (t token) name() bool { return t.kind == word || t.kind == quoted }

// lex splits SQL into tokens, without blanks and comments. What it does not know
// becomes a symbol that nothing expects.
func lex(sql string) []token {
	var list []token
	for i := 0; i < len(sql); {
		c := sql[i]
		switch {
		case c == ' ' || c >= '\t' && c <= '\r':
			i++
		case strings.HasPrefix(sql[i:], "--"):
			if n := strings.IndexByte(sql[i:], '\n'); n >= 0 {
				i += n
			} else {
				i = len(sql)
			}
		case strings.HasPrefix(sql[i:], "/*"):
			if n := strings.Index(sql[i+2:], "*/"); n >= 0 {
				i += n + 4
			} else {
				i = len(sql)
			}
		case c == '\'' || c == '"' || c == '`' || c == '[':
			t := token{kind: quoted}
			if c == '\'' {
				t.kind = text
			}
			t.text, i = unquote(sql, i)
			list = append(list, t)
		case (c == 'x' || c == 'X') && i+1 < len(sql) && sql[i+1] == '\'':
			t := token{kind: bytes}
			t.text, i = unquote(sql, i+1)
			list = append(list, t)
		case c >= '0' && c <= '9' || c == '.' && i+1 < len(sql) && sql[i+1] >= '0' && sql[i+1] <= '9':
			n := i
			for n < len(sql) && (letter(sql[n]) || sql[n] == '.' || (sql[n] == '+' || sql[n] == '-') && (sql[n-1] == 'e' || sql[n-1] == 'E') && !strings.HasPrefix(sql[i:], "0x")) {
				n++
			}
			list, i = append(list, token{number, sql[i:n]}), n
		case letter(c):
			n := i
			for n < len(sql) && letter(sql[n]) {
				n++
			}
			list, i = append(list, token{word, sql[i:n]}), n
		default:
			n := i + 1
			for _, two := range []string{"==", "<>", "!=", "<=", ">=", "||", "<<", ">>", "->"} {
				if strings.HasPrefix(sql[i:], two) {
					n = i + 2
				}
			}
			list, i = append(list, token{symbol, sql[i:n]}), n
		}
	}
	return list
}

// unquote reads a quoted piece that begins at i, whose quotes are doubled inside.
func unquote(sql string, i int) (string, int) {
	closing := sql[i]
	if closing == '[' {
		closing = ']'
	}
	var b strings.Builder
	for i++; i < len(sql); i++ {
		if sql[i] != closing {
			b.WriteByte(sql[i])
			continue
		}
		if closing != ']' && i+1 < len(sql) && sql[i+1] == closing {
			b.WriteByte(closing)
			i++
			continue
		}
		return b.String(), i + 1
	}
	return b.String(), i
}

func letter(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '$' || c >= 0x80
}
