package browse

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cofre/internal/archive"
	"cofre/internal/errs"
	"cofre/internal/testdb"
)

const numbered = `CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, big, raw BLOB);
	WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) INSERT INTO t SELECT i, 'João ' || i, CASE WHEN i % 1000 = 0 THEN printf('%.*c', 100000 + i, 'x') ELSE NULL END, x'00ff' FROM n;
	CREATE TABLE u (a, b, PRIMARY KEY (b, a)) WITHOUT ROWID; INSERT INTO u VALUES ('joao', 2), ('x', 1); CREATE TABLE empty (a);`

func newBook(t *testing.T, path string, most int64) (*Book, string) {
	t.Helper()
	dir := t.TempDir()
	cells, end, err := archive.OpenCells(t.Context(), path, dir)
	if err != nil {
		t.Fatal(err)
	}
	b := NewBook(cells, end, dir, most)
	t.Cleanup(b.Close)
	return b, dir
}

// page asks until all that was asked for is there.
func page(t *testing.T, b *Book, q PageQuery) Page {
	t.Helper()
	for {
		p, err := b.Page(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if p.Ended || int64(len(p.Rows)) == q.Count {
			return p
		}
	}
}

func TestEveryPageOfATableIsAtHand(t *testing.T) {
	b, _ := newBook(t, testdb.SQLite(t, numbered), MostBytes)
	for _, from := range []int64{0, 4900, 2500, 4990, 0, 5000, 9999} {
		p := page(t, b, PageQuery{Table: "t", From: from, Count: 100})
		if want := min(100, max(0, 5000-from)); int64(len(p.Rows)) != want {
			t.Fatalf("%d rows from %d on, want %d", len(p.Rows), from, want)
		}
		for i, r := range p.Rows {
			id := from + int64(i) + 1
			if r.Place != id-1 || r.Cells[0].Text != fmt.Sprint(id) || r.Cells[1].Text != fmt.Sprintf("João %d", id) || r.Cells[3].Text != "X'00ff'" || r.Cells[3].Kind != archive.Blob {
				t.Fatalf("%+v", r)
			}
			if big := r.Cells[2]; id%1000 == 0 && (len(big.Text) != Folded || big.Bytes != 100000+id) || id%1000 != 0 && big.Kind != archive.Null {
				t.Fatalf("%d: %+v", id, big)
			}
		}
	}
	whole, err := b.Value(t.Context(), "t", 2999, "big")
	if err != nil || whole.Text != strings.Repeat("x", 103000) {
		t.Errorf("%d bytes, %v", len(whole.Text), err)
	}
	if p := page(t, b, PageQuery{Table: "empty", Count: 10}); len(p.Rows) != 0 || p.Known != 0 {
		t.Errorf("%+v", p)
	}
}

func TestAFilterAndASearchHavePagesOfTheirOwn(t *testing.T) {
	b, _ := newBook(t, testdb.SQLite(t, numbered), MostBytes)
	p := page(t, b, PageQuery{Table: "t", Where: "id > 100 AND id <= 400", Find: "JOAO 1", From: 90, Count: 20})
	if p.Known != 99 || len(p.Rows) != 9 || p.Rows[0].Place != 190 || p.Rows[8].Place != 198 {
		t.Errorf("%+v", p)
	}
	if p := page(t, b, PageQuery{Table: "t", Where: "big IS NOT NULL", Count: 20}); p.Known != 5 || p.Rows[4].Place != 4999 {
		t.Errorf("%+v", p)
	}
	_, err := b.Page(t.Context(), PageQuery{Table: "t", Where: "id >", Count: 20})
	if errs.CodeOf(err) != errs.Invalid {
		t.Error(err)
	}
	if _, err := b.Page(t.Context(), PageQuery{Table: "nobody", Count: 20}); errs.CodeOf(err) != errs.NotFound {
		t.Error(err)
	}
}

func TestATextIsFoundInAllTables(t *testing.T) {
	b, _ := newBook(t, testdb.SQLite(t, numbered), MostBytes)
	all := func(text string) (hits []Hit, f Found) {
		for {
			f, err := b.Find(t.Context(), text, int64(len(hits)))
			if err != nil {
				t.Fatal(err)
			}
			if hits = append(hits, f.Hits...); f.Ended {
				return hits, f
			}
		}
	}
	if hits, f := all("joão 77"); len(hits) != 11 || f.More || hits[0].Place != 76 || hits[0].KeyText() != "id = 77" || hits[0].Column != "name" || hits[0].Excerpt != "João 77" {
		t.Errorf("%+v %+v", f, hits)
	}
	if hits, f := all("joao"); len(hits) != MostHits || !f.More {
		t.Errorf("%d hits, %+v", len(hits), f.More)
	}
	if hits, _ := all("X"); hits[len(hits)-1].KeyText() != "b = 1, a = x" {
		t.Errorf("%+v", hits[len(hits)-1])
	}
	if hits, f := all(" "); len(hits) != 0 || !f.Ended {
		t.Errorf("%+v", hits)
	}
}

func TestASearchGoesOnBehindTablesThatCannotBeRead(t *testing.T) {
	b, _ := newBook(t, testdb.SQLite(t, `CREATE TABLE a(v); INSERT INTO a VALUES ('joana'); CREATE TABLE z(v); INSERT INTO z VALUES ('joao'); PRAGMA writable_schema=ON;
		INSERT INTO sqlite_schema VALUES ('table','geo','geo',0,'CREATE VIRTUAL TABLE geo USING VirtualSpatialIndex()')`), MostBytes)
	var hits []Hit
	var f Found
	for !f.Ended {
		var err error
		if f, err = b.Find(t.Context(), "joa", int64(len(hits))); err != nil {
			t.Fatal(err)
		}
		hits = append(hits, f.Hits...)
	}
	if len(hits) != 2 || hits[0].Table != "a" || hits[1].Table != "z" {
		t.Errorf("%+v", hits)
	}
	if e := errs.Of(f.Err); errs.CodeOf(f.Err) != errs.Unavailable || e.Reason != "browse.unread" || e.Args["tables"] != "geo" {
		t.Error(f.Err)
	}
	if p := page(t, b, PageQuery{Table: "geo", Count: 10}); errs.CodeOf(p.Err) != errs.Unavailable {
		t.Error(p.Err)
	}
}

func TestABookTakesNoMoreRoomThanItMay(t *testing.T) {
	b, _ := newBook(t, testdb.SQLite(t, numbered), 300_000)
	if p := page(t, b, PageQuery{Table: "t", Count: 100}); len(p.Rows) != 100 {
		t.Errorf("%+v", p)
	}
	p := page(t, b, PageQuery{Table: "t", From: 4990, Count: 100})
	if !p.Cut || p.Known >= 5000 || p.Known < 1000 || p.Err != nil {
		t.Errorf("%+v", p)
	}
	if p := page(t, b, PageQuery{Table: "t", Where: "id = 1 OR id = 5000", Count: 10}); !p.Cut || p.Known != 1 {
		t.Errorf("%+v", p)
	}
	if p := page(t, b, PageQuery{Table: "u", Count: 10}); len(p.Rows) != 2 || p.Cut { // in place of the other table
		t.Errorf("%+v", p)
	}
}

func TestAClosedBookLeavesNothing(t *testing.T) {
	b, dir := newBook(t, testdb.SQLite(t, numbered), MostBytes)
	if _, err := b.Page(t.Context(), PageQuery{Table: "t", Where: "id = 7", Count: 10}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Find(t.Context(), "x", 0); err != nil {
		t.Fatal(err)
	}
	b.Close()
	b.Close()
	if _, err := b.Page(t.Context(), PageQuery{Table: "t", Count: 10}); errs.CodeOf(err) != errs.Stale {
		t.Error(err)
	}
	if _, err := b.Find(t.Context(), "y", 0); errs.CodeOf(err) != errs.Stale {
		t.Error(err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) != 0 {
		t.Errorf("%q", left)
	}
}

func TestAllRowsBeforeADamageAreShownAndTheDamageIsSaid(t *testing.T) {
	for _, count := range []int{1, 100, 300} {
		script := "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE t(a);\n" + strings.Repeat("INSERT INTO t VALUES(1);\n", count) + "INSERT INTO t VALUES(f(1));\nCOMMIT;\n"
		path := filepath.Join(t.TempDir(), "x.sql")
		if err := os.WriteFile(path, []byte(script), 0o600); err != nil {
			t.Fatal(err)
		}
		b, _ := newBook(t, path, MostBytes)
		p := page(t, b, PageQuery{Table: "t", Count: MostRows})
		if len(p.Rows) != count || p.Known != int64(count) || errs.CodeOf(p.Err) != errs.Corrupt {
			t.Errorf("%d rows of %d, %v", len(p.Rows), count, p.Err)
		}
		p = page(t, b, PageQuery{Table: "t", Where: "a = 1", Count: MostRows})
		if len(p.Rows) != count || errs.CodeOf(p.Err) != errs.Corrupt {
			t.Errorf("%d rows of %d match, %v", len(p.Rows), count, p.Err)
		}
	}
}

// The page that was asked for is not waited for longer than the person wants to see it.
func TestAPageWaitsNoLongerThanItsAsker(t *testing.T) {
	g := newGrowth()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := g.wait(ctx, 0, time.Hour); errs.CodeOf(err) != errs.Cancelled {
		t.Error(err)
	}
	if s, err := g.wait(t.Context(), 0, time.Millisecond); err != nil || s.known != 0 || s.ended {
		t.Errorf("%+v, %v", s, err)
	}
}
