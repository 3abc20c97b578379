package archive

import (
	"testing"

	"cofre/internal/errs"
)

func TestRowsThatAreStatementsAreNotRecords(t *testing.T) {
	d := newDumps(t, "CREATE TABLE t (n int); INSERT INTO t VALUES (1)")
	_, end, err := OpenRecords(t.Context(), d.make(t, "inserts", "-Fc", "--inserts"), t.TempDir())
	defer end()
	if errs.CodeOf(err) != errs.Unavailable {
		t.Error(err)
	}
}
