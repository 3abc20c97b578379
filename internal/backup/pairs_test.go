package backup

import (
	"slices"
	"testing"
)

func TestTablesArePairedAcrossKinds(t *testing.T) {
	live := Contents{Kind: PostgreSQL, Tables: []Table{row("public.Acct", 3), row("public.extra", 1)}}
	file := Contents{Kind: SQLite, Tables: []Table{row("acct", 5), row("brandnew", 2)}}
	want := []Pair{{"public.Acct", 3, 5}, {"public.extra", 1, -1}, {"brandnew", -1, 2}}
	if got := Pairs(live, file); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	file.Kind = PostgreSQL
	if got := Pairs(live, file); len(got) != 4 {
		t.Errorf("of one kind names are what they are: %v", got)
	}
}
