package state

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"cofre/internal/audit"
)

// Audit keeps the lines of the audit trail.
type Audit struct{ db *DB }

var _ audit.Store = Audit{}

// Audit of this state.
func (db *DB) Audit() Audit { return Audit{db} }

// highest is the highest number that was ever given; none before the first.
const highest = "SELECT seq FROM sqlite_sequence WHERE name = 'audit'"

// Append adds a line behind the last one.
func (a Audit) Append(ctx context.Context, next func(n int64, last string) (audit.Line, error)) error {
	return a.db.in(ctx, "append to the audit trail", func(tx *sql.Tx) error {
		var given int64
		var last string
		if err := none(tx.QueryRowContext(ctx, highest).Scan(&given)); err != nil {
			return err
		}
		if err := none(tx.QueryRowContext(ctx, "SELECT hash FROM audit ORDER BY n DESC LIMIT 1").Scan(&last)); err != nil {
			return err
		}
		l, err := next(given+1, last)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO audit (n, line, hash) VALUES (?, ?, ?)", l.N, l.Text, l.Hash)
		return err
	})
}

// none takes a row that is not there for no error.
func none(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return err
}

// Given is the highest number that was ever given.
func (a Audit) Given(ctx context.Context) (n int64, err error) {
	err = none(a.db.sql.QueryRowContext(ctx, highest).Scan(&n))
	return n, a.db.fail("read the audit trail", err)
}

// Lines returns the lines that q asks for; an empty slice where there are none.
func (a Audit) Lines(ctx context.Context, q audit.Query) ([]audit.Line, error) {
	var where []string
	var args []any
	add := func(condition string, arg any) { where, args = append(where, condition), append(args, arg) }
	// One index narrows, and gives the lines in their order; a + keeps the others out.
	// A search reads the lines themselves: in their order that is quicker.
	plus := map[bool]string{true: "+"}[q.Search != ""]
	for _, exact := range []struct{ column, value string }{{"what", q.What}, {"who", q.Who}, {"database", q.Database}} {
		if exact.value != "" {
			add(plus+exact.column+" = ?", exact.value)
			plus = "+"
		}
	}
	if !q.Since.IsZero() {
		add("at >= ?", audit.Moment(q.Since))
	}
	if !q.Until.IsZero() {
		add("at < ?", audit.Moment(q.Until))
	}
	if q.Search != "" {
		add(`line LIKE ? ESCAPE '\'`, "%"+strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(q.Search)+"%")
	}
	order := " ORDER BY n DESC"
	if q.Oldest {
		order = " ORDER BY n"
	}
	switch {
	case q.From > 0 && q.Oldest:
		add("n > ?", q.From)
	case q.From > 0:
		add("n < ?", q.From)
	}
	switch {
	case q.Span > 0 && q.Oldest:
		add("n <= ?", q.From+q.Span)
	case q.Span > 0:
		add("n >= ?", q.From-q.Span)
	}
	query := "SELECT n, line, hash FROM audit"
	if where != nil {
		query += " WHERE " + strings.Join(where, " AND ")
	}
	query += order
	if q.Limit > 0 {
		query, args = query+" LIMIT ?", append(args, q.Limit)
	}
	lines := []audit.Line{}
	err := a.db.each(ctx, query, args, func(row scanner) error {
		var l audit.Line
		err := row.Scan(&l.N, &l.Text, &l.Hash)
		lines = append(lines, l)
		return err
	})
	return lines, a.db.fail("read the audit trail", err)
}
