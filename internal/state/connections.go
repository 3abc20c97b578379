package state

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"cofre/internal/backup"
	"cofre/internal/errs"
)

// Connections are the databases that a person has saved.
type Connections struct{ db *DB }

var _ backup.Connections = Connections{}

// Connections of this state.
func (db *DB) Connections() Connections { return Connections{db} }

// All returns them by name; an empty slice where there are none.
func (c Connections) All(ctx context.Context) ([]backup.Connection, error) {
	all := []backup.Connection{}
	err := c.db.each(ctx, "SELECT connection, active FROM connections ORDER BY folded", nil, func(row scanner) error {
		var raw string
		var active bool
		if err := row.Scan(&raw, &active); err != nil {
			return err
		}
		var x backup.Connection
		err := decode(raw, &x)
		x.Active = active
		all = append(all, x)
		return err
	})
	return all, c.db.fail("list connections", err)
}

// Put adds x or replaces the connection with its ID; which one is active stays. A
// name that another one has, in whatever case, is errs.Invalid "connection.name_taken".
func (c Connections) Put(ctx context.Context, x backup.Connection) error {
	raw, err := encode(&x)
	if err != nil {
		return c.db.fail("put connection", err)
	}
	_, err = c.db.sql.ExecContext(ctx, `
		INSERT INTO connections (id, folded, connection, active) VALUES (?, ?, ?, 0)
		ON CONFLICT (id) DO UPDATE SET folded = excluded.folded, connection = excluded.connection`,
		x.ID, fold(x.Name), raw)
	if isTaken(err) {
		return errs.New(errs.Invalid, "connection.name_taken", errs.Args{"name": x.Name})
	}
	return c.db.fail("put connection", err)
}

// Delete forgets the connection; when it was the active one, none is. Twice is
// harmless.
func (c Connections) Delete(ctx context.Context, id string) error {
	_, err := c.db.sql.ExecContext(ctx, "DELETE FROM connections WHERE id = ?", id)
	return c.db.fail("delete connection", err)
}

// Activate makes the connection of that id the active one, or changes nothing and
// returns errs.NotFound "connection.unknown".
func (c Connections) Activate(ctx context.Context, id string) error {
	return c.db.in(ctx, "activate connection", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "UPDATE connections SET active = 0 WHERE active = 1"); err != nil {
			return err
		}
		done, err := tx.ExecContext(ctx, "UPDATE connections SET active = 1 WHERE id = ?", id)
		return found(done, err, errs.New(errs.NotFound, "connection.unknown", errs.Args{"name": id}))
	})
}

// found returns missing when a statement changed nothing.
func found(done sql.Result, err error, missing *errs.Error) error {
	if err != nil {
		return err
	}
	n, err := done.RowsAffected()
	if err == nil && n == 0 {
		return missing
	}
	return err
}

// fold is how names are compared: without regard to case, in every script.
func fold(name string) string { return strings.ToLower(strings.TrimSpace(name)) }

// isTaken says that a value which must be unique is there already.
func isTaken(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && (e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || e.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
}
