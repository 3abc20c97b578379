package diff

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"

	"cofre/internal/archive"
)

// counting is a table of numbered rows that are made as they are read.
type counting struct {
	rows  int
	step  int             // from one row to the next one that is read
	value func(i int) int // of row i; below 0: it is not there
	peak  *atomic.Uint64  // of what is in use on the heap
}

func (counting) Columns(string) []string   { return []string{"id", "value", "note"} }
func (counting) Key(string) []string       { return []string{"id"} }
func (counting) Zoned(string) []string     { return nil }
func (counting) Stored(_, _ string) string { return "" }
func (counting) Type(_, _ string) string   { return "" }
func (counting) Show(v []byte) string      { return string(v) }

func (c counting) Read(_ context.Context, _ string, _ []string, limit int64, yield func([][]byte) error) error {
	var id, value []byte
	note := []byte("a note of some length, as people write them into the rows of a table")
	read := int64(0)
	for n := range c.rows {
		i := n * c.step % c.rows
		if n%100_000 == 50_000 {
			var m runtime.MemStats
			runtime.GC() // what has been let go of is no matter of how busy the machine is
			runtime.ReadMemStats(&m)
			if m.HeapAlloc > c.peak.Load() {
				c.peak.Store(m.HeapAlloc)
			}
		}
		v := c.value(i)
		if v < 0 {
			continue
		}
		if read++; limit > 0 && read > limit {
			return nil
		}
		id, value = strconv.AppendInt(id[:0], int64(i), 10), strconv.AppendInt(value[:0], int64(v), 10)
		if err := yield([][]byte{id, value, note}); err != nil {
			return err
		}
	}
	return nil
}

func TestAMillionRowsAreComparedWithAMillionInLittleMemory(t *testing.T) {
	const rows, most = 1_000_000, 16 << 20
	var peak atomic.Uint64
	table := func(value func(int) int, n int64) Side {
		return Side{Records: counting{rows, 1, value, &peak}, Tables: []archive.Table{{Name: "t", Rows: n}}}
	}
	before := table(func(i int) int { return i }, rows)
	after := table(func(i int) int {
		switch {
		case i%5000 == 1:
			return -1
		case i%1000 == 0:
			return i + 1
		}
		return i
	}, rows-rows/5000)
	got, err := Compare(t.Context(), before, after, Options{TempDir: t.TempDir(), MostRows: math.MaxInt64})
	want := fmt.Sprint([]Table{{Name: "t", Before: rows, After: rows - rows/5000, Removed: rows / 5000, Changed: rows / 1000}})
	if err != nil || fmt.Sprint(counted(got)) != want {
		t.Errorf("%v, %v, want %s", got, err, want)
	}
	if n := len(got[0].Examples); n != 6 || *got[0].Examples[0].Key[0].Before != "1" || *got[0].Examples[3].Fields[0].After != "1" {
		t.Errorf("%d examples: %+v", n, got[0].Examples)
	}
	if peak.Load() > most {
		t.Errorf("%d MB on the heap", peak.Load()>>20)
	}
	t.Logf("%d MB on the heap", peak.Load()>>20)
}

func TestEqualRowsAreNeitherKeptNorSorted(t *testing.T) {
	const rows = 1_000_000
	for name, c := range map[string]struct {
		step int
		most uint64 // on the heap
	}{
		"in one order":     {1, 16 << 20},
		"in another order": {7919, 64 << 20}, // half of all rows wait in the middle
	} {
		var peak atomic.Uint64
		side := func(step int) Side {
			return Side{Records: counting{rows, step, func(i int) int { return i }, &peak}, Tables: []archive.Table{{Name: "t", Rows: rows}}}
		}
		// Nothing can be put aside: the folder is not there.
		got, err := Compare(t.Context(), side(1), side(c.step), Options{TempDir: filepath.Join(t.TempDir(), "missing"), MostRows: math.MaxInt64})
		if err != nil || len(got) > 0 {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if peak.Load() > c.most {
			t.Errorf("%s: %d MB on the heap", name, peak.Load()>>20)
		}
		t.Logf("%s: %d MB on the heap", name, peak.Load()>>20)
	}
}

func TestAMillionRowsThatAllDifferAreComparedInBoundedMemory(t *testing.T) {
	const rows, most = 1_000_000, 64 << 20
	var peak atomic.Uint64
	side := func(more int) Side {
		return Side{Records: counting{rows, 1, func(i int) int { return i + more }, &peak}, Tables: []archive.Table{{Name: "t", Rows: rows}}}
	}
	got, err := Compare(t.Context(), side(0), side(1), Options{TempDir: t.TempDir(), MostRows: math.MaxInt64})
	if err != nil || len(got) != 1 || got[0].Changed != rows || len(got[0].Examples) != mostExamples || *got[0].Examples[2].Key[0].After != "2" {
		t.Errorf("%+v, %v", got, err)
	}
	if peak.Load() > most {
		t.Errorf("%d MB on the heap", peak.Load()>>20)
	}
	t.Logf("%d MB on the heap", peak.Load()>>20)
}
