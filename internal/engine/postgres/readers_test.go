package postgres

import (
	"context"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"cofre/internal/testdb"
)

// TestReadersSeeOldOrNewWhileOneTransactionRestores asks again and again, on a
// connection that stays, while the content goes in. A statement may fail; none sees
// anything between.
func TestReadersSeeOldOrNewWhileOneTransactionRestores(t *testing.T) {
	url := testdb.Postgres(t).Database(t)
	testdb.Exec(t, url, "CREATE TABLE a (n int, state text); INSERT INTO a SELECT i, 'new' FROM generate_series(1, 20000) i; CREATE INDEX ON a (n)")
	file, _ := dump(t, url)
	testdb.Exec(t, url, "UPDATE a SET state = 'old'; DELETE FROM a WHERE n % 2 = 0")
	ctx, stop := context.WithCancel(t.Context())
	seen := map[string]int{}
	var mu sync.Mutex
	var reading sync.WaitGroup
	for range 3 {
		reading.Go(func() {
			conn, err := pgx.Connect(ctx, url)
			if err != nil {
				t.Errorf("connect: %v", err)
				return
			}
			defer conn.Close(context.Background())
			for last := false; !last; {
				last = ctx.Err() != nil // once more, of what is there at the end
				var answer string
				err := conn.QueryRow(context.Background(), "SELECT string_agg(state || n, ',' ORDER BY state) FROM (SELECT state, count(*) AS n FROM a GROUP BY state) s").Scan(&answer)
				mu.Lock()
				if err == nil {
					seen[answer]++
				}
				mu.Unlock()
			}
		})
	}
	_, err := new(Engine).Restore(t.Context(), target(url), file, unheard)
	stop()
	reading.Wait()
	if err != nil {
		t.Fatal(err)
	}
	t.Log(seen)
	if seen["old10000"] == 0 || seen["new20000"] == 0 || len(seen) != 2 {
		t.Errorf("the readers saw %v", seen)
	}
}
