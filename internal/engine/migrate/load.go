package migrate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/jackc/pgx/v5"

	"cofre/internal/backup"
	"cofre/internal/engine/migrate/derive"
	"cofre/internal/engine/migrate/target"
)

// ground is what the rows are loaded onto: tables without what slows a load down.
type ground interface {
	// PutIndexes makes the indexes. It calls item with the name of each before.
	PutIndexes(ctx context.Context, conn *pgx.Conn, item func(string)) error
	// PutKeys makes the foreign keys, and whatever must come last.
	PutKeys(ctx context.Context, conn *pgx.Conn, item func(string)) error
}

// loader puts the rows of a prepared migration into the target, all in one
// transaction. What it promises holds for any transaction: the caller's may as
// well be in a database aside.
type loader struct {
	w        *work
	conn     *pgx.Conn // in the transaction
	readers  readers
	verdicts map[*table]map[int64]verdict
	proof    bool
	progress func(rows int64, item string)
}

// run does all of it: tables emptied or made, rows, indexes, statistics, foreign
// keys, sequences, proof. After an error the transaction must be rolled back.
func (l *loader) run(ctx context.Context) (*Report, error) {
	ground, err := l.clear(ctx)
	if err != nil {
		return nil, err
	}
	sent := make([]*tally, len(l.w.tables))
	for i, t := range l.w.tables {
		if sent[i], err = l.copyIn(ctx, t); err != nil {
			return nil, err
		}
	}
	item := func(name string) { l.progress(0, name) }
	if err := ground.PutIndexes(ctx, l.conn, item); err != nil {
		return nil, err
	}
	if err := l.analyze(ctx); err != nil { // before the keys: checking them is a join, too
		return nil, err
	}
	if err := ground.PutKeys(ctx, l.conn, item); err != nil {
		return nil, err
	}
	report := &Report{Server: l.conn.PgConn().ParameterStatus("server_version"), Tables: []TableReport{}, Sequences: []SequenceReport{}, Findings: l.w.findings}
	if made, ok := ground.(*derive.Made); ok {
		without(report, made.Failed)
	}
	if report.Sequences, err = l.sequences(ctx); err != nil {
		return nil, err
	}
	if report.ForeignKeys, err = l.foreignKeys(ctx); err != nil {
		return nil, err
	}
	for i, t := range l.w.tables {
		one := t.report(sent[i])
		if l.proof && len(t.columns) > 0 {
			l.progress(0, t.to.Qualified())
			back, err := prove(ctx, l.conn, t, sent[i], func(rows int64) { l.progress(rows, t.to.Qualified()) })
			if err != nil {
				return nil, err
			}
			one.Fingerprint, one.ReadBack = sent[i].sum.String(), back.String()
		}
		one.Equal = one.Fingerprint == one.ReadBack && (one.Fingerprint != "" || len(t.columns) == 0)
		report.Tables = append(report.Tables, one)
	}
	return report, nil
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
func (l *loader) copyIn(ctx context.Context, t *table) (*tally, error) {
	name := t.to.Qualified()
	l.progress(0, name)
	if t.rows == 0 || len(t.columns) == 0 {
		return newTally(len(t.columns)), nil
	}
	s, err := l.readers.stream(ctx, t, l.verdicts[t], !l.proof, func(rows int64) { l.progress(rows, name) })
	if err != nil {
		return nil, err
	}
	defer s.Close()
	options := "FORMAT binary"
	if !t.to.Partitioned {
		// The table was made or emptied in this very transaction, so its rows can be
		// written as what they will be: old, and visible to all.
		options += ", FREEZE"
	}
	tag, err := l.conn.PgConn().CopyFrom(ctx, s, "COPY "+t.to.SQL()+" ("+t.columnList()+") FROM STDIN ("+options+")")
	switch {
	case s.err != nil && !errors.Is(s.err, io.EOF):
		return nil, s.err // why the stream broke off, and not how the server puts it
	case err != nil:
		return nil, fmt.Errorf("copy into %s: %w", name, err)
	case tag.RowsAffected() != s.tally.sum.rows:
		return nil, fmt.Errorf("copy into %s: the server took %d rows of %d", name, tag.RowsAffected(), s.tally.sum.rows)
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

// analyze gathers the planner's statistics.
func (l *loader) analyze(ctx context.Context) error {
	var names []string
	for _, t := range l.w.tables {
		names = append(names, t.to.SQL())
	}
	if len(names) == 0 {
		return nil
	}
	l.progress(0, "ANALYZE")
	if _, err := l.conn.Exec(ctx, "ANALYZE "+strings.Join(names, ", ")); err != nil {
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
