package postgres

import (
	"context"
	"testing"
	"time"

	"cofre/internal/errs"
	"cofre/internal/testdb"
)

// TestARestoreThatLosesTheServerEndsAndBlamesTheServer cuts the connection at every
// statement while pg_restore has more to say than a pipe holds.
func TestARestoreThatLosesTheServerEndsAndBlamesTheServer(t *testing.T) {
	c := testdb.Postgres(t)
	url := c.Database(t)
	testdb.Exec(t, url, `CREATE TABLE a (n serial PRIMARY KEY, filler text); CREATE TABLE b (n serial PRIMARY KEY, filler text);
		INSERT INTO a (filler) SELECT repeat(md5(n::text), 4) FROM generate_series(1, 8000) n; INSERT INTO b (filler) SELECT filler FROM a`)
	file, _ := dump(t, url)
	way := testdb.NewCutter(t, c)
	in, unknown := false, 0
	for at := 1; ; at++ {
		for len(testdb.Query(t, url, "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'cofre%'")) > 0 {
			// until the server has noticed what happened last time
		}
		way.Cut(at, false)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		_, err := (&Engine{}).Restore(ctx, target(way.URL(url)), file, unheard)
		late := ctx.Err()
		cancel()
		if late != nil {
			t.Fatalf("cut at statement %d: it does not end", at)
		}
		in = in || err == nil                 // what is cut now comes behind the commit
		if errs.CodeOf(err) == errs.Damaged { // the commit itself, and nobody to ask
			unknown++
			continue
		}
		if !in && errs.CodeOf(err) != errs.Unavailable || in && err != nil {
			t.Errorf("cut at statement %d: %v", at, err)
		}
		if way.Seen() < at {
			break
		}
	}
	if unknown > 1 {
		t.Errorf("the outcome is unknown after %d of the cuts", unknown)
	}
	if !in {
		t.Error("no restore succeeded")
	}
}
