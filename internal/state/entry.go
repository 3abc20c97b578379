package state

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"cofre/internal/archive"
	"cofre/internal/backup"
)

// entryRow is a backup as it lies in its row.
type entryRow struct {
	state                    string
	checkedAt, sameAt        int64
	file                     string
	manifest, failure, facts string
	rehearsal                string
	tables                   []byte
	pinned                   bool
	asideAt                  int64
	unmoved                  bool
}

// scanEntry reads a row of entryColumns or briefColumns, with others before them.
func scanEntry(s scanner, before ...any) (r entryRow, err error) {
	err = s.Scan(append(before, &r.state, &r.checkedAt, &r.file, &r.manifest, &r.failure, &r.tables, &r.facts, &r.rehearsal, &r.pinned, &r.sameAt, &r.asideAt, &r.unmoved)...)
	return r, err
}

func (r entryRow) entry() (e backup.Entry, err error) {
	e.File, e.State, e.CheckedAt, e.SameAt, e.Pinned, e.AsideAt = r.file, backup.State(r.state), instant(r.checkedAt), instant(r.sameAt), r.pinned, instant(r.asideAt)
	e.Unmoved = r.unmoved
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
	var practice *rehearsal
	if err := decode(r.rehearsal, &practice); err != nil {
		return e, fmt.Errorf("rehearsal: %w", err)
	}
	e.Rehearsal = practice.rehearsal()
	return e, nil
}

// entries collects the rows of a list. They are read in the background, some at a
// time, while the next ones come: JSON is most of the time that a long list takes.
type entries struct {
	rows  []entryRow
	parts []*part
	busy  sync.WaitGroup
}

type part struct {
	entries []backup.Entry
	err     error
}

func (l *entries) add(r entryRow) {
	const some = 256
	if l.rows = append(l.rows, r); len(l.rows) == some {
		l.read()
	}
}

func (l *entries) read() {
	rows, p := l.rows, &part{entries: make([]backup.Entry, len(l.rows))}
	l.rows, l.parts = nil, append(l.parts, p)
	l.busy.Go(func() {
		for i := 0; i < len(rows) && p.err == nil; i++ {
			p.entries[i], p.err = rows[i].entry()
		}
	})
}

// all is the whole list, in the order that its rows came in.
func (l *entries) all() ([]backup.Entry, error) {
	l.read()
	l.busy.Wait()
	n := 0
	for _, p := range l.parts {
		n += len(p.entries)
	}
	list := make([]backup.Entry, 0, n)
	for _, p := range l.parts {
		if p.err != nil {
			return []backup.Entry{}, p.err
		}
		list = append(list, p.entries...)
	}
	return list, nil
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
