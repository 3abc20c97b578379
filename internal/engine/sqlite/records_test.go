package sqlite

import (
	"reflect"
	"testing"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/diff"
	"cofre/internal/testdb"
)

func TestALiveDatabaseIsComparedWithItsBackup(t *testing.T) {
	path := testdb.SQLite(t, `CREATE TABLE odd (id INTEGER PRIMARY KEY, v, born DATE); INSERT INTO odd VALUES (1, 1, '1990-02-03'), (2, '1', NULL), (3, 1.5, 'soon'), (4, x'31', 0);
		CREATE TABLE keyed (a, b, v, PRIMARY KEY (b, a)) WITHOUT ROWID; INSERT INTO keyed VALUES (1, 2, 'x'), (2, 1, 'y');
		CREATE TABLE loose (v); INSERT INTO loose VALUES ('x'), ('x'), (NULL)`)
	target := backup.Target{Kind: backup.SQLite, Name: "db", Path: path}
	file := t.TempDir() + "/backup"
	held, err := new(Engine).Dump(t.Context(), target, file, backup.DumpOptions{}, func(backup.Update) {})
	if err != nil {
		t.Fatal(err)
	}
	compared := func() (tables []diff.Table) {
		old, end, err := archive.OpenRecords(t.Context(), file, t.TempDir())
		defer end()
		if err != nil {
			t.Fatal(err)
		}
		now, err := new(Engine).Probe(t.Context(), target)
		if err != nil {
			t.Fatal(err)
		}
		err = new(Engine).Records(t.Context(), target, func(live archive.Records) error {
			tables, err = diff.Compare(t.Context(), diff.Side{Records: old, Tables: held.Tables}, diff.Side{Records: live, Tables: now.Tables}, diff.Options{TempDir: t.TempDir()})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return tables
	}
	if got := compared(); len(got) > 0 {
		t.Fatalf("nothing was changed, but: %+v", got)
	}
	// What looks the same is not: 1 and '1', and a BLOB of the same byte.
	script(t, path, `UPDATE odd SET v = '1' WHERE id = 1; UPDATE odd SET v = '1' WHERE id = 4; UPDATE keyed SET a = 9 WHERE v = 'y'; DELETE FROM loose WHERE v IS NULL; INSERT INTO loose VALUES ('');`)
	want := []diff.Table{
		{Name: "keyed", Before: 2, After: 2, Added: 1, Removed: 1},
		{Name: "loose", Before: 3, After: 3, Added: 1, Removed: 1},
		{Name: "odd", Before: 4, After: 4, Changed: 2},
	}
	got := compared()
	if f := got[2].Examples[0].Fields; len(f) != 1 || *f[0].After != "1" {
		t.Errorf("examples %+v", f)
	}
	for i := range got {
		got[i].Examples = nil
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}
