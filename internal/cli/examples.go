package cli

import (
	"fmt"
	"strings"

	"cofre/internal/backup"
)

// told prints the columns of a table that differ, and examples of its rows: + for
// one that comes, − for one that goes, ~ for one that changes.
func (s *session) told(t backup.TableDiff) {
	line := func(text string) { fmt.Fprintf(s.out, "  %34s    %s\n", "", text) }
	for _, a := range t.Altered {
		declared := a.Before + a.After
		if declared != "" {
			declared = " (" + clean(declared) + ")"
		}
		line(s.words.T("cli.diff_column_"+a.Change, map[string]any{"column": clean(a.Column), "before": clean(a.Before), "after": clean(a.After), "type": declared}))
	}
	for _, column := range t.Uncompared {
		line(s.words.T("cli.diff_uncompared", map[string]any{"column": clean(column)}))
	}
	for _, e := range t.Examples {
		line(s.example(e))
	}
}

// example is "~ id 3: amount 10.00 → 11.00, paid f → t".
func (s *session) example(e backup.RowDiff) string {
	side := func(f backup.FieldDiff) string {
		switch e.Kind {
		case backup.RowAdded:
			return shown(f.After)
		case backup.RowRemoved:
			return shown(f.Before)
		}
		return shown(f.Before) + " → " + shown(f.After)
	}
	var key, fields []string
	for _, f := range e.Key {
		value := f.After
		if e.Kind == backup.RowRemoved {
			value = f.Before
		}
		key = append(key, clean(f.Column)+" "+shown(value))
	}
	for _, f := range e.Fields {
		fields = append(fields, clean(f.Column)+" "+side(f))
	}
	if e.More > 0 {
		fields = append(fields, s.words.T("cli.diff_more_fields", map[string]any{"n": e.More}))
	}
	sign := map[backup.RowKind]string{backup.RowAdded: "+", backup.RowRemoved: "−", backup.RowChanged: "~"}[e.Kind]
	parts := []string{}
	for _, list := range [][]string{key, fields} {
		if len(list) > 0 {
			parts = append(parts, strings.Join(list, ", "))
		}
	}
	return sign + " " + strings.Join(parts, ": ")
}

// shown is a value on the terminal.
func shown(value *string) string {
	if value == nil {
		return "NULL"
	}
	return clean(*value)
}
