package cli

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"cofre/internal/archive"
)

// csvRows spells rows as PostgreSQL's COPY … CSV HEADER does: NULL is nothing, an
// empty text is "".
type csvRows struct {
	out  io.Writer
	line []byte
	err  error
}

func newCSVRows(out io.Writer, columns []archive.Column) *csvRows {
	c := &csvRows{out: out}
	head := make([]archive.Cell, len(columns))
	for i, column := range columns {
		head[i] = archive.Cell{Kind: archive.Text, Bytes: []byte(column.Name)}
	}
	c.err = c.row(head)
	return c
}

func (c *csvRows) row(cells []archive.Cell) error {
	if c.err != nil {
		return c.err
	}
	c.line = c.line[:0]
	for i, cell := range cells {
		if i > 0 {
			c.line = append(c.line, ',')
		}
		if cell.Kind == archive.Null {
			continue
		}
		value := cell.AppendText(nil)
		if len(value) > 0 && !bytes.ContainsAny(value, ",\"\n\r") && (len(cells) > 1 || string(value) != `\.`) {
			c.line = append(c.line, value...)
			continue
		}
		c.line = append(append(append(c.line, '"'), bytes.ReplaceAll(value, []byte(`"`), []byte(`""`))...), '"')
	}
	_, c.err = c.out.Write(append(c.line, '\n'))
	return c.err
}

func (c *csvRows) end(bool) error { return c.err }

// tableRows shows rows to a person: each value on one line, the long ones folded.
// Widths are those of a hundred rows.
type tableRows struct {
	s       *session
	columns []archive.Column
	w       *tabwriter.Writer
	n       int
}

func newTableRows(s *session, columns []archive.Column) *tableRows {
	return &tableRows{s: s, columns: columns}
}

func (t *tableRows) row(cells []archive.Cell) error {
	if t.n%shownRows == 0 {
		if err := t.end(false); err != nil {
			return err
		}
		t.w = tabwriter.NewWriter(t.s.out, 0, 4, 2, ' ', 0)
		var names, lines []string
		for _, c := range t.columns {
			name := clean(c.Name)
			names, lines = append(names, name), append(lines, strings.Repeat("-", utf8.RuneCountInString(name)))
		}
		fmt.Fprintf(t.w, "%s\n%s\n", strings.Join(names, "\t"), strings.Join(lines, "\t"))
	}
	t.n++
	var values []string
	for _, c := range cells {
		values = append(values, t.s.folded(c))
	}
	_, err := fmt.Fprintln(t.w, strings.Join(values, "\t"))
	return err
}

func (t *tableRows) end(bool) error {
	if t.w == nil {
		return nil
	}
	return t.w.Flush()
}

// foldedWidth is how much of a value is shown in a table.
const foldedWidth = 60

// folded is a value in one line; of a long one its beginning, and its size.
func (s *session) folded(c archive.Cell) string {
	if c.Kind == archive.Null {
		return "NULL"
	}
	whole := len(c.Bytes)
	if whole > 8*foldedWidth {
		c.Bytes = c.Bytes[:8*foldedWidth]
	}
	line := clean(strings.NewReplacer("\r\n", "⏎", "\n", "⏎", "\t", " ").Replace(strings.ToValidUTF8(string(c.AppendText(nil)), "\uFFFD")))
	if runes := []rune(line); len(runes) > foldedWidth || whole > len(c.Bytes) {
		return string(runes[:min(len(runes), foldedWidth)]) + "… (" + s.words.Size(int64(whole)) + ")"
	}
	return line
}
