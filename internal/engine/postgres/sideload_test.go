package postgres

import (
	"io"
	"slices"
	"testing"

	"cofre/internal/archive"
	"cofre/internal/errs"
	"cofre/internal/testdb"
)

// lengths is a table of rows of very different lengths, one of them longer than
// all buffers.
const lengths = `CREATE TABLE lengths (n int PRIMARY KEY, filler text NOT NULL, at timestamptz NOT NULL);
	INSERT INTO lengths SELECT n, repeat(md5(n::text), CASE WHEN n % 1000 = 0 THEN 3000 ELSE n % 40 END), '2024-01-01 00:00+00'::timestamptz + n * interval '1 min'
		FROM generate_series(1, 60000) n;
	UPDATE lengths SET filler = repeat(filler, 30) WHERE n = 6000`

func TestRowsOfAllLengthsAreSentAndCompared(t *testing.T) {
	c := testdb.Postgres(t)
	url := c.Database(t)
	of := target(url)
	forgetSides(t, c, of)
	testdb.Exec(t, url, lengths)
	file, held := dump(t, url)
	for name, zone := range map[string]string{"printed alike": "UTC", "printed otherwise": "Asia/Kathmandu"} {
		t.Run(name, func(t *testing.T) {
			testdb.Exec(t, url, "DO $$BEGIN EXECUTE format('ALTER DATABASE %I SET timezone = %L', current_database(), '"+zone+"'); END$$")
			b, q := quickly(t, of, file)
			for id := range q.sent {
				q.bytes[id] = 2 * worthLane // by several connections
			}
			q.connections = 3
			built, err := b.fill(t.Context(), q.fill, b.measure)
			if err != nil {
				t.Fatal(err)
			}
			if len(b.filled) != 1 || b.filled[0].sent.lines != 60_000 || !slices.Equal(built.Tables, held.Tables) {
				t.Errorf("filled %d tables; built %v", len(b.filled), built.Tables)
			}
			if err := b.clear(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestATableThatDoesNotHoldWhatWasSentIsRefused(t *testing.T) {
	c := testdb.Postgres(t)
	url := c.Database(t)
	testdb.Exec(t, url, "CREATE TABLE t (n int, v text); INSERT INTO t SELECT i, 'v' || i || repeat('x', 300) FROM generate_series(1, 200000) i")
	of := target(url)
	file, _ := dump(t, url)
	d, err := archive.OpenDump(file)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	f := &fill{}
	for i := range d.Entries {
		if rows, ok := rowsOf(&d.Entries[i]); ok {
			f.filling = rows
		}
	}
	data, err := d.Data(t.Context(), f.Entry, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer f.close()
	f.read(data)
	if _, err := io.Copy(io.Discard, f.in); err != nil || f.sent.lines != 200_000 {
		t.Fatalf("%d rows, %v", f.sent.lines, err)
	}
	s, err := open(t.Context(), of)
	if err != nil {
		t.Fatal(err)
	}
	defer s.close(t.Context())
	b := &building{engine: &Engine{}, target: of, name: s.database, file: file, filled: []*fill{f}, connections: 2}
	if stretches, err := b.stretches(t.Context(), s, d); err != nil || s.version.major >= sinceRangeScans && len(stretches) != 2 {
		t.Fatalf("%d stretches, %v", len(stretches), err)
	}
	if rows, err := b.compareSent(t.Context(), s); err != nil || rows["public.t"] != 200_000 {
		t.Errorf("nothing has changed: %v, %v", rows, err)
	}
	for _, change := range []string{"UPDATE t SET v = 'v' WHERE n = 1999", "DELETE FROM t WHERE n = 1999", "INSERT INTO t VALUES (1999, 'v1999'), (1999, 'v1999')"} {
		testdb.Exec(t, url, change)
		if _, err := b.compareSent(t.Context(), s); errs.CodeOf(err) != errs.Corrupt {
			t.Errorf("%s: %v", change, err)
		}
	}
	testdb.Exec(t, url, "DROP TABLE t; CREATE VIEW t AS SELECT 1 AS n, 'v' AS v")
	if _, err := b.compareSent(t.Context(), s); errs.CodeOf(err) != errs.Invalid {
		t.Errorf("a view in its place: %v", err)
	}
}

// TestRowsThatAreRefusedByThemselvesAreTriedInTheOrderOfTheArchive: the check of one
// table looks into another, which is not filled yet when several are filled at once.
func TestRowsThatAreRefusedByThemselvesAreTriedInTheOrderOfTheArchive(t *testing.T) {
	c := testdb.Postgres(t)
	url := c.Database(t)
	of := target(url)
	forgetSides(t, c, of)
	testdb.Exec(t, url, `CREATE TABLE customers (id int); INSERT INTO customers VALUES (1);
		CREATE FUNCTION known(int) RETURNS bool LANGUAGE sql AS 'SELECT EXISTS (SELECT FROM public.customers WHERE id = $1)';
		CREATE TABLE orders (customer int CHECK (public.known(customer)), note text); INSERT INTO orders SELECT 1, md5(i::text) || md5((i + 1)::text) FROM generate_series(1, 150000) i`)
	file, held := dump(t, url)
	if _, q := quickly(t, of, file); q == nil {
		t.Fatal("it is not filled by several connections")
	}
	e := new(Engine)
	c2, err := e.BuildAside(t.Context(), of, file, e.NamesFor(of, sideTime), unheard)
	if err != nil || !slices.Equal(c2.Tables, held.Tables) {
		t.Errorf("%v, %v", c2.Tables, err)
	}
}
