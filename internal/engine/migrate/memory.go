package migrate

import (
	"context"
	"io/fs"
	"reflect"
	"sync"
	"time"

	"cofre/internal/engine/migrate/source"
	"cofre/internal/engine/migrate/target"
)

// memory keeps what the last reading of a file has shown, so that a plan and the
// restore that follows read every value once. It holds one file, one target and
// one set of choices; with any other it is read again. A file, with its layer where it
// has one, is the same while its size, its time and its place on the disk are: the
// restore refuses one that changes between its plan and its end by the same signs.
type memory struct {
	mu sync.Mutex

	file    fs.FileInfo
	seen    *survey // of the file alone
	place   string
	schema  *target.Schema
	choices Choices
	found   *diagnosis // of the file, in place, with schema and choices
}

// surveyor reads a file for what it shows by itself. Whole says that every column counts.
type surveyor func(ctx context.Context, r readers, from origin, schema *source.Schema, rows []int64, whole bool) (*survey, error)

func (m *memory) survey(ctx context.Context, r readers, from origin, schema *source.Schema, rows []int64, whole bool) (*survey, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.open(from)
	if m.seen == nil || whole && m.seen.values == nil {
		found, err := look(ctx, r, schema, rows, whole)
		if err != nil || !from.unchanged() {
			return found, err
		}
		m.seen = found
	}
	return m.seen, nil
}

// examine is work.examine of the session, unless that was done before.
func (m *memory) examine(ctx context.Context, s *session) (*diagnosis, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.open(s.work.from)
	if m.found != nil && m.place == s.place && m.schema.Alike(s.work.target) && reflect.DeepEqual(m.choices, s.work.choices) {
		return m.found, nil
	}
	m.found = nil
	began := time.Now()
	found, err := s.work.examine(ctx, s.readers)
	if err == nil {
		err = s.server.Err()
	}
	if err != nil {
		return nil, err
	}
	found.took = time.Since(began)
	if s.work.from.unchanged() {
		m.found, m.place, m.schema, m.choices = found, s.place, s.work.target, s.work.choices
	}
	return found, nil
}

// open forgets everything about another file than this.
func (m *memory) open(from origin) {
	if m.file == nil || !alikeFiles(m.file, from.info) {
		m.file, m.seen, m.found = from.info, nil, nil
	}
}

// of returns the verdicts for the tables of a work that was prepared anew.
func (d *diagnosis) of(w *work) map[*table]map[int64]verdict {
	byName := make(map[string]map[int64]verdict, len(d.verdicts))
	for t, v := range d.verdicts {
		byName[t.from.Name] = v
	}
	verdicts := make(map[*table]map[int64]verdict, len(w.tables))
	for _, t := range w.tables {
		verdicts[t] = byName[t.from.Name]
	}
	return verdicts
}
