package cli

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"cofre/internal/archive"
	"cofre/internal/profile"
	"cofre/internal/text"
)

// document prints v as the one JSON document of a command.
func (s *session) document(v any) error {
	e := json.NewEncoder(s.out)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// line prints v as one line of JSON on stderr: an error, progress, a notice.
func (s *session) line(v any) {
	e := json.NewEncoder(s.err)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // stderr is gone: there is nobody to tell
}

// say prints a line of a key's words, unless --quiet.
func (s *session) say(key string, args map[string]any) {
	if !s.quiet {
		fmt.Fprintln(s.out, s.words.T(key, args))
	}
}

// contents prints what a database or a file holds.
func (s *session) contents(c archive.Contents) {
	w := tabwriter.NewWriter(s.out, 0, 4, 2, ' ', 0)
	row := func(key, value string) {
		if value != "" {
			fmt.Fprintf(w, "%s\t%s\n", s.words.T("cli."+key, nil), clean(value))
		}
	}
	row("kind", s.engineName(c))
	if c.Format != archive.FormatDatabase {
		row("format", string(c.Format))
		row("compression", string(c.Compression))
		row("dumped_by", c.DumpedBy)
	}
	row("database", c.Database)
	if c.CreatedAt != nil {
		row("created", s.words.Time(*c.CreatedAt))
	}
	row("size", s.words.Size(c.Bytes))
	row("extensions", strings.Join(c.Extensions, ", "))
	_ = w.Flush()
	s.facts(c.Profile)
	s.tables(c.Tables)
}

func (s *session) engineName(c archive.Contents) string {
	name := map[archive.Kind]string{archive.SQLite: "SQLite", archive.PostgreSQL: "PostgreSQL"}[c.Kind]
	return strings.TrimSpace(name + " " + c.Version)
}

func (s *session) facts(f *profile.Facts) {
	if f == nil {
		return
	}
	fmt.Fprintln(s.out)
	head := []string{}
	if f.Title != "" {
		head = append(head, clean(f.Title))
	}
	for _, c := range f.Counters {
		if c.Rows >= 0 {
			head = append(head, s.counter(c))
		}
	}
	fmt.Fprintln(s.out, strings.Join(head, ", "))
	for i, p := range f.People {
		if i == 10 {
			fmt.Fprintln(s.out, "  "+s.words.T("cli.more_people", map[string]any{"n": len(f.People) - i}))
			break
		}
		line := "  " + clean(p.Name)
		if p.Role != "" {
			line += " (" + clean(p.Role) + ")"
		}
		if p.Group != "" {
			line += ", " + clean(p.Group)
		}
		fmt.Fprintln(s.out, line)
	}
}

// counter is "3 families": in the doors' words, or in the person's own.
func (s *session) counter(c profile.Counter) string {
	if key := "profile.counter." + c.Key + ".count"; s.words.Has(key) {
		return s.words.T(key, map[string]any{"n": c.Rows})
	}
	return s.words.Number(c.Rows) + " " + clean(cmp.Or(c.Label, c.Key))
}

func (s *session) tables(tables []archive.Table) {
	fmt.Fprintln(s.out)
	w := tabwriter.NewWriter(s.out, 0, 4, 2, ' ', tabwriter.AlignRight)
	for _, t := range tables {
		fmt.Fprintf(w, "%s\t  %s\t\n", s.count(t.Rows), clean(t.Name))
	}
	_ = w.Flush()
}

// count words a number of rows; -1 is not known.
func (s *session) count(n int64) string {
	if n < 0 {
		return "–"
	}
	return s.words.Number(n)
}

// clean keeps a name from outside from moving the cursor or faking a line.
func clean(name string) string { return text.Clean(name) }
