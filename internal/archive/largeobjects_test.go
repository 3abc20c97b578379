package archive

import (
	"os"
	"testing"

	"cofre/internal/errs"
)

// objectsOf reads the large objects of a file.
func objectsOf(t *testing.T, path string) (n int, err error) {
	t.Helper()
	records, end, err := OpenRecords(t.Context(), path, t.TempDir())
	defer end()
	if err != nil {
		return 0, err
	}
	err = records.Read(t.Context(), LargeObjects, records.Columns(LargeObjects), 0, func([][]byte) error { n++; return nil })
	return n, err
}

func TestLargeObjectsOfADamagedArchiveAreRefusedOrRead(t *testing.T) {
	d := newDumps(t, `SELECT lo_from_bytea(i::oid, decode(repeat('00ff27', i), 'hex')) FROM generate_series(16401, 16404) i; SELECT lo_create(17000)`)
	for _, args := range [][]string{{"-Fc", "-Z0"}, {"-Fc", "-Z1"}, {"-Ft"}, {"-Fp"}} {
		path := d.make(t, "whole"+args[0]+args[len(args)-1], args...)
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := objectsOf(t, path); n != 5 || err != nil {
			t.Errorf("%v: %d large objects, %v", args, n, err)
		}
		for at := 5; at < len(whole); at += 1 + len(whole)/60 {
			changed := append([]byte(nil), whole...)
			changed[at] ^= 0x15
			for _, damaged := range [][]byte{changed, whole[:at]} {
				if _, err := objectsOf(t, write(t, "x", string(damaged))); err != nil && errs.CodeOf(err) == errs.Internal {
					t.Fatalf("%v at %d: an error without a code: %v", args, at, err)
				}
			}
		}
	}
}

func TestAnOffsetThatLeadsToNoLargeObjectsIsDamage(t *testing.T) {
	rows := Entry{DumpID: 1, HasData: true, Tag: "t", Desc: "TABLE DATA", CopyStmt: "COPY t (x) FROM stdin;\n", DataState: OffsetNotSet}
	for _, offset := range []int64{0, 20, 1 << 40} {
		w := &dumpWriter{minor: 14, intSize: 4, offSize: 8}
		w.header(&Dump{ServerVersion: "15.1"})
		w.int(2)
		w.entry(rows)
		w.entry(Entry{DumpID: 2, HasData: true, Tag: "BLOBS", Desc: "BLOBS", DataState: OffsetSet, Offset: offset})
		w.block(blockRows, 1, []byte("x\n\\.\n\n\n"))
		if _, err := objectsOf(t, write(t, "x", w.String())); errs.CodeOf(err) != errs.Corrupt {
			t.Errorf("at %d: %v", offset, err)
		}
	}
}
