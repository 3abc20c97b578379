package migrate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"cofre/internal/backup"
	"cofre/internal/engine/migrate/derive"
	"cofre/internal/engine/migrate/target"
)

// ground is what the rows are loaded onto: tables without what slows a load down.
type ground interface {
	// Indexes are the indexes that are to be made, in any order.
	Indexes() []target.Piece
	// PutKeys makes the foreign keys, and whatever must come last.
	PutKeys(ctx context.Context, conn *pgx.Conn, item func(string)) error
}

// loader puts the rows of a prepared migration into the target: all in one
// transaction, or, where the database is one that is built aside, by several
// connections at once, each with transactions of its own.
type loader struct {
	w        *work
	conn     *pgx.Conn // in the transaction
	crew     crew
	turn     func(context.Context) error // lets the others see what conn has done; nil where all is one transaction
	verdicts map[*table]map[int64]verdict
	proof    bool
	progress func(rows int64, item string)
}

// run does all of it: tables emptied or made, rows, indexes, statistics, foreign
// keys, sequences, proof. After an error what was done must be taken back.
func (l *loader) run(ctx context.Context) (*Report, error) {
	ground, err := l.clear(ctx)
	if err == nil && l.turn != nil {
		err = l.turn(ctx)
	}
	if err != nil {
		return nil, err
	}
	sent, err := l.rows(ctx)
	if err != nil {
		return nil, err
	}
	if err := l.crew.share(ctx, l.indexes(ground)); err != nil {
		return nil, err
	}
	report := &Report{Server: l.conn.PgConn().ParameterStatus("server_version"), Tables: make([]TableReport, len(l.w.tables)), Findings: l.w.findings}
	for i, t := range l.w.tables {
		report.Tables[i] = t.report(sent[i])
	}
	keys := func(ctx context.Context) error { return l.keys(ctx, ground, report) }
	proofs := func(ctx context.Context) error { return l.crew.share(ctx, l.proofs(sent, report.Tables)) }
	quiet, err := l.quiet(ctx)
	if err != nil {
		return nil, err
	}
	switch {
	case l.turn == nil:
		return report, inTurn(ctx, keys, proofs)
	case !quiet:
		return report, inTurn(ctx, keys, l.turn, proofs)
	}
	return report, atOnce(ctx, keys, proofs) // keys are made by conn, which is none of the crew
}

// quiet says whether making keys runs nothing of the database's own that could change a
// row that has been read back.
func (l *loader) quiet(ctx context.Context) (quiet bool, err error) {
	err = l.conn.QueryRow(ctx, "SELECT NOT EXISTS (SELECT FROM pg_event_trigger WHERE evtenabled <> 'D') AND NOT EXISTS (SELECT FROM pg_class WHERE relkind = 'm' AND relispopulated)").Scan(&quiet)
	return quiet, err
}

// rows loads all tables, the largest first.
func (l *loader) rows(ctx context.Context) ([]*tally, error) {
	sent := make([]*tally, len(l.w.tables))
	var tasks []task
	for _, i := range l.bySize() {
		tasks = append(tasks, func(ctx context.Context, h *hand) (err error) {
			sent[i], err = l.copyIn(ctx, h, l.w.tables[i])
			return err
		})
	}
	return sent, l.crew.share(ctx, tasks)
}

// bySize are the positions of the tables, where several are worked on at once the
// largest first, so that all end at about the same time.
func (l *loader) bySize() []int {
	order := make([]int, len(l.w.tables))
	for i := range order {
		order[i] = i
	}
	if l.turn != nil {
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(l.w.tables[b].rows, l.w.tables[a].rows) })
	}
	return order
}

// indexes are the tasks that make the indexes, and gather statistics, before the keys
// are made: checking those is a join, too. Primary and unique keys are one task: the
// server names those that have no name after the ones before.
func (l *loader) indexes(ground ground) []task {
	var constraints, rest []target.Piece
	for _, p := range ground.Indexes() {
		if strings.HasPrefix(p.SQL[0], "ALTER TABLE ") {
			constraints = append(constraints, p)
		} else {
			rest = append(rest, p)
		}
	}
	making := func(pieces ...target.Piece) task {
		return func(ctx context.Context, h *hand) error {
			for _, p := range pieces {
				l.progress(0, p.Name)
				if err := p.Make(ctx, h.conn); err != nil {
					return err
				}
			}
			return nil
		}
	}
	tasks := []task{making(constraints...)}
	for _, p := range rest {
		tasks = append(tasks, making(p))
	}
	for _, i := range l.bySize() {
		tasks = append(tasks, func(ctx context.Context, h *hand) error { return l.analyze(ctx, h.conn, l.w.tables[i]) })
	}
	return tasks
}

// keys makes the foreign keys and sets the sequences.
func (l *loader) keys(ctx context.Context, ground ground, report *Report) (err error) {
	if err := ground.PutKeys(ctx, l.conn, func(name string) { l.progress(0, name) }); err != nil {
		return err
	}
	if made, ok := ground.(*derive.Made); ok {
		without(report, made.Failed)
	}
	if report.Sequences, err = l.sequences(ctx); err != nil {
		return err
	}
	report.ForeignKeys, err = l.foreignKeys(ctx)
	return err
}

// proofs are the tasks that read the tables back.
func (l *loader) proofs(sent []*tally, reports []TableReport) []task {
	var tasks []task
	for _, i := range l.bySize() {
		t, one := l.w.tables[i], &reports[i]
		if len(t.columns) == 0 {
			one.Equal = true
			continue
		}
		if !l.proof {
			continue
		}
		tasks = append(tasks, func(ctx context.Context, h *hand) error {
			name := t.to.Qualified()
			l.progress(0, name)
			back, err := prove(ctx, h.conn, t, sent[i], func(rows int64) { l.progress(rows, name) })
			one.Fingerprint, one.ReadBack = sent[i].sum.String(), back.String()
			one.Equal = err == nil && one.Fingerprint == one.ReadBack
			return err
		})
	}
	return tasks
}

// clear makes the ground.
func (l *loader) clear(ctx context.Context) (ground, error) {
	if l.w.made != nil {
		return l.w.made.Make(ctx, l.conn)
	}
	rows := map[*target.Table]int64{}
	for _, t := range l.w.tables {
		rows[t.to] = t.rows
	}
	return target.SetAside(ctx, l.conn, l.w.cleared, func(t *target.Table) int64 { return rows[t] })
}

// copyIn loads one table.
func (l *loader) copyIn(ctx context.Context, h *hand, t *table) (*tally, error) {
	name := t.to.Qualified()
	l.progress(0, name)
	if t.rows == 0 || len(t.columns) == 0 {
		return newTally(len(t.columns)), nil
	}
	s, err := h.readers.stream(ctx, t, l.verdicts[t], !l.proof, func(rows int64) { l.progress(rows, name) })
	if err != nil {
		return nil, err
	}
	defer s.Close()
	options, own := "FORMAT binary", false
	if !t.to.Partitioned {
		// The table was made or emptied in this very transaction, so its rows can be
		// written as what they will be: old, and visible to all.
		options += ", FREEZE"
		own = l.turn != nil
	}
	if own {
		if _, err := h.conn.PgConn().Exec(ctx, "BEGIN; TRUNCATE ONLY "+t.to.SQL()).ReadAll(); err != nil {
			return nil, fmt.Errorf("begin to fill %s: %w", name, err)
		}
	}
	tag, err := h.conn.PgConn().CopyFrom(ctx, s, "COPY "+t.to.SQL()+" ("+t.columnList()+") FROM STDIN ("+options+")")
	switch {
	case s.err != nil && !errors.Is(s.err, io.EOF):
		return nil, s.err // why the stream broke off, and not how the server puts it
	case err != nil:
		return nil, fmt.Errorf("copy into %s: %w", name, err)
	case tag.RowsAffected() != s.tally.sum.rows:
		return nil, fmt.Errorf("copy into %s: the server took %d rows of %d", name, tag.RowsAffected(), s.tally.sum.rows)
	}
	if own {
		if _, err := h.conn.Exec(ctx, "COMMIT"); err != nil {
			return nil, fmt.Errorf("fill %s: %w", name, err)
		}
	}
	return s.tally, nil
}

func (t *table) columnList() string {
	names := make([]string, len(t.columns))
	for i := range t.columns {
		names[i] = pgx.Identifier{t.columns[i].to.Name}.Sanitize()
	}
	return strings.Join(names, ", ")
}

// analyze gathers the planner's statistics of a table.
func (l *loader) analyze(ctx context.Context, conn *pgx.Conn, t *table) error {
	l.progress(0, "ANALYZE")
	if _, err := conn.Exec(ctx, "ANALYZE "+t.to.SQL()); err != nil {
		return fmt.Errorf("gather statistics: %w", err)
	}
	return nil
}

// foreignKeys says how the foreign keys of what was loaded stand now.
func (l *loader) foreignKeys(ctx context.Context) ([]backup.ForeignKeyReport, error) {
	var names []string
	for _, t := range l.w.cleared {
		names = append(names, t.SQL())
	}
	rows, err := l.conn.Query(ctx, `SELECT n.nspname || '.' || c.relname, k.conname, pn.nspname || '.' || p.relname, k.convalidated
		FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
			JOIN pg_class p ON p.oid = k.confrelid JOIN pg_namespace pn ON pn.oid = p.relnamespace
		WHERE k.contype = 'f' AND k.conparentid = 0 AND k.conrelid = ANY ($1::text[]::regclass[]) ORDER BY 1, 2`, names)
	if err != nil {
		return nil, fmt.Errorf("read the foreign keys: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[backup.ForeignKeyReport])
	return append([]backup.ForeignKeyReport{}, list...), err
}

// sequences lets the sequences continue behind the keys that have arrived, and
// behind those that SQLite's AUTOINCREMENT remembers.
func (l *loader) sequences(ctx context.Context) ([]SequenceReport, error) {
	list, err := target.Sequences(ctx, l.conn, l.w.cleared)
	if err != nil {
		return nil, err
	}
	next, err := target.Continue(ctx, l.conn, list, func(to *target.Table, column string) int64 {
		for _, t := range l.w.tables {
			if t.to == to && t.from.RowidColumn >= 0 {
				for i := range t.columns {
					if t.columns[i].to.Name == column && t.columns[i].from == t.from.RowidColumn {
						return t.from.Sequence
					}
				}
			}
		}
		return 0
	})
	if err != nil {
		return nil, err
	}
	reports := []SequenceReport{}
	for _, s := range list {
		if n := len(reports); n == 0 || reports[n-1].Sequence != s.Name {
			reports = append(reports, SequenceReport{Sequence: s.Name, Next: next[s.Name]})
		}
	}
	return reports, nil
}
