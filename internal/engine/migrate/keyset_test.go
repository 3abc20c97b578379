package migrate

import (
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"cofre/internal/backup"
	"cofre/internal/testdb"
)

func TestKeysOfSeveralReadersAreGatheredInRoomThatIsMadeOnce(t *testing.T) {
	const each = 3*rangeRows + 17
	list, span := newKeyList(4*each), newKeySet()
	room := cap(list.keys)
	span.between(-5, 8*each)
	var wait sync.WaitGroup
	for reader := range uint64(4) {
		wait.Go(func() {
			w := keyWriter{list: list}
			defer w.flush()
			for i := range uint64(each) {
				k := 2 * (reader*each + i) // even ones
				w.add(k)
				span.add(k)
			}
		})
	}
	wait.Wait()
	if cap(list.keys) != room || len(list.keys) != 4*each {
		t.Errorf("%d keys in room for %d, made for %d", len(list.keys), cap(list.keys), room)
	}
	if twice := repeated(list.keys); twice != nil {
		t.Errorf("repeated: %v", twice)
	}
	sorted := newKeySet()
	sorted.fill(list)
	outside := []int64{-6, -64, 8*each + 1, math.MaxInt64, math.MinInt64}
	for range 10_000 {
		outside = append(outside, rand.Int64N(8*each))
	}
	for _, k := range outside {
		if want := k >= 0 && k < 8*each && k%2 == 0; sorted.has(uint64(k)) != want || span.has(uint64(k)) != want {
			t.Errorf("%d: %v in the list, %v in the span, want %v", k, sorted.has(uint64(k)), span.has(uint64(k)), want)
		}
	}
	span.gone[4] = true
	if span.has(4) {
		t.Error("a row that is left out is still pointed to")
	}
}

func TestOrphansAreFoundWhateverTheirParentsKeyIs(t *testing.T) {
	db := database(t, `CREATE TABLE counted(id bigint PRIMARY KEY); CREATE TABLE sparse(id bigint PRIMARY KEY); CREATE TABLE named(id text PRIMARY KEY); CREATE TABLE none(id bigint PRIMARY KEY); CREATE TABLE narrow(id smallint PRIMARY KEY);
		CREATE TABLE child(id int PRIMARY KEY, c bigint REFERENCES counted, s bigint REFERENCES sparse, n text REFERENCES named, e bigint REFERENCES none, w int REFERENCES narrow)`)
	file := testdb.SQLite(t, `CREATE TABLE counted(id INTEGER PRIMARY KEY); CREATE TABLE sparse(id INTEGER PRIMARY KEY); CREATE TABLE named(id TEXT PRIMARY KEY); CREATE TABLE none(id INTEGER PRIMARY KEY); CREATE TABLE narrow(id INTEGER PRIMARY KEY);
		CREATE TABLE child(id INTEGER PRIMARY KEY, c, s, n, e, w);
		WITH RECURSIVE x(i) AS (SELECT -100 UNION ALL SELECT i + 1 FROM x WHERE i < 20000) INSERT INTO counted SELECT i FROM x WHERE i % 10 > 0;
		INSERT INTO sparse VALUES (-9223372036854775808), (0), (9223372036854775807); INSERT INTO named SELECT 'n' || id FROM counted WHERE id > 0; INSERT INTO narrow VALUES (1), (40000);
		INSERT INTO child SELECT id + 200, id, NULL, iif(id > 0, 'n' || id, NULL), NULL, NULL FROM counted;
		INSERT INTO child VALUES (1, -100, -9223372036854775808, 'n0', 1, 1), (2, 20001, 1, 'N1', NULL, 40000), (3, -9223372036854775808, 9223372036854775807, NULL, NULL, NULL), (4, 9223372036854775807, 0, NULL, NULL, NULL)`)
	found := map[string]int64{}
	for _, f := range db.examine(file, Choices{}) {
		if f.Code == Orphan {
			if f.Level != backup.Blocker {
				t.Errorf("%+v", f)
			}
			found[f.Column] = f.Rows
		}
	}
	for column, want := range map[string]int64{"c": 4, "s": 1, "n": 2, "e": 1, "w": 1} {
		if found[column] != want {
			t.Errorf("%s: %d rows point nowhere, want %d", column, found[column], want)
		}
	}
}

func TestValuesThatBecomeTheSameAreFoundWhereSQLiteKeptThemApart(t *testing.T) {
	db := database(t, `CREATE TABLE one(id int PRIMARY KEY, u uuid UNIQUE, n int UNIQUE, s varchar(4) UNIQUE, d text NOT NULL DEFAULT 'none' UNIQUE, clean text UNIQUE)`)
	file := testdb.SQLite(t, `CREATE TABLE one(id INTEGER PRIMARY KEY, u UNIQUE, n UNIQUE, s UNIQUE, d UNIQUE, clean UNIQUE);
		INSERT INTO one VALUES (1, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 1, 'long', NULL, 'a'), (2, 'A0EEBC999C0B4EF8BB6D6BB9BD380A11', '1', 'longer', NULL, 'A'),
			(3, x'a0eebc999c0b4ef8bb6d6bb9bd380a11', 2, x'6c6f6e67', 'x', 'b'), (4, NULL, 2.4, 'else', 'y', NULL), (5, 'not one', 7, 'less', 'z', NULL)`)
	choices := Choices{Each: []Choice{choose("one", "u", "not_uuid", Leave), choose("one", "n", "fraction", Convert), choose("one", "s", "too_long", Convert), choose("one", "d", NullValue, Default)}}
	found := map[string]int64{}
	for _, f := range db.examine(file, choices) {
		if f.Code == Duplicate && f.Level == backup.Blocker {
			found[f.Column] = f.Rows
		}
	}
	for column, want := range map[string]int64{"u": 3, "n": 4, "s": 3, "d": 2, "clean": 0} {
		if found[column] != want {
			t.Errorf("%s: %d rows are the same, want %d", column, found[column], want)
		}
	}
	for column := range found {
		choices.Each = append(choices.Each, choose("one", column, Duplicate, Leave))
	}
	db.migrate(file, choices)
	if got := db.rows("SELECT concat_ws(' ', id, n, s, d, clean) FROM one ORDER BY id"); got != "1 1 long none a" { // 4 gave way to 3, and 3 to 1
		t.Errorf("arrived: %s", got)
	}
}
