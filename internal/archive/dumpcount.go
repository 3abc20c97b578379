package archive

import (
	"cmp"
	"context"
	"io"
	"maps"
	"runtime"
	"slices"
	"strings"
)

// dumpCounts are what was counted in the data of each entry, by dump ID.
type dumpCounts map[int]dumpCount

// dumpCount is the rows of a table, or the number of large objects, and their bytes
// without compression.
type dumpCount struct{ rows, bytes int64 }

func (c dumpCount) plus(o dumpCount) dumpCount { return dumpCount{c.rows + o.rows, c.bytes + o.bytes} }

// count reads all data of the archive to their end and counts the rows. The
// largest are begun first, on all processors. Progress counts packed bytes.
func (d *Dump) count(ctx context.Context, progress func(done, total int64)) (dumpCounts, error) {
	t := &tally{report: progress}
	items, err := d.source.items(ctx, t)
	if err != nil {
		return nil, d.damaged(nil, err)
	}
	for _, item := range items {
		t.total += item.bytes
	}
	slices.SortStableFunc(items, func(a, b dumpItem) int { return cmp.Compare(b.bytes, a.bytes) })
	counts := make([]dumpCount, len(items))
	err = parallel(ctx, min(4, runtime.GOMAXPROCS(0)), len(items), func(ctx context.Context, i int) error {
		e := items[i].entry
		return d.damaged(e, items[i].read(ctx, func(r io.Reader) error {
			one, err := d.countOne(e, r)
			counts[i] = counts[i].plus(one)
			return err
		}))
	}, nil)
	if err != nil {
		return nil, err
	}
	all := dumpCounts{}
	for i, item := range items {
		all[item.entry.DumpID] = counts[i]
	}
	return all, nil
}

// countOne reads one unpacked content to its end.
func (d *Dump) countOne(e *Entry, r io.Reader) (c dumpCount, err error) {
	in := &counted{r: r}
	switch {
	case !e.isRows():
		c.rows = 1
		_, err = io.Copy(io.Discard, in)
	case e.CopyStmt == "":
		c.rows, err = countInserts(in, d.decode, d.escapes())
	default:
		c.rows, err = countCopy(in)
	}
	c.bytes = in.n
	return c, err
}

// escapes says whether a backslash escapes in the strings of this archive.
func (d *Dump) escapes() bool {
	for i := range d.Entries {
		if d.Entries[i].Desc == "STDSTRINGS" {
			return strings.Contains(d.Entries[i].Defn, "'off'")
		}
	}
	return false
}

// contents puts together what the archive holds: the tables whose rows are in it,
// and those that it makes without any. Without counts, rows are -1.
func (d *Dump) contents(counts dumpCounts) Contents {
	at := d.CreatedAt // a copy, or the contents would keep the whole dump in memory
	c := Contents{Version: d.ServerVersion, Database: d.Database, Compression: d.Compression, CreatedAt: &at}
	if d.DumpVersion != "" {
		c.DumpedBy = "pg_dump " + d.DumpVersion
	}
	tables := map[string]int64{}
	for i := range d.Entries {
		switch e := &d.Entries[i]; {
		case e.Desc == "TABLE" && !e.isPartitioned():
			tables[d.Name(e)] += 0
		case e.isRows() && counts == nil:
			tables[d.Name(e)] = -1
		case e.isRows():
			tables[d.Name(e)] += counts[e.DumpID].rows
		case e.Desc == "EXTENSION":
			c.Extensions = append(c.Extensions, d.decode.text(e.Tag))
		}
	}
	for i := range d.Entries {
		if e := &d.Entries[i]; e.Desc == "FOREIGN TABLE" { // its rows belong to another server
			delete(tables, d.Name(e))
		}
	}
	c.Tables = sortedTables(tables)
	slices.Sort(c.Extensions)
	return c
}

func sortedTables(rows map[string]int64) []Table {
	tables := make([]Table, 0, len(rows))
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		tables = append(tables, Table{name, rows[name]})
	}
	return tables
}

// isPartitioned says whether a TABLE only parts its rows among others, which are
// tables of their own. Before format 1.16 only its statement tells.
func (e *Entry) isPartitioned() bool {
	return e.Relkind == 'p' || e.Relkind == 0 && strings.Contains(e.Defn, "\nPARTITION BY ")
}
