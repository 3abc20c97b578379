package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"cofre/internal/archive"
	"cofre/internal/boot"
	"cofre/internal/browse"
	"cofre/internal/errs"
)

// browsing are the flags that show rows of a backup.
type browsing struct {
	table, where, search, format string
	columns                      []string
	limit, offset                int64
}

// shownRows is how many rows are shown to a person who has not said how many.
const shownRows = 100

func (b *browsing) flags(s *session, c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&b.table, "table", "", s.words.T("cli.flag_table", nil))
	f.StringVar(&b.where, "where", "", s.words.T("cli.flag_where", nil))
	f.StringVar(&b.search, "search", "", s.words.T("cli.flag_search", nil))
	f.StringSliceVar(&b.columns, "columns", nil, s.words.T("cli.flag_columns", nil))
	f.Int64Var(&b.limit, "limit", -1, s.words.T("cli.flag_limit", nil))
	f.Int64Var(&b.offset, "offset", 0, s.words.T("cli.flag_offset", nil))
	f.StringVar(&b.format, "format", "", s.words.T("cli.flag_format", nil))
}

// asked says whether rows are wanted, and not an overview.
func (b *browsing) asked() bool {
	return b.table != "" || b.search != "" || b.where != "" || len(b.columns) > 0 || b.limit >= 0 || b.offset != 0 || b.format != ""
}

// settle checks the flags and fills in what was not said: all rows, but on a screen.
func (b *browsing) settle(asJSON bool) error {
	if b.format == "" {
		b.format = map[bool]string{true: "json", false: "table"}[asJSON]
	}
	switch {
	case !slices.Contains([]string{"table", "csv", "json"}, b.format):
		return errs.New(errs.Invalid, "browse.format", errs.Args{"format": b.format})
	case b.table == "" && b.search == "", b.table == "" && (b.where != "" || len(b.columns) > 0):
		return errs.New(errs.Invalid, "browse.no_table", nil)
	case b.offset < 0 || b.limit < -1:
		return errs.New(errs.Invalid, "browse.negative", nil)
	}
	if b.limit < 0 {
		b.limit = map[bool]int64{true: shownRows}[b.format == "table"]
	}
	return nil
}

func (s *session) browse(ctx context.Context, sys *boot.System, file string, b browsing) error {
	if err := b.settle(s.json); err != nil {
		return err
	}
	s.json = s.json || b.format == "json"
	cells, end, err := sys.Service.Cells(ctx, sys.Service.Ref(ctx, file))
	if err != nil {
		return err
	}
	defer end()
	tables := cells.Tables()
	if b.table != "" {
		table, err := browse.Table(tables, b.table)
		if err != nil {
			return err
		}
		return s.rows(ctx, cells, table, b)
	}
	return s.hits(ctx, cells, tables, b)
}

// rows prints the rows of one table.
func (s *session) rows(ctx context.Context, cells *archive.Cells, table string, b browsing) error {
	all := cells.Columns(table)
	where, err := browse.Parse(b.where, all)
	if err != nil {
		return err
	}
	columns, places, err := browse.Columns(all, b.columns)
	if err != nil {
		return err
	}
	p := s.rowPrinter(b.format, table, columns)
	picked := make([]archive.Cell, len(places))
	more, err := browse.Rows(ctx, cells, table, browse.Query{Where: where, Find: browse.NewNeedle(b.search), Offset: b.offset, Limit: b.limit}, func(_ int64, row []archive.Cell) error {
		for i, at := range places {
			picked[i] = row[at]
		}
		return p.row(picked)
	})
	if err != nil {
		return err
	}
	return s.finish(p, more, b)
}

// hits prints the rows of all tables in which a text is.
func (s *session) hits(ctx context.Context, cells *archive.Cells, tables []string, b browsing) error {
	p := s.rowPrinter(b.format, "", []archive.Column{{Name: "table"}, {Name: "row"}, {Name: "key"}, {Name: "column"}, {Name: "excerpt"}})
	row := make([]archive.Cell, 5)
	var n int64
	more := false
	unread, err := browse.Search(ctx, cells, tables, browse.NewNeedle(b.search), func(h browse.Hit) error {
		n++
		if n <= b.offset {
			return nil
		}
		if b.limit > 0 && n > b.offset+b.limit {
			more = true
			return browse.ErrEnough
		}
		for i, v := range []string{h.Table, fmt.Sprint(h.Place + 1), h.KeyText(), h.Column, h.Excerpt} {
			row[i] = archive.Cell{Kind: archive.Text, Bytes: []byte(v)}
		}
		row[1].Kind = archive.Number
		return p.row(row)
	})
	if err != nil {
		return err
	}
	if err := s.finish(p, more, b); err != nil {
		return err
	}
	return browse.UnreadError(unread)
}

// finish ends what was printed, and says where it goes on.
func (s *session) finish(p rowPrinter, more bool, b browsing) error {
	if err := p.end(more); err != nil {
		return err
	}
	if more && b.format == "table" {
		s.say("cli.more_rows", map[string]any{"offset": fmt.Sprint(b.offset + b.limit)})
	}
	return nil
}

// rowPrinter prints rows one by one.
type rowPrinter interface {
	row(cells []archive.Cell) error
	end(more bool) error
}

func (s *session) rowPrinter(format, table string, columns []archive.Column) rowPrinter {
	switch format {
	case "csv":
		return newCSVRows(s.out, columns)
	case "json":
		return newJSONRows(s.out, table, columns)
	}
	return newTableRows(s, columns)
}

// jsonRows is one document, written row by row.
type jsonRows struct {
	out   io.Writer
	names [][]byte
	line  []byte
	some  bool
	err   error
}

func newJSONRows(out io.Writer, table string, columns []archive.Column) *jsonRows {
	j := &jsonRows{out: out}
	type column struct {
		Name string `json:"name"`
		Type string `json:"type"`
	}
	head := []column{}
	for _, c := range columns {
		head = append(head, column(c))
		j.names = append(j.names, quoteJSON(c.Name))
	}
	list, err := json.Marshal(head)
	if j.err = err; err == nil && table != "" {
		_, j.err = fmt.Fprintf(out, `{"table":%s,"columns":%s,"rows":[`, quoteJSON(table), list)
	} else if err == nil {
		_, j.err = fmt.Fprint(out, `{"hits":[`)
	}
	return j
}

func (j *jsonRows) row(cells []archive.Cell) error {
	if j.err != nil {
		return j.err
	}
	j.line = j.line[:0]
	if j.some {
		j.line = append(j.line, ',')
	}
	j.some = true
	j.line = append(j.line, "\n{"...)
	for i, c := range cells {
		if i > 0 {
			j.line = append(j.line, ',')
		}
		j.line = append(append(j.line, j.names[i]...), ':')
		switch {
		case c.Kind == archive.Null:
			j.line = append(j.line, "null"...)
		case c.Kind == archive.Number && json.Valid(c.Bytes):
			j.line = append(j.line, c.Bytes...)
		default:
			j.line = append(j.line, quoteJSON(string(c.AppendText(nil)))...)
		}
	}
	_, j.err = j.out.Write(append(j.line, '}'))
	return j.err
}

func (j *jsonRows) end(more bool) error {
	if j.err != nil {
		return j.err
	}
	_, err := fmt.Fprintf(j.out, "],\"more\":%v}\n", more)
	return err
}

func quoteJSON(s string) []byte {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string always can be
	return []byte(strings.TrimSuffix(b.String(), "\n"))
}
