package audit

import (
	"context"
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"
)

// Format is a form that entries are given away in.
type Format string

// The forms.
const (
	CSV  Format = "csv"
	JSON Format = "json"
)

// Export writes the entries that q asks for, a line each: as a table with a head, or as
// one JSON document {"entries":[…]}. There an entry is its line with the hash as the
// last key; without that key it is what was hashed.
func (t *Trail) Export(ctx context.Context, to io.Writer, f Format, q Query) error {
	if f == CSV {
		return t.exportCSV(ctx, to, q)
	}
	if _, err := io.WriteString(to, `{"entries":[`); err != nil {
		return err
	}
	between := "\n"
	err := t.Each(ctx, q, func(l Line) error {
		_, err := io.WriteString(to, between+strings.TrimSuffix(l.Text, "}")+`,"hash":"`+l.Hash+`"}`)
		between = ",\n"
		return err
	})
	if err != nil {
		return err
	}
	_, err = io.WriteString(to, "\n]}\n")
	return err
}

var head = []string{"n", "at", "who", "what", "ending", "reason", "database", "place", "subject", "took_ms", "job", "plan", "backup", "files", "names", "hash"}

func (t *Trail) exportCSV(ctx context.Context, to io.Writer, q Query) error {
	w := csv.NewWriter(to)
	if err := w.Write(head); err != nil {
		return err
	}
	err := t.Each(ctx, q, func(l Line) error {
		e := l.Entry()
		files := make([]string, len(e.Files))
		for i, f := range e.Files {
			files[i] = strings.TrimSpace(f.As + " " + f.Path + " " + f.SHA256)
		}
		row := []string{strconv.FormatInt(e.N, 10), Moment(e.At), e.Who, string(e.What), e.Ending, e.Reason, e.Database, e.Place, e.Subject,
			strconv.FormatInt(e.TookMS, 10), e.Job, e.Plan, e.Backup, strings.Join(files, "\n"), strings.Join(e.Names, " "), e.Hash}
		for i := range row {
			row[i] = inert(row[i])
		}
		return w.Write(row)
	})
	w.Flush()
	return errors.Join(err, w.Error())
}

// inert keeps a spreadsheet from running what stands in a cell: names come from outside.
func inert(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
