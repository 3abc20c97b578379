package archive

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"cofre/internal/errs"
)

// TestBadInputHasItsOwnErrorOrItsRightReading goes through what people and disks do to
// archives. Bombs and hostile sizes have tests of their own.
func TestBadInputHasItsOwnErrorOrItsRightReading(t *testing.T) {
	d := newDumps(t, `CREATE TABLE a (n int PRIMARY KEY, x text); INSERT INTO a SELECT i, md5(i::text) FROM generate_series(1, 900) i; CREATE TABLE b (n int); INSERT INTO b VALUES (1)`)
	custom := d.make(t, "custom", "-Fc")
	whole, err := os.ReadFile(custom)
	if err != nil {
		t.Fatal(err)
	}
	dump, err := OpenCustom(custom)
	if err != nil {
		t.Fatal(err)
	}
	first := int(dump.source.(*customSource).first)
	dump.Close()
	flipped := func(at int) string {
		b := slices.Clone(whole)
		b[at] ^= 0x40
		return write(t, "flipped", string(b))
	}
	folder := func(name string, change func(folder string) error) string {
		path := d.make(t, name, "-Fd")
		if err := change(path); err != nil {
			t.Fatal(err)
		}
		return path
	}
	rows := Entry{DumpID: 1, HasData: true, Tag: "t", Desc: "TABLE DATA", CopyStmt: "COPY t (x) FROM stdin;\n", DataState: OffsetSet}
	foreign := func(places ...int64) string {
		w := &dumpWriter{minor: 14, intSize: 4, offSize: 8}
		w.header(&Dump{ServerVersion: "15.1"})
		w.int(len(places))
		for i, at := range places {
			e := rows
			e.DumpID, e.Offset, e.Tag = i+1, at, string(rune('t'+i))
			w.entry(e)
		}
		for i := range places {
			w.block(blockRows, i+1, []byte("x\n\\.\n\n\n"))
		}
		return w.String()
	}
	one := foreign(0)
	start := int64(len(one) - len("\x01\x00\x01\x00\x00\x00\x00\x08\x00\x00\x00x\n\\.\n\n\n\x00\x00\x00\x00\x00"))
	both := []Table{{"public.a", 900}, {"public.b", 1}}

	for _, c := range []struct {
		name   string
		path   string
		code   errs.Code
		reason string
		tables []Table // where it can be read
	}{
		{"cut in its header", write(t, "x", string(whole[:9])), errs.Corrupt, "archive.header_cut", nil},
		{"cut behind its version", write(t, "x", string(whole[:30])), errs.Corrupt, "archive.dump_cut", nil},
		{"cut in its table of contents", write(t, "x", string(whole[:first/2])), errs.Corrupt, "archive.dump_cut", nil},
		{"cut in a data block", write(t, "x", string(whole[:first+400])), errs.Corrupt, "archive.dump_table", nil},
		{"cut before its last data block", write(t, "x", string(whole[:len(whole)-40])), errs.Corrupt, "archive.dump_table", nil},
		{"a bit of its signature", flipped(1), errs.Invalid, "archive.unknown", nil},
		{"a bit of its version", flipped(6), errs.Unavailable, "archive.newer_version", nil},
		{"a bit of its format", flipped(10), errs.Corrupt, "archive.header", nil},
		{"a bit of a length in its table of contents", flipped(first - 20), errs.Corrupt, "archive.dump_damaged", nil},
		{"a bit of a data block", flipped(first + 500), errs.Corrupt, "archive.dump_table", nil},
		{"an offset outside", write(t, "x", foreign(1<<40)), errs.Corrupt, "archive.dump_table", nil},
		{"offsets in a circle", write(t, "x", foreign(start, start)), errs.Corrupt, "archive.dump_table", nil},
		{"a program that is not pg_dump", write(t, "x", foreign(start)), "", "", []Table{{"t", 1}}},
		{"a program that only says so", write(t, "x", "PGDMP\x01\x0e\x00\x04\x08\x01not at all what follows there"), errs.Corrupt, "archive.dump_cut", nil},
		{"a folder without its rows", folder("missing", func(path string) error {
			files, _ := filepath.Glob(filepath.Join(path, "*.dat.gz"))
			return os.Remove(files[0])
		}), errs.Corrupt, "archive.dump_table", nil},
		{"a folder without its table of contents", folder("headless", func(path string) error { return os.Remove(filepath.Join(path, "toc.dat")) }), errs.Invalid, "archive.is_folder", nil},
		{"a folder with more files", folder("more", func(path string) error { return os.WriteFile(filepath.Join(path, "notes.txt"), []byte("x"), 0o600) }), "", "", both},
		{"a folder that names a file above it", folder("above", func(path string) error {
			toc, err := os.ReadFile(filepath.Join(path, "toc.dat"))
			if err != nil {
				return err
			}
			at := bytes.Index(toc, []byte(".dat"))
			copy(toc[at-4:], "../x")
			return os.WriteFile(filepath.Join(path, "toc.dat"), toc, 0o600)
		}), errs.Corrupt, "archive.dump_damaged", nil},
		{"one table", d.make(t, "one", "-Fc", "-t", "b"), "", "", both[1:]},
		{"one table as a script", d.make(t, "one.sql", "-Fp", "-t", "b"), "", "", both[1:]},
		{"the schema only", d.make(t, "schema", "-Fc", "-s"), "", "", []Table{{"public.a", 0}, {"public.b", 0}}},
		{"the schema only, as a script", d.make(t, "schema.sql", "-Fp", "-s"), "", "", []Table{{"public.a", 0}, {"public.b", 0}}},
		{"the rows only", d.make(t, "rows", "-Fc", "-a"), "", "", both},
		{"the rows only, as a script", d.make(t, "rows.sql", "-Fp", "-a", "--inserts"), "", "", both},
		{"roles", write(t, "roles.sql", "--\n-- PostgreSQL database cluster dump\n--\n\nCREATE ROLE app;\n"), errs.Invalid, "archive.cluster_dump", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := Verify(t.Context(), c.path, VerifyOptions{TempDir: t.TempDir()}, nil)
			if c.reason == "" {
				if err != nil || !slices.Equal(r.Contents.Tables, c.tables) {
					t.Errorf("%v, %v", r.Contents.Tables, err)
				}
				return
			}
			if e := errs.Of(err); e == nil || e.Code != c.code || e.Reason != c.reason {
				t.Errorf("error %v (%s), want %s %s", err, errs.CodeOf(err), c.code, c.reason)
			}
		})
	}
}
