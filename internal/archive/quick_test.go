package archive

import (
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"
)

// TestALargeArchiveOpensAtOnce: its header and objects are read, and none of its rows,
// of which ten gigabytes are only promised here.
func TestALargeArchiveOpensAtOnce(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("a file with holes takes no room on Linux")
	}
	w := &dumpWriter{minor: 14, intSize: 4, offSize: 8}
	w.header(&Dump{ServerVersion: "15.1", DumpVersion: "15.1", Compression: Gzip})
	const tables = 500
	w.int(2 * tables)
	for i := range tables {
		name := "t" + strconv.Itoa(i)
		w.entry(Entry{DumpID: 2*i + 1, Tag: name, Desc: "TABLE", Namespace: "public", Defn: "CREATE TABLE public." + name + " (id int);\n", DataState: NoData})
		w.entry(Entry{DumpID: 2*i + 2, Tag: name, Desc: "TABLE DATA", Namespace: "public", CopyStmt: "COPY public." + name + " (id) FROM stdin;\n", HasData: true, DataState: OffsetSet, Offset: 1<<20 + int64(i)<<24})
	}
	path := filepath.Join(t.TempDir(), "large.dump")
	if err := os.WriteFile(path, w.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	const size = 10 << 30
	if err := os.Truncate(path, size); err != nil {
		t.Skip("this disk has no such files: ", err)
	}
	const most = 200 * time.Millisecond
	best := time.Hour // the first may have waited for others of this machine
	for range 20 {
		start := time.Now()
		c, s, err := Study(t.Context(), path, InspectOptions{Quick: true})
		best = min(best, time.Since(start))
		if err != nil || len(c.Tables) != tables || len(s.Objects) != tables || c.Bytes != size || c.Tables[0].Rows != -1 {
			t.Fatalf("%d tables, %d objects, %d bytes, %v", len(c.Tables), len(s.Objects), c.Bytes, err)
		}
		if best < most {
			return
		}
	}
	t.Errorf("it takes %v", best)
}
