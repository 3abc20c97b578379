package state

import (
	"context"
	"database/sql"
	"errors"

	"cofre/internal/watch"
)

// Watched is what is remembered of databases that are watched. It goes with the
// connection that it is about.
type Watched struct{ db *DB }

var _ watch.Book = Watched{}

// Watched of this state.
func (db *DB) Watched() Watched { return Watched{db} }

const readMemory = "SELECT memory FROM watched WHERE connection = ?"

// Memory returns what is kept, or the zero value.
func (w Watched) Memory(ctx context.Context, connection string) (watch.Memory, error) {
	_, m, err := memoryIn(w.db.sql.QueryRowContext(ctx, readMemory, connection))
	return m, w.db.fail("read what is watched", err)
}

// Remember lets step change it, in one transaction. Of a connection that is gone nothing is kept.
func (w Watched) Remember(ctx context.Context, connection string, step func(*watch.Memory)) error {
	return w.db.in(ctx, "remember what is watched", func(tx *sql.Tx) error {
		before, m, err := memoryIn(tx.QueryRowContext(ctx, readMemory, connection))
		if err != nil {
			return err
		}
		step(&m)
		raw, err := encode(&m)
		if err != nil || raw == before {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			INSERT INTO watched (connection, memory) SELECT id, ? FROM connections WHERE id = ?
			ON CONFLICT (connection) DO UPDATE SET memory = excluded.memory`, raw, connection)
		return err
	})
}

func memoryIn(row *sql.Row) (raw string, m watch.Memory, err error) {
	if err = row.Scan(&raw); errors.Is(err, sql.ErrNoRows) {
		return "", m, nil
	}
	if err == nil {
		err = decode(raw, &m)
	}
	return raw, m, err
}
