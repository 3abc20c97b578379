package archive

import (
	"bytes"
	"strconv"
)

// dumpWriter writes custom archives as any version of pg_dump did, for versions
// that are not here and for damage that none would write.
type dumpWriter struct {
	bytes.Buffer
	minor, intSize, offSize int
}

func (w *dumpWriter) int(n int) {
	sign := byte(0)
	if n < 0 {
		sign, n = 1, -n
	}
	w.WriteByte(sign)
	w.little(n, w.intSize)
}

func (w *dumpWriter) little(n, size int) {
	for i := range size {
		if i > 7 {
			w.WriteByte(0)
			continue
		}
		w.WriteByte(byte(n >> (8 * i)))
	}
}

func (w *dumpWriter) text(s string) {
	w.int(len(s))
	w.WriteString(s)
}

func (w *dumpWriter) header(d *Dump) {
	w.WriteString(dumpMagic)
	w.Write([]byte{1, byte(w.minor), 0, byte(w.intSize), byte(w.offSize), dumpCustom})
	if w.minor < 15 {
		w.int(map[Compression]int{None: 0, Gzip: -1}[d.Compression])
	} else {
		w.WriteByte(map[Compression]byte{None: 0, Gzip: 1, LZ4: 2, Zstd: 3}[d.Compression])
	}
	at := d.CreatedAt
	for _, n := range []int{at.Second(), at.Minute(), at.Hour(), at.Day(), int(at.Month()) - 1, at.Year() - 1900, 0} {
		w.int(n)
	}
	w.text(d.Database)
	w.text(d.ServerVersion + " (Some distributor)")
	w.text(d.DumpVersion)
}

func (w *dumpWriter) entry(e Entry) {
	w.int(e.DumpID)
	w.int(b2i(e.HasData))
	w.text(e.TableOID)
	w.text(e.OID)
	w.text(e.Tag)
	w.text(e.Desc)
	if w.minor >= 11 {
		w.int(int(e.Section))
	}
	for _, s := range []string{e.Defn, e.DropStmt, e.CopyStmt, e.Namespace, e.Tablespace} {
		w.text(s)
	}
	if w.minor >= 14 {
		w.text(e.TableAM)
	}
	if w.minor >= 16 {
		w.int(int(e.Relkind))
	}
	w.text(e.Owner)
	w.text("false")
	for _, id := range e.Dependencies {
		w.text(strconv.Itoa(id))
	}
	w.int(-1)
	w.WriteByte(byte(e.DataState))
	w.little(int(e.Offset), w.offSize)
}

// block writes an entry's data in pieces of a few bytes.
func (w *dumpWriter) block(kind byte, id int, data []byte) {
	w.WriteByte(kind)
	w.int(id)
	for len(data) > 0 {
		n := min(len(data), 1000)
		w.int(n)
		w.Write(data[:n])
		data = data[n:]
	}
	w.int(0)
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
