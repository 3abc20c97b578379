package archive

import (
	"bufio"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

func TestNothingInsideAStatementIsTakenForOne(t *testing.T) {
	for _, c := range []struct {
		script string
		sqlite bool
		want   []string // the words of each statement
	}{
		{"SELECT 1; -- DROP TABLE a;\n/* DROP /* TABLE */ b; */ DROP TABLE c;", false, []string{"SELECT 1", "DROP TABLE c"}},
		{"SELECT 1; /* a /* b */ DROP TABLE c;", true, []string{"SELECT 1", "DROP TABLE c"}},
		{`COPY "a;b"."c""d" (x) FROM stdin;`, false, []string{`COPY a;b . c"d FROM stdin`}},
		{"DO $$ DROP TABLE a; $$; DO $x$ ; $ $$ $x $y$ $x$; SELECT $1;", false, []string{"DO", "DO", "SELECT"}},
		{"SELECT a$b$c;", false, []string{"SELECT a$b$c"}},
		{"CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN a THEN 1 END; DELETE FROM t; END; SELECT 2;", false,
			[]string{"CREATE OR REPLACE FUNCTION f RETURNS int BEGIN ATOMIC SELECT CASE WHEN a THEN 1 END DELETE FROM t END", "SELECT 2"}},
		{"CREATE TRIGGER t BEFORE INSERT ON [a;b] BEGIN DELETE FROM c; END; BEGIN; COMMIT;", true,
			[]string{"CREATE TRIGGER t BEFORE INSERT ON a;b BEGIN DELETE FROM c END", "BEGIN", "COMMIT"}},
		{"INSERT INTO 'a;b' VALUES ('x;');CREATE TABLE `c;`(d);", true, []string{"INSERT INTO a;b VALUES", "CREATE TABLE c;"}},
		{";;\n;", false, nil},
	} {
		l := sqlLexer{r: bufio.NewReader(strings.NewReader(c.script)), sqlite: c.sqlite}
		var got []string
		for {
			s, err := l.next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Errorf("%s: %v", c.script, err)
				break
			}
			var words []string
			for _, w := range s.words {
				words = append(words, w.text)
			}
			got = append(got, strings.Join(words, " "))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s\n got %q\nwant %q", c.script, got, c.want)
		}
	}
}

func TestEndInsideAStatementIsNotTheEnd(t *testing.T) {
	for _, script := range []string{"SELECT 1", "SELECT 'a", `SELECT "a`, "/* a", "SELECT $a$ b", "CREATE FUNCTION f() BEGIN SELECT 1;", "(", "SELECT ("} {
		l := sqlLexer{r: bufio.NewReader(strings.NewReader(script))}
		if _, err := l.next(); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s: %v", script, err)
		}
	}
}
