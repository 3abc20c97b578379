package postgres

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"cofre/internal/archive"
	"cofre/internal/backup"
)

// progress tells of rows: those of the tables that are done, and of the one that
// is being worked on as far as the server says. It may be used from several
// goroutines and reports from one at a time.
type progress struct {
	mu     sync.Mutex
	report backup.Progress

	item     string
	started  bool             // item is being worked on
	part     int64            // rows of item so far
	finished map[string]int64 // rows by finished table
	exact    map[string]int64 // rows by table, once counted
	total    int64
	closed   bool
}

func newProgress(report backup.Progress) *progress {
	return &progress{report: report, finished: map[string]int64{}}
}

// expect tells how many rows each table has.
func (p *progress) expect(tables []backup.Table) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.exact = make(map[string]int64, len(tables))
	for _, t := range tables {
		p.exact[t.Name] = t.Rows
		p.total += t.Rows
	}
	p.tell()
}

// table tells that work on the next table begins.
func (p *progress) table(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.finish()
	p.item, p.started, p.part = name, true, 0
	p.tell()
}

// reached tells how many rows of a table are done; of one that is not the current
// one any more, nothing.
func (p *progress) reached(table string, rows int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.started && table == p.item && rows > p.part {
		p.part = rows
		p.tell()
	}
}

// end tells that all tables are done, and silences what comes late.
func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.finish()
	p.item = ""
	p.tell()
	p.closed = true
}

func (p *progress) finish() {
	if p.started {
		p.finished[p.item] = p.part
		p.started, p.part = false, 0
	}
}

func (p *progress) tell() {
	if p.closed {
		return
	}
	done := p.part
	for name, rows := range p.finished {
		if exact, ok := p.exact[name]; ok {
			rows = exact
		}
		done += rows
	}
	if p.total > 0 {
		done = min(done, p.total)
	}
	p.report(backup.Update{Done: done, Total: p.total, Unit: "rows", Item: p.item})
}

// glance is how often the server is asked how far a table is.
const glance = 250 * time.Millisecond

// watch asks the server how far the dump is, until ctx is done. It is a courtesy:
// a server that does not know (before 14) or has no connection left is not asked.
func (d *dumping) watch(ctx context.Context) {
	if d.session.version.major < 14 {
		return
	}
	tick := time.NewTicker(glance)
	defer tick.Stop()
	var s *session
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if s == nil { // not before the first glance: a short dump needs no second connection
			var err error
			if s, err = open(ctx, d.session.target); err != nil {
				return
			}
			defer s.close(ctx)
		}
		var table string
		var rows int64
		err := s.QueryRow(ctx, underway, d.application).Scan(&table, &rows)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return
		}
		d.progress.reached(archive.Legible(table), rows)
	}
}

// underway is the table that the session of a name copies, and how far it is.
const underway = `
SELECT n.nspname || '.' || r.relname, c.tuples_processed
FROM pg_catalog.pg_stat_progress_copy c
JOIN pg_catalog.pg_stat_activity a ON a.pid = c.pid
JOIN pg_catalog.pg_class r ON r.oid = c.relid
JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace
WHERE a.application_name = $1`
