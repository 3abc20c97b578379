package state

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"cofre/internal/errs"
)

// Connection is a saved connection. Settings is the service's to shape and never
// holds a password.
type Connection struct {
	ID       string
	Name     string // unique without regard to case
	Kind     string
	Settings json.RawMessage
	Active   bool // at most one is
}

// Connections are the databases that Cofre knows.
type Connections struct{ db *DB }

// Connections of this state.
func (db *DB) Connections() Connections { return Connections{db} }

const connectionColumns = "SELECT id, name, kind, settings, active FROM connections"

// List returns all, by name.
func (c Connections) List(ctx context.Context) ([]Connection, error) {
	all := []Connection{}
	err := c.db.each(ctx, connectionColumns+" ORDER BY folded", nil, func(row scanner) error {
		x, err := readConnection(row)
		all = append(all, x)
		return err
	})
	return all, c.db.fail("list connections", err)
}

// Get returns the connection of that id, or errs.NotFound "connection.unknown".
func (c Connections) Get(ctx context.Context, id string) (Connection, error) {
	return c.one(ctx, id, " WHERE id = ?", id)
}

// Named returns the connection of that name, or errs.NotFound "connection.unknown".
func (c Connections) Named(ctx context.Context, name string) (Connection, error) {
	return c.one(ctx, name, " WHERE folded = ?", fold(name))
}

func (c Connections) one(ctx context.Context, asked, where string, arg any) (Connection, error) {
	x, err := readConnection(c.db.sql.QueryRowContext(ctx, connectionColumns+where, arg))
	if errors.Is(err, sql.ErrNoRows) {
		return x, errs.New(errs.NotFound, "connection.unknown", errs.Args{"name": asked})
	}
	return x, c.db.fail("read connection", err)
}

// Active returns the active connection, or errs.NotFound "connection.none".
func (c Connections) Active(ctx context.Context) (Connection, error) {
	x, err := readConnection(c.db.sql.QueryRowContext(ctx, connectionColumns+" WHERE active = 1"))
	if errors.Is(err, sql.ErrNoRows) {
		return x, errs.New(errs.NotFound, "connection.none", nil)
	}
	return x, c.db.fail("read active connection", err)
}

// Put adds x or replaces the connection with its ID; which one is active stays. A
// name that another one has is errs.Invalid "connection.name_taken".
func (c Connections) Put(ctx context.Context, x Connection) error {
	_, err := c.db.sql.ExecContext(ctx, `
		INSERT INTO connections (id, name, folded, kind, settings, active) VALUES (?, ?, ?, ?, ?, 0)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, folded = excluded.folded, kind = excluded.kind, settings = excluded.settings`,
		x.ID, x.Name, fold(x.Name), x.Kind, string(x.Settings))
	if isTaken(err) {
		return errs.New(errs.Invalid, "connection.name_taken", errs.Args{"name": x.Name})
	}
	return c.db.fail("put connection", err)
}

// Activate makes the connection of that id the active one; errs.NotFound.
func (c Connections) Activate(ctx context.Context, id string) error {
	return c.db.in(ctx, "activate connection", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "UPDATE connections SET active = 0 WHERE active = 1"); err != nil {
			return err
		}
		done, err := tx.ExecContext(ctx, "UPDATE connections SET active = 1 WHERE id = ?", id)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return errors.Join(errs.New(errs.NotFound, "connection.unknown", errs.Args{"name": id}), err)
		}
		return nil
	})
}

// Delete forgets the connection; when it was the active one, none is. Twice is
// harmless.
func (c Connections) Delete(ctx context.Context, id string) error {
	_, err := c.db.sql.ExecContext(ctx, "DELETE FROM connections WHERE id = ?", id)
	return c.db.fail("delete connection", err)
}

func readConnection(row scanner) (x Connection, err error) {
	var settings string
	err = row.Scan(&x.ID, &x.Name, &x.Kind, &settings, &x.Active)
	x.Settings = json.RawMessage(settings)
	return x, err
}

// fold is how names are compared: without regard to case, in every script.
func fold(name string) string { return strings.ToLower(strings.TrimSpace(name)) }

// isTaken says that a value which must be unique is there already.
func isTaken(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && (e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || e.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
}
