package source_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cofre/internal/engine/migrate/source"
	"cofre/internal/errs"
	"cofre/internal/testdb"
)

func open(t *testing.T, path string) (*source.Conn, *source.Schema) {
	t.Helper()
	c, err := source.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	schema, err := c.ReadSchema()
	if err != nil {
		t.Fatal(err)
	}
	return c, schema
}

// read returns the rows of a table, one line each, read in ranges of so many rows.
func read(t *testing.T, c *source.Conn, table *source.Table, size int64) []string {
	t.Helper()
	rows, err := c.Rows(table)
	if err != nil {
		t.Fatal(err)
	}
	ranges, err := c.Ranges(table, rows, size)
	if err != nil {
		t.Fatal(err)
	}
	var columns []int
	for i := range table.Columns {
		columns = append(columns, i)
	}
	scan, err := c.Scan(table, columns)
	if err != nil {
		t.Fatal(err)
	}
	defer scan.Close()
	var lines []string
	for _, r := range ranges {
		err := scan.Each(context.Background(), r, func(row *source.Row) error {
			var parts []string
			for i := range row.Values {
				v := &row.Values[i]
				parts = append(parts, fmt.Sprintf("%d:%s", v.Class, v.String()))
			}
			lines = append(lines, strings.Join(parts, " "))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return lines
}

func TestValuesAreReadAsTheyAreStored(t *testing.T) {
	for _, encoding := range []string{"UTF-8", "UTF-16le", "UTF-16be"} {
		path := testdb.SQLite(t, `PRAGMA encoding = '`+encoding+`'; CREATE TABLE t(id INTEGER PRIMARY KEY, v DATETIME);
			INSERT INTO t VALUES (1, NULL), (2, 7), (3, 1.5), (4, '2025-03-01'), (5, 'ação'), (6, x'00ff'), (7, ''), (8, x''), (9, CAST(x'61006200' AS TEXT))`)
		c, schema := open(t, path)
		got := read(t, c, &schema.Tables[0], 100)
		want := []string{"1:1 0:NULL", "1:2 1:7", "1:3 2:1.5", "1:4 3:2025-03-01", "1:5 3:ação", "1:6 4:x'00ff'", "1:7 3:''", "1:8 4:x''"}
		if !slices.Equal(got[:8], want) {
			t.Errorf("%s: %q", encoding, got)
		}
		if encoding == "UTF-8" && got[8] != `1:9 3:a\0b\0` {
			t.Errorf("a text with NUL bytes was read as %q", got[8])
		}
	}
}

func TestEveryRowIsInExactlyOneRange(t *testing.T) {
	script := `CREATE TABLE dense(id INTEGER PRIMARY KEY); WITH RECURSIVE n(i) AS (SELECT -50 UNION ALL SELECT i+1 FROM n WHERE i < 949) INSERT INTO dense SELECT i FROM n;
		CREATE TABLE sparse(id INTEGER PRIMARY KEY, rowid TEXT); INSERT INTO sparse SELECT id * id * id * 900719925, 'x' FROM dense;
		INSERT INTO sparse VALUES (-9223372036854775808, 'low'), (9223372036854775807, 'high');
		CREATE TABLE keyed(a TEXT, b INT, PRIMARY KEY (a, b)) WITHOUT ROWID; INSERT INTO keyed SELECT 'k' || id, id FROM dense;
		CREATE TABLE shadowed(rowid INT, _rowid_ INT, oid INT); INSERT INTO shadowed SELECT id, 1, 1 FROM dense;
		CREATE TABLE "odd ""name"""("a b" INT, "c""d" TEXT); INSERT INTO "odd ""name""" VALUES (1, 'x');
		CREATE TABLE empty(id INTEGER PRIMARY KEY)`
	c, schema := open(t, testdb.SQLite(t, script))
	for i := range schema.Tables {
		table := &schema.Tables[i]
		n, err := c.Rows(table)
		if err != nil {
			t.Fatal(err)
		}
		for _, size := range []int64{1, 7, 100, 100000} {
			got := read(t, c, table, size)
			slices.Sort(got)
			if int64(len(got)) != n || len(slices.Compact(got)) != int(n) && table.Name != "shadowed" {
				t.Errorf("%s in ranges of %d: %d rows, want %d different ones", table.Name, size, len(got), n)
			}
		}
	}
}

func TestLargeValuesAreReadInPieces(t *testing.T) {
	for _, encoding := range []string{"UTF-8", "UTF-16le"} {
		c, schema := open(t, testdb.SQLite(t, `PRAGMA encoding = '`+encoding+`'; CREATE TABLE t(id INTEGER PRIMARY KEY, v, n INT);
			INSERT INTO t(v, n) VALUES ('small', 1), (zeroblob(5000000), 2), (replace(hex(zeroblob(2500000)), '0', 'a'), 3), (x'01', 4)`))
		scan, err := c.Scan(&schema.Tables[0], []int{1, 2})
		if err != nil {
			t.Fatal(err)
		}
		defer scan.Close()
		var sizes []int64
		err = scan.Each(context.Background(), source.Whole, func(row *source.Row) error {
			v := &row.Values[0]
			sizes = append(sizes, v.Size)
			if row.Values[1].Int != int64(len(sizes)) {
				t.Errorf("row %d came as number %d", row.Values[1].Int, len(sizes))
			}
			if !v.Large {
				if len(sizes) == 2 || len(sizes) == 3 && encoding == "UTF-8" {
					t.Errorf("row %d was loaded whole", len(sizes))
				}
				return nil
			}
			l, err := row.Open(0)
			if err != nil {
				return err
			}
			defer l.Close()
			all, err := io.ReadAll(l)
			if err != nil {
				return err
			}
			if err := row.Load(0); err != nil {
				return err
			}
			if int64(len(all)) != v.Size || !bytes.Equal(all, v.Bytes) {
				t.Errorf("row %d: %d bytes in pieces, %d at once, want %d", len(sizes), len(all), len(v.Bytes), v.Size)
			}
			return nil
		})
		if err != nil || !slices.Equal(sizes, []int64{5, 5000000, 5000000, 1}) {
			t.Errorf("%s: sizes %v, %v", encoding, sizes, err)
		}
	}
}

func TestLargeValuesWithoutAnAddressAreLoadedWhole(t *testing.T) {
	c, schema := open(t, testdb.SQLite(t, `CREATE TABLE a(k TEXT PRIMARY KEY, v) WITHOUT ROWID; INSERT INTO a VALUES ('x', zeroblob(5000000));
		CREATE TABLE b(v, g GENERATED ALWAYS AS (v)); INSERT INTO b VALUES (zeroblob(5000000))`))
	for i := range schema.Tables {
		scan, err := c.Scan(&schema.Tables[i], []int{0, 1})
		if err != nil {
			t.Fatal(err)
		}
		defer scan.Close()
		err = scan.Each(context.Background(), source.Whole, func(row *source.Row) error {
			if v := row.Values[1]; v.Large || len(v.Bytes) != 5000000 {
				t.Errorf("%s: %d bytes", schema.Tables[i].Name, len(v.Bytes))
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}

func TestTheRowsThemselvesAreReadWhateverAnIndexSays(t *testing.T) {
	for _, rowid := range []string{"", "WITHOUT ROWID"} {
		path := testdb.SQLite(t, "CREATE TABLE w(k TEXT PRIMARY KEY, v) "+rowid+"; CREATE INDEX w_v ON w(v); INSERT INTO w VALUES ('a', 'valor 3'), ('b', 'valor 2'), ('c', 'valor 1')")
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		copy(content[bytes.LastIndex(content, []byte("valor 1")):], "valor 7") // in the index, whose page is the last
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		c, schema := open(t, path)
		scan, err := c.Scan(&schema.Tables[0], []int{0, 1})
		if err != nil {
			t.Fatal(err)
		}
		defer scan.Close()
		var rows []string
		err = scan.Each(context.Background(), source.Whole, func(row *source.Row) error {
			rows = append(rows, string(row.Values[0].Bytes)+" "+string(row.Values[1].Bytes))
			return nil
		})
		if err != nil || !slices.Equal(rows, []string{"a valor 3", "b valor 2", "c valor 1"}) {
			t.Errorf("%s: %q, %v", rowid, rows, err)
		}
	}
}

func TestTheSchemaIsReadWithItsKeys(t *testing.T) {
	_, schema := open(t, testdb.SQLite(t, `CREATE TABLE a(id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(20) NOT NULL DEFAULT 'x' UNIQUE, low TEXT GENERATED ALWAYS AS (lower(name)) STORED);
		INSERT INTO a(id) VALUES (41); DELETE FROM a;
		CREATE TABLE b(x TEXT PRIMARY KEY, y INT REFERENCES a ON DELETE CASCADE, z INT, FOREIGN KEY (y, z) REFERENCES c(p, q));
		CREATE TABLE c(p INT, q INT, PRIMARY KEY (q, p)) STRICT, WITHOUT ROWID;
		CREATE UNIQUE INDEX c_part ON c(p DESC, lower(q)) WHERE q > 0;
		CREATE VIEW v AS SELECT 1; CREATE TRIGGER tr AFTER INSERT ON a BEGIN SELECT 1; END;
		CREATE VIRTUAL TABLE docs USING fts5(body)`))
	if len(schema.Tables) != 3 || len(schema.Views) != 1 || len(schema.Triggers) != 1 || schema.Triggers[0].Table != "a" || len(schema.Virtual) != 1 {
		t.Fatalf("%+v", schema)
	}
	a, b, c := schema.Tables[0], schema.Tables[1], schema.Tables[2]
	if a.RowidColumn != 0 || a.Sequence != 41 || a.Columns[1].Type != "VARCHAR(20)" || a.Columns[1].Default != "'x'" || !a.Columns[1].NotNull || !a.Columns[2].Stored {
		t.Errorf("a: %+v", a)
	}
	if b.RowidColumn != -1 || !b.HasRowid() || len(b.ForeignKeys) != 2 || b.ForeignKeys[0].Parent != "a" || b.ForeignKeys[0].OnDelete != "CASCADE" ||
		len(b.ForeignKeys[0].To) != 0 || !slices.Equal(b.ForeignKeys[1].To, []string{"p", "q"}) {
		t.Errorf("b: %+v", b)
	}
	if c.HasRowid() || !c.Strict || !slices.Equal(c.PrimaryKey, []int{1, 0}) {
		t.Errorf("c: %+v", c)
	}
	x := c.Indexes[slices.IndexFunc(c.Indexes, func(x source.Index) bool { return x.Name == "c_part" })]
	if !x.Unique || !x.Where || len(x.Parts) != 2 || !x.Parts[0].Desc || x.Parts[1].Column != -1 {
		t.Errorf("c_part: %+v", x)
	}
}

func TestAFileIsFoundByItsRelativePath(t *testing.T) {
	file := testdb.SQLite(t, "CREATE TABLE a(b)")
	dir := filepath.Dir(file)
	t.Chdir(dir)
	c, err := source.Open(filepath.Join("..", filepath.Base(dir), filepath.Base(file)))
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
}

func TestAFileThatIsNoDatabaseIsAnErrorWithACode(t *testing.T) {
	dir := t.TempDir()
	missing := filepath.Join(dir, "missing #1?.sqlite3")
	if _, err := source.Open(missing); errs.CodeOf(err) != errs.Unavailable {
		t.Errorf("missing file: %v", err)
	}
	if _, err := os.Stat(missing); !errors.Is(err, os.ErrNotExist) {
		t.Error("opening a missing file created it")
	}
	text := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(text, bytes.Repeat([]byte("no database. "), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := source.Open(text); errs.CodeOf(err) != errs.Corrupt {
		t.Errorf("text file: %v", err)
	}
}

func TestDamageFoundWhileReadingIsCorrupt(t *testing.T) {
	path := testdb.SQLite(t, `CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 5000) INSERT INTO t SELECT i, hex(randomblob(50)) FROM n`)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for page := 3; page < len(data)/4096; page += 2 {
		clear(data[page*4096 : page*4096+100])
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	c, schema := open(t, path)
	scan, err := c.Scan(&schema.Tables[0], []int{0, 1})
	if err != nil {
		t.Fatal(err)
	}
	defer scan.Close()
	err = scan.Each(context.Background(), source.Whole, func(*source.Row) error { return nil })
	if errs.CodeOf(err) != errs.Corrupt {
		t.Errorf("got %v", err)
	}
}

func TestReadingStopsWhenTheContextIsDone(t *testing.T) {
	path := testdb.SQLite(t, `CREATE TABLE t(id INTEGER PRIMARY KEY); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 5000) INSERT INTO t SELECT i FROM n`)
	c, schema := open(t, path)
	scan, err := c.Scan(&schema.Tables[0], []int{0})
	if err != nil {
		t.Fatal(err)
	}
	defer scan.Close()
	ctx, stop := context.WithCancel(context.Background())
	n := 0
	err = scan.Each(ctx, source.Whole, func(*source.Row) error {
		if n++; n == 10 {
			stop()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || n > 1000 {
		t.Errorf("%d rows, %v", n, err)
	}
}
