package migrate

import (
	"slices"
	"testing"

	"cofre/internal/archive"
	"cofre/internal/backup"
)

// keyed are records of one table, of which only columns and key are asked.
type keyed struct {
	archive.Records
	columns, key []string
}

func (k keyed) Columns(string) []string    { return k.columns }
func (k keyed) Key(string) []string        { return k.key }
func (keyed) Stored(string, string) string { return "int4" }

func TestRowsAreKnownByAKeyThatIsWholeOnBothSides(t *testing.T) {
	for name, c := range map[string]struct{ lite, server, want []string }{
		"all of it":            {[]string{"A", "b", "c"}, []string{"a", "b", "d"}, []string{"a", "b"}},
		"a part is lacking":    {[]string{"A", "b", "c"}, []string{"a", "d"}, nil},
		"all of it is lacking": {[]string{"A", "b", "c"}, []string{"d"}, nil},
	} {
		lite := backup.RowSide{Records: keyed{columns: c.lite, key: []string{"A", "b"}}, Tables: []archive.Table{{Name: "t"}}}
		server := backup.RowSide{Records: keyed{columns: c.server}, Tables: []archive.Table{{Name: "public.t"}}}
		a, _, err := new(Migrator).InCommon(lite, server, backup.Choices{})
		if err != nil {
			t.Fatal(err)
		}
		if got := a.Key("public.t"); !slices.Equal(got, c.want) {
			t.Errorf("%s: the key is %q, want %q", name, got, c.want)
		}
	}
}
