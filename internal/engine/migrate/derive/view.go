package derive

import (
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"cofre/internal/engine/migrate/source"
	"cofre/internal/engine/migrate/target"
)

// words of SELECT that mean the same on both sides.
var selectWords = strings.Fields(`SELECT DISTINCT ALL FROM AS WHERE AND OR NOT NULL IS IN LIKE BETWEEN EXISTS CASE WHEN THEN ELSE END JOIN LEFT INNER OUTER CROSS ON USING
	GROUP BY HAVING ORDER ASC DESC LIMIT OFFSET UNION INTERSECT EXCEPT WITH TRUE FALSE NULLS FIRST LAST`)

// functions that mean the same on both sides.
var selectFunctions = []string{"count", "sum", "avg", "coalesce", "ifnull", "lower", "upper", "length", "abs", "nullif", "replace", "trim", "round"}

// view rewrites a view word by word where it holds nothing but what both sides
// understand alike. Whether PostgreSQL accepts it, which compares types more
// strictly, shows when it is made.
func (b *builder) view(v source.Object) {
	tokens := lex(v.SQL)
	at := slices.IndexFunc(tokens, func(t token) bool { return t.kind == word && t.is("AS") })
	var sql string
	ok := at > 0 && !tokens[at-1].is(")") // a list of column names
	if ok {
		sql, ok = b.rewrite(tokens[at+1:])
	}
	if !ok {
		b.remark(Remark{Code: ViewLeft, Name: v.Name, Text: v.SQL})
		return
	}
	b.remark(Remark{Code: ViewTried, Name: v.Name, Text: v.SQL})
	b.views = append(b.views, target.Piece{Name: v.Name, SQL: []string{"CREATE VIEW " + pgx.Identifier{b.schema, v.Name}.Sanitize() + " AS " + sql}})
}

func (b *builder) rewrite(tokens []token) (string, bool) {
	names := map[string]string{}
	for _, t := range b.Tables {
		names[strings.ToLower(t.Name)] = t.Name
		for _, c := range t.Columns {
			names[strings.ToLower(c.Name)] = c.Name
		}
	}
	for _, v := range b.from.Views {
		names[strings.ToLower(v.Name)] = v.Name
	}
	var parts []string
	for i, t := range tokens {
		call := i+1 < len(tokens) && tokens[i+1].is("(")
		switch {
		case t.kind == word && t.is("LIKE"):
			parts = append(parts, "ILIKE")
		case t.kind == word && t.is(selectWords...):
			parts = append(parts, strings.ToUpper(t.text))
		case t.kind == word && call && slices.Contains(selectFunctions, strings.ToLower(t.text)):
			parts = append(parts, strings.Replace(strings.ToLower(t.text), "ifnull", "coalesce", 1))
		case t.name() && !call:
			name, known := names[strings.ToLower(t.text)]
			if !known {
				name = t.text // an alias
			}
			parts = append(parts, pgx.Identifier{name}.Sanitize())
		case t.kind == text:
			parts = append(parts, literal(t.text))
		case t.kind == number && !strings.HasPrefix(strings.ToLower(t.text), "0x"):
			parts = append(parts, t.text)
		case t.is("==", "!="):
			parts = append(parts, map[string]string{"==": "=", "!=": "<>"}[t.text])
		case t.is("(", ")", ",", ".", "*", "=", "<>", "<", "<=", ">", ">=", "+", "-", "||"):
			parts = append(parts, t.text)
		case t.is(";") && i == len(tokens)-1:
		default:
			return "", false
		}
	}
	return strings.Join(parts, " "), true
}
