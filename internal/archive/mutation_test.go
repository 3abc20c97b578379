package archive

import (
	"bytes"
	"context"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"cofre/internal/errs"
	"cofre/internal/testdb"
)

// mutants is how many damaged files there are of each format and compression.
const mutants = 1000

// TestAThousandDamagedFilesOfEachFormatAreRefusedOrRead damages good backups in
// every way that disks, networks and people with an editor do, the same ones each
// time. Each is read like any other, or refused with one error that has a code and
// a reason; in little time and memory, without a panic, and without being changed.
func TestAThousandDamagedFilesOfEachFormatAreRefusedOrRead(t *testing.T) {
	d := newDumps(t, `CREATE TABLE a (n int, "odd ""name""" text); INSERT INTO a SELECT i, md5(i::text) FROM generate_series(1, 60) i;
		CREATE TABLE b (n int PRIMARY KEY, at timestamptz); INSERT INTO b SELECT i, '2026-01-01' FROM generate_series(1, 9) i;
		CREATE VIEW c AS SELECT * FROM a; SELECT lo_from_bytea(0, 'large')`)
	lite := testdb.SQLite(t, `PRAGMA page_size = 512; VACUUM; CREATE TABLE a (n INTEGER PRIMARY KEY, x TEXT); CREATE INDEX a_x ON a (x); CREATE VIEW c AS SELECT * FROM a;
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60) INSERT INTO a SELECT i, hex(i * 7919) FROM n; CREATE TABLE b (k TEXT PRIMARY KEY, v BLOB) WITHOUT ROWID; INSERT INTO b VALUES ('k', zeroblob(900))`)
	script := d.make(t, "script.sql", "-Fp")
	for name, path := range map[string]string{
		"custom, gzip": d.make(t, "custom", "-Fc"), "custom, plain rows": d.make(t, "custom0", "-Fc", "-Z0"),
		"directory, gzip": d.make(t, "folder", "-Fd"), "directory, plain rows": d.make(t, "folder0", "-Fd", "-Z0"),
		"tar": d.make(t, "tar", "-Ft"), "tar, gzip around": layered(t, filepath.Join(d.dir, "tar"), Gzip),
		"plain": script, "plain, gzip around": layered(t, script, Gzip),
		"SQLite": lite, "SQLite, gzip around": layered(t, lite, Gzip),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Verify(t.Context(), path, VerifyOptions{Depth: Full, TempDir: t.TempDir()}, nil); err != nil {
				t.Fatalf("undamaged: %v", err)
			}
			chance := rand.New(rand.NewPCG(1, 2))
			endings := map[errs.Code]int{}
			dir := t.TempDir()
			for i := range mutants {
				mutant := testdb.Damage(t, chance, path, filepath.Join(dir, "mutant"))
				endings[survive(t, i, mutant, dir)]++
				if t.Failed() {
					return
				}
				os.RemoveAll(mutant)
			}
			t.Logf("read %d, corrupt %d, invalid %d", endings[""], endings[errs.Corrupt], endings[errs.Invalid])
			if endings[errs.Corrupt] == 0 {
				t.Error("no damage was found at all")
			}
		})
	}
}

// survive reads mutant number i and returns the code of what came of it.
func survive(t *testing.T, i int, mutant, dir string) errs.Code {
	t.Helper()
	defer func() {
		if cause := recover(); cause != nil {
			t.Errorf("mutant %d: panic: %v", i, cause)
		}
	}()
	before := everything(t, mutant)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var had, has runtime.MemStats
	runtime.ReadMemStats(&had)
	_, err := Verify(ctx, mutant, VerifyOptions{Depth: Full, TempDir: dir}, nil)
	runtime.ReadMemStats(&has)
	if _, _, study := Study(ctx, mutant, InspectOptions{TempDir: dir}); study != nil {
		if e := errs.Of(study); e.Code != errs.Corrupt && e.Code != errs.Invalid && e.Reason != "archive.newer_version" {
			t.Errorf("mutant %d, its objects: code %s, reason %s: %v", i, e.Code, e.Reason, study)
		}
	}
	if rows := readCells(ctx, mutant, dir); rows != nil {
		if e := errs.Of(rows); e.Code != errs.Corrupt && e.Code != errs.Invalid && e.Reason != "archive.newer_version" && e.Reason != "archive.encoding" {
			t.Errorf("mutant %d, its rows: code %s, reason %s: %v", i, e.Code, e.Reason, rows)
		}
	}
	if took := has.TotalAlloc - had.TotalAlloc; took > 64<<20 {
		t.Errorf("mutant %d took %d bytes of memory", i, took)
	}
	if !bytes.Equal(everything(t, mutant), before) {
		t.Errorf("mutant %d was changed", i)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".cofre-*")); len(left) > 0 {
		t.Errorf("mutant %d left %q", i, left)
	}
	if err == nil {
		return ""
	}
	e := errs.Of(err)
	newer := e.Reason == "archive.newer_version" // so the damaged number says
	if e.Code != errs.Corrupt && e.Code != errs.Invalid && !newer || e.Reason == "" {
		t.Errorf("mutant %d: code %s, reason %s: %v", i, e.Code, e.Reason, err)
	}
	return e.Code
}

// readCells reads every row of every table.
func readCells(ctx context.Context, path, dir string) error {
	cells, end, err := OpenCells(ctx, path, dir)
	defer end()
	if err != nil {
		return err
	}
	for _, table := range cells.Tables() {
		if e := cells.Read(ctx, table, func([]Cell) error { return nil }); e != nil {
			err = e
		}
	}
	return err
}

// everything is the content of a file, or of a folder's files in order.
func everything(t *testing.T, path string) (all []byte) {
	t.Helper()
	err := filepath.WalkDir(path, func(path string, f fs.DirEntry, err error) error {
		if err != nil || f.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		all = append(append(all, path...), b...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
