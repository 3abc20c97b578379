package diff

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// told writes an example on a line: kind, key, fields from → to.
func told(e Example) string {
	value := func(v *string) string {
		if v == nil {
			return "-"
		}
		return *v
	}
	said := []string{string(e.Kind)}
	for _, k := range e.Key {
		said = append(said, fmt.Sprintf("[%s %s→%s]", k.Column, value(k.Before), value(k.After)))
	}
	for _, f := range e.Fields {
		said = append(said, fmt.Sprintf("%s %s→%s", f.Column, value(f.Before), value(f.After)))
	}
	if e.More > 0 {
		said = append(said, fmt.Sprintf("+%d", e.More))
	}
	return strings.Join(said, " ")
}

func TestDifferencesAreToldByTheRowsThatLieFirst(t *testing.T) {
	cols := []string{"id", "v", "password"}
	row := func(values ...string) []string { return values }
	long := strings.Repeat("ã", 200)
	for name, c := range map[string]struct {
		before, after content
		want          []string
	}{
		"of each kind three at most": {
			one(cols, cols[:1], row("1", "a", "x"), row("2", "b", "x"), row("3", "c", "x"), row("4", "d", "x"), row("5", "e", "x"), row("6", "f", "x")),
			one(cols, cols[:1], row("9", "i", "x"), row("5", "E", "x"), row("6", "", "y")),
			[]string{"removed [id 1→-] v a→- password ••••••→-", "removed [id 2→-] v b→- password ••••••→-", "removed [id 3→-] v c→- password ••••••→-",
				"added [id -→9] v -→i password -→••••••", "changed [id 5→5] v e→E", "changed [id 6→6] v f→- password ••••••→••••••"}},
		"a long value is folded": {one(cols[:2], cols[:1], row("1", long+"a")), one(cols[:2], cols[:1], row("1", long+"b")),
			[]string{"changed [id 1→1] v " + strings.Repeat("ã", 79) + "…→" + strings.Repeat("ã", 79) + "…"}},
		"without a key by whole rows": {one(cols[:2], nil, row("1", "a"), row("1", "a")), one(cols[:2], nil, row("1", "a"), row("2", "b")),
			[]string{"removed id 1→- v a→-", "added id -→2 v -→b"}},
		"of a table that is on one side": {one(cols[:2], cols[:1], row("1", "a"), row("2", "b"), row("3", "c"), row("4", "d")), content{},
			[]string{"removed [id 1→-] v a→-", "removed [id 2→-] v b→-", "removed [id 3→-] v c→-"}},
		"of a wide row the first fields": {one(wide(20), wide(1), wide(20)), one(wide(20), wide(1)),
			[]string{"removed [c0 c0→-]" + fields(1, 13) + " +7"}},
	} {
		got, err := Compare(t.Context(), c.before.side(), c.after.side(), Options{TempDir: t.TempDir(), Hide: func(column string) bool { return column == "password" }})
		var all []string
		for _, table := range got {
			for _, e := range table.Examples {
				all = append(all, told(e))
			}
		}
		if err != nil || !reflect.DeepEqual(all, c.want) {
			t.Errorf("%s: %v\n%s\nwant\n%s", name, err, strings.Join(all, "\n"), strings.Join(c.want, "\n"))
		}
	}
}

func wide(n int) (names []string) {
	for i := range n {
		names = append(names, fmt.Sprint("c", i))
	}
	return names
}

func fields(from, to int) (said string) {
	for i := from; i < to; i++ {
		said += fmt.Sprintf(" c%d c%d→-", i, i)
	}
	return said
}

func TestColumnsThatDifferAreNamedWithTheirTypes(t *testing.T) {
	before, after := one([]string{"id", "old", "v", "w"}, nil, []string{"1", "a", "b", "c"}), one([]string{"id", "v", "w", "new"}, nil, []string{"1", "b", "c", "d"})
	before.types = map[string]string{"id": "INTEGER", "old": "text", "v": "numeric(10,2)"}
	after.types = map[string]string{"id": "integer", "v": "numeric(12,2)", "w": "text", "new": "date"}
	got, err := Compare(t.Context(), before.side(), after.side(), Options{TempDir: t.TempDir()})
	want := []Alteration{{"v", "type", "numeric(10,2)", "numeric(12,2)"}, {"new", "added", "", "date"}, {"old", "removed", "text", ""}}
	if err != nil || len(got) != 1 || !got[0].Columns || !reflect.DeepEqual(got[0].Altered, want) {
		t.Errorf("%+v, %v", got, err)
	}
}
