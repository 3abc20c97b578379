package archive

import (
	"slices"
	"testing"
)

func TestRowsThatAreStatementsAreTheSameRecords(t *testing.T) {
	d := newDumps(t, manyTypes)
	var want []string
	for _, path := range []string{d.make(t, "copied", "-Fc"), d.make(t, "inserts", "-Fc", "--inserts"), d.make(t, "script", "-Fp"), d.make(t, "statements", "-Fp", "--inserts")} {
		records, end, err := OpenRecords(t.Context(), path, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		err = records.Read(t.Context(), oddTable, records.Columns(oddTable), 0, func(values [][]byte) error {
			for _, v := range values {
				got = append(got, string(v))
			}
			return nil
		})
		if want == nil {
			want = got
		}
		if err != nil || len(got) != 3*32 || !slices.Equal(got, want) {
			t.Errorf("%s: %q, %v", path, got, err)
		}
		end()
	}
}
