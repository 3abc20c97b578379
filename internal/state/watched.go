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

// Memory returns what is kept, or the zero value.
func (w Watched) Memory(ctx context.Context, connection string) (m watch.Memory, err error) {
	var raw string
	err = w.db.sql.QueryRowContext(ctx, "SELECT memory FROM watched WHERE connection = ?", connection).Scan(&raw)
	if errors.Is(err, sql.ErrNoRows) {
		return m, nil
	}
	if err == nil {
		err = decode(raw, &m)
	}
	return m, w.db.fail("read what is watched", err)
}

// Remember replaces it. Of a connection that is gone nothing is kept.
func (w Watched) Remember(ctx context.Context, connection string, m watch.Memory) error {
	raw, err := encode(&m)
	if err == nil {
		_, err = w.db.sql.ExecContext(ctx, `
			INSERT INTO watched (connection, memory) SELECT id, ? FROM connections WHERE id = ?
			ON CONFLICT (connection) DO UPDATE SET memory = excluded.memory`, raw, connection)
	}
	return w.db.fail("remember what is watched", err)
}
