package migrate

import (
	"bytes"
	"context"
	"testing"

	"cofre/internal/backup"
	"cofre/internal/errs"
	"cofre/internal/testdb"
)

func TestAConnectionCutInAnyCopyLeavesTheTargetAsItWas(t *testing.T) {
	db := database(t, rich)
	file := testdb.SQLite(t, richSQLite)
	copies := 0 // of the load and of the proof
	measured, _ := through(t, database(t, rich), func(_ *wire, piece []byte) cutting {
		copies += bytes.Count(piece, []byte("COPY "))
		return goOn
	})
	measured.migrate(file, Choices{})
	if copies < 4 {
		t.Fatalf("only %d statements copied", copies)
	}
	before := db.everything()
	for n := 1; n <= copies; n++ {
		seen, begun := 0, false
		cut, _ := through(t, db, func(_ *wire, piece []byte) cutting {
			if seen += bytes.Count(piece, []byte("COPY ")); begun || seen >= n && bytes.Contains(piece, []byte("TO STDOUT")) {
				return cutBefore
			}
			begun = seen >= n // the rows come next
			return goOn
		})
		_, _, err := run(context.Background(), cut.target(), file, Choices{}, nil)
		if code := errs.CodeOf(err); code != errs.Unavailable {
			t.Errorf("cut in copy %d of %d: %v", n, copies, err)
		}
		if db.everything() != before {
			t.Fatalf("cutting in copy %d of %d changed the database", n, copies)
		}
	}
}

func TestCancellingAtHalfOfItLeavesTheTargetAsItWas(t *testing.T) {
	db := database(t, rich)
	before := db.everything()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	half := false
	_, _, err := run(ctx, db.target(), testdb.SQLite(t, richSQLite), Choices{}, func(u backup.Update) {
		if u.Total > 0 && 2*u.Done >= u.Total {
			half = true
			cancel()
		}
	})
	if !half || errs.CodeOf(err) != errs.Cancelled {
		t.Errorf("cancelled at half: %v, %v", half, err)
	}
	if db.everything() != before {
		t.Error("cancelling changed the database")
	}
}
