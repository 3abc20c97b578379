// Package sqlite is the backup.Engine of SQLite files. It copies a live database
// through SQLite's backup interface, in both directions: what is read is one
// consistent state while other programs write, and what is written goes into the
// live file in one transaction, so that the file stays the same file and the
// programs that have it open see the new content.
//
// It takes the locks that every SQLite program takes, waits for those of others
// as long as the target says, and leaves nothing beside the database.
package sqlite

import (
	"context"

	"cofre/internal/archive"
	"cofre/internal/backup"
)

// Engine is the engine of SQLite files. Its zero value is ready.
type Engine struct {
	// Work is the folder for the rare copies that are needed on the way: of a database
	// that a crash left to be recovered, of a backup whose pages must be cut anew. ""
	// is the system's folder for temporary files.
	Work string
	// Free returns the bytes that are free on the volume of a path. Optional: without
	// it no plan says that there is no room.
	Free func(path string) (int64, error)

	step int64 // bytes that one step copies; 0 is stepBytes

	references references
}

var (
	_ backup.Engine  = (*Engine)(nil)
	_ backup.Checker = (*Engine)(nil)
	_ backup.Rescuer = (*Engine)(nil)
)

// Probe says what the live database holds: the rows of one state of it, exact,
// and in Bytes what it takes on the disk, its -wal included. Version is the
// SQLite that wrote last, as the file says, not the one in this program: that is
// the one a person may have to know of.
func (e *Engine) Probe(ctx context.Context, t backup.Target) (backup.Contents, error) {
	var c backup.Contents
	err := e.look(ctx, t, func(live *view) error {
		err := live.snapshot(ctx)
		if err != nil {
			return err
		}
		c, err = contents(ctx, live.connection)
		return err
	})
	if err != nil {
		return backup.Contents{}, err
	}
	path, err := locate(t.Path)
	if err != nil {
		return backup.Contents{}, err
	}
	c.Format, c.Bytes = archive.FormatDatabase, stateOf(path).bytes()
	return c, nil
}

// contents reads what a database holds, which stands still or in a snapshot.
func contents(ctx context.Context, c *connection) (backup.Contents, error) {
	h, err := c.head(ctx)
	if err != nil {
		return backup.Contents{}, err
	}
	tables, err := count(ctx, c)
	if err != nil {
		return backup.Contents{}, err
	}
	return backup.Contents{Kind: backup.SQLite, Format: archive.FormatSQLite, Version: h.version(), Bytes: h.bytes(), Compression: archive.None, Tables: tables}, nil
}

// count counts the application's tables, the same ones in the same way as in a file.
func count(ctx context.Context, c *connection) ([]backup.Table, error) {
	names, err := archive.SQLiteTables(ctx, c)
	if err != nil {
		return nil, err
	}
	tables := make([]backup.Table, len(names))
	for i, name := range names {
		rows, err := archive.CountSQLite(ctx, c, name)
		if err != nil {
			return nil, err
		}
		tables[i] = backup.Table{Name: name, Rows: rows}
	}
	return tables, nil
}
