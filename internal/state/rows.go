package state

import (
	"context"
	"database/sql"
)

// scanner is a row of a result, or the only one.
type scanner interface{ Scan(into ...any) error }

// asked is the state, or a transaction of it.
type asked interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// each calls f for each row of a query, until one fails. The connection is taken
// meanwhile: f must not use db.
func (db *DB) each(ctx context.Context, query string, args []any, f func(scanner) error) error {
	return each(ctx, db.sql, query, args, f)
}

func each(ctx context.Context, of asked, query string, args []any, f func(scanner) error) error {
	rows, err := of.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
