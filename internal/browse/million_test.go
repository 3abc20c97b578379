package browse

import (
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"cofre/internal/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m) }

// The first page of a million rows is there at once, and once the table was read, so
// is the page at row 900,000.
func TestPagesOfAMillionRows(t *testing.T) {
	if testing.Short() {
		t.Skip("a million rows take ten seconds to make")
	}
	cluster := testdb.Postgres(t)
	url := cluster.Database(t)
	testdb.Exec(t, url, `CREATE TABLE m (id int PRIMARY KEY, name text, at timestamptz, price numeric, note text); INSERT INTO m SELECT i, 'person ' || i, now(), i / 7.0, repeat(md5(i::text), 3) FROM generate_series(1, 1000000) i`)
	path := filepath.Join(t.TempDir(), "m.dump")
	if out, err := exec.Command(filepath.Join(cluster.Bin, "pg_dump"), "-Fc", "-f", path, url).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	before := time.Now()
	lap := func(what string) {
		t.Logf("%s: %v", what, time.Since(before).Round(time.Millisecond))
		before = time.Now()
	}
	b, _ := newBook(t, path, MostBytes)
	lap("open")
	page(t, b, PageQuery{Table: "public.m", Count: 100})
	lap("first page")
	page(t, b, PageQuery{Table: "public.m", From: 999_950, Count: 100})
	lap("the whole table, to its last page")
	if p := page(t, b, PageQuery{Table: "public.m", From: 900_000, Count: 100}); p.Rows[0].Cells[0].Text != "900001" {
		t.Errorf("%+v", p.Rows[0])
	}
	if far := time.Since(before); far > 300*time.Millisecond {
		t.Errorf("the page at row 900,000 took %v", far)
	}
	lap("page at 900,000")
	if p := page(t, b, PageQuery{Table: "public.m", Where: "name LIKE '%99' AND price > 100", From: 9_000, Count: 100}); len(p.Rows) != 100 {
		t.Errorf("%+v", p)
	}
	lap("a filter, to its page at 9,000")
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	t.Logf("%d MB of memory in use, %d MB taken from the system", m.HeapAlloc>>20, m.Sys>>20)
}
