package postgres

import (
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"testing"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/diff"
	"cofre/internal/errs"
	"cofre/internal/testdb"
)

// manyLargeObjects are objects of every size that is read in another way, and more than
// one query begins.
const manyLargeObjects = `CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t SELECT generate_series(1, 10);
SELECT lo_create(1001), lo_from_bytea(1002, 'abc'), lo_from_bytea(1003, decode(repeat('00ff27', 500000), 'hex')),
	lo_from_bytea(1004, decode(repeat('5c', 262144), 'hex')), lo_from_bytea(3000000000, 'high'), lo_from_bytea(1005, decode(repeat('0a', 524288), 'hex'));
SELECT lo_from_bytea(i::oid, convert_to(repeat('x', i), 'UTF8')) FROM generate_series(2001, 2100) i`

func TestLargeObjectsAreComparedInEveryFormat(t *testing.T) {
	c := testdb.Postgres(t)
	url := c.Database(t)
	testdb.Exec(t, url, manyLargeObjects)
	file, held := dump(t, url)
	files := map[string]string{"custom": file}
	for _, client := range c.Clients(t) {
		for name, args := range map[string][]string{"tar": {"-Ft"}, "folder": {"-Fd"}, "script": {"-Fp"}, "custom, not packed": {"-Fc", "-Z0"}, "escaping script": {"-Fp"}} {
			if name == "escaping script" {
				testdb.Exec(t, url, "ALTER DATABASE "+quote(testdb.DatabaseName(url))+" SET standard_conforming_strings = off")
			}
			name += " of " + filepath.Base(filepath.Dir(client.Bin))
			files[name] = filepath.Join(t.TempDir(), "x")
			if out, err := exec.Command(filepath.Join(client.Bin, "pg_dump"), append(args, "-f", files[name], url)...).CombinedOutput(); err != nil {
				t.Fatalf("%s: %s", name, out)
			}
			testdb.Exec(t, url, "ALTER DATABASE "+quote(testdb.DatabaseName(url))+" RESET standard_conforming_strings")
		}
	}
	for name, file := range files {
		if got := compared(t, url, file, held.Tables); len(got) > 0 {
			t.Errorf("%s: nothing was changed, but: %+v", name, got)
		}
	}
	testdb.Exec(t, url, `SELECT lo_put(1003, 1499999, 'x'), lo_unlink(1002), lo_from_bytea(5000, 'new'), lo_put(1001, 0, 'y')`)
	for name, file := range files {
		got := compared(t, url, file, held.Tables)
		if len(got) != 1 || len(got[0].Examples) != 4 {
			t.Fatalf("%s: %+v", name, got)
		}
		e := got[0].Examples[0]
		if e.Kind != diff.Removed || *e.Key[0].Before != "1002" || *e.Fields[0].Before != "3" || *e.Fields[1].Before != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" {
			t.Errorf("%s: example %+v", name, e)
		}
		got[0].Examples = nil
		if want := []diff.Table{{Name: archive.LargeObjects, Before: 106, After: 106, Added: 1, Removed: 1, Changed: 2}}; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
}

func TestLargeObjectsThatTheRoleMayNotReadAreSaidNotToBeCompared(t *testing.T) {
	c := testdb.Postgres(t)
	url := c.Database(t)
	testdb.Exec(t, url, manyLargeObjects+"; GRANT SELECT ON t TO PUBLIC")
	file, held := dump(t, url)
	testdb.Exec(t, url, "DELETE FROM t WHERE id = 1")
	reader := c.As(c.Role(t, "reader", ""), url)
	got := compared(t, reader, file, held.Tables)
	for i := range got {
		got[i].Examples = nil
	}
	want := []diff.Table{{Name: "public.t", Before: 10, After: 9, Removed: 1}, {Name: archive.LargeObjects, Before: 106, After: 106, Skipped: diff.Denied}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}

	s, err := open(t.Context(), target(reader))
	if err != nil {
		t.Fatal(err)
	}
	defer s.close(t.Context())
	d, err := archive.OpenDump(file)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := s.begin(t.Context(), writing); err != nil {
		t.Fatal(err)
	}
	if denied, err := s.compareObjects(t.Context(), d); !denied || err != nil {
		t.Errorf("compared: %v, %v", !denied, err)
	}
	after, err := s.contents(t.Context(), map[string]int64{archive.LargeObjects: 0, "public.t": 9})
	if err != nil || !after.ObjectsDenied {
		t.Errorf("after a restore: %+v, %v", after, err)
	}
}

func TestARestoreProvesLargeObjects(t *testing.T) {
	url := testdb.Postgres(t).Database(t)
	testdb.Exec(t, url, manyLargeObjects)
	file, held := dump(t, url)
	testdb.Exec(t, url, `SELECT lo_put(1003, 1499999, 'x')`)
	if _, err := new(Engine).Restore(t.Context(), target(url), file, func(backup.Update) {}); err != nil {
		t.Fatal(err)
	}
	if got := compared(t, url, file, held.Tables); len(got) > 0 {
		t.Errorf("restored, but: %+v", got)
	}
	d, err := archive.OpenDump(file)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for change, reason := range map[string]string{"SELECT 1": "", "SELECT lo_put(1003, 1499999, 'x')": "postgres.objects_differ", "SELECT lo_unlink(1001)": "postgres.objects_differ", "SELECT lo_create(7)": "postgres.objects_differ"} {
		s, err := open(t.Context(), target(url))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.begin(t.Context(), writing); err != nil {
			t.Fatal(err)
		}
		if err := s.script(t.Context(), change); err != nil {
			t.Fatal(err)
		}
		_, err = s.compareObjects(t.Context(), d)
		if e := errs.Of(err); (reason == "") != (err == nil) || err != nil && e.Reason != reason {
			t.Errorf("%s: %v", change, err)
		}
		s.close(t.Context())
	}
}

func TestLargeObjectsAreReadInLittleMemory(t *testing.T) {
	url := testdb.Postgres(t).Database(t)
	testdb.Exec(t, url, "SELECT lo_from_bytea(7, decode(repeat('00ff27', 10000000), 'hex'))")
	file, held := dump(t, url)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got := compared(t, url, file, held.Tables)
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; len(got) > 0 || took > 16<<20 {
		t.Errorf("30 MB were compared with %d bytes of memory: %+v", took, got)
	}
}
