package postgres

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"cofre/internal/archive"
	"cofre/internal/backup"
)

// measure takes the packed size of each table's rows from where they are: the
// distance to the next ones, or the size of their file. What is not known stays out.
func (q *quick) measure(entries []archive.Entry) {
	var placed []*archive.Entry
	for i := range entries {
		e := &entries[i]
		switch {
		case e.DataState == archive.OffsetSet && e.HasData:
			placed = append(placed, e)
		case q.kind == archive.FormatDirectory && e.File != "":
			for _, ending := range []string{"", ".gz", ".lz4", ".zst"} {
				if info, err := os.Stat(filepath.Join(q.file, e.File+ending)); err == nil {
					q.bytes[e.DumpID] = info.Size()
					q.size += info.Size()
				}
			}
		}
	}
	info, err := os.Stat(q.file)
	if err != nil || info.IsDir() {
		return
	}
	q.size = info.Size()
	slices.SortFunc(placed, func(a, b *archive.Entry) int { return int(a.Offset - b.Offset) })
	for i, e := range placed {
		end := info.Size()
		if i+1 < len(placed) {
			end = placed[i+1].Offset
		}
		q.bytes[e.DumpID] = end - e.Offset
	}
}

var beginning = regexp.MustCompile(`^(?:processing data for table|creating [A-Z ]+) "(.*)"$`)

// heard reads pg_restore --verbose. What it does comes after the rows.
func (q *quick) heard() func(line string) {
	return func(line string) {
		if match := beginning.FindStringSubmatch(line); match != nil {
			q.progress(backup.Update{Done: q.size, Total: q.size, Unit: "bytes", Item: match[1]})
		}
	}
}
