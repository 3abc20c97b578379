// Package postgres is the engine for PostgreSQL 12 to 18: pgx for everything
// that is asked of the server, pg_dump and pg_restore for the archive's format.
//
// It promises that a dump is of one snapshot, the row counts included; that a
// restore is one transaction, which leaves the database as it was unless all of
// it succeeded; and that a password is in no argument list and in no error. It
// does not promise to stop another program's transaction: it waits for locks as
// long as the target allows, and then says who holds them.
package postgres

import (
	"cofre/internal/backup"
)

// Engine is the PostgreSQL engine. The zero value is ready; it remembers for a
// short while which client tools are installed, and nothing else.
type Engine struct {
	// Free returns the bytes that are free on the volume of a path. Optional: without it
	// nobody knows the room of a server on this machine.
	Free func(path string) (int64, error)

	tools toolbox
}

var _ backup.Engine = (*Engine)(nil)
