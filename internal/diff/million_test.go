package diff

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"

	"cofre/internal/archive"
)

// counting is a table of numbered rows that are made as they are read.
type counting struct {
	rows  int
	value func(i int) int // of row i; below 0: it is not there
	peak  *atomic.Uint64  // of the heap
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
	for i := range c.rows {
		if i%50_000 == 0 {
			var m runtime.MemStats
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
	const rows, most = 1_000_000, 96 << 20 // two piles of 12 MB, their sorting, and what the collector leaves for later
	var peak atomic.Uint64
	table := func(value func(int) int, n int64) Side {
		return Side{Records: counting{rows, value, &peak}, Tables: []archive.Table{{Name: "t", Rows: n}}}
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
