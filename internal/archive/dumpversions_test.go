package archive

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"cofre/internal/errs"
)

func TestArchivesOfOtherVersionsAreRead(t *testing.T) {
	want := []Table{{"public.empty", 0}, {"public.parted_1", 9}, {"public.users", 300}}
	for name, c := range map[string]struct {
		format      Format
		compression Compression
		dumpedBy    string
	}{
		"17-lz4.dump":      {FormatCustom, LZ4, "pg_dump 17.11"},
		"18-zstd.dump":     {FormatCustom, Zstd, "pg_dump 18.6"},
		"18-appended.dump": {FormatCustom, Gzip, "pg_dump 18.6"},
		"17-folder-zstd":   {FormatDirectory, Zstd, "pg_dump 17.11"},
		"18-folder-lz4":    {FormatDirectory, LZ4, "pg_dump 18.6"},
		"18-tar.gz":        {FormatTar, Gzip, "pg_dump 18.6"},
		"18-script.sql":    {FormatPlain, None, "pg_dump 18.6"},
	} {
		r, err := Verify(t.Context(), filepath.Join("testdata", name), VerifyOptions{Depth: Full, TempDir: t.TempDir()}, nil)
		if got := r.Contents; err != nil || !slices.Equal(got.Tables, want) || got.Format != c.format || got.Compression != c.compression || got.DumpedBy != c.dumpedBy {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestDamageIsFoundUnderEveryCompression(t *testing.T) {
	for _, name := range []string{"17-lz4.dump", "18-zstd.dump"} {
		path := filepath.Join("testdata", name)
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		d, err := OpenCustom(path)
		if err != nil {
			t.Fatal(err)
		}
		first := d.source.(*customSource).first
		d.Close()
		changed := filepath.Join(t.TempDir(), "x")
		for n := first; n < int64(len(whole)); n += 7 {
			if err := os.WriteFile(changed, whole[:n], 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := Verify(t.Context(), changed, VerifyOptions{}, nil); errs.CodeOf(err) != errs.Corrupt {
				t.Fatalf("%s cut at %d: %v", name, n, err)
			}
		}
	}
}

// pg_restore 15 reads what the writer of these tests writes for 1.10 to 1.14, so
// that the tests do not only agree with themselves.
func TestEveryFormatVersionIsReadAsPgRestoreReadsIt(t *testing.T) {
	d := newDumps(t, `CREATE TABLE a(x int, y text); INSERT INTO a SELECT i, md5(i::text) FROM generate_series(1, 300) i; CREATE TABLE b(x int); SELECT lo_create(1)`)
	source, err := OpenCustom(d.make(t, "c", "-Fc", "-Z0"))
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	for minor := oldestMinor; minor <= newestMinor; minor++ {
		for _, sizes := range [][2]int{{4, 8}, {8, 8}, {4, 4}, {2, 8}, {32, 8}} {
			for _, set := range []bool{true, false} {
				name := fmt.Sprintf("1.%d with integers of %d and offsets of %d, set %v", minor, sizes[0], sizes[1], set)
				path := write(t, "x", string(rewrite(t, source, minor, sizes[0], sizes[1], set)))
				r, err := Verify(t.Context(), path, VerifyOptions{}, nil)
				if want := []Table{{"public.a", 300}, {"public.b", 0}}; err != nil || !slices.Equal(r.Contents.Tables, want) || r.Contents.Version != source.ServerVersion {
					t.Errorf("%s: %+v, %v", name, r, err)
					continue
				}
				if minor <= 14 && sizes[0] == 4 {
					script := string(d.run(t, "pg_restore", nil, "-f", "-", path))
					if got := strings.Count(script, "\n"); got < 300 || !strings.Contains(script, "COPY public.a") {
						t.Errorf("%s: pg_restore reads %d lines", name, got)
					}
				}
			}
		}
	}
}

// rewrite writes an archive of one version as one of another, its blocks in the
// opposite order.
func rewrite(t *testing.T, d *Dump, minor, intSize, offSize int, offsets bool) []byte {
	t.Helper()
	toc := func(entries []Entry) *dumpWriter {
		w := &dumpWriter{minor: minor, intSize: intSize, offSize: offSize}
		w.header(d)
		w.int(len(entries))
		for _, e := range entries {
			w.entry(e)
		}
		return w
	}
	entries := slices.Clone(d.Entries)
	w := toc(entries)
	for i := len(entries) - 1; i >= 0; i-- {
		e := &entries[i]
		if !e.HasData {
			continue
		}
		e.Offset, e.DataState = int64(w.Len()), OffsetNotSet
		if offsets {
			e.DataState = OffsetSet
		}
		if e.isObjects() {
			w.WriteByte(blockObjects)
			w.int(e.DumpID)
			w.int(1) // one object
			w.int(3)
			w.WriteString("abc")
			w.int(0)
			w.int(0) // no more
			continue
		}
		r, err := d.Data(t.Context(), &d.Entries[i], nil)
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		w.block(blockRows, e.DumpID, data)
	}
	again := toc(entries).Bytes() // with the places of the blocks
	return append(again, w.Bytes()[len(again):]...)
}

func TestHostileArchivesAreRefusedWithLittleMemory(t *testing.T) {
	row := Entry{DumpID: 1, HasData: true, Tag: "t", Desc: "TABLE DATA", CopyStmt: "COPY t (x) FROM stdin;\n", DataState: OffsetNotSet}
	base := func() *dumpWriter {
		w := &dumpWriter{minor: 14, intSize: 4, offSize: 8}
		w.header(&Dump{ServerVersion: "15.1", DumpVersion: "15.1"})
		return w
	}
	with := func(entries ...Entry) *dumpWriter {
		w := base()
		w.int(len(entries))
		for _, e := range entries {
			w.entry(e)
		}
		return w
	}
	for name, w := range map[string]*dumpWriter{
		"a string of 2 GB": func() *dumpWriter {
			w := base()
			w.int(1)
			w.int(1)
			w.int(0)
			w.int(1<<31 - 1)
			return w
		}(),
		"two billion entries": func() *dumpWriter { w := base(); w.int(1<<31 - 1); return w }(),
		"a negative count":    func() *dumpWriter { w := base(); w.int(-5); return w }(),
		"integers of 0 bytes": func() *dumpWriter {
			w := &dumpWriter{minor: 14, intSize: 0, offSize: 8}
			w.header(&Dump{})
			return w
		}(),
		"integers of 200 bytes": func() *dumpWriter {
			w := &dumpWriter{minor: 14, intSize: 200, offSize: 8}
			w.header(&Dump{})
			return w
		}(),
		"the same entry twice":     with(row, row),
		"entry 0":                  with(Entry{DumpID: 0, DataState: NoData}),
		"rows that are not there":  with(row),
		"rows of nobody":           func() *dumpWriter { w := with(row); w.block(blockRows, 2, []byte("\\.\n\n\n")); return w }(),
		"rows twice":               func() *dumpWriter { w := with(row); w.block(1, 1, []byte("\\.\n\n\n")); w.block(1, 1, nil); return w }(),
		"rows without an end mark": func() *dumpWriter { w := with(row); w.block(blockRows, 1, []byte("a\nb\n")); return w }(),
		"a piece of negative size": func() *dumpWriter { w := with(row); w.WriteByte(1); w.int(1); w.int(-4); return w }(),
		"a piece of 2 GB":          func() *dumpWriter { w := with(row); w.WriteByte(1); w.int(1); w.int(1<<31 - 1); return w }(),
		"an unknown block":         func() *dumpWriter { w := with(row); w.block(7, 1, nil); return w }(),
		"objects for a table":      func() *dumpWriter { w := with(row); w.WriteByte(3); w.int(1); w.int(0); return w }(),
		"an offset behind the end": func() *dumpWriter {
			e := row
			e.DataState, e.Offset = OffsetSet, 1<<62
			w := with(e)
			w.block(1, 1, []byte("\\.\n\n\n"))
			return w
		}(),
		"an entry without its rows": func() *dumpWriter { e := row; e.DataState = NoData; return with(e) }(),
	} {
		t.Run(name, func(t *testing.T) {
			path := write(t, "x", w.String())
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := Verify(t.Context(), path, VerifyOptions{}, nil)
			runtime.ReadMemStats(&after)
			if took := after.TotalAlloc - before.TotalAlloc; errs.CodeOf(err) != errs.Corrupt || took > 8<<20 {
				t.Errorf("%v, with %d bytes of memory", err, took)
			}
		})
	}
	e := row
	e.DataState, e.Offset = OffsetSet, 1<<62
	w := with(e)
	d, err := OpenCustom(write(t, "x", w.String()))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.Data(t.Context(), &d.Entries[0], nil); errs.CodeOf(err) != errs.Corrupt {
		t.Errorf("rows at an offset behind the end: %v", err)
	}
}

func FuzzDump(f *testing.F) {
	for _, name := range []string{"17-lz4.dump", "18-zstd.dump", "18-appended.dump", "18-script.sql", "18-tar.gz"} {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	w := &dumpWriter{minor: 14, intSize: 4, offSize: 8}
	w.header(&Dump{ServerVersion: "15.1", DumpVersion: "15.1"})
	w.int(1)
	w.entry(Entry{DumpID: 1, HasData: true, Tag: "t", Desc: "TABLE DATA", DataState: OffsetNotSet})
	w.block(blockRows, 1, []byte("INSERT INTO t VALUES (1, E'\\'', $a$;$a$), (2);\n"))
	f.Add(w.Bytes())
	path := filepath.Join(f.TempDir(), "x")
	f.Fuzz(func(t *testing.T, content []byte) {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := Verify(t.Context(), path, VerifyOptions{TempDir: t.TempDir()}, nil)
		if err != nil && errs.CodeOf(err) == errs.Internal {
			t.Errorf("an error without a code: %v", err)
		}
		if err != nil {
			return
		}
		rows, end, err := OpenRows(t.Context(), path, t.TempDir())
		if err != nil {
			return
		}
		defer end()
		for _, table := range r.Contents.Tables {
			err := rows.Rows(t.Context(), table.Name, rows.Columns(table.Name), 3, func([]string) error { return nil })
			if err != nil && errs.CodeOf(err) == errs.Internal {
				t.Errorf("an error without a code: %v", err)
			}
		}
	})
}
