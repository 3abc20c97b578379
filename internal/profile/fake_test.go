package profile

import (
	"context"
	"errors"
	"slices"
	"sort"
	"testing"
)

// fake is a source in memory: table → its columns, then its rows.
type fake struct {
	tables map[string][][]string
	broken string   // a table whose rows can't be read
	asked  []string // columns that were read
}

func (f *fake) Tables() []string {
	var names []string
	for name := range f.tables {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

func (f *fake) Columns(table string) []string { return f.tables[table][0] }

var errBroken = errors.New("page 7 is damaged")

func (f *fake) Rows(ctx context.Context, table string, columns []string, limit int, yield func([]string) error) error {
	f.asked = append(f.asked, columns...)
	if table == f.broken {
		return errBroken
	}
	values := make([]string, len(columns))
	for _, row := range f.tables[table][1:min(len(f.tables[table]), limit+1)] {
		for i, c := range columns {
			values[i] = row[slices.Index(f.tables[table][0], c)]
		}
		if err := yield(values); err != nil {
			return err
		}
	}
	return nil
}

func (f *fake) counts() map[string]int64 {
	counts := map[string]int64{}
	for name, rows := range f.tables {
		counts[name] = int64(len(rows) - 1)
	}
	return counts
}

func detect(t *testing.T, f *fake) *Facts {
	t.Helper()
	facts, err := Detect(context.Background(), f, f.counts())
	if err != nil {
		t.Fatal(err)
	}
	if facts == nil {
		t.Fatal("the application was not recognised")
	}
	for _, column := range f.asked {
		if Secret(column) {
			t.Errorf("column %s was read", column)
		}
	}
	return facts
}
