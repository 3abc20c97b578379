// Package migrate carries a SQLite file into a live PostgreSQL database. It
// promises that the database then holds every row of the file, each value
// compared after it arrived, or is as it was; that what can't be carried exactly
// is found before anything is written, and stops the migration until a person
// decides about it; and that the tables of the database, where it has them, keep
// everything but their rows.
package migrate

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"cofre/internal/archive"
	"cofre/internal/backup"
	"cofre/internal/engine/migrate/target"
	"cofre/internal/errs"
)

// Migrator is backup.Migrator from SQLite to PostgreSQL. The zero value works. It
// decides nothing for the person: what was decided comes with the target.
type Migrator struct {
	// Unproven leaves out reading everything back. For measurements.
	Unproven bool

	known memory // of the last examination
}

var _ backup.Migrator = (*Migrator)(nil)

// filler is what the engine of a PostgreSQL target offers of a restore that it has
// begun (backup.Held): the connection in its transaction, which nobody else writes
// beside. When fill returns nil, what it did is made final; else it is taken back.
type filler interface {
	Fill(ctx context.Context, fill func(*pgx.Conn) error) error
	// Where is the database that is filled: the target, or the one built aside for it.
	Where() backup.Target
	// Turn makes final what was done so far, for other connections to see.
	Turn(ctx context.Context) error
	// Spare asks the server, by conn, how many more connections may be made to it.
	Spare(ctx context.Context, conn *pgx.Conn) (int, error)
}

// Keeps implements backup.Migrator: the histories of schemas.
func (m *Migrator) Keeps() []string { return slices.Sorted(maps.Keys(history)) }

// Migrate makes t hold what file holds, by t's choices, or leaves t as it was.
func (m *Migrator) Migrate(ctx context.Context, t backup.Target, into backup.Held, a backup.Archive, file string, p backup.Progress) (done backup.Migrated, err error) {
	f, ok := into.(filler)
	if !ok {
		return done, errs.New(errs.Internal, "internal", nil)
	}
	began := time.Now()
	err = f.Fill(ctx, func(conn *pgx.Conn) (err error) {
		done.Report, done.Contents, err = m.run(ctx, conn, t, f, origin{path: a.File, plain: file}, p)
		if waited(err) {
			return err // the engine knows to say for whom
		}
		return fail(err)
	})
	if err != nil {
		return backup.Migrated{}, err
	}
	r := done.Report
	r.File, r.Target, r.Place, r.StartedAt = a.File, t.Name, t.Place(), began
	r.TookMS = time.Since(began).Milliseconds()
	return done, nil
}

func (m *Migrator) run(ctx context.Context, conn *pgx.Conn, t backup.Target, into filler, from origin, p backup.Progress) (*Report, backup.Contents, error) {
	var held backup.Contents
	s, err := m.begin(ctx, t, into.Where(), conn, from)
	if err != nil {
		return nil, held, err
	}
	defer s.close()
	if err := stopped(s.work.findings); err != nil {
		return nil, held, err
	}
	verdicts, judged, err := m.judge(ctx, s, t.Choices)
	if err != nil {
		return nil, held, err
	}
	if err := s.work.lock(ctx, conn); err != nil {
		return nil, held, fmt.Errorf("lock the tables: %w", err)
	}
	l := &loader{w: s.work, conn: conn, crew: crew{{conn, s.readers}}, verdicts: verdicts, proof: !m.Unproven, progress: s.progress(p, m.Unproven)}
	if where := into.Where(); where.Identity() != t.Identity() { // built aside: what fails is dropped with its database
		if spare, err := into.Spare(ctx, s.second); err == nil {
			if c := s.crew(ctx, where, from.plain, spare); len(c) > 0 {
				l.crew, l.turn = c, into.Turn
			}
		}
	}
	report, err := l.run(ctx)
	if unasked := s.server.Err(); unasked != nil { // then a value may have looked as if the server had refused it
		err = unasked
	}
	if err != nil {
		return nil, held, err
	}
	if held, err = s.work.contents(ctx, conn, report); err != nil {
		return nil, held, err
	}
	report.Findings = append(slices.Clone(report.Findings), judged...)
	return report, held, nil
}

// session is the two sides of a migration while it is planned or run.
type session struct {
	conn    *pgx.Conn      // in the transaction, where it is run
	second  *pgx.Conn      // in none
	server  *target.Server // converts by the server's own types, on the second
	opened  []*pgx.Conn
	readers readers
	further []readers // of a crew
	work    *work
	place   string // which database it is
}

// begin looks at both sides; where is the target's, and conn a connection to it, or nil.
func (m *Migrator) begin(ctx context.Context, t, where backup.Target, conn *pgx.Conn, from origin) (s *session, err error) {
	s = &session{place: t.Identity(), conn: conn}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if err = from.look(); err != nil {
		return s, err
	}
	if s.readers, err = openReaders(from.plain); err != nil {
		return s, err
	}
	if s.conn == nil {
		if s.conn, err = s.connect(ctx, where); err != nil {
			return s, err
		}
	}
	if s.second, err = s.unhindered(ctx, where); err != nil {
		return s, err
	}
	s.server = target.NewServer(ctx, s.second)
	s.work, err = prepare(ctx, s.conn, s.readers, from, t.Choices, s.server, m.known.survey)
	return s, err
}

func (s *session) connect(ctx context.Context, t backup.Target) (*pgx.Conn, error) {
	conn, err := connect(ctx, t)
	if err == nil {
		s.opened = append(s.opened, conn)
	}
	return conn, err
}

func (s *session) close() {
	s.readers.Close()
	for _, r := range s.further {
		r.Close()
	}
	for _, c := range s.opened {
		ctx, stop := context.WithTimeout(context.Background(), goodbye)
		c.Close(ctx) //nolint:errcheck // nothing depends on a farewell
		stop()
	}
}

// progress counts rows over the load and, where there is one, the proof.
func (s *session) progress(p backup.Progress, unproven bool) func(int64, string) {
	total, done := 2*s.work.rows, int64(0)
	if unproven {
		total = s.work.rows
	}
	var one sync.Mutex
	return func(rows int64, item string) {
		one.Lock()
		defer one.Unlock()
		if done += rows; p != nil {
			p(backup.Update{Done: done, Total: total, Unit: "rows", Item: item})
		}
	}
}

// judge examines the file first where rows are to be left out: which ones, and
// what that means for others, must be known before the first is sent. Without
// such choices the load itself stops at whatever is undecided.
func (m *Migrator) judge(ctx context.Context, s *session, choices Choices) (map[*table]map[int64]verdict, []Finding, error) {
	if !slices.ContainsFunc(choices.Each, func(c Choice) bool { return c.Action == Leave || c.Finding == Orphan }) {
		return nil, nil, nil
	}
	found, err := m.known.examine(ctx, s)
	if err != nil {
		return nil, nil, err
	}
	var judged []Finding // what was decided about rows, by their keys: no codec counts that
	for _, f := range found.findings {
		if f.Code == Orphan || f.Code == Duplicate || f.Code == NullValue && f.Action == Leave {
			f.Examples = nil // a report quotes no value
			judged = append(judged, f)
		}
	}
	return found.of(s.work), judged, stopped(found.findings)
}

// stopped is the error of the first finding that nobody decided about.
func stopped(findings []Finding) error {
	for _, f := range findings {
		if f.Level == backup.Blocker {
			return errs.New(errs.Invalid, "migrate.undecided", errs.Args{"table": f.Table, "column": f.Column, "finding": f.Code})
		}
	}
	return nil
}

// contents is what the target holds when the transaction commits.
func (w *work) contents(ctx context.Context, conn *pgx.Conn, r *Report) (backup.Contents, error) {
	c := backup.Contents{Kind: backup.PostgreSQL, Format: archive.FormatDatabase, Compression: archive.None, Tables: []backup.Table{}}
	written := map[string]int64{}
	for _, t := range r.Tables {
		written[t.Target] = t.Written
	}
	for _, t := range w.cleared {
		c.Tables = append(c.Tables, backup.Table{Name: t.Qualified(), Rows: written[t.Qualified()]})
	}
	for _, t := range w.kept {
		one := backup.Table{Name: t.Qualified()}
		if err := conn.QueryRow(ctx, "SELECT count(*) FROM "+t.SQL()).Scan(&one.Rows); err != nil {
			return c, err
		}
		c.Tables = append(c.Tables, one)
	}
	slices.SortFunc(c.Tables, func(a, b backup.Table) int { return strings.Compare(a.Name, b.Name) })
	return c, nil
}
