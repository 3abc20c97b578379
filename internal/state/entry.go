package state

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"sync"

	"cofre/internal/archive"
	"cofre/internal/backup"
)

// entryRow is a backup as it lies in its row.
type entryRow struct {
	state                    string
	checkedAt                int64
	file                     string
	manifest, failure, facts string
	tables                   []byte
}

func scanEntry(s scanner) (r entryRow, err error) {
	err = s.Scan(&r.state, &r.checkedAt, &r.file, &r.manifest, &r.tables, &r.failure, &r.facts)
	return r, err
}

func (r entryRow) entry() (e backup.Entry, err error) {
	e.File, e.State, e.CheckedAt = r.file, backup.State(r.state), instant(r.checkedAt)
	if err := decode(r.manifest, &e.Manifest); err != nil {
		return e, fmt.Errorf("manifest: %w", err)
	}
	if e.Manifest.Tables, err = unpackTables(r.tables); err != nil {
		return e, err
	}
	if err := decode(r.facts, &e.Profile); err != nil {
		return e, fmt.Errorf("profile: %w", err)
	}
	var f *failure
	if err := decode(r.failure, &f); err != nil {
		return e, fmt.Errorf("failure: %w", err)
	}
	e.Failure = f.error()
	return e, nil
}

// allEntries reads rows on all processors: JSON is most of the time that a long
// list takes.
func allEntries(rows []entryRow) ([]backup.Entry, error) {
	entries := make([]backup.Entry, len(rows))
	failures := make([]error, runtime.GOMAXPROCS(0))
	var all sync.WaitGroup
	for w := range failures {
		all.Go(func() {
			for i := w; i < len(rows) && failures[w] == nil; i += len(failures) {
				entries[i], failures[w] = rows[i].entry()
			}
		})
	}
	all.Wait()
	return entries, errors.Join(failures...)
}

// packTables writes what is most of a manifest in a form that is read much faster
// than JSON. No name of a table holds a NUL, in either kind of database.
func packTables(tables []archive.Table) []byte {
	packed := []byte{}
	for _, t := range tables {
		packed = strconv.AppendInt(packed, t.Rows, 10)
		packed = append(packed, ' ')
		packed = append(packed, t.Name...)
		packed = append(packed, 0)
	}
	return packed
}

func unpackTables(packed []byte) ([]archive.Table, error) {
	tables := make([]archive.Table, 0, bytes.Count(packed, []byte{0}))
	for rest := string(packed); rest != ""; {
		line, after, whole := strings.Cut(rest, "\x00")
		rows, name, named := strings.Cut(line, " ")
		n, err := strconv.ParseInt(rows, 10, 64)
		if !whole || !named || err != nil {
			return nil, fmt.Errorf("tables: %q", line)
		}
		tables, rest = append(tables, archive.Table{Name: name, Rows: n}), after
	}
	return tables, nil
}
