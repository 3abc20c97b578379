package appsettings

import (
	"strings"
)

// token is one of Python's: a string with its quotes taken off, or a name, a number
// or a sign as it is written.
type token struct {
	text   string
	string bool
	raw    byte // the letter before a string: f computes
}

// tokens splits Python source, without its comments.
func tokens(text string) []token {
	var out []token
	letters := func(c byte) bool {
		return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
	}
	for text != "" {
		switch c := text[0]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\\':
			text = text[1:]
		case c == '#':
			_, text, _ = strings.Cut(text, "\n")
		case c == '"' || c == '\'':
			quote := text[:1]
			if long := strings.Repeat(quote, 3); strings.HasPrefix(text, long) {
				quote = long
			}
			value, after, ok := quoted(text[len(quote):], quote)
			if !ok {
				return out
			}
			t := token{text: value, string: true}
			if n := len(out); n > 0 && len(out[n-1].text) == 1 && !out[n-1].string && strings.Contains("fFrRbBuU", out[n-1].text) {
				t.raw = out[n-1].text[0] | 0x20
				out = out[:n-1]
			}
			out = append(out, t)
			text = after
		case letters(c):
			n := 1
			for n < len(text) && letters(text[n]) {
				n++
			}
			out = append(out, token{text: text[:n]})
			text = text[n:]
		default:
			out = append(out, token{text: text[:1]})
			text = text[1:]
		}
	}
	return out
}

// expression is what is known of one without running it.
type expression struct {
	text string // "" where it is not known
	open []string
	dict map[string]expression
	keys []string // of dict, as they are written
}

func (e expression) empty() bool { return e.text == "" && e.dict == nil && e.open == nil }

// python reads expressions.
type python struct{ rest []token }

// deepest is how far dictionaries are followed into each other.
const deepest = 8

// value reads one expression, up to the comma or bracket behind it.
func (p *python) value(depth int) expression {
	if len(p.rest) > 0 && p.rest[0].is("{") && depth < deepest {
		p.rest = p.rest[1:]
		return p.dictionary(depth)
	}
	nested := 0
	for at, t := range p.rest {
		switch {
		case t.is("(") || t.is("[") || t.is("{"):
			nested++
		case nested == 0 && (t.is(",") || t.is("}") || t.is(")") || t.is("]")):
			e := known(p.rest[:at])
			p.rest = p.rest[at:]
			return e
		case t.is(")") || t.is("]") || t.is("}"):
			nested--
		}
	}
	e := known(p.rest)
	p.rest = nil
	return e
}

// dictionary reads what follows a brace.
func (p *python) dictionary(depth int) expression {
	e := expression{dict: map[string]expression{}}
	for len(p.rest) > 0 {
		t := p.rest[0]
		switch {
		case t.is("}"):
			p.rest = p.rest[1:]
			return e
		case t.string && len(p.rest) > 1 && p.rest[1].is(":"):
			p.rest = p.rest[2:]
			if _, twice := e.dict[t.text]; !twice {
				e.keys = append(e.keys, t.text)
			}
			e.dict[t.text] = p.value(depth + 1)
		default:
			p.rest = p.rest[1:]
		}
	}
	return e
}

func (t token) is(sign string) bool { return !t.string && t.text == sign }

// known is what can be said of an expression: a text, a number, the path that it puts
// together, or the value that it takes where a variable is not set.
func known(ts []token) expression {
	var texts, numbers []string
	plain, path, after := true, false, ""
	for at, t := range ts {
		switch {
		case t.string && t.raw == 'f':
			return expression{}
		case t.string:
			texts = append(texts, t.text)
			if at > 1 && ts[at-1].is("=") && ts[at-2].is("default") {
				after = t.text
			}
		case t.is("/") || t.is("join") || t.is("joinpath"):
			plain, path = false, true
		case t.text != "" && t.text[0] >= '0' && t.text[0] <= '9':
			numbers = append(numbers, t.text)
		default:
			plain = false
		}
	}
	switch {
	case plain && len(texts) > 0:
		return expression{text: strings.Join(texts, "")}
	case plain && len(numbers) == 1:
		return expression{text: numbers[0]}
	case path && len(texts) > 0:
		return expression{text: strings.Join(texts, "/")}
	}
	for _, text := range texts {
		if isAddress(text) {
			return expression{text: text}
		}
	}
	switch {
	case after != "":
		return expression{text: after}
	case len(texts) > 1:
		return expression{text: texts[1], open: nil}
	case len(texts) == 1 && len(numbers) == 1:
		return expression{text: numbers[0]}
	case len(texts) == 1:
		return expression{open: texts}
	}
	return expression{}
}
